package s3_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"pgregory.net/rapid"

	"github.com/cargomedia/s3export/providers"
	"github.com/cargomedia/s3export/providers/s3"
)

const held = 5 // pages for each stream, as listing.go has it

// The time of a listing is counted in a bubble, where 30 milliseconds a request are
// exact and nothing else takes time.
func TestListingInRangesIsFaster(t *testing.T) {
	const pageSize = 100
	all := sequences(120 * pageSize)
	var ratios []float64
	for _, name := range slices.Sorted(maps.Keys(all)) {
		keys := all[name]
		synctest.Test(t, func(t *testing.T) {
			g := NewWithT(t)
			elapsed := func(streams int) (time.Duration, *keyServer) {
				server := &keyServer{keys: keys, latency: 30 * time.Millisecond}
				client, err := server.client(streams, pageSize)
				g.Expect(err).NotTo(HaveOccurred())
				begin := time.Now()
				got, err := list(t.Context(), client, s3.Query{})
				g.Expect(err).NotTo(HaveOccurred())
				g.Expect(slices.Equal(got, keys)).To(BeTrue())
				return time.Since(begin), server
			}
			pages := (len(keys) + pageSize - 1) / pageSize
			one, sequential := elapsed(1)
			g.Expect(sequential.requests).To(Equal(pages))
			many, server := elapsed(8)
			ratio := float64(one) / float64(many)
			t.Logf("%-12s %.1f times as fast, %d requests for %d pages", name, ratio, server.requests, pages)
			g.Expect(server.requests).To(BeNumerically("<=", 2*pages+5), name)
			g.Expect(server.maximum).To(BeNumerically("<=", 8), name)
			g.Expect(ratio).To(BeNumerically(">=", 2.5), name)
			ratios = append(ratios, ratio)
		})
	}
	slices.Sort(ratios)
	NewWithT(t).Expect(ratios[len(ratios)/2]).To(BeNumerically(">=", 3.5), "in the middle of %v", ratios)
}

// BenchmarkListStreams lists over real connections from a server that is 30
// milliseconds away.
func BenchmarkListStreams(b *testing.B) {
	const pageSize = 1000
	all := sequences(60 * pageSize)
	for _, name := range []string{"counter", "deep", "uuid"} {
		for _, streams := range []int{1, 8} {
			b.Run(fmt.Sprintf("%s/streams=%d", name, streams), func(b *testing.B) {
				server := httptest.NewServer(&keyServer{keys: all[name], latency: 30 * time.Millisecond})
				defer server.Close()
				client, err := s3.New(s3.Options{Credentials: anonymous, Endpoint: server.URL, ListStreams: streams})
				if err != nil {
					b.Fatal(err)
				}
				for b.Loop() {
					if keys, err := list(b.Context(), client, s3.Query{}); err != nil || len(keys) != len(all[name]) {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(len(all[name])*b.N)/b.Elapsed().Seconds(), "keys/s")
			})
		}
	}
}

func TestSlowYieldHoldsTheListingBack(t *testing.T) {
	const pageSize, streams = 10, 4
	synctest.Test(t, func(t *testing.T) {
		g := NewWithT(t)
		server := &keyServer{keys: sequences(200 * pageSize)["counter"], latency: 30 * time.Millisecond}
		client, err := server.client(streams, pageSize)
		g.Expect(err).NotTo(HaveOccurred())
		n := 0
		g.Expect(client.List(t.Context(), "photos", s3.Query{}, func(s3.Object) error {
			<-time.After(time.Second)
			n++
			g.Expect(server.asked()).To(BeNumerically("<=", n/pageSize+streams*held+2))
			return nil
		})).To(Succeed())
		g.Expect(n).To(Equal(200 * pageSize))
	})
}

// hostileKeys are sets of keys with long common begins, few and many bytes to choose
// from, and bytes that are no text.
func hostileKeys(t *rapid.T) []string {
	part := rapid.OneOf(
		rapid.SampledFrom([]string{"a", "b", "a/", "photos-", "é", "日", "\xff", "\x00", "~", "0", "9", "99", "z/z/z/"}),
		rapid.StringMatching(`[0-9]{1,6}`), rapid.StringMatching(`[0-9a-f]{4}`), rapid.StringN(0, 3, 12),
		rapid.Map(rapid.SliceOfN(rapid.Byte(), 0, 3), func(b []byte) string { return string(b) }),
	)
	begin := strings.Join(rapid.SliceOfN(part, 0, 4).Draw(t, "begin"), "")
	parts := append(rapid.SliceOfN(part, 1, 8).Draw(t, "parts"), "1")
	depth := rapid.IntRange(1, 6).Draw(t, "depth")
	counted := rapid.SampledFrom([]string{"", "%d", "%05d", "%x"}).Draw(t, "counted")
	random := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
	keys := make([]string, rapid.IntRange(0, 400).Draw(t, "n"))
	for i := range keys {
		keys[i] = begin
		for range 1 + random.IntN(depth) {
			keys[i] += parts[random.IntN(len(parts))]
		}
		if counted != "" {
			keys[i] += fmt.Sprintf(counted, random.IntN(100_000))
		}
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

func TestListingInRangesIsTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := NewWithT(t)
		server := &keyServer{keys: hostileKeys(t), deaf: rapid.IntRange(0, 9).Draw(t, "deaf") == 0}
		size := rapid.IntRange(1, 7).Draw(t, "size")
		streams := rapid.IntRange(1, 8).Draw(t, "streams")
		client, err := server.client(streams, int32(size))
		g.Expect(err).NotTo(HaveOccurred())
		q := s3.Query{}
		if len(server.keys) > 0 && rapid.Bool().Draw(t, "part") {
			some := rapid.SampledFrom(append(server.keys, ""))
			q = s3.Query{After: some.Draw(t, "after"), Through: some.Draw(t, "through")}
			prefix := some.Draw(t, "prefix")
			q.Prefix = prefix[:rapid.IntRange(0, min(3, len(prefix))).Draw(t, "length")]
		}
		var want []string
		for _, k := range server.keys {
			if strings.HasPrefix(k, q.Prefix) && k > q.After && (q.Through == "" || k <= q.Through) {
				want = append(want, k)
			}
		}
		var got []string
		g.Expect(client.List(context.Background(), "photos", q, func(o s3.Object) error {
			got = append(got, o.Key)
			return nil
		})).To(Succeed())
		g.Expect(got).To(Equal(want))
		g.Expect(server.maximum).To(BeNumerically("<=", streams))
		paid := want
		if server.deaf { // each range begins at the begin
			paid = server.keys
		}
		g.Expect(server.requests).To(BeNumerically("<=", 2*(len(paid)/size+1)+5))
		for _, start := range server.starts {
			g.Expect(start == q.After || utf8.ValidString(start)).To(BeTrue(), "%q", start)
		}
	})
}

