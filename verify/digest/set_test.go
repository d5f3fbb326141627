package digest_test

import (
	"bytes"
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"pgregory.net/rapid"

	"github.com/cargomedia/s3export/verify/digest"
)

func whole(a digest.Algorithm) digest.Wanted { return digest.Wanted{Algorithm: a} }

func parts(a digest.Algorithm, n int, size int64) digest.Wanted {
	return digest.Wanted{Algorithm: a, Layout: digest.Layout{Parts: n, Size: size}}
}

var _ = Describe("a sum", func() {
	DescribeTable("of published vectors, as a checksum", func(w digest.Wanted, content, want string) {
		for _, chunk := range []int{1, 5, 1000} {
			Expect(one(w, []byte(content), chunk).Base64()).To(Equal(want))
		}
	},
		Entry(nil, whole(digest.CRC32), "123456789", "y/Q5Jg=="),
		Entry(nil, whole(digest.CRC32C), "123456789", "4waSgw=="),
		Entry(nil, whole(digest.CRC64NVME), "123456789", "rosUhgp5mIg="),
		Entry(nil, whole(digest.SHA1), "123456789", "98O8HYCOBHMq32eZZczDTKeuNEE="),
		Entry(nil, whole(digest.SHA256), "123456789", "FeKw08M4keuw8e9gnsQZQgwg4yDOlMZfvIwzEkSOsiU="),
		Entry(nil, whole(digest.CRC64NVME), "", "AAAAAAAAAAA="),
		Entry(nil, parts(digest.CRC32, 2, 5), "helloworld", "wpn7tg==-2"),
		Entry(nil, whole(digest.CRC32), "helloworld", "+esgrQ=="),
		Entry(nil, parts(digest.SHA256, 2, 5), "helloworld", "cwXbmyq8zXBsJW2z2X5f9I1nfP5NOlkEr7faDjlQ4eI=-2"),
	)

	DescribeTable("of published vectors, as an ETag", func(w digest.Wanted, content []byte, want string) {
		for _, chunk := range []int{mib, 1<<20 - 1, 7 << 20, len(content) + 1} {
			Expect(one(w, content, chunk).ETag()).To(Equal(want))
		}
	},
		Entry("empty", whole(digest.MD5), []byte{}, "d41d8cd98f00b204e9800998ecf8427e"),
		Entry("hello", whole(digest.MD5), []byte("hello"), "5d41402abc4b2a76b9719d911017c592"),
		Entry("hello in one part", parts(digest.MD5, 1, 0), []byte("hello"), "62109206880d38a4010a98e11243924a-1"),
		Entry("three parts of 8 MiB", parts(digest.MD5, 3, 8*mib), threeParts(), "efde99b38ea993a0c403b425ebad00f6-3"),
		Entry("the same at once", whole(digest.MD5), threeParts(), "408be152eef32f151bf0363d54ebc16d"),
	)

	It("names its parts, and is composed of them", func() {
		s := one(parts(digest.SHA1, 3, 4), []byte("aaaabbbbcc"), 3)
		Expect(s.Parts).To(HaveLen(3))
		for i, content := range []string{"aaaa", "bbbb", "cc"} {
			Expect(s.Parts[i]).To(Equal(reference(whole(digest.SHA1), []byte(content))))
		}
		composed, err := digest.Compose(s.Wanted, s.Parts)
		Expect(err).NotTo(HaveOccurred())
		Expect(composed).To(Equal(s))
	})

	It("has no empty part, and counts what it has: too short a file equals no ETag of more parts", func() {
		s := one(parts(digest.MD5, 3, 4), []byte("aaaabbbb"), 4)
		Expect(s.Parts).To(HaveLen(2))
		Expect(s.ETag()).To(HaveSuffix("-2"))
		Expect(s.ETag()).To(Equal(one(parts(digest.MD5, 2, 4), []byte("aaaabbbb"), 8).ETag()))
	})

	It("leaves the last part all that is left, be it more", func() {
		w := parts(digest.MD5, 2, 3)
		Expect(one(w, []byte("aaabbbbbbb"), 2).Raw).To(Equal(reference(w, []byte("aaabbbbbbb"))))
	})

	DescribeTable("that cannot be had", func(message string, wanted ...digest.Wanted) {
		_, err := digest.New(wanted...)
		Expect(err).To(MatchError(ContainSubstring(message)))
	},
		Entry(nil, `"XXHASH3" cannot be computed`, whole(digest.MD5), whole(digest.XXHash3)),
		Entry(nil, `"" cannot be computed`, digest.Wanted{}),
		Entry(nil, "-1 parts", parts(digest.MD5, -1, 5)),
		Entry(nil, "2 parts of 0 bytes", parts(digest.MD5, 2, 0)),
		Entry(nil, "1 parts of -1 bytes", parts(digest.MD5, 1, -1)),
		Entry(nil, "0 parts of 5 bytes", parts(digest.MD5, 0, 5)),
	)

	DescribeTable("that cannot be composed", func(message string, w digest.Wanted, sums ...[]byte) {
		_, err := digest.Compose(w, sums)
		Expect(err).To(MatchError(ContainSubstring(message)))
	},
		Entry(nil, "0 sums for 0 parts", whole(digest.MD5)),
		Entry(nil, "1 sums for 2 parts", parts(digest.CRC32, 2, 5), make([]byte, 4)),
		Entry(nil, "part 2 has 3 bytes", parts(digest.CRC32, 2, 5), make([]byte, 4), make([]byte, 3)),
		Entry(nil, "cannot be computed", parts(digest.XXHash64, 1, 5), make([]byte, 8)),
	)

	It("is of algorithms that S3 knows, computed or not", func() {
		for a := range references {
			Expect(a.Known()).To(BeTrue())
			Expect(a.Computable()).To(BeTrue())
			Expect(one(whole(a), nil, 1).Raw).To(HaveLen(a.Size()))
		}
		for _, a := range []digest.Algorithm{digest.XXHash64, digest.XXHash3, digest.XXHash128} {
			Expect(a.Known()).To(BeTrue())
			Expect(a.Computable()).To(BeFalse())
		}
		Expect(digest.Algorithm("CRC16").Known()).To(BeFalse())
	})
})

