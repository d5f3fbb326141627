package machine_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"path"
	"strconv"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"golang.org/x/sys/unix"

	"github.com/cargomedia/s3export/device/machine"
	"github.com/cargomedia/s3export/examples"
)

// station is a place on the machine where the program is used: a folder, a simulated
// service with two buckets, and a state.
type station struct {
	g        *guest
	dir      string
	endpoint string
	env      []string
}

const (
	objects    = 12
	objectSize = 300 << 10
)

// newStation makes a place whose bucket has a few small objects, and a film of so many
// mebibytes, if any.
func newStation(film int) *station {
	GinkgoHelper()
	s := &station{g: host.guest, dir: fmt.Sprintf("/tmp/station-%d", GinkgoParallelProcess()*1000+CurrentSpecReport().LineNumber())}
	s.g.run("mkdir", "-p", s.dir+"/buckets/photos/2026", s.dir+"/buckets/photos-logs")
	for i := range objects {
		s.g.write(fmt.Sprintf("%s/buckets/photos/2026/img-%02d.jpg", s.dir, i), bytes.Repeat([]byte{byte('a' + i)}, objectSize))
	}
	if film > 0 {
		s.g.run("dd", "status=none", "if=/dev/urandom", "of="+s.dir+"/buckets/photos/2026/film.mov", "bs=1M", fmt.Sprintf("count=%d", film))
	}
	simulator := s.g.start("s3export", "simulate", "--data", s.dir+"/buckets")
	DeferCleanup(func() {
		simulator.signal(int(unix.SIGTERM))
		simulator.wait()
		s.g.run("rm", "-r", s.dir)
	})
	var info struct{ Endpoint, AccessKeyID, SecretAccessKey string }
	Eventually(func() error { return json.Unmarshal([]byte(simulator.stdout()), &info) }).Should(Succeed(), simulator.said)
	s.endpoint = info.Endpoint
	s.env = []string{
		"S3EXPORT_STATE=" + s.dir + "/state", "AWS_EC2_METADATA_DISABLED=true",
		"AWS_ACCESS_KEY_ID=" + info.AccessKeyID, "AWS_SECRET_ACCESS_KEY=" + info.SecretAccessKey,
	}
	s.g.write(s.dir+"/pin.txt", []byte("4321-8765\n"))
	return s
}

// spec writes the example's spec for a drive, of which selector is a line of YAML, and
// returns its file.
func (s *station) spec(name, selector string) string {
	GinkgoHelper()
	_, text, _ := strings.Cut(examples.Demo(), "apiVersion:")
	text = strings.NewReplacer("demo-a", path.Base(name), "http://127.0.0.1:8080", s.endpoint,
		"image: ./drive-a.img", selector, "    size: 256MiB\n", "", "sample: 100", "sample: all", "./pin.txt", s.dir+"/pin.txt").Replace("apiVersion:" + text)
	file := path.Join(s.dir, name+".yaml")
	s.g.write(file, []byte(text))
	return file
}

// start starts the program under test.
func (s *station) start(args ...string) *command {
	GinkgoHelper()
	return s.g.launch(machine.Request{Argv: append([]string{"s3export"}, args...), Env: s.env})
}

// run runs it to its end, and holds what holds for every run: it does not panic.
func (s *station) run(args ...string) (string, int) {
	GinkgoHelper()
	return sane(s.start(args...))
}

func sane(c *command) (string, int) {
	GinkgoHelper()
	out, code := c.finish()
	AddReportEntry(c.String(), fmt.Sprintf("exit code %d\n%s", code, out), ReportEntryVisibilityFailureOrVerbose)
	Expect(out).NotTo(Or(ContainSubstring("panic:"), ContainSubstring("goroutine ")), c.String())
	return out, code
}

// ship sends the drive of a backup to the service, and has it loaded and sent back.
func (s *station) ship(name, device string) {
	GinkgoHelper()
	status := s.start("describe", name, "-o", "json").succeed()
	var described struct {
		Items []struct {
			Runs []struct {
				Job struct {
					ID string `json:"id"`
				} `json:"job"`
			} `json:"runs"`
		} `json:"items"`
	}
	Expect(json.Unmarshal([]byte(status), &described)).To(Succeed(), status)
	Expect(described.Items).To(HaveLen(1))
	Expect(described.Items[0].Runs).To(HaveLen(1))
	s.control("ship", fmt.Sprintf(`{"job": %q, "device": %q}`, described.Items[0].Runs[0].Job.ID, device))
	out, code := s.run("demo", "advance", name, "--to", "returned")
	Expect(code).To(BeZero(), out)
}

// control speaks to the simulator about what no command does: sending a block device.
func (s *station) control(verb, body string) {
	GinkgoHelper()
	at, err := url.Parse(s.endpoint)
	Expect(err).NotTo(HaveOccurred())
	request := fmt.Sprintf("POST /_simulator/%s HTTP/1.0\r\nHost: %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", verb, at.Host, len(body), body)
	c := s.g.launch(machine.Request{
		Argv:  []string{"bash", "-c", fmt.Sprintf("exec 3<>/dev/tcp/127.0.0.1/%s && cat >&3 && cat <&3", strconv.Quote(at.Port()))},
		Stdin: []byte(request),
	})
	Expect(c.succeed()).To(HavePrefix("HTTP/1.0 200"))
}
