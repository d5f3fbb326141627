package simulator_test

import (
	"context"
	"errors"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/providers/simulator"
	"github.com/cargomedia/s3export/providers/simulator/warehouse"
)

var _ = Describe("A mishap", func() {
	It("ends each job with its code and sends the drive back unprocessed", func(ctx context.Context) {
		w := newWorld()
		w.buckets(ctx)
		codes := warehouse.AbortCodes()
		aborts, jobs := map[string]string{"*": codes[0]}, map[string]string{}
		images, before := map[string]string{}, map[string]string{}
		for i, code := range codes {
			id, image := w.another(ctx, manifestText)
			jobs[id], images[id] = code, image
			if i > 0 { // the first is one of all
				aborts[id] = code
			}
		}
		Expect(w.SetFaults(ctx, simulator.Faults{Aborts: aborts})).To(Succeed())
		for id, image := range images {
			_, state := files(ctx, image)
			before[id] = state.Content.Fingerprint
			_, err := w.Ship(ctx, id, image)
			Expect(err).NotTo(HaveOccurred())
		}
		for id, code := range jobs {
			w.to(ctx, id, warehouse.Loaded)
			Expect(w.codes(ctx, id)).To(Equal("AtAWS " + code))
			Expect(element(w.call(ctx, "GetStatus", "JobId", id), "ProgressMessage")).To(MatchRegexp(`^The job was aborted: .{20,}\.$`))
		}
		for id, code := range jobs {
			w.to(ctx, id, warehouse.Returned)
			Expect(w.codes(ctx, id)).To(Equal("Returned " + code))
			_, after := files(ctx, images[id])
			Expect(after.Content.Fingerprint).To(Equal(before[id]))
		}
		Expect(w.SetFaults(ctx, simulator.Faults{})).To(Succeed())
		id, image := w.another(ctx, manifestText)
		_, err := w.Ship(ctx, id, image)
		Expect(err).NotTo(HaveOccurred())
		w.to(ctx, id, warehouse.Loaded)
		Expect(w.codes(ctx, id)).To(Equal("AtAWS Complete"))
	})

	It("loses a parcel: it never arrives, and its job expires", func(ctx context.Context) {
		w := newWorld()
		id, image := w.signed(ctx, manifestText)
		refused := func(reason string, err error) {
			GinkgoHelper()
			var e *simulator.ControlError
			Expect(errors.As(err, &e)).To(BeTrue(), "%v", err)
			Expect(e.Reason).To(Equal(reason))
		}
		_, err := w.Lose(ctx, id)
		refused("NotShipped", err)
		_, err = w.Lose(ctx, "ZZZZZ")
		refused("NoSuchJob", err)
		_, err = w.Ship(ctx, id, image)
		Expect(err).NotTo(HaveOccurred())
		for range 2 {
			p, err := w.Lose(ctx, id)
			Expect(err).NotTo(HaveOccurred())
			Expect(p.Lost).To(BeTrue())
			Expect(p.Due).To(BeZero())
		}
		_, err = w.AdvanceTo(ctx, id, string(warehouse.Received))
		refused("Lost", err)
		a, err := w.Advance(ctx, 29*24*time.Hour)
		Expect(err).NotTo(HaveOccurred())
		Expect(a.Events).To(BeEmpty())
		Expect(w.codes(ctx, id)).To(Equal("NotReceived Pending"))
		_, err = w.AdvanceTo(ctx, id, simulator.ExpiredStage)
		Expect(err).NotTo(HaveOccurred())
		Expect(w.codes(ctx, id)).To(Equal("NotReceived Expired"))
		Expect(image).NotTo(BeAnExistingFile())
		Expect(image + warehouse.AwaySuffix).To(BeAnExistingFile())

		arrived, other := w.another(ctx, manifestText)
		_, err = w.Ship(ctx, arrived, other)
		Expect(err).NotTo(HaveOccurred())
		w.to(ctx, arrived, warehouse.Received)
		_, err = w.Lose(ctx, arrived)
		refused("AlreadyArrived", err)
	})
})
