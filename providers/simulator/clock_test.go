package simulator_test

import (
	"context"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/providers/simulator"
	"github.com/cargomedia/s3export/providers/simulator/warehouse"
)

var _ = Describe("Time", func() {
	It("carries out what falls due while real time passes", func(ctx context.Context) {
		var passed atomic.Int64
		w := newWorld(func(o *simulator.Options) {
			o.Now = func() time.Time { return start.Add(time.Duration(passed.Load())) }
		})
		hour := simulator.Duration(time.Hour)
		Expect(w.SetSchedule(ctx, simulator.Schedule{Transit: hour, Wait: hour, Load: hour, Back: hour})).To(Succeed())
		id, image := w.signed(ctx, manifestText)
		_, err := w.Ship(ctx, id, image)
		Expect(err).NotTo(HaveOccurred())
		for _, want := range []string{"NotReceived Pending", "AtAWS Pending", "AtAWS InProgress", "AtAWS Complete", "Returned Complete"} {
			Expect(w.codes(ctx, id)).To(Equal(want))
			passed.Add(int64(time.Hour))
		}
	})

	It("answers while a load is under way, and ends it with the server", func(ctx context.Context) {
		loading, work := make(chan struct{}), GinkgoT().TempDir()
		w := newWorld(func(o *simulator.Options) {
			o.WorkDir = work
			o.Build = func(ctx context.Context, _ string, _ int64, _ warehouse.Volume) error {
				close(loading)
				<-ctx.Done()
				return ctx.Err()
			}
		})
		id, image := w.signed(ctx, manifestText)
		_, err := w.Ship(ctx, id, image)
		Expect(err).NotTo(HaveOccurred())
		asking, giveUp := context.WithCancel(ctx)
		var wait sync.WaitGroup
		wait.Go(func() {
			defer GinkgoRecover()
			_, err := w.AdvanceTo(asking, id, string(warehouse.Returned))
			Expect(err).To(HaveOccurred())
		})
		Eventually(ctx, loading).Should(BeClosed())
		giveUp() // a client that goes away does not stop the load
		wait.Wait()
		Consistently(ctx, func() string { return w.codes(ctx, id) }, "50ms", "10ms").Should(Equal("AtAWS InProgress"))
		state, err := w.State(ctx)
		Expect(err).NotTo(HaveOccurred())
		Expect(state.Parcels[0].Stage).To(Equal(warehouse.Loading))
		Expect(w.Close()).To(Succeed())
		Expect(w.Close()).To(Succeed())
		Expect(filepath.Glob(filepath.Join(work, "*"))).To(BeEmpty(), "the staging is gone")
		_, err = w.State(ctx)
		Expect(err).To(HaveOccurred())
	})

	It("moves for many at once, and each stage is reached once", func(ctx context.Context) {
		w := newWorld()
		id, image := w.signed(ctx, manifestText)
		_, err := w.Ship(ctx, id, image)
		Expect(err).NotTo(HaveOccurred())
		var wait sync.WaitGroup
		var events atomic.Int64
		for range 4 {
			wait.Go(func() {
				defer GinkgoRecover()
				for range 3 {
					a, err := w.Advance(ctx, 24*time.Hour)
					Expect(err).NotTo(HaveOccurred())
					events.Add(int64(len(a.Events)))
					w.create(ctx, manifestText)
					w.codes(ctx, id)
				}
			})
		}
		wait.Wait()
		Expect(w.codes(ctx, id)).To(Equal("Returned Complete"))
		Expect(events.Load()).To(BeEquivalentTo(4))
		state, err := w.State(ctx)
		Expect(err).NotTo(HaveOccurred())
		Expect(state.Jobs).To(HaveLen(13))
		Expect(state.Advanced).To(Equal(simulator.Duration(12 * 24 * time.Hour)))
	})
})
