package s3_test

import (
	"encoding/hex"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/cargomedia/s3export/providers/s3"
)

// keyServer speaks ListObjectsV2 over a sorted set of keys. It is an http.Handler
// and, without a network between, an HTTP client.
type keyServer struct {
	keys    []string
	latency time.Duration
	deaf    bool // ignores start-after
	refuse  func(*http.Request) bool

	mu                        sync.Mutex
	requests, flying, maximum int
	starts                    []string
}

func (s *keyServer) enter(r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests++
	s.flying++
	s.maximum = max(s.maximum, s.flying)
	s.starts = append(s.starts, r.URL.Query().Get("start-after"))
}

func (s *keyServer) leave() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.flying--
}

func (s *keyServer) asked() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.requests
}

// Do implements aws.HTTPClient.
func (s *keyServer) Do(r *http.Request) (*http.Response, error) {
	s.enter(r)
	defer s.leave()
	if s.latency > 0 {
		select {
		case <-time.After(s.latency):
		case <-r.Context().Done():
			return nil, r.Context().Err()
		}
	}
	w := httptest.NewRecorder()
	s.answer(w, r)
	return w.Result(), nil
}

// ServeHTTP implements http.Handler.
func (s *keyServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.enter(r)
	defer s.leave()
	if s.latency > 0 {
		<-time.After(s.latency)
	}
	s.answer(w, r)
}

func (s *keyServer) answer(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	if s.refuse != nil && s.refuse(r) {
		refuse(http.StatusForbidden, "AccessDenied")(w, r)
		return
	}
	size, _ := strconv.Atoi(q.Get("max-keys"))
	prefix, after := q.Get("prefix"), q.Get("start-after")
	if s.deaf {
		after = ""
	}
	if raw, err := hex.DecodeString(q.Get("continuation-token")); err == nil && len(raw) > 0 {
		after = string(raw)
	}
	i, found := slices.BinarySearch(s.keys, max(after, prefix))
	if found && after >= prefix {
		i++
	}
	var b strings.Builder
	b.WriteString(`<?xml version="1.0" encoding="UTF-8"?>` + "\n" + `<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>photos</Name><EncodingType>url</EncodingType>`)
	last := ""
	n := 0
	for ; i < len(s.keys) && n < size && strings.HasPrefix(s.keys[i], prefix); i++ {
		last = s.keys[i]
		n++
		content(&b, last)
	}
	if truncated := i < len(s.keys) && strings.HasPrefix(s.keys[i], prefix); truncated {
		b.WriteString("<IsTruncated>true</IsTruncated><NextContinuationToken>" + hex.EncodeToString([]byte(last)) + "</NextContinuationToken>")
	} else {
		b.WriteString("<IsTruncated>false</IsTruncated>")
	}
	b.WriteString("</ListBucketResult>")
	answer(http.StatusOK, b.String())(w, r)
}

func content(b *strings.Builder, key string) {
	b.WriteString("<Contents><Key>" + strings.ReplaceAll(url.QueryEscape(key), "%2F", "/") +
		"</Key><LastModified>2026-01-02T03:04:05.000Z</LastModified><ETag>&quot;d41d8cd98f00b204e9800998ecf8427e&quot;</ETag>" +
		"<ChecksumAlgorithm>CRC64NVME</ChecksumAlgorithm><ChecksumType>FULL_OBJECT</ChecksumType><Size>7</Size><StorageClass>STANDARD</StorageClass></Contents>")
}

// client returns a client that is joined to the server without a network.
func (s *keyServer) client(streams int, pageSize int32) (*s3.Client, error) {
	return s3.New(s3.Options{
		Credentials: anonymous, Endpoint: "http://127.0.0.1:1", HTTPClient: s,
		ListStreams: streams, PageSize: pageSize, Attempts: 1,
	})
}

// sequences are sets of n keys as people have them, in order.
func sequences(n int) map[string][]string {
	all := map[string][]string{}
	add := func(name string, key func(i int) string) {
		keys := make([]string, n)
		for i := range keys {
			keys[i] = key(i)
		}
		slices.Sort(keys)
		all[name] = slices.Compact(keys)
	}
	hash := func(i int) uint64 { return uint64(i+1) * 0x9E3779B97F4A7C15 }
	words := strings.Fields("alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omikron pi rho sigma tau ypsilon phi chi psi omega")
	long := strings.Repeat("a very long prefix/", 45)
	add("counter", func(i int) string { return fmt.Sprintf("photos-%07d.jpg", i) })
	add("unpadded", func(i int) string { return fmt.Sprintf("img%d.jpg", i) })
	add("long prefix", func(i int) string { return long + fmt.Sprintf("%06x", i) })
	add("uuid", func(i int) string {
		h := hash(i)
		return fmt.Sprintf("%08x-%04x-4%03x-a", h>>32, h>>16&0xffff, h&0xfff)
	})
	add("dates", func(i int) string {
		return time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(i) * time.Hour / 7).Format("2006/01/02/150405.log")
	})
	add("directories", func(i int) string { return fmt.Sprintf("d%04d/f%04d", i/100, i%100) })
	add("deep", func(i int) string {
		h := hash(i)
		return "home/" + words[h%24] + "/" + words[h>>8%24] + "/" + words[h>>16%24] + "/" + words[h>>24%24] + fmt.Sprint(h>>40)
	})
	add("cyrillic", func(i int) string {
		return "фото/" + string([]rune{rune(0x430 + hash(i)%32), rune(0x430 + hash(i)>>8%32)}) + fmt.Sprint(hash(i)>>20)
	})
	add("skewed", func(i int) string {
		if i%50 == 0 {
			return fmt.Sprintf("%c/%d", 'a'+rune(i%26), i)
		}
		return fmt.Sprintf("m/data/%08d", i*i%1000003)
	})
	return all
}

var anonymous = aws.AnonymousCredentials{}
