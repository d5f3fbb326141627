package main

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/cargomedia/s3export/device/ext4"
)

// lying is a file and where it lies on the device.
type lying struct {
	path    string
	extents []ext4.Extent
}

// layout returns the regular files below dir, in the order of a walk.
func layout(ctx context.Context, files *ext4.FS, dir string) ([]lying, error) {
	var list []lying
	err := files.Walk(ctx, dir, func(e ext4.Entry) error {
		if e.Err != nil || e.Type != ext4.Regular {
			return e.Err
		}
		extents, err := files.Extents(e)
		list = append(list, lying{e.Path, extents})
		return err
	})
	return list, err
}

func byPlace(list []lying) []lying {
	return slices.SortedStableFunc(slices.Values(list), func(a, b lying) int { return cmp.Compare(a.place(), b.place()) })
}

func (l lying) place() int64 {
	if len(l.extents) == 0 {
		return -1
	}
	return l.extents[0].Physical
}

// head is that of a disk which is read.
type head struct {
	at      int64
	moved   int64 // sum of |start − end of the read before|, in bytes
	jumps   int64 // moves of more than a mebibyte
	touched int64
	reads   int64
}

func (h *head) read(at, length int64) {
	move := max(at-h.at, h.at-at)
	if h.reads == 0 {
		move = 0
	}
	h.moved += move
	if move > mib {
		h.jumps++
	}
	h.at = at + length
	h.touched += length
	h.reads++
}

func travelOf(list []lying) head {
	var h head
	for _, f := range list {
		for _, x := range f.extents {
			h.read(x.Physical, x.Length)
		}
	}
	return h
}

// travel tells how far the head of a disk would go, from the places of the files and
// from the reads of the program. No disk that seeks is needed.
func (l *lab) travel(ctx context.Context) error {
	c, ok := l.corpus("S")
	if !ok {
		return nil
	}
	if err := l.drive.cold(ctx, false); err != nil {
		return err
	}
	image, files, err := openImage(l.drive.image)
	if err != nil {
		return err
	}
	defer func() { _ = image.Close() }()
	list, err := layout(ctx, files, c.name)
	if err != nil {
		return err
	}
	slices.SortFunc(list, func(a, b lying) int { return cmp.Compare(a.path, b.path) })
	l.say("\n### Head travel, %d files\n\n| order | reads | GB traveled | moves over 1 MiB | MB read |\n|---|---|---|---|---|", len(list))
	row := func(name string, h head) {
		l.say("| %s | %d | %.2f | %d | %.0f |", name, h.reads, float64(h.moved)/1e9, h.jumps, float64(h.touched)/1e6)
	}
	row("names, from the extents", travelOf(list))
	row("the device, from the extents", travelOf(byPlace(list)))
	if _, err := exec.LookPath("strace"); err != nil {
		l.say("SKIPPED: the reads of the program itself are told by strace, which is not in PATH")
		return nil
	}
	all, data, err := l.traced(ctx, c, bordersOf(list))
	if err != nil {
		return err
	}
	row("s3export, its reads of contents", data)
	row("s3export, with its looks at the device, names and inodes", all)
	return nil
}

// traced runs the program under strace. Data are its reads of whole files.
func (l *lab) traced(ctx context.Context, c corpus, files borders) (all, data head, err error) {
	trace := filepath.Join(l.dir, "log", "trace")
	args := append([]string{"strace", "-f", "-qq", "-y", "-s", "0", "-e", "trace=pread64", "--seccomp-bpf", "-o", trace},
		l.ring(c, l.server.endpoint).verifyImage("all")...)
	if _, err := measure(ctx, program{args, l.server.environment(l.server.endpoint, l.dir)}, trace+".out"); err != nil {
		return all, data, err
	}
	text, err := os.Open(trace)
	if err != nil {
		return all, data, err
	}
	defer func() { _ = text.Close() }()
	lines := bufio.NewScanner(text)
	pending := map[string]bool{} // threads in a read of the image
	end := regexp.MustCompile(`, (\d+)\) += (\d+)$`)
	for lines.Scan() {
		line := lines.Text()
		thread, rest, _ := strings.Cut(line, " ")
		rest = strings.TrimSpace(rest)
		if strings.HasPrefix(rest, "pread64(") {
			pending[thread] = strings.Contains(rest, "<"+l.drive.image+">")
		}
		m := end.FindStringSubmatch(line)
		if m == nil || !pending[thread] {
			continue
		}
		at, _ := strconv.ParseInt(m[1], 10, 64)
		n, _ := strconv.ParseInt(m[2], 10, 64)
		all.read(at, n)
		if files.fit(at, n) {
			data.read(at, n)
		}
	}
	return all, data, lines.Err()
}

// borders are where stretches of files begin and end on the device.
type borders struct{ begin, end map[int64]bool }

func bordersOf(list []lying) borders {
	b := borders{map[int64]bool{}, map[int64]bool{}}
	for _, f := range list {
		for _, x := range f.extents {
			b.begin[x.Physical], b.end[x.Physical+x.Length] = true, true
		}
	}
	return b
}

// fit reports whether a read is of whole files. The look at the device that comes
// before everything reads by its own measure, which files do not end at.
func (b borders) fit(at, n int64) bool { return b.begin[at] && b.end[at+n] }

// contains reports whether a file has the text.
func contains(path, text string) bool {
	b, err := os.ReadFile(path)
	return err == nil && bytes.Contains(b, []byte(text))
}
