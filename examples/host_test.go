package examples_test

import (
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/device"
)

func TestExamples(t *testing.T) {
	RegisterFailHandler(Fail)
	RunSpecs(t, "Examples Suite")
}

func read(name string) string {
	GinkgoHelper()
	text, err := os.ReadFile(filepath.Join("host", name))
	Expect(err).NotTo(HaveOccurred())
	return string(text)
}

// statements are the lines of a file that are neither empty nor comments.
func statements(name string) (all []string) {
	GinkgoHelper()
	for line := range strings.Lines(read(name)) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			all = append(all, line)
		}
	}
	Expect(all).NotTo(BeEmpty())
	return all
}

// judge has a program of the system look at the files. It skips aloud without one.
func judge(program string, args ...string) {
	GinkgoHelper()
	if _, err := exec.LookPath(program); err != nil {
		Skip(program + " is not installed: its opinion is not asked")
	}
	out, err := exec.Command(program, args...).CombinedOutput()
	if strings.Contains(string(out), "Unknown command verb") {
		Skip(program + " is too old to verify: its opinion is not asked")
	}
	Expect(err).NotTo(HaveOccurred(), string(out))
	Expect(string(out)).NotTo(MatchRegexp(`(?i)unknown|failed|invalid|ignoring|error`))
}

const (
	ignoring = "70-s3export.rules"
	starting = "71-s3export-plugged.rules"
	plugged  = "s3export-plugged@.service"
)

var _ = Describe("the rules of udev", func() {
	rule := regexp.MustCompile(`^(?:(?:ACTION|SUBSYSTEM|TAG|ENV\{\w+\})(?:==|!=|\+=|=)"[^"]*"(?:, |$))+$`)

	It("are rules", func() {
		for _, name := range []string{ignoring, starting} {
			Expect(statements(name)).To(HaveEach(MatchRegexp(rule.String())))
		}
	})

	It("are rules for udevadm, too", func() {
		judge("udevadm", "verify", "host/"+ignoring, "host/"+starting)
	})

	It("know our volumes, and no others", func() {
		names := regexp.MustCompile(`ENV\{ID_PART_ENTRY_NAME\}=="([^"]+)"`).FindStringSubmatch(read(ignoring))
		Expect(names).To(HaveLen(2))
		ours := func(name string) bool {
			for pattern := range strings.SplitSeq(names[1], "|") {
				// blkid writes what may not stand in a name as \xNN.
				if is, _ := path.Match(pattern, strings.NewReplacer(" ", `\x20`, ",", `\x2c`).Replace(name)); is {
					return true
				}
			}
			return false
		}
		Expect(ours(device.NewVolumeID("photos-a", "1").Label)).To(BeTrue())
		Expect(ours(device.UnfinishedName)).To(BeTrue())
		Expect(ours("primary")).To(BeFalse())
		Expect(ours("")).To(BeFalse())
	})

	It("start the unit that is beside them", func() {
		Expect(read(starting)).To(ContainSubstring(`"` + strings.Replace(plugged, "@", "@%k", 1) + `"`))
	})
})

var _ = Describe("the unit of systemd", func() {
	It("has sections with settings", func() {
		for _, s := range statements(plugged) {
			Expect(s).To(MatchRegexp(`^(\[(Unit|Service)\]|[A-Z]\w+=\S.*)$`))
		}
	})

	It("is one for systemd-analyze, too", func() {
		there := strings.ReplaceAll(read(plugged), "/usr/bin/s3export", "/bin/true")
		copied := filepath.Join(GinkgoT().TempDir(), plugged)
		Expect(os.WriteFile(copied, []byte(there), 0o600)).To(Succeed())
		judge("systemd-analyze", "verify", "--man=no", copied)
	})
})
