package verify

import "strings"

// Need is the room that files take on an ext4 with blocks of 4096 bytes, without
// what the file system takes for itself.
type Need struct {
	Files       int64 `json:"files"`
	Directories int64 `json:"directories"`
	Bytes       int64 `json:"bytes"` // in whole blocks, directories included
}

// Inodes returns how many inodes are needed.
func (n Need) Inodes() int64 { return n.Files + n.Directories }

const (
	needBlock = 4096
	// entryHead is an ext4 directory entry without its name, which is padded to 4.
	entryHead = 8
	// dirFill: a directory that grew by splitting blocks is half empty at worst
	// (htree); two thirds is what large directories come to.
	dirFillOf, dirFill = 3, 2
)

func blocks(bytes int64) int64 { return (bytes + needBlock - 1) / needBlock * needBlock }

// needing adds up paths that come in byte order: what lies below a directory is
// then in one piece, so only the directories above the last path are remembered.
type needing struct {
	sum  Need
	open []openDirectory
}

type openDirectory struct {
	path    string // with its final slash
	entries int64  // bytes
}

func (n *needing) add(path string, size int64) {
	for i := len(n.open); i > 0 && !strings.HasPrefix(path, n.open[i-1].path); i-- {
		n.close()
	}
	at := 0
	if len(n.open) > 0 {
		at = len(n.open[len(n.open)-1].path)
	}
	for {
		i := strings.IndexByte(path[at:], '/')
		if i < 0 {
			break
		}
		n.entry(i)
		at += i + 1
		n.open = append(n.open, openDirectory{path: path[:at]})
		n.sum.Directories++
	}
	if at < len(path) { // else a directory of its own
		n.entry(len(path) - at)
		n.sum.Files++
		n.sum.Bytes += blocks(size)
	}
}

// entry counts a name in the innermost directory.
func (n *needing) entry(length int) {
	if len(n.open) > 0 {
		n.open[len(n.open)-1].entries += (entryHead + int64(length) + 3) / 4 * 4
	}
}

func (n *needing) close() {
	last := n.open[len(n.open)-1]
	n.open = n.open[:len(n.open)-1]
	n.sum.Bytes += max(needBlock, blocks(last.entries*dirFillOf/dirFill))
}

// total closes what is open.
func (n *needing) total() Need {
	for len(n.open) > 0 {
		n.close()
	}
	return n.sum
}

// with returns the need if the path were added, without adding it: what one more
// file takes at most.
func (n *needing) with(path string, size int64) Need {
	sum := n.sum
	depth := int64(strings.Count(path, "/") + len(n.open) + 1)
	sum.Files++
	sum.Directories += depth
	sum.Bytes += blocks(size) + depth*needBlock
	for _, d := range n.open {
		sum.Bytes += blocks(d.entries * dirFillOf / dirFill)
	}
	return sum
}
