package digest

import "fmt"

// Layout is how an object was uploaded. The zero value is the whole at once;
// otherwise Parts parts of Size bytes each, of which the last takes what is left,
// be it less or more. With one part the Size does not matter.
type Layout struct {
	Parts int
	Size  int64
}

// Fits reports whether size bytes can be laid out so: every part but a single one
// has a byte.
func (l Layout) Fits(size int64) bool {
	if l.Parts <= 1 {
		return l.Parts >= 0 && size >= 0
	}
	return l.Size > 0 && size > 0 && l.Size <= (size-1)/int64(l.Parts-1)
}

func (l Layout) valid() bool {
	return l == Layout{} || l.Parts == 1 && l.Size >= 0 || l.Parts > 1 && l.Size > 0
}

// Wanted is a checksum to compute: of the whole, or with a [Layout] the composite
// one over the raw sums of the parts.
type Wanted struct {
	Algorithm
	Layout
}

func (w Wanted) check() error {
	if !w.Computable() {
		return fmt.Errorf("checksum %q cannot be computed", string(w.Algorithm))
	}
	if !w.valid() {
		return fmt.Errorf("%d parts of %d bytes are no layout", w.Parts, w.Layout.Size)
	}
	return nil
}
