package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/device"
)

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
			text := tell(string(script))
			golden("stories/"+name+".golden", text)
			for _, slip := range slips {
				Expect(strings.Contains(text, slip)).To(BeFalse(), "%q is for programmers, not for the person who reads it", slip)
			}
		})
	}
})

// slips are what shows through when a message was not written for a person.
var slips = []string{
	"%!", "<nil>", "goroutine ", "panic:", "runtime error", "operation error", "https response error", "StatusCode:",
	"smithy", "context canceled", "context deadline", "(MISSING)", "map[", "0xc000", "failed to",
}

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

// tell tells the story of a script. A script holds what a person types, a line
// each; its golden is the transcript. Lines that begin with # are kept as they
// are. A command after "! " must change nothing anywhere. Words that are no
// command are what happens elsewhere, see words:
//
//	station few|demo|awkward|kms|keys|two  the buckets; the first line, demo without it
//	backup NAME [SAMPLE]          NAME.yaml and NAME.img
//	file NAME                     writes the indented lines that follow
//	bucket NAME REGION            a bucket is there
//	object BUCKET KEY             somebody writes the indented lines that follow
//	no-object BUCKET KEY          somebody deletes an object
//	clock DURATION                the service's clock moves on
//	schedule JSON                 how long parcels travel from now on
//	faults JSON                   the simulator's faults are these
//	jobs                          what the service knows
//	cancel-job ID                 somebody else cancels a job
//	stop-simulator                nobody answers any more
//	hold NAME, release            another process works on a backup
//	interrupt "TEXT" COMMAND      Ctrl-C as soon as TEXT is printed
//	configure                     s3export.conf says where the simulator is
//	reports DIR                   three verifications have kept their reports, see report_test.go
//	host                          disks of its own, see host_test.go
//	other-tool MANIFEST           another tool creates a job
func tell(script string) string {
	GinkgoHelper()
	lines := strings.Split(strings.TrimRight(script, "\n"), "\n")
	fill := fills["demo"]
	if rest, ok := strings.CutPrefix(lines[0], "station "); ok {
		fill, lines = fills[rest], lines[1:]
		Expect(fill).NotTo(BeNil(), rest)
	}
	t := &teller{station: newStation(fill), lines: lines}
	for t.at < len(t.lines) {
		line := t.lines[t.at]
		t.at++
		t.line(line)
	}
	return t.told.String()
}

// teller is a story being told.
type teller struct {
	*station
	lines   []string
	at      int // next line
	told    strings.Builder
	release func() error
	devices *device.Options // of a host of the story's own; nil: the commands run as programs
	hostDir string
}

func (t *teller) line(line string) {
	GinkgoHelper()
	words := strings.Fields(line)
	if len(words) == 0 || strings.HasPrefix(line, "#") {
		t.say("%s\n", line)
		return
	}
	if word, ok := storyWords[words[0]]; ok {
		word(t, words[1:])
		return
	}
	command, idle := strings.CutPrefix(line, "! ")
	before, state := "", false
	if idle {
		before, state = t.snapshot(), t.hasState()
	}
	run := t.sh
	if t.devices != nil && strings.HasPrefix(command, "s3export ") {
		run = t.inside
	}
	out, code := run(command)
	if idle {
		Expect(t.snapshot()).To(Equal(before), "%s\nhas changed something:\n%s", command, out)
		if code == exitUsage {
			Expect(t.hasState()).To(Equal(state), "an invalid spec leaves no state")
		}
	}
	t.say("$ %s\n", command)
	t.ended(out, code)
}

func (t *teller) say(format string, args ...any) { fmt.Fprintf(&t.told, format, args...) }

func (t *teller) ended(out string, code int) {
	out = t.normal(out)
	if out != "" && !strings.HasSuffix(out, "\n") {
		out += "\n"
	}
	t.say("%s", out)
	if code != 0 {
		t.say("(exit code %d)\n", code)
	}
}
