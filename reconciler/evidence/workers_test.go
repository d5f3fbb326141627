package evidence_test

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/device"
	"github.com/cargomedia/s3export/reconciler/evidence"
)

var _ = DescribeTable("how many files are read at once", func(m device.Medium, workers int) {
	Expect(evidence.Workers(m)).To(Equal(workers))
},
	Entry("of a disk that turns: one, in its order", device.Rotational, 1),
	Entry("of one that need not seek: many", device.Solid, 8),
	Entry("of another: what verify takes to be usual", device.UnknownMedium, 0),
)

var _ = DescribeTable("the name of a medium tells disks apart", func(other device.Identity) {
	disk := device.Identity{Kind: device.Block, Serial: "W1", Size: 8}
	Expect(evidence.Medium(disk)).To(Equal(evidence.Medium(disk)))
	Expect(evidence.Medium(other)).NotTo(Equal(evidence.Medium(disk)))
},
	Entry("of another number", device.Identity{Kind: device.Block, Serial: "W2", Size: 8}),
	Entry("of another size", device.Identity{Kind: device.Block, Serial: "W1", Size: 9}),
	Entry("of which nothing is known", device.Identity{}),
)

var _ = DescribeTable("how many files of a device a proof reads at once", func(given int, known bool, workers int) {
	k := evidence.Keeper{Workers: given}
	if known {
		k.Medium = func(s device.Selector) device.Medium {
			Expect(s.Serial).To(Equal("W1"))
			return device.Rotational
		}
	}
	Expect(evidence.WorkersOf(&k, device.Selector{Serial: "W1"})).To(Equal(workers))
},
	Entry("what suits it", 0, true, 1),
	Entry("what was asked for", 5, true, 5),
	Entry("as many as usual where it is not known", 0, false, 0),
)
