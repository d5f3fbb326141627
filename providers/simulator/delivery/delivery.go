package delivery

import (
	"bytes"
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"iter"
	"net/url"
	"path"
	"strings"
	"sync/atomic"
	"time"

	"github.com/cargomedia/s3export/providers/simulator/store"
)

// Service delivers. It is safe for concurrent use.
type Service struct {
	store  *store.Store
	now    func() time.Time
	serial atomic.Uint64
}

// New returns a service over a store; now is the time of the service.
func New(st *store.Store, now func() time.Time) *Service { return &Service{store: st, now: now} }

// Selection is what an order is about and where its result goes.
type Selection struct {
	Bucket string `json:"bucket"`
	// Prefix of the keys; empty for all.
	Prefix string `json:"prefix,omitempty"`
	// Versions is Current, the default, or All.
	Versions string `json:"versions,omitempty"`
	// Destination is the bucket that takes the result, below DestinationPrefix.
	Destination       string `json:"destination"`
	DestinationPrefix string `json:"destinationPrefix,omitempty"`
}

// Delivered says where a result is.
type Delivered struct {
	Bucket   string `json:"bucket"`
	Manifest string `json:"manifest"` // key of manifest.json
	Objects  int    `json:"objects"`  // rows, delete markers and failed tasks included
}

// OrderError says what is wrong with an order.
type OrderError struct{ Problem, Remedy string }

// Error returns the problem.
func (e *OrderError) Error() string { return e.Problem }

// The values of Selection.Versions.
const (
	current = "Current"
	all     = "All"
)

// check refuses an order before anything is written.
func (s *Service) check(o Selection) error {
	for _, bucket := range []string{o.Bucket, o.Destination} {
		if !s.store.HasBucket(bucket) {
			return &OrderError{fmt.Sprintf("bucket %q: %v", bucket, store.ErrNoSuchBucket), "make the bucket first"}
		}
	}
	if o.Versions != "" && o.Versions != current && o.Versions != all {
		return &OrderError{fmt.Sprintf("versions is %q", o.Versions), "take Current or All"}
	}
	return nil
}

// versions yields what an order is about.
func (s *Service) versions(o Selection) iter.Seq2[store.Version, error] {
	if o.Versions == all {
		return s.store.AllVersions(o.Bucket, o.Prefix)
	}
	return func(yield func(store.Version, error) bool) {
		for object, err := range s.store.Objects(o.Bucket, o.Prefix, "") {
			if !yield(store.Version{Object: object, IsLatest: true}, err) {
				return
			}
		}
	}
}

// put writes one document of a result, and returns the hex of its MD5.
func (s *Service) put(o Selection, key, contentType string, content []byte) (string, error) {
	_, err := s.store.Put(o.Destination, key, bytes.NewReader(content), store.PutOptions{
		Attributes: store.Attributes{ContentType: contentType, Encryption: store.EncryptionS3},
		Size:       int64(len(content)),
	})
	if err != nil {
		return "", fmt.Errorf("delivering %q: %w", key, err)
	}
	sum := md5.Sum(content)
	return hex.EncodeToString(sum[:]), nil
}

// manifest writes the document that names the others, and its digest beside it.
func (s *Service) manifest(o Selection, key, digestKey string, v any) error {
	text, err := json.MarshalIndent(v, "", "    ")
	if err != nil {
		return fmt.Errorf("delivering %q: %w", key, err)
	}
	sum, err := s.put(o, key, "application/json", text)
	if err != nil {
		return err
	}
	_, err = s.put(o, digestKey, "binary/octet-stream", []byte(sum))
	return err
}

// drawn returns hex digits that no other call of this service gets, and that are
// the same in a repeated run.
func (s *Service) drawn(what string) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "s3export simulator\x00%s\x00%d", what, s.serial.Add(1)))
	return hex.EncodeToString(sum[:])
}

func (s *Service) uuid(what string) string {
	h := s.drawn(what)
	return strings.Join([]string{h[:8], h[8:12], h[12:16], h[16:20], h[20:32]}, "-")
}

// encodedKey is how a key stands in CSV.
func encodedKey(key string) string { return strings.ReplaceAll(url.QueryEscape(key), "%2F", "/") }

// below joins the prefix of a destination, which may end with a slash, with names
// of our own.
func below(o Selection, names ...string) string {
	return strings.TrimPrefix(strings.TrimSuffix(o.DestinationPrefix, "/")+"/"+path.Join(names...), "/")
}
