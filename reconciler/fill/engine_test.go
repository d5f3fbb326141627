package fill_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/credentials"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/providers"
	"github.com/cargomedia/s3export/providers/pull"
	"github.com/cargomedia/s3export/providers/s3"
	"github.com/cargomedia/s3export/providers/simulator"
	"github.com/cargomedia/s3export/providers/simulator/store"
	"github.com/cargomedia/s3export/reconciler/fill"
	"github.com/cargomedia/s3export/specs"
	"github.com/cargomedia/s3export/verify"
)

// service is a drive that the real engine fills from a simulator.
type service struct {
	*station
	store *store.Store
	gets  atomic.Int64
	turn  func(key string) // called before an object is asked for; nil: nobody
	// effect ends a copy before or after something is done; nil: it goes on.
	effect func(what, path string) error
}

func newService() *service {
	GinkgoHelper()
	s := &service{}
	server, err := simulator.Start(context.Background(), simulator.Options{
		WorkDir: GinkgoT().TempDir(), Now: time.Now,
		Fill: func(st *store.Store) error { s.store = st; return st.CreateBucket(bucket, store.BucketOptions{}) },
	})
	Expect(err).NotTo(HaveOccurred())
	DeferCleanup(server.Close)
	info := server.Info()
	client, err := s3.New(s3.Options{
		Credentials: credentials.NewStaticCredentialsProvider(info.AccessKeyID, info.SecretAccessKey, ""),
		Region:      info.Region, Endpoint: info.Endpoint, MaxBackoff: time.Millisecond,
	})
	Expect(err).NotTo(HaveOccurred())
	s.station = newStation(lister{client: client})
	s.filler.IsFull = func(err error) bool { _, full := errors.AsType[*pull.FullError](err); return full }
	s.filler.Copier = func(_ specs.Document, h fill.Hooks) fill.Copier {
		return engine{s, pull.New(pull.Options{
			Client: counting{client, s}, Skip: h.Skip,
			Replace: func(path string) error {
				if err := s.happens("aside", path); err != nil {
					return err
				}
				return errors.Join(h.Aside(path), s.happens("moved", path))
			},
			Backoff:  time.Millisecond,
			Progress: func(p pull.Progress) { h.Done(p.Objects, p.Bytes) },
		})}
	}
	return s
}

func (s *service) put(key, content string) {
	GinkgoHelper()
	_, err := s.store.Put(bucket, key, strings.NewReader(content), store.PutOptions{})
	Expect(err).NotTo(HaveOccurred())
}

// requests are those for content since the last time.
func (s *service) requests() int64 { return s.gets.Swap(0) }

func (s *service) happens(what, path string) error {
	if s.effect == nil {
		return nil
	}
	return s.effect(what, path)
}

type engine struct {
	s *service
	*pull.Engine
}

// Copy implements fill.Copier.
func (e engine) Copy(ctx context.Context, root *os.Root, items iter.Seq2[providers.Item, error], keep func([]providers.Copied) error) error {
	_, err := e.Engine.Copy(ctx, root, items, func(batch []providers.Copied) error {
		if err := e.s.happens("keep", ""); err != nil {
			return err
		}
		return errors.Join(keep(batch), e.s.happens("kept", ""))
	})
	return err
}

// lister is a verify.Source for surveys.
type lister struct {
	verify.Source
	client *s3.Client
}

// List implements verify.Source.
func (l lister) List(ctx context.Context, r verify.Range, yield func(verify.Object) error) error {
	return l.client.List(ctx, r.Bucket, s3.Query{Prefix: r.Prefix, After: r.After, Through: r.Through}, func(o s3.Object) error {
		return yield(verify.Object{Bucket: r.Bucket, Key: o.Key, Size: o.Size, ETag: o.ETag, LastModified: o.LastModified, StorageClass: o.StorageClass})
	})
}

// Head implements verify.Source: a survey looks at some.
func (lister) Head(context.Context, verify.Object, verify.Ask) (verify.Head, error) {
	return verify.Head{}, nil
}

// counting is a pull.Source.
type counting struct {
	*s3.Client
	s *service
}

// Fetch implements pull.Source.
func (c counting) Fetch(ctx context.Context, bucket, key string, o s3.GetOptions) (s3.Fetched, error) {
	c.s.gets.Add(1)
	if c.s.turn != nil {
		c.s.turn(key)
	}
	return c.Client.Fetch(ctx, bucket, key, o)
}

