package ext4

import (
	"bytes"
	"testing"
)

// What an entry remembers leads to the same place as the inode, and says that a file
// is whole only when it is.
func TestPlaces(t *testing.T) {
	leaf := map[int][]byte{90: node(0, 84, []uint64{0, 2, 500}, []uint64{2, 1, 600})}
	for name, c := range map[string]struct {
		root  []byte
		size  int64
		at    int64 // in blocks; -1: nowhere
		whole bool
	}{
		"empty":                          {node(0, 4), 0, -1, true},
		"one extent":                     {node(0, 4, []uint64{0, 3, 700}), 3 << 10, 700, true},
		"one that goes on behind":        {node(0, 4, []uint64{0, 9, 700}), 2<<10 + 1, 700, true},
		"one that ends too early":        {node(0, 4, []uint64{0, 2, 700}), 2<<10 + 1, 700, false},
		"a hole, and enough behind it":   {node(0, 4, []uint64{1, 9, 700}), 3 << 10, 700, false},
		"preallocated, and enough after": {node(0, 4, []uint64{0, 32769, 800}, []uint64{1, 9, 700}), 3 << 10, 700, false},
		"two extents":                    {node(0, 4, []uint64{0, 1, 900}, []uint64{1, 1, 700}), 2 << 10, 900, false},
		"a tree":                         {node(1, 4, []uint64{0, 90}), 3 << 10, 500, false},
		"a hole":                         {node(0, 4), 5 << 10, -1, false},
		"a hole before the end":          {node(0, 4, []uint64{7, 1, 700}), 5 << 10, -1, false},
		"a tree that cannot be read":     {node(1, 4, []uint64{0, 91}), 3 << 10, -1, false},
	} {
		f, in := device(leaf, c.root)
		in.mode, in.size = modeRegular, c.size
		want := c.at
		if want >= 0 {
			want <<= 10
		}
		e := f.entry(in, name)
		if e.Place != want || (e.Map == mapWhole) != c.whole {
			t.Errorf("%s: %d, %q", name, e.Place, e.Map)
		}
		if again := e.remember(); again != nil {
			if at, found := f.place(again); at != e.Place || found != e.Map || again.size != in.size || again.number != in.number {
				t.Errorf("%s: remembered as %+v", name, again)
			}
		} else if !c.whole && e.Map != "" {
			t.Errorf("%s: %q is not remembered", name, e.Map)
		}
		for _, kind := range []uint16{modeDir, modeSymlink} {
			in.mode = kind
			if at, found := f.place(in); at != -1 || found != "" {
				t.Errorf("%s, no file: %d, %q", name, at, found)
			}
		}
		in.mode = modeRegular
		for _, flag := range []uint32{flagEncrypted, flagVerity, flagCompressed, flagInlineData} {
			in.flags = flagExtents | flag
			if at, found := f.place(in); at != -1 || found != "" {
				t.Errorf("%s, flag %x: %d, %q", name, flag, at, found)
			}
		}
	}
}

func TestViewsEnd(t *testing.T) {
	w := &window{at: 1000, data: append(make([]byte, 0, windowBytes), "abcdef"...)}
	v, p := view{w, w.time}, make([]byte, 3)
	if !v.copy(p, 1003) || string(p) != "def" || v.copy(p, 1004) || v.copy(p, 999) {
		t.Errorf("%q", p)
	}
	w.end()
	if v.copy(p, 1003) {
		t.Error("a view outlasts its time")
	}
	v = view{w, w.time}
	w.fill(source{bytes.NewReader(make([]byte, 4096)), 4096}, []placed{{at: 1024, end: 2048}})
	if v.copy(p, 1024) || !(view{w, w.time}).copy(p, 1024) {
		t.Error("filling it again ends no view")
	}
	if (view{}).copy(p, 0) {
		t.Error("no window shows something")
	}
}
