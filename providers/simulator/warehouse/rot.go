package warehouse

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
)

// Rot says what is wrong with returned drives, though the log says OK. Keys are
// named as in the log without the slash in front: bucket/key.
type Rot struct {
	// Corrupt and Missing count files, chosen by the seed.
	Corrupt int `json:"corrupt,omitempty"`
	Missing int `json:"missing,omitempty"`
	// CorruptKeys and MissingKeys name objects.
	CorruptKeys []string `json:"corruptKeys,omitempty"`
	MissingKeys []string `json:"missingKeys,omitempty"`
	// Seed of the choice; empty takes the simulator's.
	Seed string `json:"seed,omitempty"`
}

// rot spoils staged files as r says, with seed where r has none, and returns the
// keys of what it spoiled.
func rot(root string, files []staged, r Rot, seed string) ([]string, error) {
	if r.Seed != "" {
		seed = r.Seed
	}
	var spoiled []string
	left := shuffled(files, seed)
	for _, f := range left {
		name := f.bucket + "/" + f.key
		var err error
		switch {
		case slices.Contains(r.MissingKeys, name):
			err = os.Remove(filepath.Join(root, f.file))
		case slices.Contains(r.CorruptKeys, name) && f.size > 0:
			err = corrupt(filepath.Join(root, f.file), f.size)
		case r.Missing > 0:
			r.Missing--
			err = os.Remove(filepath.Join(root, f.file))
		case r.Corrupt > 0 && f.size > 0:
			r.Corrupt--
			err = corrupt(filepath.Join(root, f.file), f.size)
		default:
			continue
		}
		if err != nil {
			return spoiled, fmt.Errorf("spoiling a file: %w", err)
		}
		spoiled = append(spoiled, name)
	}
	return spoiled, nil
}

// shuffled orders files by a keyed hash, so that a seed chooses the same again.
func shuffled(files []staged, seed string) []staged {
	rank := func(f staged) string {
		sum := sha256.Sum256([]byte(seed + "\x00rot\x00" + strconv.Itoa(len(f.bucket)) + f.bucket + "/" + f.key))
		return string(sum[:])
	}
	files = slices.Clone(files)
	slices.SortFunc(files, func(a, b staged) int {
		if rank(a) < rank(b) {
			return -1
		}
		return 1
	})
	return files
}

// corrupt flips a bit in the middle of a file, and keeps its time and size.
func corrupt(file string, size int64) error {
	info, err := os.Stat(file)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(file, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer f.Close() //nolint:errcheck // the write below is what counts
	b := make([]byte, 1)
	if _, err := f.ReadAt(b, size/2); err != nil {
		return err
	}
	b[0] ^= 1
	if _, err := f.WriteAt(b, size/2); err != nil {
		return err
	}
	return os.Chtimes(file, info.ModTime(), info.ModTime())
}

// uuid derives the UUID of a file system that AWS makes (RFC 9562, version 8).
func uuid(seed, job string) string {
	u := sha256.Sum256([]byte(seed + "\x00volume\x00" + job))
	u[6], u[8] = u[6]&0x0f|0x80, u[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", u[:4], u[4:6], u[6:8], u[8:10], u[10:16])
}

// tracking derives the number of a parcel, in the form of UPS's.
func tracking(seed, job string) string {
	sum := sha256.Sum256([]byte(seed + "\x00parcel\x00" + job))
	return fmt.Sprintf("1Z%016d", binary.BigEndian.Uint64(sum[:])%10_000_000_000_000_000)
}
