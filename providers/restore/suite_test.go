package restore_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"io"
	"iter"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	service "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/providers"
	"github.com/cargomedia/s3export/providers/restore"
	"github.com/cargomedia/s3export/providers/s3"
	"github.com/cargomedia/s3export/providers/simulator"
)

func TestRestore(t *testing.T) {
	RegisterFailHandler(Fail)
	RunSpecs(t, "restore")
}

const (
	from = "photos"
	to   = "again"
	five = 5 << 20
)

// world is the simulator, a copy of the bucket "photos" in a directory, and a proxy that
// counts what the client under test asks for.
type world struct {
	client *s3.Client
	sdk    *service.Client // another program's
	drive  string
	items  []restore.Item

	mu    sync.Mutex
	asked map[string]int                    // methods
	stop  func(*http.Request) (refuse bool) // nil: nothing is refused
}

func newWorld(ctx context.Context) *world {
	GinkgoHelper()
	server, err := simulator.Start(context.WithoutCancel(ctx), simulator.Options{WorkDir: GinkgoT().TempDir(), Now: time.Now})
	Expect(err).NotTo(HaveOccurred())
	DeferCleanup(server.Close)
	info := server.Info()
	w := &world{drive: GinkgoT().TempDir(), asked: map[string]int{}}
	behind, err := url.Parse(info.Endpoint)
	Expect(err).NotTo(HaveOccurred())
	proxy := httptest.NewServer(w.before(&httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(behind)
		r.Out.Host = r.In.Host
	}}))
	DeferCleanup(proxy.Close)
	key := credentials.NewStaticCredentialsProvider(info.AccessKeyID, info.SecretAccessKey, "")
	w.client, err = s3.New(s3.Options{Credentials: key, Region: info.Region, Endpoint: proxy.URL, MaxBackoff: time.Millisecond})
	Expect(err).NotTo(HaveOccurred())
	w.sdk = service.New(service.Options{Credentials: key, Region: info.Region, BaseEndpoint: aws.String(info.Endpoint), UsePathStyle: true})
	for _, b := range []simulator.Bucket{{Name: from}, {Name: to}, {Name: "kms", Encryption: "aws:kms"}} {
		Expect(simulator.NewControl(info.Endpoint).CreateBucket(ctx, b)).To(Succeed())
	}
	return w
}

func (w *world) before(next http.Handler) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		w.mu.Lock()
		w.asked[r.Method]++
		stop := w.stop != nil && w.stop(r)
		w.mu.Unlock()
		if stop {
			panic(http.ErrAbortHandler)
		}
		next.ServeHTTP(rw, r)
	})
}

// put makes an object in the bucket, of parts where there are any, and copies it onto the
// drive.
func (w *world) put(ctx context.Context, key string, content []byte, parts ...int) *restore.Item {
	GinkgoHelper()
	i := restore.Item{Bucket: from, Key: key, Path: from + "/" + key, Directory: from, Size: int64(len(content)), Held: int64(len(content)),
		LastModified: time.Date(2025, 3, 1, 12, 0, 0, 0, time.UTC)}
	sum := sha256.Sum256(content)
	i.SHA256 = sum[:]
	if parts == nil {
		out, err := w.sdk.PutObject(ctx, &service.PutObjectInput{Bucket: aws.String(from), Key: &key, Body: bytes.NewReader(content)})
		Expect(err).NotTo(HaveOccurred())
		i.ETag = strings.Trim(*out.ETag, `"`)
	} else {
		i.ETag = w.multipart(ctx, key, content, parts)
		for _, n := range parts {
			i.Attributes.PartSizes = append(i.Attributes.PartSizes, int64(n))
		}
	}
	w.items = append(w.items, i)
	if strings.HasSuffix(key, "/") {
		w.items[len(w.items)-1].Held = restore.Missing
	} else {
		w.file(len(w.items)-1, i.Path, content)
	}
	return &w.items[len(w.items)-1]
}

