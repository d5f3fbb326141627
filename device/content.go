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
}

// readContent says what is on a medium. Its errors are read errors and those of
// ctx; whatever is there, however damaged, is a Content.
func readContent(ctx context.Context, m medium) (Content, error) {
	s, err := readPlaces(ctx, m, m.size, places(m.size, m.data))
	if err != nil {
		return Content{}, err
	}
	c := Content{Fingerprint: s.fingerprint(), Blank: s.blank()}
	if c.Blank {
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
		c.FileSystem, c.Found = fs, fs.words()
		return c, nil
	}
	if parts, ok := readMBR(m); ok {
		c.Partitions = parts
		c.Found, err = mbrWords(ctx, m, parts)
		return c, err
	}
	c.Unknown = true
	c.Found = fmt.Sprintf("unknown data (the first at byte %d)", s.first)
	return c, nil
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

// withGPT adds the table and what is in its only partition.
func (c Content) withGPT(ctx context.Context, m medium, t *gpt) (Content, error) {
	c.DiskGUID, c.Partitions = t.diskGUID, t.partitions
	words := "GPT"
	if t.fromBackup {
		words = "GPT (only its backup is whole)"
	}
	var found []string
	for _, p := range t.partitions {
		size := min(p.Size, m.size-p.Start)
		if p.Start <= 0 || size <= 0 {
			found = append(found, fmt.Sprintf("partition %d beyond the end", p.Number))
			continue
		}
		fs, err := readFileSystem(ctx, io.NewSectionReader(m, p.Start, size), size)
		if err != nil {
			return Content{}, err
		}
		if fs == nil {
			found = append(found, "partition "+quoted(p.Name)+"without a known file system")
			continue
		}
		found = append(found, fs.words())
		if len(t.partitions) == 1 {
			fs.PartitionGUID = p.GUID
			c.FileSystem = fs
		}
		if len(found) == 8 {
			found = append(found, "more")
			break
		}
	}
	if len(found) == 0 {
		found = []string{"no partition"}
	}
	c.Found = words + " with " + strings.Join(found, ", ")
	return c, nil
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
	return s
}

func quoted(s string) string {
	if s == "" {
		return ""
	}
	return fmt.Sprintf("%q ", s)
}

func mbrWords(ctx context.Context, m medium, parts []Partition) (string, error) {
	var found []string
	for _, p := range parts {
		fs, err := readFileSystem(ctx, io.NewSectionReader(m, p.Start, p.Size), p.Size)
		switch {
		case err != nil:
			return "", err
		case p.Type == "0xee":
			found = append(found, "the remains of a GPT")
		case fs != nil:
			found = append(found, fs.words())
		default:
			found = append(found, "a partition of type "+p.Type)
		}
	}
	if len(found) == 0 {
		return "MBR without partitions", nil
	}
	return "MBR with " + strings.Join(found, ", "), nil
}
