package verify

import "context"

// parts returns the parts of an upload; nil: the service does not tell.
func (l *ladder) parts(ctx context.Context, one *candidate) []Part {
	l.requests.attributes.Add(1)
	if told, err := l.source.Parts(ctx, one.state.Object); err == nil && partsFit(told, one) {
		return told
	}
	return l.eachPart(ctx, one)
}

// eachPart asks for the size of every part: S3 lists the parts of an upload only where it
// keeps a checksum, and to some roles never. Where the last one is as long as even parts
// leave it, they are taken for even, and nothing more is asked.
func (l *ladder) eachPart(ctx context.Context, one *candidate) []Part {
	n := one.etag.parts
	whole := one.best.Method != "" && one.best.Parts == 0 // was compared: the parts change nothing
	if n < 3 || one.trueSize <= 0 || whole {
		return nil
	}
	parts := make([]Part, n)
	parts[0].Size = one.trueSize
	rest := one.state.Size - one.trueSize
	for i := n - 1; i > 1; i-- {
		size, ok := l.sizeOf(ctx, one, i+1)
		if !ok || i == n-1 && size == one.state.Size-int64(n-1)*one.trueSize {
			return nil
		}
		parts[i].Size = size
		rest -= size
	}
	parts[1].Size = rest
	if rest <= 0 {
		return nil
	}
	return parts
}

func (l *ladder) sizeOf(ctx context.Context, one *candidate, part int) (int64, bool) {
	l.requests.head.Add(1)
	head, err := l.source.Head(ctx, one.state.Object, Ask{Part: part})
	return head.PartSize, err == nil && head.Parts == one.etag.parts && head.PartSize > 0
}
