package verify_test

import (
	"bytes"
	"context"
	"crypto/md5"
	"fmt"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/verify"
	"github.com/cargomedia/s3export/verify/digest"
	"github.com/cargomedia/s3export/verify/fake"
)

// sumOf computes a checksum as the service keeps it.
func sumOf(a digest.Algorithm, parts ...[]byte) verify.Checksum {
	w := digest.Wanted{Algorithm: a}
	whole := bytes.Join(parts, nil)
	if len(parts) > 1 {
		w.Layout = digest.Layout{Parts: len(parts), Size: int64(len(parts[0]))}
	}
	set, err := digest.New(w)
	if err != nil {
		panic(err)
	}
	_, _ = set.Write(whole)
	return verify.Checksum{Algorithm: a, Composite: len(parts) > 1, Sum: set.Sums()[0].Raw}
}

// cut cuts content into parts of these sizes; the last takes what is left.
func cut(content []byte, sizes ...int) [][]byte {
	var parts [][]byte
	for _, n := range sizes {
		parts, content = append(parts, content[:n]), content[n:]
	}
	return append(parts, content)
}

// noiseOf makes content that repeats nowhere near a part's length.
func noiseOf(n int) []byte {
	out := make([]byte, n)
	for i := range out {
		out[i] = byte(i*7 + i>>11)
	}
	return out
}

// want is what a row of the ladder must come to.
type want struct {
	outcome verify.Outcome
	reason  verify.Reason
	method  verify.Method
	witness verify.Witness
	heads   int
	parts   int // requests for all parts
}

const otherTag = "00112233445566778899aabbccddeeff"

var (
	fox       = []byte("the quick brown fox jumps over the lazy dog")
	film      = noiseOf(20*mib + 77) // three parts of 8 MiB
	oddParts  = cut(film, 9_000_001, 9_000_001)
	evenParts = cut(film, 8*mib, 8*mib)
	// as many as even ones of the first one's size would be
	unevenParts = cut(film, 8*mib, 6*mib)
	manyParts   = cut(noiseOf(40*mib+77), 5*mib, 5*mib, 5*mib, 5*mib, 5*mib, 5*mib, 5*mib, 5*mib)
)

func single(content []byte, options ...fake.Option) func(*load) {
	return func(l *load) {
		l.src.Put("photos", "k", content, append([]fake.Option{fake.Modified(longAgo)}, options...)...)
		l.tree.Files["photos/k"] = content
	}
}

func inParts(parts [][]byte, options ...fake.Option) func(*load) {
	return func(l *load) {
		l.src.PutParts("photos", "k", parts, append([]fake.Option{fake.Modified(longAgo)}, options...)...)
		l.tree.Files["photos/k"] = bytes.Join(parts, nil)
	}
}

func rotten(at int) func(*load) {
	return func(l *load) {
		c := bytes.Clone(l.tree.Files["photos/k"])
		c[at] ^= 1
		l.tree.Files["photos/k"] = c
	}
}

func tells(parts [][]byte, a digest.Algorithm) fake.Option {
	var all []verify.Part
	for _, p := range parts {
		one := verify.Part{Size: int64(len(p))}
		if a != "" {
			one.Checksums = []verify.Checksum{sumOf(a, p)}
		}
		all = append(all, one)
	}
	return fake.Tells(all...)
}

func stored(content []byte, id string) fake.Stored {
	o := verify.Object{Bucket: "photos", Key: "k", Size: int64(len(content)), VersionID: id, LastModified: longAgo}
	o.ETag = fmt.Sprintf("%x", md5.Sum(content))
	return fake.Stored{Object: o}
}

