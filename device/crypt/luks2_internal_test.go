package crypt

import (
	"bytes"
	"io"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

var _ = Describe("both headers of LUKS2", func() {
	area := func(at int, sequence byte, text string) []byte {
		return luks2Area([]byte(text), 16<<10, at, func(b []byte) { b[luks2SequenceAt+7] = sequence })
	}
	read := func(first, second []byte) (*luks2, error) {
		return readLUKS2(luksDisk(append(bytes.Clone(first), second...)))
	}
	const place = 16 << 10

	DescribeTable("one is taken", func(first, second []byte, wantSecond bool) {
		h, err := read(first, second)
		Expect(err).NotTo(HaveOccurred())
		Expect(h.second).To(Equal(wantSecond))
	},
		Entry("the first of equals", area(0, 1, luks2Text), area(place, 1, luks2Text), false),
		Entry("the first when it is newer", area(0, 2, luks2Text), area(place, 1, luks2Text), false),
		Entry("the second when it is newer", area(0, 1, luks2Text), area(place, 2, luks2Text), true),
		Entry("the first when the second is damaged", area(0, 1, luks2Text), area(place, 2, "{{"), false),
		Entry("the second when the first is damaged", area(0, 2, "{{"), area(place, 1, luks2Text), true),
		Entry("the second when the first is gone", make([]byte, place), area(place, 1, luks2Text), true),
	)

	It("does not take an older one that knows nothing of a change under way", func() {
		changing := strings.Replace(luks2Text, `"config":{`, `"config":{"requirements":{"mandatory":["online-reencrypt-v2"]},`, 1)
		disk := luksDisk(append(area(0, 2, changing), area(place, 1, luks2Text)...))
		Expect(guessLUKS(disk).Message).To(ContainSubstring("online-reencrypt-v2"))
	})

	It("is the second one where the first one cannot be read", func() {
		disk := luksDisk(append(area(0, 1, luks2Text), area(place, 1, luks2Text)...))
		for bad, want := range map[int64]error{4096: nil, 8192: nil, place + 4096: errBadSector} {
			_, err := readLUKS2(io.NewSectionReader(&badSectors{disk, bad}, 0, disk.Size()))
			if want == nil {
				Expect(err).NotTo(HaveOccurred())
				continue
			}
			Expect(err).To(MatchError(want))
		}
	})

	It("is found at every place of the second one", func() {
		for size := luks2AreaLeast; size <= luks2AreaMost; size *= 2 {
			disk := make([]byte, 2*size)
			copy(disk[size:], luks2Area([]byte(luks2Text), size, size, asItIs))
			Expect(hasLUKS(bytes.NewReader(disk), disk[:512])).To(BeTrue())
			h, err := readLUKS2(sectionOf(disk))
			Expect(err).NotTo(HaveOccurred(), "at %d", size)
			Expect(h.second).To(BeTrue())
		}
	})

	It("passes over a second one that is left of another volume", func() {
		stale := luks2Area([]byte("{{"), 16<<10, place, asItIs)
		disk := make([]byte, 64<<10)
		copy(disk[place:], stale)
		Expect(readLUKS2(sectionOf(append(disk[:32<<10:32<<10], luks2Area([]byte(luks2Text), 16<<10, 32<<10, asItIs)...)))).Error().To(HaveOccurred(), "a copy of another size")
		copy(disk[32<<10:], luks2Area([]byte(luks2Text), 32<<10, 32<<10, asItIs))
		h, err := readLUKS2(sectionOf(disk))
		Expect(err).NotTo(HaveOccurred())
		Expect(h.size).To(BeEquivalentTo(32 << 10))
	})
})
