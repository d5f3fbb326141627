package pull_test

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	service "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/providers"
	"github.com/cargomedia/s3export/providers/pull"
	"github.com/cargomedia/s3export/providers/simulator"
)

var _ = Describe("what goes wrong on the way", func() {
	var w *world
	var p *proxy
	var l *ledger
	var all map[string][]byte
	copyAll := func(ctx context.Context, o pull.Options, items []providers.Item) (pull.Summary, error) {
		o.Client, o.Backoff = w.clientAt(p.URL), time.Millisecond
		return pull.New(o).Copy(ctx, w.root, each(items), l.keep)
	}
	BeforeEach(func(ctx context.Context) {
		w = newWorld(ctx, simulator.Bucket{})
		p = newProxy(w.info.Endpoint)
		l = &ledger{dir: w.dir}
		all = map[string][]byte{"a": random(1, 1000), "b/large": random(2, 12*mib+5), "c": random(3, 70_000)}
		for key, content := range all {
			w.put(ctx, key, content)
		}
		part := random(4, 5*mib)
		w.upload(ctx, "b/multi", "", part, part)
		all["b/multi"] = append(part, part...)
	})
	bodies := func(key string, change func(n int, body io.ReadCloser) io.ReadCloser) {
		var n atomic.Int64
		p.spoil = func(r *http.Request, body io.ReadCloser) io.ReadCloser {
			if r.Method != http.MethodGet || r.URL.Path != "/"+bucket+"/"+key {
				return body
			}
			return change(int(n.Add(1)), body)
		}
	}

	DescribeTable("a byte that changed once is fetched again", func(ctx context.Context, key string) {
		bodies(key, func(n int, body io.ReadCloser) io.ReadCloser {
			if n == 1 {
				return &flipping{body, 77}
			}
			return body
		})
		_, err := copyAll(ctx, pull.Options{}, w.items(ctx))
		Expect(err).NotTo(HaveOccurred())
		w.check(l, all)
	}, Entry("small", "a"), Entry("large", "b/large"), Entry("multipart", "b/multi"))

	DescribeTable("a byte that always changes is refused, and all before it is kept", func(ctx context.Context, key string, before int) {
		bodies(key, func(_ int, body io.ReadCloser) io.ReadCloser { return &flipping{body, 77} })
		_, err := copyAll(ctx, pull.Options{}, w.items(ctx))
		e, ok := errors.AsType[*pull.Error](err)
		Expect(ok).To(BeTrue(), "%v", err)
		Expect(e.Kind).To(Equal(pull.Corrupt))
		Expect(e.Item.Key).To(Equal(key))
		Expect(e.Remedy).NotTo(BeEmpty())
		Expect(l.kept).To(HaveLen(before))
		_, err = os.Lstat(filepath.Join(w.dir, key))
		Expect(err).To(MatchError(fs.ErrNotExist))

		l.kept = nil
		var left []string
		_, err = copyAll(ctx, pull.Options{Skip: func(item providers.Item, reason error) error {
			left = append(left, item.Key)
			return nil
		}}, w.items(ctx))
		Expect(err).NotTo(HaveOccurred())
		Expect(left).To(Equal([]string{key}))
		delete(all, key)
		w.check(l, all)
	}, Entry("small", "c", 3), Entry("large", "b/large", 1), Entry("multipart", "b/multi", 2))

	It("goes on in the middle of a body that breaks off", func(ctx context.Context) {
		p.spoil = func(r *http.Request, body io.ReadCloser) io.ReadCloser { return &breaking{body, 1 + rand.IntN(2*mib)} }
		sum, err := copyAll(ctx, pull.Options{}, w.items(ctx))
		Expect(err).NotTo(HaveOccurred())
		w.check(l, all)
		Expect(sum.Fetched).To(Equal(sum.Bytes))
	})

	It("gives up on bodies that bring nothing", func(ctx context.Context) {
		bodies("b/large", func(_ int, body io.ReadCloser) io.ReadCloser { return &breaking{body, 0} })
		_, err := copyAll(ctx, pull.Options{}, w.items(ctx))
		Expect(err).To(HaveOccurred())
		Expect(l.kept).To(HaveLen(1))
	})

	It("asks anew where a body stands still", func(ctx context.Context) {
		bodies("b/large", func(n int, body io.ReadCloser) io.ReadCloser {
			if n == 1 {
				return &still{body, ctx.Done()}
			}
			return body
		})
		_, err := copyAll(ctx, pull.Options{Stall: 50 * time.Millisecond}, w.items(ctx))
		Expect(err).NotTo(HaveOccurred())
		w.check(l, all)
	})

	It("waits out a service that wants fewer requests", func(ctx context.Context) {
		Expect(w.control.SetFaults(ctx, simulator.Faults{Rules: []simulator.Rule{{Kind: simulator.Throttle, Service: simulator.S3, Operation: "GET", Path: "/photos/", After: 1, Count: 12}}})).To(Succeed())
		_, err := copyAll(ctx, pull.Options{}, w.itemsWithout(ctx))
		Expect(err).NotTo(HaveOccurred())
		w.check(l, all)
	})

	It("takes the new state of an object that changed, and notes one that is gone", func(ctx context.Context) {
		items := w.items(ctx)
		all["a"], all["b/large"], all["b/multi"] = random(11, 30*mib), random(12, 13*mib), random(13, 100)
		for _, key := range []string{"a", "b/large", "b/multi"} {
			w.put(ctx, key, all[key])
		}
		_, err := w.writer.DeleteObject(ctx, &service.DeleteObjectInput{Bucket: aws.String(bucket), Key: aws.String("c")})
		Expect(err).NotTo(HaveOccurred())
		sum, err := copyAll(ctx, pull.Options{}, items)
		Expect(err).NotTo(HaveOccurred())
		Expect(l.kept).To(HaveLen(4))
		Expect(l.of("c").Gone).To(BeTrue())
		Expect(sum.Changed).To(Equal(3))
		Expect(sum.Gone).To(Equal(1))
		l.kept = l.kept[:3]
		delete(all, "c")
		for _, c := range l.kept {
			Expect(c.Changed).To(BeTrue())
		}
		w.check(l, all)
	})

	It("takes the new state of a large object that changes on the way", func(ctx context.Context) {
		items := w.items(ctx)
		all["b/large"] = random(12, 9*mib)
		bodies("b/large", func(n int, body io.ReadCloser) io.ReadCloser {
			if n != 1 {
				return body
			}
			w.put(ctx, "b/large", all["b/large"])
			return &breaking{body, 100_000}
		})
		_, err := copyAll(ctx, pull.Options{}, items)
		Expect(err).NotTo(HaveOccurred())
		w.check(l, all)
		Expect(l.of("b/large").Changed).To(BeTrue())
	})

	It("leaves out an object that goes on the way, and one that never rests fails", func(ctx context.Context) {
		items := w.items(ctx)
		bodies("b/large", func(_ int, body io.ReadCloser) io.ReadCloser {
			_, err := w.writer.DeleteObject(ctx, &service.DeleteObjectInput{Bucket: aws.String(bucket), Key: aws.String("b/large")})
			Expect(err).NotTo(HaveOccurred())
			return &breaking{body, 100_000}
		})
		_, err := copyAll(ctx, pull.Options{}, items[:2])
		Expect(err).NotTo(HaveOccurred())
		Expect(l.of("b/large").Gone).To(BeTrue())

		bodies("b/multi", func(n int, body io.ReadCloser) io.ReadCloser {
			w.put(ctx, "b/multi", random(uint64(n), 9*mib))
			return &breaking{body, 100_000}
		})
		_, err = copyAll(ctx, pull.Options{}, items[2:])
		e, ok := errors.AsType[*pull.Error](err)
		Expect(ok).To(BeTrue(), "%v", err)
		Expect(e.Kind).To(Equal(pull.Restless))
	})

	It("names an object that is archived, and can leave it out", func(ctx context.Context) {
		_, err := w.writer.PutObject(ctx, &service.PutObjectInput{
			Bucket: aws.String(bucket), Key: aws.String("b/cold"), Body: strings.NewReader("cold"), StorageClass: types.StorageClassDeepArchive,
		})
		Expect(err).NotTo(HaveOccurred())
		_, err = copyAll(ctx, pull.Options{}, w.items(ctx))
		e, ok := errors.AsType[*pull.Error](err)
		Expect(ok).To(BeTrue(), "%v", err)
		Expect(e.Kind).To(Equal(pull.Archived))
		Expect(e.Item.Key).To(Equal("b/cold"))
		l.kept = nil
		sum, err := copyAll(ctx, pull.Options{Skip: func(providers.Item, error) error { return nil }}, w.items(ctx))
		Expect(err).NotTo(HaveOccurred())
		Expect(sum.Skipped).To(Equal(1))
		w.check(l, all)
	})

	It("ends with the caller's error, and says nothing more", func(ctx context.Context) {
		refused := errors.New("no more")
		calls := 0
		_, err := pull.New(pull.Options{Client: w.client()}).Copy(ctx, w.root, each(w.items(ctx)), func([]providers.Copied) error {
			calls++
			return refused
		})
		Expect(err).To(MatchError(refused))
		Expect(calls).To(Equal(1))
	})

	It("keeps what came before an error of the items", func(ctx context.Context) {
		broken := errors.New("the listing broke")
		items := w.items(ctx)
		_, err := pull.New(pull.Options{Client: w.client()}).Copy(ctx, w.root, func(yield func(providers.Item, error) bool) {
			for _, item := range items[:2] {
				if !yield(item, nil) {
					return
				}
			}
			yield(providers.Item{}, broken)
		}, l.keep)
		Expect(err).To(MatchError(broken))
		Expect(l.kept).To(HaveLen(2))
	})

	It("goes on after any number of interruptions", func(ctx context.Context) {
		items := w.items(ctx)
		for tries := 0; ; tries++ {
			Expect(tries).To(BeNumerically("<", 200))
			inner, cancel := context.WithCancel(ctx)
			var got atomic.Int64
			limit := rand.Int64N(4 * mib)
			_, err := copyAll(inner, pull.Options{Concurrency: 4, Pace: func(_ context.Context, n int) error {
				if got.Add(int64(n)) > limit {
					cancel()
				}
				return nil
			}}, l.left(items))
			cancel()
			if err == nil {
				Expect(tries).To(BeNumerically(">", 2))
				break
			}
			Expect(err).To(MatchError(context.Canceled))
		}
		w.check(l, all)
	})
})

// still is a body that brings nothing until the test ends.
type still struct {
	io.ReadCloser
	done <-chan struct{}
}

func (s *still) Read([]byte) (int, error) {
	<-s.done
	return 0, io.EOF
}

// itemsWithout lists before the faults are counted.
func (w *world) itemsWithout(ctx context.Context) []providers.Item {
	GinkgoHelper()
	faults, err := w.control.Faults(ctx)
	Expect(err).NotTo(HaveOccurred())
	Expect(w.control.SetFaults(ctx, simulator.Faults{})).To(Succeed())
	items := w.items(ctx)
	Expect(w.control.SetFaults(ctx, faults)).To(Succeed())
	return items
}