// item is one that was never in a bucket.
func (w *world) item(key, path, content string) {
	GinkgoHelper()
	sum := sha256.Sum256([]byte(content))
	w.items = append(w.items, restore.Item{Bucket: from, Key: key, Directory: from, Size: int64(len(content)), Held: int64(len(content)),
		SHA256: sum[:], LastModified: time.Date(2025, 3, 1, 12, 0, 0, 0, time.UTC)})
	if strings.HasSuffix(path, "/") {
		w.items[len(w.items)-1].Held, w.items[len(w.items)-1].Path = restore.Missing, path
		return
	}
	w.file(len(w.items)-1, path, []byte(content))
}

// file writes the file of an item.
func (w *world) file(n int, path string, content []byte) {
	GinkgoHelper()
	full := filepath.Join(w.drive, path)
	Expect(os.MkdirAll(filepath.Dir(full), 0o755)).To(Succeed())
	Expect(os.WriteFile(full, content, 0o600)).To(Succeed())
	w.items[n].Path, w.items[n].Open = path, func() (io.ReaderAt, error) { return os.Open(full) }
}

func (w *world) multipart(ctx context.Context, key string, content []byte, parts []int) string {
	GinkgoHelper()
	made, err := w.sdk.CreateMultipartUpload(ctx, &service.CreateMultipartUploadInput{Bucket: aws.String(from), Key: &key})
	Expect(err).NotTo(HaveOccurred())
	var done []types.CompletedPart
	for n, size := range parts {
		out, err := w.sdk.UploadPart(ctx, &service.UploadPartInput{Bucket: aws.String(from), Key: &key, UploadId: made.UploadId,
			PartNumber: aws.Int32(int32(n + 1)), Body: bytes.NewReader(content[:size])})
		Expect(err).NotTo(HaveOccurred())
		done, content = append(done, types.CompletedPart{PartNumber: aws.Int32(int32(n + 1)), ETag: out.ETag, ChecksumCRC32: out.ChecksumCRC32}), content[size:]
	}
	out, err := w.sdk.CompleteMultipartUpload(ctx, &service.CompleteMultipartUploadInput{Bucket: aws.String(from), Key: &key, UploadId: made.UploadId,
		MultipartUpload: &types.CompletedMultipartUpload{Parts: done}})
	Expect(err).NotTo(HaveOccurred())
	return strings.Trim(*out.ETag, `"`)
}

// all are the items of the copy.
func (w *world) all() iter.Seq2[restore.Item, error] {
	return func(yield func(restore.Item, error) bool) {
		for _, i := range w.items {
			if !yield(i, nil) {
				return
			}
		}
	}
}

// restored is what a run has come to.
type restored struct {
	restore.Summary
	results map[string]restore.Result
	err     error
}

func (w *world) run(ctx context.Context, t restore.Target, o restore.Options) restored {
	done := restored{results: map[string]restore.Result{}}
	o.Result = func(r restore.Result) error {
		done.results[r.Key] = r
		return nil
	}
	w.mu.Lock()
	clear(w.asked)
	w.mu.Unlock()
	done.Summary, done.err = restore.Run(ctx, w.all(), t, o)
	return done
}

func (r restored) outcomes() map[string]restore.Outcome {
	all := map[string]restore.Outcome{}
	for key, one := range r.results {
		all[key] = one.Outcome
	}
	return all
}

// keys lists a bucket, with ETags.
func (w *world) keys(ctx context.Context, bucket string) []string {
	GinkgoHelper()
	var all []string
	Expect(w.client.List(ctx, bucket, s3.Query{}, func(o s3.Object) error {
		all = append(all, o.Key+" "+o.ETag)
		return nil
	})).To(Succeed())
	slices.Sort(all)
	return all
}

func readSeeker(text string) io.ReadSeeker { return strings.NewReader(text) }

func noise(size int) []byte {
	body := make([]byte, size)
	_, _ = rand.NewChaCha8([32]byte{byte(size)}).Read(body) // it never fails
	return body
}

// headers are attributes of all kinds.
func headers() providers.CopiedAttributes {
	return providers.CopiedAttributes{
		ContentType: "text/plain; charset=utf-8", CacheControl: "max-age=60", ContentDisposition: `attachment; filename="a b"`, ContentEncoding: "gzip",
		ContentLanguage: "de, en", Expires: "Wed, 21 Oct 2037 07:28:00 GMT", Metadata: map[string]string{"owner": "someone", "mtime": "1.5"},
	}
}
