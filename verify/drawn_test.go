package verify_test

import (
	"context"
	"fmt"
	"iter"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/verify"
)

var _ = Describe("a sample of a population", func() {
	population := func(n int) verify.Population {
		return verify.Population{Objects: func(context.Context) iter.Seq2[verify.Expected, error] {
			return func(yield func(verify.Expected, error) bool) {
				for i := range n {
					key := fmt.Sprintf("key-%04d", i)
					e := verify.Expected{Object: verify.Object{Bucket: "b", Key: key}, Path: key, Seen: verify.AtBoth}
					if i%10 == 0 && !yield(verify.Expected{Object: verify.Object{Bucket: "b", Key: key}, Path: key[:4], Kind: verify.KindMarker}, nil) {
						return
					}
					if i == 7 {
						e.Seen = verify.AtStart
						if !yield(e, nil) {
							return
						}
						e.Seen = verify.AtEnd
					}
					if !yield(e, nil) {
						return
					}
				}
			}
		}}
	}

	It("is the same for the same seed, in order, without markers", func(ctx context.Context) {
		draw := verify.Draw{Count: 20, Seed: verify.Seed{1}}
		one, err := verify.DrawFrom(ctx, population(1000), draw)
		Expect(err).NotTo(HaveOccurred())
		Expect(one.Population).To(BeEquivalentTo(1000))
		Expect(one.Drawn).To(BeEquivalentTo(20))
		Expect(one.Objects).To(HaveEach(HaveField("Kind", verify.KindFile)))
		again, err := verify.DrawFrom(ctx, population(1000), draw)
		Expect(err).NotTo(HaveOccurred())
		Expect(again).To(Equal(one))
		draw.Seed = verify.Seed{2}
		other, err := verify.DrawFrom(ctx, population(1000), draw)
		Expect(err).NotTo(HaveOccurred())
		Expect(other.Objects).NotTo(Equal(one.Objects))
	})

	It("takes an object that changed as one, with both states", func(ctx context.Context) {
		all, err := verify.DrawFrom(ctx, population(20), verify.Draw{Count: 20})
		Expect(err).NotTo(HaveOccurred())
		Expect(all.Drawn).To(BeEquivalentTo(20))
		Expect(all.Objects).To(HaveLen(21))
	})

	It("refuses draws that no sample is", func(ctx context.Context) {
		_, err := verify.DrawFrom(ctx, population(1), verify.Draw{All: true})
		Expect(err).To(HaveOccurred())
	})

	DescribeTable("rules out more bad files", func(population, drawn, bad int, text string) {
		Expect(verify.BoundText(int64(population), int64(drawn), int64(bad))).To(Equal(text))
	},
		Entry("a sample that is good", 10000, 200, 0, "fewer than 1.5 % of files are bad, 95 % confidence"),
		Entry("one that is not", 10000, 200, 2, "fewer than 3.1 % of files are bad, 95 % confidence"),
		Entry("all", 10, 10, 0, ""),
		Entry("none", 10, 0, 0, ""),
	)
})

var _ = DescribeTable("patterns of keys", func(pattern, bucket, key string, match bool) {
	k, err := verify.ParseKeys(pattern)
	Expect(err).NotTo(HaveOccurred())
	Expect(k.Match(bucket, key)).To(Equal(match))
},
	Entry(nil, "*.jpg", "b", "a.jpg", true),
	Entry(nil, "*.jpg", "b", "a/b.jpg", false),
	Entry(nil, "**.jpg", "b", "a/b.jpg", true),
	Entry(nil, "a?c", "b", "abc", true),
	Entry(nil, "a?c", "b", "a/c", false),
	Entry(nil, "s3://b/**", "b", "a/b", true),
	Entry(nil, "s3://b/**", "c", "a/b", false),
	Entry(nil, "s3://**", "", "a", false),
	Entry(nil, "a.c", "b", "abc", false),
	Entry(nil, "line*", "b", "line\nbreak", true),
)
