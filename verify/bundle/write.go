package bundle

import (
	"context"
	"encoding/hex"
	"io"
	"iter"
	"os"
	"slices"

	"github.com/cargomedia/s3export/verify"
	"github.com/cargomedia/s3export/verify/digest"
	"github.com/cargomedia/s3export/verify/lists"
)

// Write writes the four files below the root of a drive. Lines are those of
// verify.WriteBaseline, in one pass; those of files that are on the drive have their
// SHA-256 as Known. It returns what the baseline holds. After an error each file is the old
// one or the new one as a whole, and Open says where they do not belong together. A repeat
// is safe.
func Write(ctx context.Context, root *os.Root, d Description, ranges []verify.Range, lines iter.Seq2[verify.Expected, error]) (verify.Summary, error) {
	if err := makeDir(root); err != nil {
		return verify.Summary{}, err
	}
	baseline, err := create(root, BaselineName)
	if err != nil {
		return verify.Summary{}, err
	}
	defer baseline.discard()
	sums, err := create(root, SumsName)
	if err != nil {
		return verify.Summary{}, err
	}
	defer sums.discard()
	sum, err := verify.WriteBaseline(ctx, baseline, ranges, summed(lines, sums))
	switch {
	case baseline.err != nil:
		return verify.Summary{}, baseline.err
	case err != nil:
		return verify.Summary{}, err
	}
	_, _ = io.WriteString(sums, lists.Sum(sum.Digest, Dir+"/"+BaselineName)) // keep returns the error
	d.FormatVersion, d.Ranges, d.BaselineDigest = formatVersion, slices.Clone(ranges), sum.Digest
	d.Objects, d.Bytes = sum.Objects, sum.Bytes
	if err := baseline.keep(); err != nil {
		return verify.Summary{}, err
	}
	if err := sums.keep(); err != nil {
		return verify.Summary{}, err
	}
	if err := replace(root, ReadmeName, d.readme); err != nil {
		return verify.Summary{}, err
	}
	return sum, replace(root, BackupName, d.encode)
}

func replace(root *os.Root, name string, write func(io.Writer) error) error {
	f, err := create(root, name)
	if err != nil {
		return err
	}
	defer f.discard()
	if err := write(f); err != nil && f.err == nil {
		return failed("writing", name, err)
	}
	return f.keep()
}

// summed yields the lines, and writes the checksum of each file.
func summed(lines iter.Seq2[verify.Expected, error], sums *file) iter.Seq2[verify.Expected, error] {
	return func(yield func(verify.Expected, error) bool) {
		for e, err := range lines {
			if err == nil && e.Kind == verify.KindFile && e.Known != nil && e.Known.Algorithm == digest.SHA256 {
				_, _ = io.WriteString(sums, lists.Sum(hex.EncodeToString(e.Known.Sum), e.Path))
				err = sums.err
			}
			if !yield(e, err) || err != nil {
				return
			}
		}
	}
}
