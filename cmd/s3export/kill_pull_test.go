package main

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/providers/simulator/store"
)

// The bucket of pulls that are killed, and what is fetched at once.
const (
	pulledSmall     = 400
	pulledSmallSize = 6000
	pulledLarge     = 9 << 20 // two of them, in parts of 5 MiB; what is larger than 8 MiB is not kept in memory
	pulledAll       = pulledSmall*pulledSmallSize + 2*pulledLarge
	pulledWorkers   = 4
)

// manySmall fills the bucket with them.
func manySmall(st *store.Store) error {
	if err := st.CreateBucket(demoBucket, store.BucketOptions{}); err != nil {
		return err
	}
	for i := range pulledSmall {
		key := fmt.Sprintf("small/%03d.jpg", i)
		if err := putDemo(st, key, content(key, pulledSmallSize)); err != nil {
			return err
		}
	}
	for i := range 2 {
		if err := putDemoParts(st, fmt.Sprintf("large/%d.mov", i), pulledLarge, 5<<20); err != nil {
			return err
		}
	}
	return nil
}

// metered stands before an S3 server and counts the bytes of objects that it hands to a
// client. What a client that was killed has left unread in its socket counts too, so the
// buffers are small.
type metered struct {
	next  http.Handler
	bytes atomic.Int64
}

func meteredServer(endpoint string) (*metered, string) {
	GinkgoHelper()
	target, err := url.Parse(endpoint)
	Expect(err).NotTo(HaveOccurred())
	m := &metered{next: httputil.NewSingleHostReverseProxy(target)}
	server := httptest.NewUnstartedServer(m)
	server.Config.ConnState = func(c net.Conn, s http.ConnState) {
		if tcp, ok := c.(*net.TCPConn); ok && s == http.StateNew {
			_ = tcp.SetWriteBuffer(4 << 10)
		}
	}
	server.Start()
	DeferCleanup(server.Close)
	return m, server.URL
}

// ServeHTTP implements http.Handler.
func (m *metered) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if kindOf(r) == askedGet {
		w = &meteredBody{w, &m.bytes}
	}
	m.next.ServeHTTP(w, r)
}

type meteredBody struct {
	http.ResponseWriter
	bytes *atomic.Int64
}

// Unwrap is that of http.ResponseController.
func (b *meteredBody) Unwrap() http.ResponseWriter { return b.ResponseWriter }

// Write implements io.Writer.
func (b *meteredBody) Write(p []byte) (int, error) {
	n, err := b.ResponseWriter.Write(p)
	b.bytes.Add(int64(n))
	return n, err
}

var _ = Describe("kill -9", Label("kill", "root"), func() {
	It("at any moment of a copy over the network fetches next to nothing twice, and ends Verified", func() {
		needRoot()
		s := newStation(manySmall)
		s.write("bin/mkfs.ext4", strings.ReplaceAll(strings.ReplaceAll(mkfsSpy, "SPY_DIR", s.dir), "/SIGNATURE", "/.s3export"))
		Expect(os.Chmod(filepath.Join(s.dir, "bin/mkfs.ext4"), 0o700)).To(Succeed())
		m, endpoint := meteredServer(s.server.Endpoint())
		k := &killer{station: s, random: rand.New(rand.NewPCG(2, uint64(GinkgoRandomSeed()))), typical: time.Second}
		for k.killed < max(kills()/8, 5) { // KILLS=1600 for 200 of these
			k.pull(endpoint)
		}
		log, err := os.ReadFile(filepath.Join(s.dir, "log"))
		Expect(err).NotTo(HaveOccurred())
		Expect(string(log)).NotTo(ContainSubstring("OVERLAP"))
		Expect(string(log)).NotTo(ContainSubstring("AFTER-SIGNATURE"), "a second format")
		size := int64(k.backups * pulledAll)
		twice := m.bytes.Load() - size
		figures := fmt.Sprintf("%d kills over %d copies, %d formats: %d of %d bytes were fetched twice (%.2f %%), %d a kill; %d copies uncounted",
			k.killed, k.backups, strings.Count(string(log), "format"), twice, size, 100*float64(twice)/float64(size), twice/int64(k.killed), k.uncounted)
		// 200 kills over 58 copies: 62 kB a kill, 1.01 % of all. Of each request that is under
		// way a step of 64 KiB is lost at most, and what lies in its socket, which the copy did
		// not get to see.
		Expect(twice).To(BeNumerically("<=", size/50+int64(k.killed*pulledWorkers*64<<10)), figures)
		AddReportEntry("killed", figures, ReportEntryVisibilityAlways)
	})
})

// pull takes one copy from a blank drive to Verified.
func (k *killer) pull(endpoint string) {
	GinkgoHelper()
	k.backups++
	name := fmt.Sprintf("pull-%03d", k.backups)
	k.pulled(name, 64<<20)
	spec := filepath.Join(k.dir, name+".yaml")
	text, err := os.ReadFile(spec)
	Expect(err).NotTo(HaveOccurred())
	text = bytes.ReplaceAll(text, []byte(k.server.Endpoint()), []byte(endpoint))
	text = bytes.Replace(text, []byte("region: us-east-1"), fmt.Appendf(nil, "region: us-east-1, bandwidth: 30MB, concurrency: %d", pulledWorkers), 1)
	Expect(os.WriteFile(spec, text, 0o600)).To(Succeed())
	k.apply(name, 6)
	k.expectPulled(name)
}

func (k *killer) expectPulled(name string) {
	GinkgoHelper()
	r := k.record(name)
	Expect(r.Phase).To(BeEquivalentTo("Verified"))
	run := r.Runs[0]
	Expect(run.Intent).To(BeNil())
	Expect(run.Proofs).To(HaveLen(1))
	Expect(run.Proofs[0].Full).To(BeTrue())
	if run.Load.Copied == nil { // killed between its end and the record of it
		k.uncounted++
	} else {
		Expect(*run.Load.Copied).To(And(HaveField("Fetched", int64(pulledSmall+2)), HaveField("FetchedBytes", int64(pulledAll)), HaveField("Kept", int64(0))))
	}
	k.onDrive(name, func(dir string) {
		left, err := filepath.Glob(filepath.Join(dir, ".s3export/*"))
		Expect(err).NotTo(HaveOccurred())
		for i := range left {
			left[i] = filepath.Base(left[i])
		}
		Expect(left).To(ConsistOf("README.txt", "backup.json", "baseline.jsonl.gz", "SHA256SUMS"))
		k.expectContent(dir, "small/%03d.jpg", pulledSmall, pulledSmallSize)
		k.expectContent(dir, "large/%d.mov", 2, pulledLarge)
	})
	Expect(os.Remove(filepath.Join(k.dir, name+".img"))).To(Succeed())
}

// expectContent reads all files of a name.
func (k *killer) expectContent(dir, format string, n, size int) {
	GinkgoHelper()
	for i := range n {
		key := fmt.Sprintf(format, i)
		text, err := os.ReadFile(filepath.Join(dir, demoBucket, key))
		Expect(err).NotTo(HaveOccurred())
		Expect(bytes.Equal(text, content(key, size))).To(BeTrue(), key)
	}
}
