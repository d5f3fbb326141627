package ext4

import (
	"fmt"
	"testing"
)

// A directory of as many subdirectories as one listing holds must not be listed
// again for each of them: its walk would take the square of their number.
func TestFullListingsAreKeptOnTheWayDown(t *testing.T) {
	for _, length := range []int{1, 12, 36, 255} {
		full := &lister{budget: listingBytes}
		for i := uint32(1); !full.partial; i++ {
			if err := full.add(dirent{inode: i, kind: kindDir, name: fmt.Appendf(nil, "%0*d", length, i)}); err != nil {
				t.Fatal(err)
			}
		}
		w := &walker{held: heldBytes}
		fr := &frame{list: &full.listing, next: 1, ahead: ahead{stats: make([]stat, aheadMost)}}
		child := &frame{list: &full.listing}
		w.push(fr, "a")
		w.push(child, "a/b")
		w.push(&frame{list: &listing{}}, "a/b/c")
		if fr.list == nil || child.list == nil {
			t.Errorf("names of %d bytes: a listing of %d bytes is dropped", length, full.bytes())
		}
	}
}
