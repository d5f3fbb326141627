package s3_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/providers/s3"
)

// The time of a listing is counted in a bubble, where 30 milliseconds a request are
// exact and nothing else takes time.
func TestListingInRangesIsFaster(t *testing.T) {
	const n = 60_000
	all := sequences(n)
	for _, name := range slices.Sorted(maps.Keys(all)) {
		keys := all[name]
		synctest.Test(t, func(t *testing.T) {
			g := NewWithT(t)
			elapsed := func(streams int) (time.Duration, *keyServer) {
				server := &keyServer{keys: keys, latency: 30 * time.Millisecond}
				client, err := server.client(streams, 1000)
				g.Expect(err).NotTo(HaveOccurred())
				begin := time.Now()
				got, err := list(t.Context(), client, s3.Query{})
				g.Expect(err).NotTo(HaveOccurred())
				g.Expect(slices.Equal(got, keys)).To(BeTrue())
				return time.Since(begin), server
			}
			one, _ := elapsed(1)
			many, server := elapsed(8)
			pages := (len(keys) + 999) / 1000
			t.Logf("%-12s %6d keys: %5.1f times as fast, %d requests for %d pages", name, len(keys), float64(one)/float64(many), server.requests, pages)
			g.Expect(server.requests).To(BeNumerically("<=", 2*pages+5))
			g.Expect(server.maximum).To(BeNumerically("<=", 8))
			g.Expect(float64(one) / float64(many)).To(BeNumerically(">=", 1), name)
		})
	}
	_ = context.Background
	_ = fmt.Sprint
}
