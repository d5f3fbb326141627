package store

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// Parts as small as these cannot be uploaded, so the arithmetic is asked directly.
var _ = DescribeTable("the checksums of the parts hello and world", func(algorithm, combined, full string) {
	var parts []Part
	all := &memory{}
	for _, text := range []string{"hello", "world"} {
		h := NewHash(algorithm)
		h.Write([]byte(text))
		parts = append(parts, Part{Checksum: Checksum{Algorithm: algorithm, Value: encode(h.Sum(nil))}})
		all.add([]byte(text))
	}
	c, err := composite(algorithm, parts)
	Expect(err).NotTo(HaveOccurred())
	Expect(c).To(Equal(Checksum{algorithm, combined, Composite}))
	if full != "" {
		c, err = whole(algorithm, all)
		Expect(err).NotTo(HaveOccurred())
		Expect(c).To(Equal(Checksum{algorithm, full, FullObject}))
	}
},
	Entry(nil, "CRC32", "wpn7tg==-2", "+esgrQ=="),
	Entry(nil, "SHA256", "cwXbmyq8zXBsJW2z2X5f9I1nfP5NOlkEr7faDjlQ4eI=-2", ""),
)
