package simulator_test

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/providers/simulator/jobs"
)

// foreign is the AWS CLI of this machine as one process for many commands.
type foreign struct {
	in      io.WriteCloser
	answers *bufio.Reader
}

// said is how a command of it ended.
type said struct {
	Exit     int
	Out, Err string
}

// awsPython returns the interpreter of the first `aws`, on the PATH or of the
// distribution, that can be loaded as a module; "" where there is none.
func awsPython(ctx context.Context) string {
	for _, dir := range append(filepath.SplitList(os.Getenv("PATH")), "/usr/bin") {
		text, err := os.ReadFile(filepath.Join(dir, "aws"))
		if err != nil || !strings.HasPrefix(string(text), "#!") {
			continue
		}
		first, _, _ := strings.Cut(string(text[2:]), "\n")
		python, _, _ := strings.Cut(strings.TrimSpace(first), " ")
		if strings.Contains(filepath.Base(python), "python") && exec.CommandContext(ctx, python, "-c", "import awscli.clidriver").Run() == nil {
			return python
		}
	}
	return ""
}

// startForeign starts the CLI, or skips aloud. It ends with the container.
func startForeign(ctx context.Context) *foreign {
	GinkgoHelper()
	python := awsPython(ctx)
	if python == "" {
		Skip("SKIPPED: no AWS CLI that Python can load is on the PATH (Debian: awscli): conformance of every answer and error with it was not tested")
	}
	c := exec.CommandContext(context.WithoutCancel(ctx), python, filepath.Join("testdata", "many_commands.py"))
	none := filepath.Join(GinkgoT().TempDir(), "none")
	c.Env = append(slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "AWS_") }),
		"AWS_CONFIG_FILE="+none, "AWS_SHARED_CREDENTIALS_FILE="+none, "AWS_DEFAULT_REGION=us-east-1",
		"AWS_MAX_ATTEMPTS=1", "AWS_EC2_METADATA_DISABLED=true")
	c.Stderr = GinkgoWriter
	in, err := c.StdinPipe()
	Expect(err).NotTo(HaveOccurred())
	out, err := c.StdoutPipe()
	Expect(err).NotTo(HaveOccurred())
	Expect(c.Start()).To(Succeed())
	f := &foreign{in: in, answers: bufio.NewReader(out)}
	DeferCleanup(func() {
		Expect(in.Close()).To(Succeed())
		Expect(c.Wait()).To(Succeed())
	})
	return f
}

// run runs `aws importexport` against w, with other keys where there are some.
func (f *foreign) run(w world, args ...string) said {
	GinkgoHelper()
	line, err := json.Marshal(map[string]any{
		"arguments": append([]string{"importexport"}, append(args, "--endpoint-url", w.Endpoint(), "--output", "json")...),
		"environment": map[string]string{
			"AWS_ACCESS_KEY_ID": w.keys.AccessKeyID, "AWS_SECRET_ACCESS_KEY": w.keys.SecretAccessKey,
		},
	})
	Expect(err).NotTo(HaveOccurred())
	_, err = f.in.Write(append(line, '\n'))
	Expect(err).NotTo(HaveOccurred())
	answer, err := f.answers.ReadBytes('\n')
	Expect(err).NotTo(HaveOccurred())
	var s said
	Expect(json.Unmarshal(answer, &s)).To(Succeed())
	return s
}

// ok runs a command that must succeed and returns its parsed answer.
func (f *foreign) ok(w world, args ...string) map[string]any {
	GinkgoHelper()
	s := f.run(w, args...)
	Expect(s.Exit).To(BeZero(), s.Err)
	var answer map[string]any
	Expect(json.Unmarshal([]byte(s.Out), &answer)).To(Succeed(), s.Out)
	return answer
}

// refused runs a command that must fail as a refusal does, with AWS's text where it
// has one, and returns the code and the operation that the CLI read out of the answer.
func (f *foreign) refused(w world, args ...string) (code, operation string) {
	GinkgoHelper()
	s := f.run(w, args...)
	Expect(s.Out).To(BeEmpty())
	Expect(s.Exit).To(BeElementOf(254, 255), s.Err) // the status of versions 2 and 1 for a refusal of the service
	m := regexp.MustCompile(`^\nAn error occurred \((\w+)\) when calling the (\w+) operation(?: \(reached max retries: \d\))?: (\S.*)\n$`).FindStringSubmatch(s.Err)
	Expect(m).NotTo(BeNil(), s.Err)
	Expect(m[3]).To(HavePrefix(jobs.Documented(m[1])), "AWS's text, and more in brackets")
	return m[1], m[2]
}

func members(answer map[string]any) []string { return slices.Sorted(maps.Keys(answer)) }

func orderOf(text string) []string { return []string{"--job-type", "Export", "--manifest", text} }

func create(text string) []string {
	return append([]string{"create-job", "--no-validate-only"}, orderOf(text)...)
}

func update(id, text string) []string {
	return append([]string{"update-job", "--no-validate-only", "--job-id", id}, orderOf(text)...)
}

func label(ids ...string) []string {
	return append(append([]string{"get-shipping-label", "--job-ids"}, ids...), "--name", "Jane Roe", "--company", "Ex", "--phone-number", "206-555-1111",
		"--country", "USA", "--state-or-province", "WA", "--city", "Anytown", "--postal-code", "91011-1111",
		"--street1", "123 Any Street", "--street2", "2nd floor", "--street3", "left")
}
