package delivery_test

import (
	"context"
	"io"
	"strings"
	"testing"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/providers/simulator/delivery"
	"github.com/cargomedia/s3export/providers/simulator/store"
)

func TestDelivery(t *testing.T) {
	RegisterFailHandler(Fail)
	RunSpecs(t, "providers/simulator/delivery")
}

func clock() time.Time { return time.Date(2031, 2, 3, 4, 5, 6, 7, time.UTC) }

const mib = 1 << 20

// world is a store with the buckets photos and logs, and who delivers.
type world struct {
	*store.Store
	*delivery.Service
}

func newWorld() world {
	GinkgoHelper()
	s := store.New(clock)
	for _, name := range []string{"photos", "logs"} {
		Expect(s.CreateBucket(name, store.BucketOptions{})).To(Succeed())
	}
	return world{s, delivery.New(s, clock)}
}

func (w world) put(key, content string, o store.PutOptions) store.Object {
	GinkgoHelper()
	made, err := w.Put("photos", key, strings.NewReader(content), o)
	Expect(err).NotTo(HaveOccurred())
	return made
}

func (w world) read(key string) string {
	GinkgoHelper()
	r, _, err := w.Open("logs", key)
	Expect(err).NotTo(HaveOccurred())
	defer r.Close()
	content, err := io.ReadAll(r)
	Expect(err).NotTo(HaveOccurred())
	return string(content)
}

func ctx() context.Context { return context.Background() }

func photos() delivery.Selection { return delivery.Selection{Bucket: "photos", Destination: "logs"} }

var _ = DescribeTable("an order is refused, and nothing is delivered", func(deliver func(w world) error) {
	w := newWorld()
	w.put("k", "x", store.PutOptions{})
	Expect(deliver(w)).To(BeAssignableToTypeOf(&delivery.OrderError{}))
	page, err := w.List("logs", store.Query{Max: 1})
	Expect(err).NotTo(HaveOccurred())
	Expect(page.Objects).To(BeEmpty())
},
	Entry("no bucket", inventoryOf(delivery.Inventory{Selection: delivery.Selection{Bucket: "none", Destination: "logs"}})),
	Entry("no destination", inventoryOf(delivery.Inventory{Selection: delivery.Selection{Bucket: "photos", Destination: "none"}})),
	Entry("other versions", inventoryOf(delivery.Inventory{Selection: delivery.Selection{Bucket: "photos", Destination: "logs", Versions: "Some"}})),
	Entry("another field", inventoryOf(delivery.Inventory{Selection: photos(), Fields: []string{"Owner!"}})),
	Entry("another algorithm", checksumsOf(delivery.Checksums{Selection: photos(), Algorithm: "XXHASH64"})),
	Entry("another type", checksumsOf(delivery.Checksums{Selection: photos(), Type: "HALF_OBJECT"})),
	Entry("no bucket of a job", checksumsOf(delivery.Checksums{Selection: delivery.Selection{Bucket: "photos"}})),
)

func inventoryOf(o delivery.Inventory) func(world) error {
	return func(w world) error { _, err := w.Inventory(ctx(), o); return err }
}

func checksumsOf(o delivery.Checksums) func(world) error {
	return func(w world) error { _, err := w.Checksums(ctx(), o); return err }
}
