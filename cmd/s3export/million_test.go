package main

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"sort"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/providers/simulator/store"
)

// hugeBucket is a bucket of so many objects that nobody stores: its listing is made
// page by page. Everything else goes to the simulator.
type hugeBucket struct {
	keys  int
	next  http.Handler
	lists atomic.Int64
	heads atomic.Int64
}

// ServeHTTP implements http.Handler.
func (h *hugeBucket) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case r.Method == http.MethodGet && strings.HasPrefix(r.URL.Path, "/huge") && r.URL.Query().Get("list-type") == "2":
		h.lists.Add(1)
		h.list(w, h.position(r.URL.Query()))
	case r.Method == http.MethodHead && strings.HasPrefix(r.URL.Path, "/huge/k"):
		h.heads.Add(1)
		w.Header().Set("ETag", `"d41d8cd98f00b204e9800998ecf8427e"`)
		w.Header().Set("Content-Length", "3000")
	default:
		h.next.ServeHTTP(w, r)
	}
}

func hugeKey(i int) string {
	return fmt.Sprintf("k%03d/%03d/file-%09d.jpg", i/100_000, i/1000%100, i)
}

// position returns the first key that a request asks for.
func (h *hugeBucket) position(q url.Values) int {
	if i, err := strconv.Atoi(q.Get("continuation-token")); err == nil {
		return i
	}
	return sort.Search(h.keys, func(i int) bool { return hugeKey(i) > q.Get("start-after") })
}

func (h *hugeBucket) list(w http.ResponseWriter, from int) {
	to := min(from+1000, h.keys)
	w.Header().Set("Content-Type", "application/xml")
	_, _ = fmt.Fprintf(w, `<ListBucketResult><Name>huge</Name><EncodingType>url</EncodingType><IsTruncated>%t</IsTruncated>`, to < h.keys)
	if to < h.keys {
		_, _ = fmt.Fprintf(w, `<NextContinuationToken>%d</NextContinuationToken>`, to)
	}
	for i := from; i < to; i++ {
		_, _ = fmt.Fprintf(w, `<Contents><Key>%s</Key><LastModified>2026-10-01T00:00:00.000Z</LastModified><ETag>&quot;%032x&quot;</ETag><Size>3000</Size><StorageClass>STANDARD</StorageClass></Contents>`,
			hugeKey(i), i)
	}
	_, _ = fmt.Fprint(w, `</ListBucketResult>`)
}

// KEYS sets how many; a million takes half a minute, so it has a target of its own.
var _ = It("looks at a huge bucket in little memory, with a request for each 1,000 keys and a few more", Label("million"), func() {
	keys := 50_000
	if n, err := strconv.Atoi(os.Getenv("KEYS")); err == nil {
		keys = n
	}
	s := newStation(func(st *store.Store) error {
		if err := few(st); err != nil {
			return err
		}
		return st.CreateBucket("huge", store.BucketOptions{})
	})
	target, err := url.Parse(s.server.Endpoint())
	Expect(err).NotTo(HaveOccurred())
	huge := &hugeBucket{keys: keys, next: httputil.NewSingleHostReverseProxy(target)}
	server := httptest.NewServer(huge)
	DeferCleanup(server.Close)
	s.backup("photos-a", "100", 32<<20)
	text, err := os.ReadFile(filepath.Join(s.dir, "photos-a.yaml"))
	Expect(err).NotTo(HaveOccurred())
	const drive = 64 << 30
	s.write("photos-a.yaml", strings.NewReplacer("exportBucket: photos\n", "exportBucket: huge\n", "prefix: 2026/", "prefix: k",
		s.server.Endpoint(), server.URL, "32MiB", "64GiB").Replace(string(text)))
	Expect(os.Truncate(filepath.Join(s.dir, "photos-a.img"), drive)).To(Succeed())
	for line, says := range map[string]string{
		"plan -f photos-a.yaml":                     fmt.Sprintf("%d objects", keys),
		"apply -f photos-a.yaml --approve sha256:0": "not the one that was approved",
		"plan --split -f photos-a.yaml":             "1 drive of 64 GiB",
	} {
		before := huge.lists.Load()
		c := s.command(strings.Fields(line)...)
		var out bytes.Buffer
		c.Stdout, c.Stderr = &out, &out
		Expect(c.Start()).To(Succeed())
		peak := watchPeak(c)
		s.out.Write(out.Bytes())
		Expect(out.String()).To(ContainSubstring(says))
		Expect(huge.lists.Load()-before).To(BeNumerically("<=", (keys+999)/1000*5/4+5), "one LIST for each 1,000 keys, and a few for the ranges")
		Expect(huge.heads.Load()).To(BeNumerically("<=", 40), "a bounded look at single objects")
		_, _ = fmt.Fprintf(GinkgoWriter, "%s: %d keys, peak %d KiB, %s of CPU\n", line, keys, peak, c.ProcessState.UserTime())
		Expect(peak).To(BeNumerically("<", 100<<10), "KiB")
	}
})

// watchPeak waits for a process and returns its peak of memory in KiB. What wait4
// tells begins with the memory of the process that started it, so the kernel's own
// mark is read as long as the process is there.
func watchPeak(c *exec.Cmd) (peak int) {
	GinkgoHelper()
	ended := make(chan struct{})
	go func() {
		_ = c.Wait() // it may well be blocked
		close(ended)
	}()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-ended:
			Expect(peak).To(BeNumerically(">", 0))
			return peak
		case <-tick.C:
			status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", c.Process.Pid))
			if m := regexp.MustCompile(`VmHWM:\s+(\d+) kB`).FindSubmatch(status); err == nil && m != nil {
				peak, err = strconv.Atoi(string(m[1]))
				Expect(err).NotTo(HaveOccurred())
			}
		}
	}
}
