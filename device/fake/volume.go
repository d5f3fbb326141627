package fake

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"sync"

	"github.com/cargomedia/s3export/device"
)

// Open is that of device.Disks.
func (d *Disks) Open(ctx context.Context, s device.Selector, _ device.Key) (device.Volume, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	st := d.look(s, true)
	if r := st.Missing(); r != nil {
		return nil, fail("open", st.Path, r)
	}
	if r := st.Fit(false); r != nil {
		return nil, fail("open", st.Path, r)
	}
	if d.locked[st.Path] < 0 {
		return nil, &device.Error{Reason: device.DeviceInUse, Op: "open", Device: st.Path, Message: "another process is writing to it", Remedy: "wait until it has ended"}
	}
	info, err := readable("open", st)
	if err != nil {
		return nil, err
	}
	d.locked[st.Path]++
	return &volume{info: *info, files: d.by[st.Path].clone().Volume.Files, release: func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		d.locked[st.Path]--
	}}, nil
}

// volume is a snapshot of a Volume.
type volume struct {
	info    device.FileSystem
	files   map[string][]byte
	release func()
	end     sync.Once
}

// Info is that of device.Volume.
func (v *volume) Info() device.FileSystem { return v.info }

// Close is that of device.Volume.
func (v *volume) Close() error {
	v.end.Do(v.release)
	return nil
}

// Walk is that of device.Volume.
func (v *volume) Walk(ctx context.Context, root string, yield func(device.Entry) error) error {
	for _, e := range v.entries() {
		if err := ctx.Err(); err != nil {
			return err
		}
		if root != "" && !strings.HasPrefix(e.Path, root+"/") {
			continue
		}
		if err := yield(e); err != nil {
			return err
		}
	}
	return nil
}

// entries lists files and the directories above them, in the byte order of full
// paths with directories as if they ended in a slash.
func (v *volume) entries() []device.Entry {
	all := map[string]device.Entry{"lost+found/": {Path: "lost+found", Type: device.Directory}}
	for name, b := range v.files {
		all[name] = device.Entry{Path: name, Type: device.Regular, Size: int64(len(b))}
		for dir, ok := parent(name); ok; dir, ok = parent(dir) {
			all[dir+"/"] = device.Entry{Path: dir, Type: device.Directory}
		}
	}
	keys := make([]string, 0, len(all))
	for k := range all {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	out := make([]device.Entry, 0, len(keys))
	for i, k := range keys {
		e := all[k]
		e.Inode = uint64(i) + 11
		out = append(out, e)
	}
	return out
}

// parent returns the directory of a path; none at the root.
func parent(path string) (dir string, ok bool) {
	i := strings.LastIndexByte(path, '/')
	if i < 0 {
		return "", false
	}
	return path[:i], true
}

// Open is that of device.Volume.
func (v *volume) Open(e device.Entry) (io.ReaderAt, error) {
	b, ok := v.files[e.Path]
	if !ok {
		return nil, fmt.Errorf("%q: %w", e.Path, fs.ErrNotExist)
	}
	return bytes.NewReader(b), nil
}
