package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// A story is a file of testdata/stories: what a person types, a line each. Lines
// that begin with # are kept as they are. Its golden is the transcript. The
// station has the demo's buckets; "backup NAME [SAMPLE]" writes NAME.yaml and
// NAME.img, "file NAME" writes the indented lines that follow.
func tell(s *station, script string) string {
	GinkgoHelper()
	var b strings.Builder
	lines := strings.Split(strings.TrimRight(script, "\n"), "\n")
	for i := 0; i < len(lines); i++ {
		line := lines[i]
		words := strings.Fields(line)
		switch {
		case line == "" || strings.HasPrefix(line, "#"):
			fmt.Fprintln(&b, line)
		case words[0] == "backup":
			s.backup(words[1], append(words, "100")[2], 64<<20)
		case words[0] == "file":
			text := ""
			for i+1 < len(lines) && strings.HasPrefix(lines[i+1], "  ") {
				i++
				text += strings.TrimPrefix(lines[i], "  ") + "\n"
			}
			s.write(words[1], text)
		default:
			out, code := s.sh(line)
			fmt.Fprintf(&b, "$ %s\n%s", line, s.normal(out))
			if code != 0 {
				fmt.Fprintf(&b, "(exit code %d)\n", code)
			}
		}
	}
	return b.String()
}

var _ = Describe("the stories", func() {
	scripts, err := filepath.Glob("testdata/stories/*.txt")
	It("are there", func() {
		Expect(err).NotTo(HaveOccurred())
		Expect(scripts).NotTo(BeEmpty())
	})
	for _, path := range scripts {
		name := strings.TrimSuffix(filepath.Base(path), ".txt")
		It("tells "+name, func() {
			script, err := os.ReadFile(path)
			Expect(err).NotTo(HaveOccurred())
			golden("stories/"+name+".golden", tell(newStation(fillDemo), string(script)))
		})
	}
})

var _ = Describe("the demo", func() {
	It("is the story in the README, and leaves nothing behind", func() {
		s := newStation(few)
		c := s.command("demo", "--dir", filepath.Join(s.dir, "demo"))
		out, code := s.finish(c)
		Expect(code).To(BeZero(), out)
		text := strings.ReplaceAll(s.normal(out), "DIR/demo", "DEMO")
		golden("demo.golden", text)
		Expect(filepath.Join(s.dir, "demo")).NotTo(BeAnExistingFile())
	})
})
