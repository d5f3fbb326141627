package bundle_test

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"os/exec"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

var (
	long       = strings.Repeat("long", 100)
	sumOfLong  = sha256.Sum256([]byte(long))
	hashOfLong = hex.EncodeToString(sumOfLong[:])
)

// bash runs a line in the top folder of the drive.
func (d *drive) bash(line string) (string, error) {
	c := exec.Command("bash", "-euo", "pipefail", "-c", line)
	c.Dir = d.dir
	out, err := c.CombinedOutput()
	return string(out), err
}

// commands are the lines of the README that a reader is to run.
func (d *drive) commands() []string {
	GinkgoHelper()
	text, err := d.root.ReadFile(".s3export/README.txt")
	Expect(err).NotTo(HaveOccurred())
	var all []string
	for line := range strings.SplitSeq(string(text), "\n") {
		if command, ok := strings.CutPrefix(line, "    $ "); ok {
			all = append(all, command)
		}
	}
	return all
}

func needs(tools ...string) {
	GinkgoHelper()
	for _, tool := range tools {
		if _, err := exec.LookPath(tool); err != nil {
			Skip("SKIPPED: needs " + tool)
		}
	}
}

var _ = Describe("README.txt", func() {
	It("says what the drive is", func() {
		d := newDrive()
		d.write()
		text, err := d.root.ReadFile(".s3export/README.txt")
		Expect(err).NotTo(HaveOccurred())
		if os.Getenv("UPDATE_GOLDEN") == "1" {
			Expect(os.WriteFile("testdata/readme.golden", text, 0o644)).To(Succeed())
		}
		want, err := os.ReadFile("testdata/readme.golden")
		Expect(err).NotTo(HaveOccurred())
		Expect(string(text)).To(Equal(string(want)))
	})

	It("has commands that work", func() {
		needs("bash", "zcat", "sha256sum", "python3", "sed", "grep", "head")
		d := newDrive()
		d.write()
		wants := []string{`"format":"s3export-baseline/v1"`, "photos/2026/a b.jpg\t2026/a b.jpg\n", "", "a//b\n", "a//b\n", long}
		commands := d.commands()
		Expect(commands).To(HaveLen(len(wants)))
		for i, line := range commands {
			out, err := d.bash(line)
			Expect(err).NotTo(HaveOccurred(), "%s\n%s", line, out)
			Expect(out).To(ContainSubstring(wants[i]), line)
		}
	})

	It("turns every path into its key", func() {
		needs("bash", "sed", "python3")
		d := newDrive()
		d.write()
		for path, key := range files {
			name := strings.TrimPrefix(path, "photos/")
			if strings.Contains(name, "%~") && !strings.Contains(name, "%25~") {
				continue
			}
			for _, line := range d.commands()[3:5] {
				out, err := d.bash(strings.Replace(line, `'a/%2Fb'`, `'`+name+`'`, 1))
				Expect(err).NotTo(HaveOccurred())
				Expect(out).To(Equal(key+"\n"), line)
			}
		}
	})

	It("notices a bit that has rotted, in a file and in the list", func() {
		needs("bash", "sha256sum")
		for _, name := range []string{`photos/back\slash`, ".s3export/baseline.jsonl.gz"} {
			d := newDrive()
			d.write()
			check := d.commands()[2]
			Expect(d.bash(check + " --strict")).To(BeEmpty())
			Expect(d.root.WriteFile(name, []byte("rot"), 0o644)).To(Succeed())
			_, err := d.bash(check)
			Expect(err).To(HaveOccurred(), name)
		}
	})
})
