package store_test

import (
	"encoding/base64"
	"hash"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/providers/simulator/store"
)

func checksum(algorithm string, h hash.Hash) store.Checksum {
	return store.Checksum{Algorithm: algorithm, Value: base64.StdEncoding.EncodeToString(h.Sum(nil)), Type: store.FullObject}
}

// The check values of each algorithm over "123456789".
var _ = DescribeTable("a checksum", func(algorithm, want string) {
	h := store.NewHash(algorithm)
	h.Write([]byte("123456789"))
	Expect(checksum(algorithm, h).Value).To(Equal(want))
	Expect(store.Algorithms()).To(ContainElement(algorithm))
},
	Entry(nil, "CRC32", "y/Q5Jg=="), Entry(nil, "CRC32C", "4waSgw=="), Entry(nil, "CRC64NVME", "rosUhgp5mIg="),
	Entry(nil, "MD5", "JfnnlDI7RTiF9RgfG2JNCw=="), Entry(nil, "SHA512", "2eZ2LdHI6vbWGzxhkvxAjU1tXxF20MKRabwk5xw/J0rSf81YEbMT1oH35V7ALXPUmclUVba1u1A6z1dPuo/+hQ=="),
	Entry(nil, "SHA1", "98O8HYCOBHMq32eZZczDTKeuNEE="), Entry(nil, "SHA256", "FeKw08M4keuw8e9gnsQZQgwg4yDOlMZfvIwzEkSOsiU="),
)

// The wanted values were computed with Python's zlib and hashlib.
var _ = DescribeTable("the checksum of a multipart object", func(algorithm string, t store.ChecksumType, want string) {
	o, err := multipart(newStore(), store.Upload{Algorithm: algorithm, ChecksumType: t}, strings.Repeat("a", 5*mib), "world")
	Expect(err).NotTo(HaveOccurred())
	Expect(o.Checksum).To(Equal(store.Checksum{Algorithm: algorithm, Value: want, Type: t}))
	Expect(o.PartChecksums).To(HaveLen(2))
	Expect(o.PartSizes).To(Equal([]int64{5 * mib, 5}))
},
	Entry(nil, "CRC32", store.Composite, "BmMCQw==-2"),
	Entry(nil, "CRC32", store.FullObject, "eqVSLg=="),
	Entry(nil, "SHA256", store.Composite, "Lm6xHhOq4oYzIOYFPwkoMozbbAeK07g9raZdF1FRWv4=-2"),
	Entry(nil, "SHA1", store.Composite, "wIKJ838gP1c/PNLbnh2DbIw2kCo=-2"),
	Entry(nil, "CRC64NVME", store.FullObject, "wWviy8QE41E="),
	Entry(nil, "MD5", store.Composite, "LP663y0dwSaLb5kkpOfDgw==-2"),
	Entry(nil, "SHA512", store.Composite, "sJ9J/rY62NNOfjWLU/J2j7dIMPi2BKASeMPeE3TYWlrLlLAnmQGQaWx/Vjo7BRurKpj/U951fGYyOc7wVgALoQ==-2"),
)

var _ = Describe("completing an upload", func() {
	var s *store.Store
	var u store.Upload
	var parts []store.Part
	BeforeEach(func() {
		s = newStore()
		var err error
		u, err = s.CreateUpload("photos", store.Upload{Key: "k"})
		Expect(err).NotTo(HaveOccurred())
		parts = nil
		for i, content := range []string{strings.Repeat("a", 5*mib), "small", "end"} {
			p, err := s.PutPart("photos", u, i+1, strings.NewReader(content), store.PutOptions{})
			Expect(err).NotTo(HaveOccurred())
			parts = append(parts, p)
		}
	})

	complete := func(named ...store.Part) error {
		_, err := s.CompleteUpload("photos", u, named, store.PutOptions{})
		return err
	}

	It("takes the named parts only, and once", func() {
		Expect(complete(parts[0], parts[2])).To(Succeed())
		Expect(read(s, "photos", "k")).To(Equal(strings.Repeat("a", 5*mib) + "end"))
		Expect(complete(parts[0])).To(MatchError(store.ErrNoSuchUpload))
	})

	It("refuses what S3 refuses, and the upload stays", func() {
		Expect(complete(parts...)).To(MatchError(store.ErrPartTooSmall))
		Expect(complete(parts[2], parts[0])).To(MatchError(store.ErrPartOrder))
		Expect(complete(parts[0], parts[0])).To(MatchError(store.ErrPartOrder))
		Expect(complete(store.Part{Number: 1, ETag: "x"})).To(MatchError(store.ErrInvalidPart))
		Expect(complete(store.Part{Number: 4, ETag: parts[0].ETag})).To(MatchError(store.ErrInvalidPart))
		Expect(s.Parts("photos", "k", u.ID)).To(HaveLen(3))
		Expect(s.Uploads("photos")).To(HaveLen(1))
		_, err := s.Parts("photos", "other", u.ID)
		Expect(err).To(MatchError(store.ErrNoSuchUpload))
		Expect(s.AbortUpload("photos", "k", u.ID)).To(Succeed())
		Expect(s.AbortUpload("photos", "k", u.ID)).To(MatchError(store.ErrNoSuchUpload))
	})
})
