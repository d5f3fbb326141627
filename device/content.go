package device

import (
	"context"
	"fmt"
	"io"
	"strings"
)

// medium is a device that is open for reading.
type medium struct {
	io.ReaderAt
	size   int64
	sector int64  // logical sector in bytes
	data   []span // what is allocated, of an image; beside the places that are read anyhow
	holes  bool   // data is all that is allocated
}

// readContent says what is on a medium. Its errors are read errors and those of
// ctx; whatever is there, however damaged, is a Content.
func readContent(ctx context.Context, m medium) (Content, error) {
	s, err := readPlaces(ctx, m, m.size, m.places())
	if err != nil {
		return Content{}, err
	}
	if m.holes && len(m.data) > 0 {
		s.ones = s.ones && m.data[0].len == m.size // holes are zeros
	}
	c := Content{Fingerprint: s.fingerprint(), Blank: s.blank(), Unreadable: s.unreadable}
	if c.Blank {
		if s.probed {
			c.Found = "the remains of a capacity probe"
		}
		return c, nil
	}
	if t := readGPT(m, m.size, m.sectors()...); t != nil {
		return c.withGPT(ctx, m, t)
	}
	fs, err := readFileSystem(ctx, m, m.size)
	if err != nil {
		return Content{}, err
	}
	if fs != nil {
		fs.Length = m.size
		c.FileSystem, c.Found = fs, fs.words()
		return c, nil
	}
	if parts, ok := readMBR(m); ok {
		return c.withMBR(ctx, m, parts)
	}
	c.Unknown = true
	c.Found = s.unknownWords()
	return c, nil
}

// places are the spans to read: where all that is not a hole is known, only that.
func (m medium) places() []span {
	if m.holes {
		return merge(m.data, m.size)
	}
	return places(m.size, m.data)
}

// unknownWords says what is known of data in which nothing was recognized.
func (s *scan) unknownWords() string {
	switch {
	case s.first < 0:
		return "nothing that can be read"
	case s.noise.all():
		return fmt.Sprintf("random data, as of an encrypted volume without a header such as TrueCrypt's (the first at byte %d)", s.first)
	default:
		return fmt.Sprintf("unknown data (the first at byte %d)", s.first)
	}
}

// sectors returns the sector sizes to look for a table with: the device's own and
// the other usual one, because a drive that was partitioned behind one bridge may
// return behind another.
func (m medium) sectors() []int64 {
	if m.sector == 4096 {
		return []int64{4096, 512}
	}
	return []int64{m.sector, 4096}
}

// withGPT adds the table and what is in its partitions.
func (c Content) withGPT(ctx context.Context, m medium, t *gpt) (Content, error) {
	c.DiskGUID, c.Partitions = t.diskGUID, t.partitions
	c.Missing = max(0, t.size-m.size)
	found, err := c.addFileSystems(ctx, m)
	if err != nil {
		return Content{}, err
	}
	words := "GPT"
	if t.fromBackup {
		words = "GPT (only its backup is whole)"
	}
	c.Found = words + " with " + strings.Join(found, ", ")
	return c, nil
}

// withMBR adds the table and what is in its partitions.
func (c Content) withMBR(ctx context.Context, m medium, parts []Partition) (Content, error) {
	c.Partitions = parts
	if len(parts) == 0 {
		c.Found = "MBR without partitions"
		return c, nil
	}
	found, err := c.addFileSystems(ctx, m)
	if err != nil {
		return Content{}, err
	}
	c.Found = "MBR with " + strings.Join(found, ", ")
	return c, nil
}

// foundMost bounds how many partitions are looked into.
const foundMost = 8

// addFileSystems looks into the partitions, says in words what is there, and takes
// the file system that matters: the only one that holds data.
func (c *Content) addFileSystems(ctx context.Context, m medium) (found []string, err error) {
	var data []*FileSystem
	for i, p := range c.Partitions {
		if i == foundMost {
			found, data = append(found, "more"), nil
			break
		}
		size := min(p.Size, m.size-p.Start)
		if p.Start <= 0 || size <= 0 {
			found = append(found, fmt.Sprintf("partition %d beyond the end", p.Number))
			continue
		}
		fs, err := readFileSystem(ctx, io.NewSectionReader(m, p.Start, size), size)
		if err != nil {
			return nil, err
		}
		if fs == nil {
			found = append(found, p.words())
			continue
		}
		found = append(found, fs.words())
		if p.Type != efiSystem && fs.Type != "swap" {
			fs.PartitionGUID, fs.Offset, fs.Length = p.GUID, p.Start, size
			data = append(data, fs)
		}
	}
	if len(data) == 1 {
		c.FileSystem = data[0]
	}
	if len(found) == 0 {
		found = []string{"no partition"}
	}
	return found, nil
}

// words says what is known of a partition without a known file system.
func (p Partition) words() string {
	switch {
	case p.Type == "0xee":
		return "the remains of a GPT"
	case p.GUID == "":
		return "a partition of type " + p.Type
	default:
		return "partition " + quoted(p.Name) + "without a known file system"
	}
}

// readFileSystem looks for marks in the boot area, then for ext, then for all
// else; nil for nothing known.
func readFileSystem(ctx context.Context, r io.ReaderAt, size int64) (*FileSystem, error) {
	if fs := identify(r, size, true); fs != nil {
		return fs, nil
	}
	if fs, err := readExt(ctx, r, size); fs != nil || err != nil {
		return fs, err
	}
	return identify(r, size, false), nil
}

func (fs *FileSystem) words() string {
	s := fs.Type
	if fs.Label != "" {
		s += fmt.Sprintf(" %q", fs.Label)
	}
	if fs.Problem != "" {
		s += " that cannot be read"
	}
	if !fs.Written.IsZero() {
		s += ", last written " + fs.Written.Format("2006-01-02")
	}
	return s
}

func quoted(s string) string {
	if s == "" {
		return ""
	}
	return fmt.Sprintf("%q ", s)
}
