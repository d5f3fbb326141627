package store

import (
	"fmt"
	"regexp"
	"strconv"
	"time"
)

// Versioning says whether a bucket keeps what is overwritten or deleted.
type Versioning string

// The states of versioning. A bucket does not go back to Unversioned.
const (
	Unversioned         Versioning = ""
	VersioningEnabled   Versioning = "Enabled"
	VersioningSuspended Versioning = "Suspended"
)

// NullVersion is the id of what was written while a bucket kept no versions.
const NullVersion = "null"

// Place names an object, or one of its versions.
type Place struct {
	Bucket, Key string
	Version     string // "" for the newest
}

// IsVersionID reports whether an id is of the form that versions have here: 32
// characters, as S3's are, or NullVersion.
func IsVersionID(id string) bool {
	return id == NullVersion || regexp.MustCompile(`^[0-9]{8}[0-9a-f]{24}$`).MatchString(id)
}

// MarkerError says that a delete marker stands where an object was looked for. It
// is ErrNoSuchKey for who wanted the newest version, and ErrIsMarker for who named
// the marker.
type MarkerError struct {
	Key, VersionID string
	LastModified   time.Time
	Named          bool
}

// Error names the key and the version.
func (e *MarkerError) Error() string {
	return fmt.Sprintf("%q, version %q: %v", e.Key, e.VersionID, e.Unwrap())
}

// Unwrap returns ErrIsMarker or ErrNoSuchKey.
func (e *MarkerError) Unwrap() error {
	if e.Named {
		return ErrIsMarker
	}
	return ErrNoSuchKey
}

// SetVersioning enables or suspends versioning. What is there stays as it is.
func (s *Store) SetVersioning(name string, v Versioning) error {
	b, err := s.bucket(name)
	if err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.info.Versioning = v
	if v != Unversioned {
		b.versioned.Store(true)
	}
	return nil
}

// Deleted says what a deletion did.
type Deleted struct {
	// VersionID is that of the version that is gone, or of the delete marker that was
	// made; "" in a bucket without versions.
	VersionID string
	Marker    bool // it is, or was, a delete marker
}

// Delete removes an object, or makes a delete marker in a bucket with versions. One
// that is not there is no error, as in S3.
func (s *Store) Delete(bucket, key string) error {
	_, err := s.Remove(Place{Bucket: bucket, Key: key})
	return err
}

// Remove is Delete of the newest version, and for good of one that is named.
func (s *Store) Remove(p Place) (Deleted, error) {
	b, err := s.bucket(p.Bucket)
	if err != nil {
		return Deleted{}, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case p.Version != "":
		left, gone := unlink(b.newest(p.Key), p.Version)
		b.show(p.Key, left)
		return Deleted{VersionID: p.Version, Marker: gone != nil && gone.isMarker()}, nil
	case b.info.Versioning == Unversioned:
		b.show(p.Key, nil)
		return Deleted{}, nil
	}
	marker := &entry{object: Object{Key: p.Key, LastModified: s.time()}}
	b.install(marker)
	return Deleted{VersionID: marker.id(), Marker: true}, nil
}

// install makes an entry the newest version of its key. Like all below it is called
// under the bucket's lock.
func (b *bucket) install(e *entry) {
	switch b.info.Versioning {
	case Unversioned:
	case VersioningEnabled:
		b.serial++
		e.object.VersionID = fmt.Sprintf("%08d%s", b.serial, opaque(b.info.Name, e.object.Key, fmt.Sprint(b.serial))[:24])
		e.older = b.newest(e.object.Key)
	case VersioningSuspended:
		e.object.VersionID = NullVersion
		e.older, _ = unlink(b.newest(e.object.Key), NullVersion)
	}
	b.show(e.object.Key, e)
}

// show makes newest, nil for none, what is seen first of a key.
func (b *bucket) show(key string, newest *entry) {
	switch {
	case newest == nil:
		b.objects.delete(key)
		b.marked.delete(key)
	case newest.isMarker():
		b.objects.delete(key)
		b.marked.set(newest)
	default:
		b.marked.delete(key)
		b.objects.set(newest)
	}
}

func (b *bucket) newest(key string) *entry {
	if e := b.objects.get(key); e != nil || b.marked.size == 0 {
		return e
	}
	return b.marked.get(key)
}

func (b *bucket) find(p Place) (*entry, error) {
	e := b.newest(p.Key)
	for p.Version != "" && e != nil && e.id() != p.Version {
		e = e.older
	}
	switch {
	case e == nil && p.Version != "":
		return nil, fmt.Errorf("%q, version %q: %w", p.Key, p.Version, ErrNoSuchVersion)
	case e == nil:
		return nil, noKey(p.Key)
	case e.isMarker():
		return nil, &MarkerError{Key: p.Key, VersionID: e.id(), LastModified: e.object.LastModified, Named: p.Version != ""}
	}
	return e, nil
}

// unlink takes the version with an id out of a chain, if it is there.
func unlink(newest *entry, id string) (left, gone *entry) {
	for link := &newest; *link != nil; link = &(*link).older {
		if (*link).id() == id {
			gone = *link
			*link = gone.older
			break
		}
	}
	return newest, gone
}

func (e *entry) isMarker() bool { return e.content == nil }

func (e *entry) id() string {
	if e.object.VersionID == "" {
		return NullVersion
	}
	return e.object.VersionID
}

// serial is the number in a version's id; 0 for NullVersion.
func serial(id string) int {
	n, err := strconv.Atoi(id[:min(8, len(id))])
	if err != nil {
		return 0
	}
	return n
}
