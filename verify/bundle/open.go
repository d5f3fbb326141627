package bundle

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"

	"github.com/cargomedia/s3export/verify"
)

// Bundle is what a drive says of itself. It is as safe for concurrent use as the file
// system that it was opened from, and good as long as that.
type Bundle struct {
	Description Description
	fsys        fs.FS
	ranges      []verify.Range
}

// Open reads backup.json below the root of a drive and holds the baseline against the
// digest that it names. The error is fs.ErrNotExist where there is no bundle.
func Open(fsys fs.FS) (*Bundle, error) {
	f, err := fsys.Open(Dir + "/" + BackupName)
	if err != nil {
		return nil, failed("reading", BackupName, err)
	}
	d, err := decode(f)
	if err := errors.Join(err, f.Close()); err != nil {
		return nil, err
	}
	b := &Bundle{Description: d, fsys: fsys}
	if err := b.check(); err != nil {
		return nil, err
	}
	return b, b.header()
}

func (b *Bundle) check() error {
	f, err := b.Baseline()
	if errors.Is(err, fs.ErrNotExist) {
		return unreadable("the baseline that it names is not there")
	}
	if err != nil {
		return err
	}
	sum := sha256.New()
	_, err = io.Copy(sum, f)
	if err := errors.Join(err, f.Close()); err != nil {
		return failed("reading", BaselineName, err)
	}
	if have := hex.EncodeToString(sum.Sum(nil)); have != b.Description.BaselineDigest {
		return unreadable("it names a baseline with SHA-256 %s, and the one beside it has %s: writing was interrupted, or the drive does not keep what was written",
			b.Description.BaselineDigest, have)
	}
	return nil
}

func (b *Bundle) header() error {
	f, err := b.Baseline()
	if err != nil {
		return err
	}
	baseline, err := verify.OpenBaseline(f)
	if err := errors.Join(err, f.Close()); err != nil {
		return err
	}
	if !baseline.Closed() {
		return unreadable("it names a baseline of a load that has not ended")
	}
	b.ranges = baseline.Ranges()
	return nil
}

// Baseline opens the file, for verify.OpenBaseline. The caller closes it.
func (b *Bundle) Baseline() (io.ReadCloser, error) {
	f, err := b.fsys.Open(Dir + "/" + BaselineName)
	if err != nil {
		return nil, failed("reading", BaselineName, err)
	}
	return f, nil
}

// Population returns what the drive must hold. It can be walked any number of times, and
// reads the file each time.
func (b *Bundle) Population() verify.Population {
	return verify.Population{Ranges: b.ranges, Known: verify.ClosedBaseline, Objects: verify.Reread(b.Baseline)}
}