var _ = Describe("a layout", func() {
	DescribeTable("fits a size", func(n int, part, size int64, want bool) {
		Expect(digest.Layout{Parts: n, Size: part}.Fits(size)).To(Equal(want))
	},
		Entry(nil, 0, int64(0), int64(0), true),
		Entry(nil, 1, int64(0), int64(0), true),
		Entry(nil, 2, int64(4), int64(5), true),
		Entry(nil, 2, int64(4), int64(4), false),
		Entry(nil, 3, int64(4), int64(9), true),
		Entry(nil, 3, int64(4), int64(8), false),
		Entry(nil, 10_000, int64(1)<<62, int64(1)<<62, false),
		Entry(nil, 2, int64(0), int64(9), false),
		Entry(nil, 2, int64(1), int64(0), false),
		Entry(nil, -1, int64(1), int64(9), false),
	)
})

var _ = Describe("a set", func() {
	content := random(300_000)
	all := []digest.Wanted{whole(digest.MD5), parts(digest.MD5, 4, 90_000), whole(digest.CRC64NVME), whole(digest.CRC32C),
		parts(digest.CRC32, 3, 100_000), whole(digest.SHA1), whole(digest.SHA256), parts(digest.SHA512, 2, 1)}

	It("computes all sums in one pass, in the order in which they were wanted", func() {
		s, err := digest.New(all...)
		Expect(err).NotTo(HaveOccurred())
		write(s, content, 70_001)
		for i, sum := range s.Sums() {
			Expect(sum.Wanted).To(Equal(all[i]))
			Expect(sum.Raw).To(Equal(reference(all[i], content)))
		}
	})

	It("can be asked in between, and goes on", func() {
		s, err := digest.New(all...)
		Expect(err).NotTo(HaveOccurred())
		write(s, content[:200_001], mib)
		for i, sum := range s.Sums()[:3] {
			if all[i].Fits(200_001) {
				Expect(sum.Raw).To(Equal(reference(all[i], content[:200_001])))
			}
		}
		write(s, content[200_001:], mib)
		for i, sum := range s.Sums() {
			Expect(sum.Raw).To(Equal(reference(all[i], content)))
		}
	})

	It("starts anew, with the same sums or with others, and keeps what it had after an error", func() {
		s, err := digest.New(all...)
		Expect(err).NotTo(HaveOccurred())
		for _, wanted := range [][]digest.Wanted{nil, {whole(digest.SHA1)}, {parts(digest.SHA1, 2, 7), whole(digest.MD5)}, all, nil} {
			write(s, content[:99_999], mib)
			Expect(s.Reset(wanted...)).To(Succeed())
			write(s, content, mib)
			if wanted == nil {
				wanted = all
			}
			Expect(s.Sums()).To(HaveLen(len(wanted)))
			for i, sum := range s.Sums() {
				Expect(sum.Raw).To(Equal(reference(wanted[i], content)))
			}
		}
		Expect(s.Reset(whole(digest.MD5), whole(digest.XXHash3))).NotTo(Succeed())
		Expect(s.Sums()).To(HaveLen(len(all)))
		Expect(s.Sums()[0].Raw).To(Equal(reference(all[0], content)))
	})

	It("allocates nothing from the second file on", func() {
		s, err := digest.New(all...)
		Expect(err).NotTo(HaveOccurred())
		Expect(testing.AllocsPerRun(20, func() {
			_ = s.Reset(all...)
			_, _ = s.Write(content)
			_ = s.Sums()
		})).To(BeZero())
	})
})

