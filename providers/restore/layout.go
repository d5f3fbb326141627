package restore

import (
	"context"
	"encoding/hex"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/cargomedia/s3export/providers/s3"
	"github.com/cargomedia/s3export/verify/digest"
)

const (
	mib      = 1 << 20
	maxParts = 10_000
	// ourPart is the size of parts where the original had none that are known: few enough
	// for objects of 625 GiB.
	ourPart = 64 * mib
)

// layout is how an object is sent: at once, or in parts of these sizes, of which the last
// repeats as long as bytes are left.
type layout struct {
	multipart bool
	sizes     []int64
}

// pieces cuts a size. Without parts, and of nothing, it is one.
func (l layout) pieces(size int64) []s3.Piece {
	if !l.multipart || size == 0 {
		return []s3.Piece{{Size: size}}
	}
	var all []s3.Piece
	for at := int64(0); at < size; {
		n := min(l.sizes[min(len(all), len(l.sizes)-1)], size-at)
		all = append(all, s3.Piece{Offset: at, Size: n})
		at += n
	}
	return all
}

// lay finds out how the original was sent, as far as that matters: for its ETag.
func (r *Reading) lay(ctx context.Context, matters bool) (layout, error) {
	i := r.item
	if l := (layout{true, i.Attributes.PartSizes}); l.fits(i.Size) {
		return l, nil
	}
	parts := partsIn(i.ETag)
	switch {
	case !matters:
		return layout{}, nil
	case parts > 0:
		size, err := r.search(ctx, parts)
		if size > 0 || err != nil {
			return layout{true, []int64{size}}, err
		}
	case i.Size <= s3.MaxPut:
		return layout{}, nil
	}
	return ours(i.Size), nil
}

// fits refuses sizes that are none, or that are not those of the object.
func (l layout) fits(size int64) bool {
	var sum int64
	for _, n := range l.sizes {
		if n <= 0 && size > 0 {
			return false
		}
		sum += n
	}
	switch len(l.sizes) {
	case 0:
		return false
	case 1:
		return size == 0 || (size-1)/l.sizes[0] < maxParts
	}
	return sum == size && len(l.sizes) <= maxParts
}

// ours is the layout of an object whose own is not known.
func ours(size int64) layout {
	if size <= ourPart {
		return layout{}
	}
	part := int64(ourPart)
	for (size-1)/part >= maxParts {
		part *= 2
	}
	return layout{true, []int64{part}}
}

// partsIn is the number of parts that an ETag tells of; 0: it is not multipart.
func partsIn(etag string) int {
	sum, count, found := strings.Cut(etag, "-")
	n, err := strconv.Atoi(count)
	if raw, bad := hex.DecodeString(sum); !found || err != nil || bad != nil || len(raw) != digest.MD5.Size() || n < 1 || n > maxParts {
		return 0
	}
	return n
}

// search reads the file for the size of its parts; 0 when it is none of the usual ones.
func (r *Reading) search(ctx context.Context, parts int) (int64, error) {
	sizes := digest.Candidates(r.item.Size, parts)
	if len(sizes) == 0 || r.item.Size == 0 {
		return 0, nil
	}
	var wanted []digest.Wanted
	for _, n := range sizes {
		wanted = append(wanted, digest.Wanted{Algorithm: digest.MD5, Layout: digest.Layout{Parts: parts, Size: n}})
	}
	set, err := digest.New(wanted...)
	if err != nil {
		return 0, fmt.Errorf("part sizes of %q: %w", r.item.Key, err)
	}
	if err := r.read(ctx, &s3.Piece{Size: r.item.Size}, r.file, []io.Writer{set}, false); err != nil {
		return 0, err
	}
	for n, sum := range set.Sums() {
		if sum.ETag() == r.item.ETag {
			return sizes[n], nil
		}
	}
	return 0, nil
}