var _ = Describe("a listing in ranges", func() {
	keys := sequences(2000)["counter"]
	served := func(server *keyServer) *s3.Client {
		GinkgoHelper()
		client, err := server.client(8, 50)
		Expect(err).NotTo(HaveOccurred())
		return client
	}

	It("costs no more than the pages where there are few", func(ctx context.Context) {
		for _, n := range []int{0, 1, 50, 51, 100} {
			server := &keyServer{keys: keys[:n]}
			Expect(list(ctx, served(server), s3.Query{})).To(HaveLen(n))
			Expect(server.requests).To(Equal(max(1, (n+49)/50)))
		}
	})

	It("goes over real connections", func(ctx context.Context) {
		server := &keyServer{keys: keys}
		wire := httptest.NewServer(server)
		DeferCleanup(wire.Close)
		client, err := s3.New(s3.Options{Credentials: anonymous, Endpoint: wire.URL, PageSize: 20})
		Expect(err).NotTo(HaveOccurred())
		Expect(list(ctx, client, s3.Query{})).To(Equal(keys))
		Expect(client.Requests().ByOperation["ListObjectsV2"]).To(BeEquivalentTo(server.requests))
	})

	It("does without ranges where the server refuses what was guessed", func(ctx context.Context) {
		server := &keyServer{keys: keys}
		guessed := 0
		server.refuse = func(r *http.Request) bool {
			q := r.URL.Query()
			if !q.Has("start-after") || q.Has("continuation-token") {
				return false
			}
			server.mu.Lock()
			defer server.mu.Unlock()
			guessed++
			return guessed == 1
		}
		Expect(list(ctx, served(server), s3.Query{})).To(Equal(keys))
		Expect(server.requests).To(BeNumerically("<=", len(keys)/50+2))
	})

	It("ends with an error that is no matter of guessing, and leaves nothing under way", func(ctx context.Context) {
		server := &keyServer{keys: keys, latency: 5 * time.Millisecond}
		server.refuse = func(*http.Request) bool { return server.asked() > 20 }
		_, err := list(ctx, served(server), s3.Query{})
		Expect(errorOf(err).Kind).To(Equal(providers.Denied))
		Expect(server.flying).To(BeZero())
	})

	It("ends with the error of yield, and with the context", func(ctx context.Context) {
		enough := errors.New("enough")
		server, n := &keyServer{keys: keys, latency: 5 * time.Millisecond}, 0
		err := served(server).List(ctx, "photos", s3.Query{}, func(s3.Object) error {
			n++
			if n == 700 {
				return enough
			}
			return nil
		})
		Expect(err).To(BeIdenticalTo(enough))
		Expect(server.flying).To(BeZero())

		ctx, cancel := context.WithCancel(ctx)
		n = 0
		err = served(server).List(ctx, "photos", s3.Query{}, func(s3.Object) error {
			n++
			if n == 700 {
				cancel()
			}
			return nil
		})
		Expect(errors.Is(err, context.Canceled)).To(BeTrue())
		Expect(n).To(BeNumerically("<=", 750))
		Expect(server.flying).To(BeZero())
	})
})