// The sums depend on the bytes alone, not on how they are cut into writes.
func TestSplitInvariance(t *testing.T) {
	algorithms := []digest.Algorithm{digest.MD5, digest.CRC32, digest.CRC32C, digest.CRC64NVME, digest.SHA1, digest.SHA256, digest.SHA512}
	big := random(200_000)
	lanes := digest.NewLanes()
	defer lanes.Close()
	for range 6 { // so that the sets use lanes too
		defer lanes.NewStream().Close()
	}
	rapid.Check(t, func(t *rapid.T) {
		content := rapid.OneOf(rapid.SliceOfN(rapid.Byte(), 0, 300),
			rapid.Map(rapid.IntRange(0, len(big)), func(n int) []byte { return big[:n] })).Draw(t, "content")
		var wanted []digest.Wanted
		for range rapid.IntRange(1, 5).Draw(t, "sums") {
			w := whole(rapid.SampledFrom(algorithms).Draw(t, "algorithm"))
			if len(content) > 0 && rapid.Bool().Draw(t, "composite") {
				w.Layout.Size = int64(rapid.IntRange(max(1, len(content)/50), len(content)).Draw(t, "part"))
				most := (len(content)-1)/int(w.Layout.Size) + 1
				w.Layout.Parts = rapid.IntRange(1, most).Draw(t, "parts")
			}
			wanted = append(wanted, w)
		}
		s, err := digest.New(wanted...)
		if rapid.Bool().Draw(t, "lanes") {
			s, err = lanes.New(wanted...)
		}
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		for rest := content; len(rest) > 0; {
			n := rapid.IntRange(1, len(rest)).Draw(t, "write")
			_, _ = s.Write(rest[:n])
			rest = rest[n:]
		}
		for i, sum := range s.Sums() {
			if want := reference(wanted[i], content); !bytes.Equal(sum.Raw, want) {
				t.Fatalf("%v: %x, not %x", wanted[i], sum.Raw, want)
			}
		}
	})
}

func FuzzSet(f *testing.F) {
	f.Add([]byte("helloworld"), 2, int64(5), 3)
	f.Add([]byte{}, 1, int64(0), 1)
	f.Add([]byte("aaaabbbb"), 3, int64(4), 4)
	f.Fuzz(func(t *testing.T, content []byte, n int, size int64, chunk int) {
		for a := range references {
			w := parts(a, n, size)
			s, err := digest.New(w)
			if err != nil {
				continue
			}
			write(s, content, max(1, chunk))
			sum := s.Sums()[0]
			if w.Fits(int64(len(content))) && !bytes.Equal(sum.Raw, reference(w, content)) {
				t.Errorf("%v: %x, not %x", w, sum.Raw, reference(w, content))
			}
			if n > 0 && (len(sum.Parts) == n) != w.Fits(int64(len(content))) {
				t.Errorf("%v: %d parts of %d bytes", w, len(sum.Parts), len(content))
			}
		}
	})
}
