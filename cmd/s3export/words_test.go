package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/aws/aws-sdk-go-v2/credentials"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/providers"
	"github.com/cargomedia/s3export/providers/importexport"
	"github.com/cargomedia/s3export/providers/simulator"
	"github.com/cargomedia/s3export/providers/simulator/store"
	"github.com/cargomedia/s3export/reconciler/journal"
	"github.com/cargomedia/s3export/specs/secret"
)

// storyWords are what happens in a story besides what is typed.
var storyWords = map[string]func(t *teller, args []string){
	"backup": func(t *teller, args []string) {
		size := int64(32 << 20)
		if t.store.HasBucket(demoBucket) && t.bytes(demoBucket) > 8<<20 {
			size = 64 << 20
		}
		t.backup(args[0], append(args, "100")[1], size)
	},
	"file": func(t *teller, args []string) { t.write(args[0], t.indented()) },
	"bucket": func(t *teller, args []string) {
		Expect(t.store.CreateBucket(args[0], store.BucketOptions{Region: args[1]})).To(Succeed())
		t.say("* bucket %s is in %s\n", args[0], args[1])
	},
	"object": func(t *teller, args []string) {
		_, err := t.store.Put(args[0], args[1], strings.NewReader(t.indented()), store.PutOptions{})
		Expect(err).NotTo(HaveOccurred())
		t.say("* somebody writes s3://%s/%s\n", args[0], args[1])
	},
	"no-object": func(t *teller, args []string) {
		Expect(t.store.Delete(args[0], args[1])).To(Succeed())
		t.say("* somebody deletes s3://%s/%s\n", args[0], args[1])
	},
	"clock": func(t *teller, args []string) {
		by, err := time.ParseDuration(args[0])
		Expect(err).NotTo(HaveOccurred())
		_, err = t.control().Advance(context.Background(), by)
		Expect(err).NotTo(HaveOccurred())
		t.say("* the service's clock moves on by %s\n", args[0])
	},
	"schedule": func(t *teller, args []string) {
		var s simulator.Schedule
		Expect(json.Unmarshal([]byte(strings.Join(args, " ")), &s)).To(Succeed())
		Expect(t.control().SetSchedule(context.Background(), s)).To(Succeed())
		t.say("* parcels travel by schedule %s\n", strings.Join(args, " "))
	},
	"faults": func(t *teller, args []string) {
		t.faults(strings.Join(args, " "))
		t.say("* faults %s\n", strings.Join(args, " "))
	},
	"jobs": func(t *teller, _ []string) {
		state, err := t.control().State(context.Background())
		Expect(err).NotTo(HaveOccurred())
		t.say("* the service has %d %s\n", len(state.Jobs), plural(len(state.Jobs), "job"))
		for _, j := range state.Jobs {
			t.say("    %s %s %s\n", j.ID, j.LocationCode, j.ProgressCode)
		}
	},
	"cancel-job": func(t *teller, args []string) {
		Expect(t.client().CancelJob(context.Background(), providers.JobID(args[0]))).To(Succeed())
		t.say("* somebody cancels job %s at the service\n", args[0])
	},
	"second-job": func(t *teller, args []string) {
		text, code := t.sh("s3export manifest -f " + args[0] + ".yaml")
		Expect(code).To(BeZero(), text)
		_, err := t.client().CreateJob(context.Background(), providers.JobRequest{
			Manifest: secret.NewValue(strings.ReplaceAll(text, secret.Redacted, "1234")),
		})
		Expect(err).NotTo(HaveOccurred())
		t.say("* somebody makes a second job of backup %s\n", args[0])
	},
	"stop-simulator": func(t *teller, _ []string) {
		Expect(t.server.Close()).To(Succeed())
		t.stopped = true
		t.say("* the simulator stops\n")
	},
	"hold": func(t *teller, args []string) {
		var err error
		t.release, err = journal.New(filepath.Join(t.dir, "state")).Lock(context.Background(), args[0])
		Expect(err).NotTo(HaveOccurred())
		t.say("* another process works on backup %s\n", args[0])
	},
	"release": func(t *teller, _ []string) {
		Expect(t.release()).To(Succeed())
		t.say("* the other process ends\n")
	},
	"interrupt": func(t *teller, args []string) {
		_, rest, _ := strings.Cut(strings.Join(args, " "), `"`)
		text, command, ok := strings.Cut(rest, `" `)
		Expect(ok).To(BeTrue(), "interrupt \"TEXT\" COMMAND")
		out, code := t.interrupt(text, command)
		t.say("$ %s\n^C as soon as it says %q\n", command, text)
		t.ended(out, code)
	},
	"reports": func(t *teller, args []string) {
		t.reports(args[0])
		t.say("* three verifications have kept their reports in %s\n", args[0])
	},
	"host":      func(t *teller, _ []string) { t.host() },
	"configure": func(t *teller, _ []string) { t.configure() },
	"other-tool": func(t *teller, args []string) {
		t.say("* another tool creates job %s with %s\n", t.otherTool(args[0]), args[0])
	},
}

