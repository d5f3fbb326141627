package verify_test

import (
	"context"
	"errors"
	"iter"
	"slices"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/verify"
)

// copyOf makes lines of a baseline: key and ETag in turns.
func copyOf(pairs ...string) []verify.Expected {
	var all []verify.Expected
	for pair := range slices.Chunk(pairs, 2) {
		all = append(all, verify.Expected{Path: "photos/" + pair[0], Object: verify.Object{Bucket: "photos", Key: pair[0], ETag: pair[1]}, Seen: verify.AtBoth})
	}
	return all
}

func linesOf(all []verify.Expected, end error) iter.Seq2[verify.Expected, error] {
	return func(yield func(verify.Expected, error) bool) {
		for _, e := range all {
			if !yield(e, nil) {
				return
			}
		}
		if end != nil {
			yield(verify.Expected{}, end)
		}
	}
}

var _ = Describe("drift", func() {
	all := []verify.Range{{Bucket: "photos", Directory: "photos"}}

	DescribeTable("counts what has become of an older copy", func(older, newer []verify.Expected, ranges []verify.Range, want verify.Drift) {
		Expect(verify.DriftOf(context.Background(), linesOf(older, nil), linesOf(newer, nil), ranges)).To(Equal(want))
	},
		Entry("of nothing", nil, nil, all, verify.Drift{}),
		Entry("nothing", copyOf("a", "1", "b", "2"), copyOf("a", "1", "b", "2"), all, verify.Drift{Before: 2}),
		Entry("all are gone", copyOf("a", "1", "b", "2"), nil, all, verify.Drift{Before: 2, Deleted: 2, DeletedSuch: []string{"photos/a", "photos/b"}}),
		Entry("some of each", copyOf("a", "1", "c", "2", "e", "3"), copyOf("0", "9", "a", "1", "b", "9", "c", "other", "f", "9"), all,
			verify.Drift{Before: 3, Deleted: 1, Changed: 1, Created: 3, DeletedSuch: []string{"photos/e"}, ChangedSuch: []string{"photos/c"}}),
		Entry("a narrower selection is no loss", copyOf("a", "1", "b/x", "2"), copyOf("b/x", "2"), []verify.Range{{Bucket: "photos", Prefix: "b/", Directory: "photos"}}, verify.Drift{Before: 1, Unselected: 1}),
		Entry("examples are few", copyOf("a", "1", "b", "1", "c", "1", "d", "1"), nil, all, verify.Drift{Before: 4, Deleted: 4, DeletedSuch: []string{"photos/a", "photos/b", "photos/c"}}),
	)

	It("compares with the newest state of each object of several copies", func() {
		below := func(prefix string) []verify.Range {
			return []verify.Range{{Bucket: "photos", Prefix: prefix, Directory: "photos"}}
		}
		newest := verify.Layer{Ranges: below("a"), Lines: linesOf(copyOf("a1", "3"), nil)}
		middle := verify.Layer{Ranges: below("b"), Lines: linesOf(copyOf("b1", "2", "b2", "2"), nil)}
		oldest := verify.Layer{Ranges: below(""), Lines: linesOf(copyOf("a1", "1", "a2", "1", "b1", "1", "d", "1"), nil)}
		var keys []string
		for e, err := range verify.Overlaid(newest, middle, oldest) {
			Expect(err).NotTo(HaveOccurred())
			keys = append(keys, e.Key+e.ETag)
		}
		Expect(keys).To(Equal([]string{"a13", "b12", "b22", "d1"}), "a2 was gone by the time of the newest")
		for _, err := range verify.Overlaid(verify.Layer{Lines: linesOf(nil, errors.New("broken"))}, oldest) {
			Expect(err).To(MatchError("broken"))
		}
	})

	It("counts the newest of two states", func() {
		older := copyOf("a", "1", "a", "2")
		older[0].Seen, older[1].Seen = verify.AtStart, verify.AtEnd
		Expect(verify.DriftOf(context.Background(), linesOf(older, nil), linesOf(copyOf("a", "2"), nil), all)).To(Equal(verify.Drift{Before: 1}))
	})

	It("leaves out directories", func() {
		older := copyOf("a/", "1")
		older[0].Kind = verify.KindMarker
		Expect(verify.DriftOf(context.Background(), linesOf(older, nil), linesOf(nil, nil), all)).To(Equal(verify.Drift{}))
	})

	It("ends with an error of either, and with the context", func() {
		broken := errors.New("broken")
		_, err := verify.DriftOf(context.Background(), linesOf(copyOf("a", "1"), broken), linesOf(nil, nil), all)
		Expect(err).To(MatchError(broken))
		_, err = verify.DriftOf(context.Background(), linesOf(copyOf("b", "1"), nil), linesOf(copyOf("a", "1"), broken), all)
		Expect(err).To(MatchError(broken))
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		_, err = verify.DriftOf(ctx, linesOf(copyOf("a", "1"), nil), linesOf(nil, nil), all)
		Expect(err).To(MatchError(context.Canceled))
	})
})
