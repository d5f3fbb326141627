package store

import (
	"iter"
	"strings"
)

// VersionQuery says which part of a bucket's versions a page is to show. The page
// begins after the version AfterVersion of the key After; without AfterVersion
// after all versions of that key.
type VersionQuery struct {
	Query
	AfterVersion string
}

// Version is a version of an object, or a delete marker, which has but a key, an id
// and a time.
type Version struct {
	Object
	IsLatest bool
	IsMarker bool
}

// VersionPage is a part of the versions of a bucket: in the byte order of keys, the
// newest version of a key first.
type VersionPage struct {
	Versions       []Version
	CommonPrefixes []string
	Truncated      bool
	// Last and LastVersion name the last entry, to go on after it; LastVersion is ""
	// when that is a common prefix.
	Last, LastVersion string
}

// Versions returns a page of all versions. In a bucket that never had versions each
// object is the one version of its key, with NullVersion.
func (s *Store) Versions(bucket string, q VersionQuery) (VersionPage, error) {
	b, err := s.bucket(bucket)
	if err != nil {
		return VersionPage{}, err
	}
	c := b.collect(q)
	page := c.page
	page.Versions = make([]Version, len(c.found))
	for i, f := range c.found {
		o, err := b.describe(f.entry)
		if err != nil {
			return VersionPage{}, err
		}
		o.VersionID = f.id()
		page.Versions[i] = Version{Object: o, IsLatest: f.latest, IsMarker: f.isMarker()}
	}
	return page, nil
}

type foundVersion struct {
	*entry
	latest bool
}

// versionCollector fills a page.
type versionCollector struct {
	VersionQuery
	found []foundVersion
	page  VersionPage
}

// collect finds the versions of a page under the lock; describing them may read from
// disk and is left to the caller.
func (b *bucket) collect(q VersionQuery) *versionCollector {
	b.mu.RLock()
	defer b.mu.RUnlock()
	c := &versionCollector{VersionQuery: q}
	keys := b.chains(q.start())
	for newest := keys.next(); newest != nil && strings.HasPrefix(newest.object.Key, q.Prefix); newest = keys.next() {
		common, rolled := q.common(newest.object.Key)
		if !rolled {
			if !c.addVersions(newest) {
				break
			}
			continue
		}
		next := successor(common)
		if !c.addPrefix(common) || next == "" {
			break
		}
		keys.seek(next)
	}
	return c
}

// isFull is asked before each entry, so a page that is full is truncated.
func (c *versionCollector) isFull() bool {
	full := len(c.found)+len(c.page.CommonPrefixes) >= c.Max
	c.page.Truncated = full && c.Max > 0
	return full
}

func (c *versionCollector) addPrefix(common string) (added bool) {
	if c.isFull() {
		return false
	}
	c.page.CommonPrefixes = append(c.page.CommonPrefixes, common)
	c.page.Last, c.page.LastVersion = common, ""
	return true
}

// addVersions adds the versions of a key until the page is full.
func (c *versionCollector) addVersions(newest *entry) (all bool) {
	for e := c.first(newest); e != nil; e = e.older {
		if c.isFull() {
			return false
		}
		c.found = append(c.found, foundVersion{e, e == newest})
		c.page.Last, c.page.LastVersion = e.object.Key, e.id()
	}
	return true
}

// start returns the lowest key that the page may show.
func (q VersionQuery) start() string {
	if q.AfterVersion != "" && q.After >= q.Prefix {
		return q.After
	}
	return q.Query.start()
}

// first returns the first version of a key that the page may show. A marker that is
// gone stands for its place: younger versions were shown before it.
func (q VersionQuery) first(newest *entry) *entry {
	if q.AfterVersion == "" || newest.object.Key != q.After {
		return newest
	}
	for e := newest; e != nil; e = e.older {
		if e.id() == q.AfterVersion {
			return e.older
		}
	}
	for e := newest; e != nil; e = e.older {
		if serial(e.id()) < serial(q.AfterVersion) {
			return e
		}
	}
	return nil
}

// chains walks the newest versions of all keys, delete markers included.
type chains struct{ objects, marked *cursor }

func (b *bucket) chains(from string) chains { return chains{b.objects.from(from), b.marked.from(from)} }

func (c chains) next() *entry {
	object, marker := c.objects.peek(), c.marked.peek()
	if marker == nil || object != nil && object.object.Key < marker.object.Key {
		return c.objects.next()
	}
	return c.marked.next()
}

func (c chains) seek(key string) {
	c.objects.seek(key)
	c.marked.seek(key)
}

// AllVersions yields all versions of the keys that begin with prefix, as Objects
// does.
func (s *Store) AllVersions(bucket, prefix string) iter.Seq2[Version, error] {
	return func(yield func(Version, error) bool) {
		q := VersionQuery{Query: Query{Prefix: prefix, Max: pageSize}}
		for {
			page, err := s.Versions(bucket, q)
			if err != nil {
				yield(Version{}, err)
				return
			}
			for _, v := range page.Versions {
				if !yield(v, nil) {
					return
				}
			}
			if !page.Truncated {
				return
			}
			q.After, q.AfterVersion = page.Last, page.LastVersion
		}
	}
}
