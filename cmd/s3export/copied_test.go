package main

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/reconciler"
)

var _ = DescribeTable("what a copy has come to", func(c reconciler.CopyFact, text string) {
	Expect(copiedText(c)).To(Equal(text))
},
	Entry("all is new", reconciler.CopyFact{Fetched: 1, FetchedBytes: 5}, "1 object (5 bytes) fetched"),
	Entry("all of it", reconciler.CopyFact{
		Fetched: 20, FetchedBytes: 5, Kept: 6, KeptBytes: 7, Changed: 1, Gone: 2, Replaced: 3, Pruned: 4,
	}, "20 objects (5 bytes) fetched, 6 (7 bytes) were on the drive already, 1 replaced in the source while it was copied, "+
		"2 removed from the source while it was copied, 3 files gave way, 4 of them were no objects of the source any more"),
	Entry("nothing proves some", reconciler.CopyFact{Fetched: 20, FetchedBytes: 5, Unproven: 3, Replaced: 1},
		"20 objects (5 bytes) fetched, 3 of them once and compared with nothing, since the service keeps no checksum "+
			"that can be computed, 1 file gave way"),
)
