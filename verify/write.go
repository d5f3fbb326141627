package verify

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"iter"
)

// WriteBaseline writes the closed baseline of a load that we have made ourselves: lines,
// with what is known of their content and their attributes. They must come in the order
// of a baseline, and each says when it was seen, as CloseBaseline does. It ends with the
// first error of lines or ctx. After an error w holds a part that OpenBaseline's reader
// refuses. Safe to repeat.
func WriteBaseline(ctx context.Context, w io.Writer, ranges []Range, lines iter.Seq2[Expected, error]) (Summary, error) {
	ranges, err := cleanRanges(ranges)
	if err != nil {
		return Summary{}, err
	}
	h := header{Format: baselineFormat, Closed: true, Ranges: ranges}
	return writeBaseline(w, h, checked(ctx, lines, lineCheck{closed: true, naming: namingOf(ranges)}), newMeter(nil, PhaseListing))
}

func checked(ctx context.Context, lines iter.Seq2[Expected, error], check lineCheck) iter.Seq2[Expected, error] {
	return func(yield func(Expected, error) bool) {
		number := 1 // the header's
		for e, err := range lines {
			number++
			if err == nil {
				err = cmp.Or(ctx.Err(), defect(number, check.wrong(&e)))
			}
			if !yield(e, err) || err != nil {
				return
			}
		}
	}
}

// defect is the error of a line that is not right; nil for no text.
func defect(line int, text string) error {
	if text == "" {
		return nil
	}
	return problem(fmt.Sprintf("writing the baseline, line %d", line), text, "report this as a defect")
}
