package pull_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/credentials"

	"github.com/cargomedia/s3export/providers"
	"github.com/cargomedia/s3export/providers/s3"
	"github.com/cargomedia/s3export/providers/simulator"
)

// BenchmarkCopy copies from a simulator on the same processors, in a process of its own
// whose memory is measured.
func BenchmarkCopy(b *testing.B) {
	for _, c := range []struct {
		name        string
		count, size int
	}{{"5000x16KiB", 5000, 16 << 10}, {"500x1MiB", 500, 1 << 20}, {"100x8MiB", 100, 8 << 20}, {"1x1GiB", 1, 1 << 30}} {
		for _, concurrency := range []int{16, 64} {
			b.Run(fmt.Sprintf("%s/%d", c.name, concurrency), func(b *testing.B) { benchmark(b, c.count, c.size, concurrency) })
		}
	}
}

func benchmark(b *testing.B, count, size, concurrency int) {
	data, dir := b.TempDir(), b.TempDir()
	if shm := os.Getenv("PULL_TMP"); shm != "" {
		var err error
		if dir, err = os.MkdirTemp(shm, "pull"); err != nil {
			b.Fatal(err)
		}
		defer os.RemoveAll(dir)
	}
	check := func(err error) {
		b.Helper()
		if err != nil {
			b.Fatal(err)
		}
	}
	check(os.Mkdir(filepath.Join(data, bucket), 0o700))
	for i := range count {
		check(os.WriteFile(filepath.Join(data, bucket, fmt.Sprintf("%06d", i)), random(uint64(i), size), 0o600))
	}
	server, err := simulator.Start(b.Context(), simulator.Options{DataDir: data, WorkDir: dir, Now: time.Now})
	check(err)
	defer server.Close()
	info := server.Info()
	client, err := s3.New(s3.Options{Credentials: credentials.NewStaticCredentialsProvider(info.AccessKeyID, info.SecretAccessKey, ""), Endpoint: info.Endpoint})
	check(err)
	var items []providers.Item
	check(client.List(context.Background(), bucket, s3.Query{}, func(o s3.Object) error {
		items = append(items, providers.Item{Bucket: bucket, Key: o.Key, Path: o.Key, Size: o.Size, ETag: o.ETag, LastModified: o.LastModified})
		return nil
	}))
	o := order{Info: info, Endpoint: info.Endpoint, Items: filepath.Join(dir, "items"), Fetched: filepath.Join(dir, "fetched"), Resident: filepath.Join(dir, "resident"), Concurrency: concurrency}
	raw, err := json.Marshal(items)
	check(err)
	check(os.WriteFile(o.Items, raw, 0o600))
	var resident int64
	var cpu time.Duration
	for i := 0; b.Loop(); i++ {
		o.Root, o.Ledger = filepath.Join(dir, fmt.Sprint("root", i)), filepath.Join(dir, fmt.Sprint("ledger", i))
		check(os.Mkdir(o.Root, 0o700))
		text, err := json.Marshal(o)
		check(err)
		child := exec.CommandContext(b.Context(), os.Args[0], "-test.run=TestPull")
		child.Env = append(os.Environ(), childVariable+"="+string(text))
		said := &strings.Builder{}
		child.Stdout, child.Stderr = said, said
		if err := child.Run(); err != nil {
			b.Fatal(err, said)
		}
		cpu += child.ProcessState.UserTime() + child.ProcessState.SystemTime()
		text, err = os.ReadFile(o.Resident)
		check(err)
		now, err := strconv.ParseInt(string(text), 10, 64)
		check(err)
		resident = max(resident, now>>10)
	}
	b.SetBytes(int64(count) * int64(size))
	b.ReportMetric(float64(count)*float64(b.N)/b.Elapsed().Seconds(), "objects/s")
	b.ReportMetric(float64(resident), "MiB-resident")
	b.ReportMetric(float64(count)*float64(size)*float64(b.N)/cpu.Seconds()/1e6, "MB/cpu-s")
	b.ReportMetric(cpu.Seconds()*1e6/float64(count)/float64(b.N), "cpu-µs/object")
}