var _ = DescribeTable("the ladder of evidence", func(setUp func(*load), w want) {
	for _, known := range []verify.Knowledge{verify.LiveListing, verify.ClosedBaseline} {
		l := newLoad()
		setUp(l)
		request := l.request(l.live())
		if known == verify.ClosedBaseline {
			request = l.request(population(l.end(l.start())))
		}
		heads, parts := l.src.Heads(), l.src.PartRequests()
		var s sink
		request.Runtime.Sink = &s
		report := run(request)
		Expect(s.got).To(HaveLen(1))
		f := s.got[0]
		Expect(want{f.Outcome, f.Reason, f.Evidence.Method, f.Evidence.Witness, l.src.Heads() - heads, l.src.PartRequests() - parts}).To(Equal(w), "%s: %+v", known, f)
		Expect(report.Requests.Head).To(BeEquivalentTo(w.heads))
		Expect(report.Requests.Attributes).To(BeEquivalentTo(w.parts))
	}
},
	// ETags of single uploads (s3-integrity, section 2)
	Entry("a PUT", single(fox), want{verify.Match, verify.Equal, verify.ByMD5, verify.WitnessETag, 0, 0}),
	Entry("a PUT that rots", both(single(fox), rotten(3)), want{verify.Differ, verify.ContentDiffers, verify.ByMD5, verify.WitnessETag, 1, 0}),
	Entry("a PUT under a KMS key, with a checksum kept", single(fox, fake.Encrypted("aws:kms"), fake.Keeps(sumOf(digest.CRC64NVME, fox))),
		want{verify.Match, verify.Equal, verify.ByCRC64NVME, verify.WitnessStored, 1, 0}),
	Entry("the same that rots", both(single(fox, fake.Encrypted("aws:kms"), fake.Keeps(sumOf(digest.CRC64NVME, fox))), rotten(0)),
		want{verify.Differ, verify.ContentDiffers, verify.ByCRC64NVME, verify.WitnessStored, 1, 0}),
	Entry("a PUT under a KMS key, nothing kept", single(fox, fake.Encrypted("aws:kms:dsse")),
		want{verify.Unverifiable, verify.EncryptedETag, "", "", 1, 0}),
	Entry("a PUT under a customer's key", single(fox, fake.Encrypted(verify.CustomerKey)),
		want{verify.Unverifiable, verify.EncryptedETag, "", "", 1, 0}),
	Entry("an ETag of 32 digits that is no MD5, a checksum kept", single(fox, fake.Tagged(otherTag), fake.Keeps(sumOf(digest.SHA256, fox))),
		want{verify.Match, verify.Equal, verify.BySHA256, verify.WitnessStored, 1, 0}),
	Entry("an ETag of no form, a checksum kept", single(fox, fake.Tagged("x1"), fake.Keeps(sumOf(digest.CRC32C, fox))),
		want{verify.Match, verify.Equal, verify.ByCRC32C, verify.WitnessStored, 1, 0}),
	Entry("an ETag of no form, nothing kept", single(fox, fake.Tagged("x1")),
		want{verify.Unverifiable, verify.NoChecksum, "", "", 1, 0}),
	Entry("a large PUT: one request instead of an MD5", single(make([]byte, 64*mib), fake.Keeps(sumOf(digest.CRC64NVME, make([]byte, 64*mib)))),
		want{verify.Match, verify.Equal, verify.ByCRC64NVME, verify.WitnessStored, 1, 0}),

	// ETags of multipart uploads (section 3)
	Entry("one part", inParts([][]byte{fox}), want{verify.Match, verify.Equal, verify.ByMultipartMD5, verify.WitnessETag, 0, 0}),
	Entry("so many parts that there is hardly a choice", inParts(manyParts), want{verify.Match, verify.Equal, verify.ByMultipartMD5, verify.WitnessETag, 0, 0}),
	Entry("the same that rots", both(inParts(manyParts), rotten(9*mib)),
		want{verify.Differ, verify.ContentDiffers, verify.ByMultipartMD5, verify.WitnessETag, 2, 1}),
	Entry("a few parts of a usual size", inParts(evenParts), want{verify.Match, verify.Equal, verify.ByMultipartMD5, verify.WitnessETag, 1, 0}),
	Entry("a few parts that rot", both(inParts(evenParts), rotten(9*mib)),
		want{verify.Differ, verify.ContentDiffers, verify.ByMultipartMD5, verify.WitnessETag, 2, 1}),
	Entry("parts of an unusual size", inParts(oddParts), want{verify.Match, verify.Equal, verify.ByMultipartMD5, verify.WitnessETag, 1, 0}),
	Entry("uneven parts that are told", inParts(unevenParts, tells(unevenParts, "")),
		want{verify.Match, verify.Equal, verify.ByMultipartMD5, verify.WitnessETag, 1, 1}),
	Entry("uneven parts that are not listed", inParts(cut(film, 12*mib, 1*mib)),
		want{verify.Match, verify.Equal, verify.ByMultipartMD5, verify.WitnessETag, 2, 1}),
	Entry("the same that rots", both(inParts(cut(film, 12*mib, 1*mib)), rotten(9*mib)),
		want{verify.Differ, verify.ContentDiffers, verify.ByMultipartMD5, verify.WitnessETag, 2, 1}),
	Entry("uneven parts of which the first alone is told", inParts(cut(film, 12*mib, 1*mib), fake.TellsFirstPart()),
		want{verify.Unverifiable, verify.UnevenParts, "", "", 2, 1}),
	Entry("uneven parts, as many as even ones would be", inParts(unevenParts),
		want{verify.Match, verify.Equal, verify.ByMultipartMD5, verify.WitnessETag, 2, 1}),
	Entry("the same of which the first alone is told", inParts(unevenParts, fake.TellsFirstPart()),
		want{verify.Differ, verify.ContentDiffers, verify.ByMultipartMD5, verify.WitnessETag, 2, 1}),
	Entry("parts under a KMS key, nothing kept", inParts(evenParts, fake.Encrypted("aws:kms")),
		want{verify.Unverifiable, verify.EncryptedETag, "", "", 2, 0}),

	// checksums that are kept (section 5)
	Entry("CRC64NVME of a multipart upload", inParts(oddParts, fake.Encrypted("aws:kms"), fake.Keeps(sumOf(digest.CRC64NVME, film))),
		want{verify.Match, verify.Equal, verify.ByCRC64NVME, verify.WitnessStored, 1, 0}),
	Entry("composite CRC32, parts of a usual size", inParts(evenParts, fake.Keeps(sumOf(digest.CRC32, evenParts...))),
		want{verify.Match, verify.Equal, verify.ByCRC32, verify.WitnessStored, 1, 0}),
	Entry("composite SHA-256, parts of an unusual size", inParts(oddParts, fake.Encrypted("aws:kms"), fake.Keeps(sumOf(digest.SHA256, oddParts...))),
		want{verify.Match, verify.Equal, verify.BySHA256, verify.WitnessStored, 2, 0}),
	Entry("composite CRC32C that rots", both(inParts(evenParts, fake.Keeps(sumOf(digest.CRC32C, evenParts...))), rotten(0)),
		want{verify.Differ, verify.ContentDiffers, verify.ByCRC32C, verify.WitnessStored, 3, 1}),
	Entry("composite SHA-256, uneven parts, as many as even ones would be", inParts(unevenParts, fake.Encrypted("aws:kms"), fake.Keeps(overParts(unevenParts))),
		want{verify.Match, verify.Equal, verify.BySHA256, verify.WitnessStored, 3, 1}),
	Entry("the same, and the parts are told", inParts(unevenParts, fake.Encrypted("aws:kms"), fake.Keeps(overParts(unevenParts)), tells(unevenParts, digest.SHA256)),
		want{verify.Match, verify.Equal, verify.BySHA256, verify.WitnessStored, 2, 1}),
	Entry("the same that rots", both(inParts(unevenParts, fake.Encrypted("aws:kms"), fake.Keeps(overParts(unevenParts)), tells(unevenParts, digest.SHA256)), rotten(9*mib)),
		want{verify.Differ, verify.ContentDiffers, verify.BySHA256, verify.WitnessStored, 2, 1}),
	Entry("composite SHA-256, the first part the largest", inParts(cut(film, 12*mib, 1*mib), fake.Encrypted("aws:kms"), fake.Keeps(overParts(cut(film, 12*mib, 1*mib)))),
		want{verify.Match, verify.Equal, verify.BySHA256, verify.WitnessStored, 3, 1}),
	Entry("an MD5 and a SHA-256: the better evidence", inParts(unevenParts, fake.Keeps(overParts(unevenParts))),
		want{verify.Match, verify.Equal, verify.BySHA256, verify.WitnessStored, 3, 1}),

	// versions (section 7)
	Entry("an older version", both(single(fox), func(l *load) {
		l.src.Put("photos", "k", []byte(strings.ToUpper(string(fox))), fake.Modified(longAgo), fake.Versioned("v2", stored(fox, "v1")))
	}), want{verify.Match, verify.OldVersion, verify.ByMD5, verify.WitnessETag, 1, 0}),
	Entry("an older version of another size", both(single(fox), func(l *load) {
		l.src.Put("photos", "k", []byte("short"), fake.Modified(longAgo), fake.Versioned("v2", stored(fox, "v1")))
	}), want{verify.Match, verify.OldVersion, verify.ByMD5, verify.WitnessETag, 0, 0}),
	Entry("no version", both(single(fox), rotten(1), func(l *load) {
		l.src.Put("photos", "k", fox, fake.Modified(longAgo), fake.Versioned("v2", stored([]byte("short"), "v1")))
	}), want{verify.Differ, verify.ContentDiffers, verify.ByMD5, verify.WitnessETag, 1, 0}),
)