var _ = Describe("the engine and the drive", func() {
	var s *service
	BeforeEach(func() { s = newService() })

	It("fetches each object once, and what has changed once more", func(ctx context.Context) {
		for i := range 20 {
			s.put(fmt.Sprintf("%02d", i), fmt.Sprint("content ", i))
		}
		s.put("large", string(bytes.Repeat([]byte("large "), 3<<20)))
		s.put("dir/", "")
		s.put("dir/x", "x")
		Expect(s.fill(ctx)).To(HaveField("Fetched", BeEquivalentTo(22)))
		Expect(s.requests()).To(BeNumerically(">=", 22))
		s.run = "2"
		Expect(s.fill(ctx)).To(And(HaveField("Fetched", BeZero()), HaveField("Kept", BeEquivalentTo(22))))
		Expect(s.requests()).To(BeZero())
		s.run = "3"
		s.put("03", "newer")
		s.put("20", "new")
		s.put("05", "content 5") // again
		Expect(s.fill(ctx)).To(And(HaveField("Fetched", BeEquivalentTo(2)), HaveField("Replaced", BeEquivalentTo(1))))
		Expect(s.requests()).To(BeNumerically("==", 2))
		Expect(s.replaced("3")).To(Equal(map[string]string{"photos/03": "content 3"}))
	})

	It("keeps what an object is when its turn comes", func(ctx context.Context) {
		s.put("a", "a")
		s.put("changes", "listed")
		s.put("goes", "listed")
		s.turn = func(key string) {
			switch key {
			case "changes":
				if s.gets.Load() < 10 {
					s.put("changes", "another")
				}
			case "goes":
				Expect(s.store.Delete(bucket, "goes")).To(Succeed())
			}
		}
		Expect(s.fill(ctx)).To(And(HaveField("Fetched", BeEquivalentTo(2)), HaveField("Changed", BeEquivalentTo(1)), HaveField("Gone", BeEquivalentTo(1))))
		Expect(s.files(bucket)).To(Equal(map[string]string{"a": "a", "changes": "another"}))
		s.turn = nil
		s.requests()
		s.run = "2"
		Expect(s.fill(ctx)).To(HaveField("Fetched", BeZero()))
	})

	It("has a place for every key, and moves them as they change", func(ctx context.Context) {
		hostile := []string{
			"../../etc/passwd", "/abs", "a", "a/b", "a/b/c", "a//b", "a/./b", "a/../c", "nul\x00byte", "line\nbreak", strings.Repeat("x", 1024),
			strings.Repeat("y/", 500) + "z", "CON", "what?*:<>|\\", "100%25", "%2E%2E/x", "e\u0301", "\u00e9", ".s3export/backup.json", "lost+found/x", "content/",
		}
		for _, key := range hostile {
			s.put(key, "content of "+key)
		}
		Expect(s.fill(ctx)).To(HaveField("Fetched", BeEquivalentTo(len(hostile))))
		top, err := filepath.Glob(filepath.Join(s.dir, "*"))
		Expect(err).NotTo(HaveOccurred())
		Expect(top).To(Equal([]string{filepath.Join(s.dir, ".s3export"), filepath.Join(s.dir, bucket)}))
		s.run = "2"
		s.requests()
		Expect(s.store.Delete(bucket, "a")).To(Succeed()) // its directory is free
		Expect(s.store.Delete(bucket, "CON")).To(Succeed())
		s.put("CON/x", "deeper")
		s.fill(ctx)
		Expect(s.files(bucket)).To(And(HaveKeyWithValue("a/b%2Fc", "content of a/b/c"), HaveKeyWithValue("CON/x", "deeper")))
		s.run = "3"
		s.requests()
		s.fill(ctx)
		Expect(s.requests()).To(BeZero())
	})

	It("goes on where it was ended, and fetches nothing of it twice", func(ctx context.Context) {
		const count = 1500
		for i := range count {
			s.put(fmt.Sprintf("%04d", i), fmt.Sprint("content ", i))
		}
		d, o := s.order(ctx)
		ended, cancel := context.WithCancel(ctx)
		s.turn = func(string) {
			if s.gets.Load() == 1400 {
				cancel()
			}
		}
		_, err := s.filler.Fill(ended, d, o)
		Expect(err).To(MatchError(context.Canceled))
		first := s.requests()
		s.turn = nil
		s.put("zzz", "new: it is listed anew")
		Expect(s.fill(ctx)).To(HaveField("Replaced", BeZero()))
		Expect(first+s.requests()).To(BeNumerically("<=", count+1+64), "but for those under way when it was ended")
	})
})