// client is another client of the service's.
func (s *station) client() *importexport.Client {
	GinkgoHelper()
	c, err := importexport.New(importexport.Options{
		Credentials: credentials.NewStaticCredentialsProvider(plantedAccess, plantedKey, ""), Endpoint: s.server.Endpoint(),
	})
	Expect(err).NotTo(HaveOccurred())
	return c
}

// indented returns the indented lines that follow.
func (t *teller) indented() string {
	text := ""
	for t.at < len(t.lines) && strings.HasPrefix(t.lines[t.at], "  ") {
		text += strings.TrimPrefix(t.lines[t.at], "  ") + "\n"
		t.at++
	}
	return text
}

// faults sets the simulator's faults, given as JSON.
func (s *station) faults(text string) {
	GinkgoHelper()
	var f simulator.Faults
	Expect(json.Unmarshal([]byte(text), &f)).To(Succeed())
	Expect(s.control().SetFaults(context.Background(), f)).To(Succeed())
}

func (s *station) control() *simulator.Control { return simulator.NewControl(s.server.Endpoint()) }

// bytes returns the size of all objects of a bucket.
func (s *station) bytes(bucket string) (n int64) {
	for o, err := range s.store.Objects(bucket, "", "") {
		Expect(err).NotTo(HaveOccurred())
		n += o.Size
	}
	return n
}

// interrupt runs a line of words and sends it SIGINT when it has printed the text.
func (s *station) interrupt(text, line string) (string, int) {
	GinkgoHelper()
	words := strings.Fields(line)
	c := exec.Command(filepath.Join(filepath.Dir(binary), words[0]), words[1:]...)
	c.Dir, c.Env = s.dir, s.env()
	out := &watched{text: text, seen: make(chan struct{})}
	c.Stdout, c.Stderr = out, out
	Expect(c.Start()).To(Succeed())
	ended := make(chan error, 1)
	go func() { ended <- c.Wait() }()
	select {
	case <-out.seen:
		Expect(c.Process.Signal(os.Interrupt)).To(Succeed())
	case <-time.After(20 * time.Second):
		_ = c.Process.Signal(syscall.SIGKILL)
		Fail(fmt.Sprintf("%q was never printed:\n%s", text, out))
	}
	Eventually(ended).WithTimeout(10 * time.Second).Should(Receive())
	s.out.WriteString(out.String())
	return out.String(), c.ProcessState.ExitCode()
}

// watched is a writer that says when a text was written to it.
type watched struct {
	mu   sync.Mutex
	all  bytes.Buffer
	text string
	seen chan struct{}
	once sync.Once
}

// Write implements io.Writer.
func (w *watched) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	n, err := w.all.Write(p)
	if bytes.Contains(w.all.Bytes(), []byte(w.text)) {
		w.once.Do(func() { close(w.seen) })
	}
	return n, err
}

// String returns all that was written.
func (w *watched) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.all.String()
}

// fills are the buckets that stories begin with.
var fills = map[string]func(*store.Store) error{
	"demo": fillDemo,
	"few":  few,
	// two has a second bucket.
	"two": func(st *store.Store) error {
		if err := few(st); err != nil {
			return err
		}
		if err := st.CreateBucket("music", store.BucketOptions{}); err != nil {
			return err
		}
		for i := range 3 {
			key := fmt.Sprintf("albums/%d/song.ogg", i)
			if _, err := st.Put("music", key, bytes.NewReader(content(key, 700+i)), store.PutOptions{}); err != nil {
				return err
			}
		}
		return nil
	},
	// kms has objects whose ETags are no MD5s.
	"kms": func(st *store.Store) error {
		if err := few(st); err != nil {
			return err
		}
		for i := range 3 {
			key := "2026/secret-" + string(rune('a'+i)) + ".jpg"
			if _, err := st.Put(demoBucket, key, bytes.NewReader(content(key, 300)), store.PutOptions{
				Attributes: store.Attributes{Encryption: store.EncryptionKMS},
			}); err != nil {
				return err
			}
		}
		return nil
	},
	// keys has an object that only a key of the customer's opens.
	"keys": func(st *store.Store) error {
		if err := few(st); err != nil {
			return err
		}
		_, err := st.Put(demoBucket, "2026/sealed.jpg", bytes.NewReader(content("sealed", 300)), store.PutOptions{
			Attributes: store.Attributes{Encryption: store.EncryptionCustomer, CustomerKeyMD5: "nobody's"},
		})
		return err
	},
	// awkward has an object that is archived, and a key that no path can hold.
	"awkward": func(st *store.Store) error {
		if err := few(st); err != nil {
			return err
		}
		if _, err := st.Put(demoBucket, "2026/old.jpg", bytes.NewReader(content("old", 300)), store.PutOptions{
			Attributes: store.Attributes{StorageClass: "GLACIER"},
		}); err != nil {
			return err
		}
		return putDemo(st, "2026/up/../and-away.jpg", content("away", 300))
	},
}
