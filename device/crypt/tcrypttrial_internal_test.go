package crypt

import (
	"bytes"
	"context"
	"io"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

var _ = Describe("the trials of a password", func() {
	var container []byte
	var slots []slot
	BeforeEach(func() {
		var err error
		container = makeContainer(tcContainer{}, make([]byte, 512))
		slots, err = readSlots(bytes.NewReader(container), int64(len(container)))
		Expect(err).NotTo(HaveOccurred())
	})

	DescribeTable("are every place with every kdf, copies last", func(f Format, kdfs, places int) {
		trials := tcTrials(slots, tcKDFs(0), f, nil)
		Expect(trials).To(HaveLen(kdfs * places))
		copies := false
		for _, t := range trials {
			Expect(t.slot.backup || !copies).To(BeTrue(), "a copy came before a first header")
			copies = copies || t.slot.backup
		}
		Expect(copies).To(BeTrue())
	},
		Entry("of TrueCrypt, with the place that a hidden volume had until TrueCrypt 5", TrueCrypt, 3, 5),
		Entry("of VeraCrypt", VeraCrypt, 5, 4),
	)

	It("end with the first that opens, also those that run beside it", func() {
		endless := kdf{format: TrueCrypt, name: "endless", hash: newBlake2s, rounds: 1 << 40}
		trials := []trial{{slots[0], quickKDFs()[0], []byte("secret")}, {slots[1], endless, nil}, {slots[2], endless, nil}}
		v, err := openFirst(context.Background(), bytes.NewReader(container), int64(len(container)), trials)
		Expect(err).NotTo(HaveOccurred())
		Expect(io.ReadAll(io.NewSectionReader(v, 0, v.Size()))).To(Equal(make([]byte, 512)))
	})
})
