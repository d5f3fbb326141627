package main

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/providers/simulator"
	"github.com/cargomedia/s3export/providers/simulator/store"
	"github.com/cargomedia/s3export/reconciler"
	"github.com/cargomedia/s3export/reconciler/journal"
)

// The secrets of every station. None of them may appear anywhere.
const (
	plantedPin    = "PIN-planted-4711"
	plantedKey    = "planted/Secret/Access/Key/0123456789abcdef"
	plantedAccess = "AKIDPLANTED000000001"
)

// station is a directory, a simulator and a state of their own, in which commands
// are run as a person would type them.
type station struct {
	dir     string
	server  *simulator.Server
	store   *store.Store
	stopped bool         // the simulator
	out     bytes.Buffer // everything that any command printed
}

func newStation(fill func(*store.Store) error) *station {
	GinkgoHelper()
	s := &station{dir: GinkgoT().TempDir()}
	var err error
	keeping := func(st *store.Store) error {
		s.store = st
		return fill(st)
	}
	s.server, err = simulator.Start(context.Background(), simulator.Options{
		Now: time.Now, WorkDir: s.dir, Fill: keeping, AccessKeyID: plantedAccess, SecretAccessKey: plantedKey,
	})
	Expect(err).NotTo(HaveOccurred())
	DeferCleanup(s.server.Close)
	s.write("credentials", fmt.Sprintf("[default]\naws_access_key_id = %s\naws_secret_access_key = %s\n", plantedAccess, plantedKey))
	s.write("config", "[default]\n")
	s.write("pin.txt", plantedPin+"\n")
	s.write("s3export.conf", "# of this host's /etc/s3export nothing is read\n")
	DeferCleanup(s.expectNoSecrets)
	return s
}

// few fills the buckets with little, for tests that repeat a whole run often.
func few(st *store.Store) error {
	for _, name := range []string{demoBucket, demoLogs} {
		if err := st.CreateBucket(name, store.BucketOptions{}); err != nil {
			return err
		}
	}
	for i := range 12 {
		key := fmt.Sprintf("2026/img-%02d.jpg", i)
		if err := putDemo(st, key, content(key, 400+i)); err != nil {
			return err
		}
	}
	return nil
}

func (s *station) write(name, text string) {
	GinkgoHelper()
	path := filepath.Join(s.dir, name)
	Expect(os.MkdirAll(filepath.Dir(path), 0o755)).To(Succeed())
	Expect(os.WriteFile(path, []byte(text), 0o600)).To(Succeed())
}

// backup writes a spec like the demo's, and an image for it.
func (s *station) backup(name, sample string, size int64) {
	GinkgoHelper()
	text := demoBackup(name, name, s.server.Endpoint(), sample)
	text = strings.Replace(text, "256MiB", fmt.Sprintf("%dMiB", size>>20), 1)
	s.write(name+".yaml", text)
	s.write(name+".img", "")
	Expect(os.Truncate(filepath.Join(s.dir, name+".img"), size)).To(Succeed())
}

func (s *station) env() []string {
	return append(withoutAWS(os.Environ()),
		"AWS_SHARED_CREDENTIALS_FILE="+s.dir+"/credentials", "AWS_CONFIG_FILE="+s.dir+"/config", "AWS_EC2_METADATA_DISABLED=true",
		"S3EXPORT_STATE="+s.dir+"/state", "S3EXPORT_CONFIG="+s.dir+"/s3export.conf", "ENDPOINT="+s.server.Endpoint(),
		"PATH="+filepath.Dir(binary)+":"+os.Getenv("PATH")+":/usr/sbin:/sbin")
}

// command returns a command of the program in the station.
func (s *station) command(args ...string) *exec.Cmd {
	c := exec.Command(binary, args...)
	c.Dir, c.Env = s.dir, s.env()
	return c
}

// sh runs a line in a shell, as a person would type it.
func (s *station) sh(line string) (string, int) {
	GinkgoHelper()
	c := exec.Command("/bin/sh", "-c", line)
	c.Dir, c.Env = s.dir, s.env()
	return s.finish(c)
}

func (s *station) finish(c *exec.Cmd) (string, int) {
	GinkgoHelper()
	out, err := c.CombinedOutput()
	s.out.Write(out)
	if err != nil {
		Expect(err).To(BeAssignableToTypeOf(&exec.ExitError{}))
	}
	return string(out), c.ProcessState.ExitCode()
}

// record reads the record of a backup.
func (s *station) record(name string) reconciler.Record {
	GinkgoHelper()
	r, err := journal.New(filepath.Join(s.dir, "state")).Load(context.Background(), name)
	Expect(err).NotTo(HaveOccurred())
	return r
}

// expectNoSecrets looks for the planted secrets in all that was printed and in
// every file but those that hold them on purpose.
func (s *station) expectNoSecrets() {
	GinkgoHelper()
	expectNone := func(where string, text []byte) {
		for _, secret := range []string{plantedPin, plantedKey} {
			Expect(bytes.Contains(text, []byte(secret))).To(BeFalse(), "%q is in %s", secret, where)
		}
	}
	expectNone("the output", s.out.Bytes())
	Expect(filepath.WalkDir(s.dir, func(path string, d fs.DirEntry, err error) error {
		name, _ := filepath.Rel(s.dir, path)
		if err != nil || !d.Type().IsRegular() || name == "credentials" || name == "pin.txt" || strings.HasPrefix(name, "secret") {
			return err
		}
		if filepath.Ext(path) == ".img" {
			return nil // the service's own drive; what we write there is the SIGNATURE
		}
		text, err := os.ReadFile(path)
		expectNone(name, text)
		return err
	})).To(Succeed())
}

// normal replaces what differs from run to run.
func (s *station) normal(text string) string {
	for _, r := range []struct{ find, put string }{
		{regexp.QuoteMeta(s.dir), "DIR"},
		{regexp.QuoteMeta(s.server.Endpoint()), "http://SIMULATOR"},
		{regexp.QuoteMeta(strings.TrimPrefix(s.server.Endpoint(), "http://")), "SIMULATOR"},
		{`\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.\d+)?( UTC|Z|[+-]\d\d:\d\d)`, "TIME"},
		{`\d{4}-\d\d-\d\d-(\d+)\.json`, "DATE-$1.json"},
		{`\d{4}-\d\d-\d\d`, "DATE"},
		{`sha256:[0-9a-f]{8,}`, "sha256:DIGEST"},
		{`process \d+ on [^\s",\\]+`, "process PID on HOST"},
		{`(127\.0\.0\.1|localhost):\d+`, "HOST:PORT"},
		{`(?m)\b\d+[sm]( +(?:-|now|in \d+[smhd]))?$`, "AGE$1"},
		{`\bin \d+[smhd]\b`, "in LEFT"},
		{`image-[\d:@\w]+(%2E\w+)?`, "image-FILE"},
		{` on [\w.-]+\n(Holds: )`, " on HOST\n$1"},
		{`request id [^ ,;:)]+`, "request id ID"},
	} {
		text = regexp.MustCompile(r.find).ReplaceAllString(text, r.put)
	}
	return text
}
