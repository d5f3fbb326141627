package pull

import (
	"context"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

var _ = Describe("the gate", func() {
	enter := func(ctx context.Context, g *gate, n int) (round int) {
		GinkgoHelper()
		for range n {
			var err error
			round, err = g.enter(ctx)
			Expect(err).NotTo(HaveOccurred())
		}
		return round
	}

	It("halves once for all that were under way, and grows again by one a round", func(ctx context.Context) {
		g := newGate(8)
		round := enter(ctx, g, 8)
		for range 8 {
			g.leave(round, throttled)
		}
		Expect(g.limit).To(BeEquivalentTo(4))
		round = enter(ctx, g, 4)
		for range 4 {
			g.leave(round, good)
		}
		Expect(g.limit).To(BeNumerically("~", 5, 0.2))
		for range 100 {
			g.leave(enter(ctx, g, 1), good)
		}
		Expect(g.limit).To(BeEquivalentTo(8))
	})

	It("always lets one through", func(ctx context.Context) {
		g := newGate(2)
		for range 5 {
			g.leave(enter(ctx, g, 1), throttled)
		}
		Expect(g.limit).To(BeEquivalentTo(1))
		enter(ctx, g, 1)
		ended, cancel := context.WithCancel(ctx)
		cancel()
		_, err := g.enter(ended)
		Expect(err).To(MatchError(context.Canceled))
	})
})
