package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"time"
)

// etagX is the MD5 of "x", which is what each file of corpus R holds.
const etagX = "9dd4e461268c8034f5c8564e155c67a6"

func memoryKey(i int) string { return fmt.Sprintf("d%05d/f%08d.bin", i/100, i) }

// memory proves two drives of the same shape, one with ten times the objects.
func (l *lab) memory(ctx context.Context) error {
	most := max(int(float64(l.objects)*l.scale), 1000)
	l.say("\n### Memory\n\n| objects | wall s | CPU s | peak MiB | requests | exit |\n|---|---|---|---|---|---|")
	var peaks []int64
	for _, n := range []int{most / 10, most} {
		took, err := l.proveMany(ctx, n)
		if err != nil {
			return err
		}
		peaks = append(peaks, took.Peak)
	}
	l.say("\nTen times the objects take %.2f times the memory.", float64(peaks[1])/float64(peaks[0]))
	return nil
}

func (l *lab) proveMany(ctx context.Context, n int) (cost, error) {
	dir := filepath.Join(l.dir, "many")
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return cost{}, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	c, err := corpusOf("R", float64(n))
	if err != nil {
		return cost{}, err
	}
	d, err := newDrive(ctx, dir, "", []corpus{c}, kib)
	if err != nil {
		return cost{}, err
	}
	many, err := listMany(ctx, n)
	if err != nil {
		return cost{}, err
	}
	defer func() { _ = many.close() }()
	if err := d.cold(ctx, false); err != nil {
		return cost{}, err
	}
	r := ring{product: l.product, endpoint: many.endpoint, image: d.image, corpus: c}
	took, err := measure(ctx, program{r.verifyImage("all"), l.server.environment(many.endpoint, dir)}, filepath.Join(l.dir, "log", "many."+fmt.Sprint(n)))
	if err == nil {
		l.say("| %d | %.1f | %.1f | %.0f | %d | %d |", n, took.Wall.Seconds(), took.CPU.Seconds(), float64(took.Peak)/mib, many.taken().all(), took.Exit)
	}
	return took, err
}

// listMany serves the listing of corpus R, whose objects nobody stores: each page is
// made when it is asked for.
func listMany(ctx context.Context, n int) (*proxy, error) {
	var config net.ListenConfig
	l, err := config.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	p := &proxy{endpoint: "http://" + l.Addr().String()}
	p.web = &http.Server{ReadHeaderTimeout: time.Minute, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.see(r)
		if r.URL.Query().Get("list-type") == "2" {
			page(w, r.URL.Query(), n)
			return
		}
		http.Error(w, "", http.StatusNotImplemented)
	})}
	go func() { _ = p.web.Serve(l) }()
	return p, nil
}

func page(w http.ResponseWriter, q url.Values, n int) {
	from, err := strconv.Atoi(q.Get("continuation-token"))
	if err != nil {
		from = sort.Search(n, func(i int) bool { return memoryKey(i) > q.Get("start-after") })
	}
	size := 1000
	if asked, err := strconv.Atoi(q.Get("max-keys")); err == nil {
		size = min(size, asked)
	}
	to := min(from+size, n)
	w.Header().Set("Content-Type", "application/xml")
	fmt.Fprintf(w, `<ListBucketResult><Name>bench-r</Name><EncodingType>url</EncodingType><IsTruncated>%t</IsTruncated>`, to < n)
	if to < n {
		fmt.Fprintf(w, `<NextContinuationToken>%d</NextContinuationToken>`, to)
	}
	for i := from; i < to; i++ {
		fmt.Fprintf(w, `<Contents><Key>%s</Key><LastModified>2025-01-01T00:00:00.000Z</LastModified><ETag>&quot;%s&quot;</ETag><Size>1</Size><StorageClass>STANDARD</StorageClass></Contents>`, memoryKey(i), etagX)
	}
	fmt.Fprint(w, `</ListBucketResult>`)
}