var _ = Describe("the ladder's top", func() {
	It("says which part of an upload is rotten, where the parts have checksums", func() {
		l := newLoad()
		both(inParts(evenParts, tells(evenParts, digest.CRC32)), rotten(9*mib))(l)
		f := run(l.request(l.live())).Findings[0]
		Expect(f.Outcome).To(Equal(verify.Differ))
		Expect(f.Ranges).To(Equal([]verify.ByteRange{{Offset: 8 * mib, Length: 8 * mib}}))
	})

	It("does not compute more parts than an upload can have", func() {
		l := newLoad()
		const parts = 10_001
		single(noiseOf(parts), fake.Tagged(fmt.Sprintf("%032x-%d", 1, parts)), fake.Headed(verify.Head{Parts: parts, PartSize: 1}))(l)
		Expect(run(l.request(l.live())).Findings).To(ConsistOf(HaveField("Reason", verify.NoChecksum)))
	})

	It("needs nobody where an earlier proof has read the content", func() {
		l := newLoad()
		both(single(fox, fake.Encrypted("aws:kms"), func(o *fake.Stored) {
			o.Known = &verify.Known{Algorithm: digest.SHA256, Sum: sumOf(digest.SHA256, fox).Sum, Witness: verify.WitnessBaseline}
		}))(l)
		request := l.request(population(l.end(l.start())))
		request.Source = nil
		var s sink
		request.Runtime.Sink = &s
		Expect(run(request).Verdict()).To(Equal(verify.Pass))
		Expect(s.got[0].Evidence.Method).To(Equal(verify.BySHA256))
		Expect(s.got[0].Evidence.Class).To(Equal(verify.Cryptographic))
		Expect(s.got[0].Evidence.Witness).To(Equal(verify.WitnessBaseline))
	})

	It("asks first once guessing has gone wrong", func() {
		l := newLoad()
		for i := range 5 {
			l.src.PutParts("photos", fmt.Sprint("k", i), evenParts, fake.Encrypted("aws:kms"), fake.Modified(longAgo))
			l.tree.Files[fmt.Sprint("photos/k", i)] = film
		}
		request := l.request(l.live())
		request.Runtime.Workers = 1
		report := run(request)
		Expect(report.Count(verify.Unverifiable)).To(BeEquivalentTo(5))
		Expect(report.Totals.Read).To(BeNumerically("<=", 5*len(film)))
	})

	It("takes a KMS key that may not be used for what it is", func() {
		l := newLoad()
		single(fox, fake.Encrypted("aws:kms"), fake.Keeps(sumOf(digest.CRC32, fox)))(l)
		request := l.request(l.live())
		request.Source = denying{l.src}
		f := run(request).Findings[0]
		Expect(f.Reason).To(Equal(verify.EncryptedETag))
	})
})

// denying keeps the checksums of encrypted objects to itself.
type denying struct{ *fake.Source }

func (d denying) Head(ctx context.Context, o verify.Object, a verify.Ask) (verify.Head, error) {
	if a.Checksums {
		return verify.Head{}, fmt.Errorf("kms:Decrypt: %w", verify.ErrDenied)
	}
	return d.Source.Head(ctx, o, a)
}
