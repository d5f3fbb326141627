package price

import (
	"maps"
	"slices"
)

// Work is what a verification asks of S3, by storage class where that matters for the
// price. Answers leave AWS too.
type Work struct {
	Listed    int64            // keys
	Heads     map[string]int64 // requests
	Gets      map[string]int64 // requests
	GetBytes  map[string]int64 // bytes of these
	Encrypted int64            // of heads and gets, on objects under keys of KMS
}

// Restore returns what it costs to have archived objects of a class restored: tier is
// Standard, Bulk or Expedited. The copy that is readable meanwhile is paid for by the day,
// and is not in it.
func Restore(tier, class string, objects, bytes int64) []Use {
	item := Item("restore" + tier)
	return []Use{{Item: item, Class: class, Quantity: objects}, {Item: item + "Bytes", Class: class, Quantity: bytes}}
}

// What the answers have in bytes: inferred, more rather than less.
const (
	keysPerList   = 1000
	bytesPerKey   = 500
	bytesPerHead  = 1000
	bytesPerStart = 1000 // the headers of a GET
)

// Uses returns what is paid for, in the order in which people read it. A listing of
// nothing is a request as well.
func (w Work) Uses() []Use {
	uses := []Use{{Item: List, Quantity: max(1, (w.Listed+keysPerList-1)/keysPerList)}}
	out := w.Listed * bytesPerKey
	for _, of := range []struct {
		item  Item
		by    map[string]int64
		bytes int64
	}{{Head, w.Heads, bytesPerHead}, {Get, w.Gets, bytesPerStart}, {Retrieval, w.GetBytes, 1}} {
		for _, class := range slices.Sorted(maps.Keys(of.by)) {
			uses = append(uses, Use{Item: of.item, Class: class, Quantity: of.by[class]})
			out += of.by[class] * of.bytes
		}
	}
	return append(uses, Use{Item: KMS, Quantity: w.Encrypted}, Use{Item: Egress, Quantity: out})
}
