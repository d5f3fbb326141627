package verify_test

import (
	"bytes"
	"crypto/md5"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"pgregory.net/rapid"

	"github.com/cargomedia/s3export/verify"
	"github.com/cargomedia/s3export/verify/fake"
)

const mib = 1 << 20

func threeParts() []byte {
	return bytes.Join([][]byte{bytes.Repeat([]byte("a"), 8*mib), bytes.Repeat([]byte("b"), 8*mib), bytes.Repeat([]byte("c"), 1024)}, nil)
}

var _ = Describe("the ETag of a file", func() {
	DescribeTable("published vectors", func(content []byte, parts int, size int64, want string) {
		for _, chunk := range []int{mib, 1<<20 - 1, 7 << 20, len(content) + 1} {
			Expect(verify.ETagOf(content, parts, size, chunk)).To(Equal(want))
		}
	},
		Entry("empty", []byte{}, 0, int64(0), "d41d8cd98f00b204e9800998ecf8427e"),
		Entry("hello", []byte("hello"), 0, int64(0), "5d41402abc4b2a76b9719d911017c592"),
		Entry("hello in one part", []byte("hello"), 1, int64(5), "62109206880d38a4010a98e11243924a-1"),
		Entry("three parts of 8 MiB", threeParts(), 3, int64(8*mib), "efde99b38ea993a0c403b425ebad00f6-3"),
		Entry("the same at once", threeParts(), 0, int64(0), "408be152eef32f151bf0363d54ebc16d"),
	)

	It("is found through the part size that HEAD tells", func() {
		l := newLoad()
		content := threeParts()
		l.src.PutParts("photos", "big", [][]byte{content[:8*mib], content[8*mib : 16*mib], content[16*mib:]}, fake.Modified(longAgo))
		l.tree.Files["photos/big"] = content
		r := l.request(l.live())
		report := run(r)
		Expect(report.Verdict()).To(Equal(verify.Pass))
		Expect(report.Tallies).To(ConsistOf(verify.Tally{Outcome: verify.Match, Reason: verify.Equal,
			Method: verify.ByMultipartMD5, Class: verify.Legacy, Witness: verify.WitnessETag, Files: 1, Bytes: 16778240}))
		Expect(report.Totals.Read).To(Equal(int64(16778240)))
		Expect(l.src.Heads()).To(Equal(1))
	})

	It("ends with the byte where reading fails", func() {
		boom := errors.New("EIO")
		_, err := verify.HashFile(failing{at: 3 * mib, err: boom}, 5*mib, make([]byte, mib))
		Expect(err).To(MatchError(boom))
		Expect(err).To(MatchError(ContainSubstring("at byte 3145728")))
		_, err = verify.HashFile(bytes.NewReader(make([]byte, 100)), 200, make([]byte, 64))
		Expect(err).To(MatchError(io.ErrUnexpectedEOF))
		Expect(err).To(MatchError(ContainSubstring("at byte 100")))
	})
})

type failing struct {
	at  int64
	err error
}

func (f failing) ReadAt(p []byte, off int64) (int, error) {
	if off >= f.at {
		return 0, f.err
	}
	return len(p), nil
}

// The ETag does not depend on how the content is cut into writes, and equals the
// one that is computed part by part.
func TestETagProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		content := rapid.SliceOfN(rapid.Byte(), 1, 400).Draw(t, "content")
		size := rapid.IntRange(1, len(content)).Draw(t, "part")
		chunk := rapid.IntRange(1, len(content)+3).Draw(t, "chunk")
		whole, parts := md5.New(), 0
		for at := 0; at < len(content); at += size {
			sum := md5.Sum(content[at:min(at+size, len(content))])
			whole.Write(sum[:])
			parts++
		}
		want := fmt.Sprintf("%x-%d", whole.Sum(nil), parts)
		if got := verify.ETagOf(content, parts, int64(size), chunk); got != want {
			t.Fatalf("%s, not %s", got, want)
		}
	})
}

func BenchmarkHash(b *testing.B) {
	content := make([]byte, 64*mib)
	_, _ = rand.NewChaCha8([32]byte{}).Read(content)
	buf := make([]byte, mib)
	b.SetBytes(int64(len(content)))
	for b.Loop() {
		if _, err := verify.HashFile(bytes.NewReader(content), int64(len(content)), buf); err != nil {
			b.Fatal(err)
		}
	}
}
