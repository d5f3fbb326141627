package store

import (
	"iter"
	"strings"
)

// pageSize is how many objects are copied under the lock at a time.
const pageSize = 1000

// Query says which part of a bucket a page is to show.
type Query struct {
	Prefix    string
	Delimiter string // "" for none
	// After is the key or the common prefix after which the page begins, exclusive.
	After string
	Max   int // most entries, objects and common prefixes together
}

// Page is a part of a bucket in the byte order of keys.
type Page struct {
	Objects        []Object
	CommonPrefixes []string
	Truncated      bool
	Last           string // the last entry, to go on After it; "" when there is none
}

// List returns a page. It takes time for what it shows, not for what it skips:
// below a common prefix it jumps to the end.
func (s *Store) List(bucket string, q Query) (Page, error) {
	b, err := s.bucket(bucket)
	if err != nil {
		return Page{}, err
	}
	entries, page := b.page(q)
	page.Objects = make([]Object, len(entries))
	for i, e := range entries {
		if page.Objects[i], err = b.describe(e); err != nil {
			return Page{}, err
		}
	}
	return page, nil
}

// page collects entries under the lock; describing them may read from disk and is
// left to the caller.
func (b *bucket) page(q Query) ([]*entry, Page) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	var entries []*entry
	var page Page
	c := b.objects.from(q.start())
	for e := c.next(); e != nil && strings.HasPrefix(e.object.Key, q.Prefix); e = c.next() {
		if len(entries)+len(page.CommonPrefixes) >= q.Max {
			page.Truncated = q.Max > 0
			break
		}
		common, rolled := q.common(e.object.Key)
		if !rolled {
			entries = append(entries, e)
			page.Last = e.object.Key
			continue
		}
		page.CommonPrefixes = append(page.CommonPrefixes, common)
		page.Last = common
		next := successor(common)
		if next == "" {
			break
		}
		c.seek(next)
	}
	return entries, page
}

// start returns the lowest key that the page may show.
func (q Query) start() string {
	if q.After == "" || q.After < q.Prefix {
		return q.Prefix
	}
	if common, rolled := q.common(q.After); rolled && common == q.After && successor(common) != "" {
		return successor(common)
	}
	return q.After + "\x00"
}

// common returns the common prefix that a key is rolled into.
func (q Query) common(key string) (string, bool) {
	if q.Delimiter == "" || !strings.HasPrefix(key, q.Prefix) {
		return "", false
	}
	at := strings.Index(key[len(q.Prefix):], q.Delimiter)
	if at < 0 {
		return "", false
	}
	return key[:len(q.Prefix)+at+len(q.Delimiter)], true
}

// successor returns the lowest string above all that begin with prefix, "" when
// there is none.
func successor(prefix string) string {
	b := []byte(prefix)
	for i := len(b) - 1; i >= 0; i-- {
		if b[i] < 0xff {
			b[i]++
			return string(b[:i+1])
		}
	}
	return ""
}

// Objects yields the objects whose keys begin with prefix and come after the key
// after, in the byte order of keys. What is written meanwhile may or may not show;
// no lock is held while the caller has the object. It ends with an error or with
// the last object.
func (s *Store) Objects(bucket, prefix, after string) iter.Seq2[Object, error] {
	return func(yield func(Object, error) bool) {
		for {
			page, err := s.List(bucket, Query{Prefix: prefix, After: after, Max: pageSize})
			if err != nil {
				yield(Object{}, err)
				return
			}
			for _, o := range page.Objects {
				if !yield(o, nil) {
					return
				}
			}
			if !page.Truncated {
				return
			}
			after = page.Last
		}
	}
}
