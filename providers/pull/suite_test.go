package pull_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"io/fs"
	"iter"
	"math/rand/v2"
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
	"github.com/cargomedia/s3export/providers/pull"
	"github.com/cargomedia/s3export/providers/s3"
	"github.com/cargomedia/s3export/providers/simulator"
)

func TestPull(t *testing.T) {
	if text := os.Getenv(childVariable); text != "" {
		if err := obey(text); err != nil {
			t.Fatal(err)
		}
		return
	}
	RegisterFailHandler(Fail)
	RunSpecs(t, "pull")
}

const bucket = "photos"

// world is a simulator with a bucket, and a directory to copy it to.
type world struct {
	info    simulator.Info
	control *simulator.Control
	writer  *service.Client
	dir     string
	root    *os.Root
}

func newWorld(ctx context.Context, kind simulator.Bucket) *world {
	GinkgoHelper()
	server, err := simulator.Start(context.WithoutCancel(ctx), simulator.Options{WorkDir: GinkgoT().TempDir(), Now: time.Now})
	Expect(err).NotTo(HaveOccurred())
	DeferCleanup(server.Close)
	w := &world{info: server.Info(), control: simulator.NewControl(server.Endpoint()), dir: GinkgoT().TempDir()}
	key := credentials.NewStaticCredentialsProvider(w.info.AccessKeyID, w.info.SecretAccessKey, "")
	w.writer = service.New(service.Options{Credentials: key, Region: w.info.Region, BaseEndpoint: aws.String(w.info.Endpoint), UsePathStyle: true})
	kind.Name = bucket
	Expect(w.control.CreateBucket(ctx, kind)).To(Succeed())
	w.root, err = os.OpenRoot(w.dir)
	Expect(err).NotTo(HaveOccurred())
	DeferCleanup(w.root.Close)
	return w
}

func (w *world) client() *s3.Client { return w.clientAt(w.info.Endpoint) }

func (w *world) clientAt(endpoint string) *s3.Client {
	GinkgoHelper()
	c, err := s3.New(s3.Options{
		Credentials: credentials.NewStaticCredentialsProvider(w.info.AccessKeyID, w.info.SecretAccessKey, ""),
		Region:      w.info.Region, Endpoint: endpoint, MaxBackoff: time.Millisecond,
	})
	Expect(err).NotTo(HaveOccurred())
	return c
}

func (w *world) put(ctx context.Context, key string, content []byte) {
	GinkgoHelper()
	_, err := w.writer.PutObject(ctx, &service.PutObjectInput{Bucket: aws.String(bucket), Key: aws.String(key), Body: bytes.NewReader(content)})
	Expect(err).NotTo(HaveOccurred())
}

// upload makes a multipart object of these parts.
func (w *world) upload(ctx context.Context, key string, algorithm types.ChecksumAlgorithm, parts ...[]byte) {
	GinkgoHelper()
	made, err := w.writer.CreateMultipartUpload(ctx, &service.CreateMultipartUploadInput{
		Bucket: aws.String(bucket), Key: aws.String(key), ChecksumAlgorithm: algorithm, ContentType: aws.String("video/mp4"),
	})
	Expect(err).NotTo(HaveOccurred())
	var done []types.CompletedPart
	for i, content := range parts {
		number := aws.Int32(int32(i) + 1)
		part, err := w.writer.UploadPart(ctx, &service.UploadPartInput{
			Bucket: aws.String(bucket), Key: aws.String(key), UploadId: made.UploadId, PartNumber: number, Body: bytes.NewReader(content),
			ChecksumAlgorithm: algorithm,
		})
		Expect(err).NotTo(HaveOccurred())
		done = append(done, types.CompletedPart{
			ETag: part.ETag, PartNumber: number, ChecksumCRC32: part.ChecksumCRC32, ChecksumCRC32C: part.ChecksumCRC32C,
			ChecksumCRC64NVME: part.ChecksumCRC64NVME, ChecksumSHA1: part.ChecksumSHA1, ChecksumSHA256: part.ChecksumSHA256,
		})
	}
	_, err = w.writer.CompleteMultipartUpload(ctx, &service.CompleteMultipartUploadInput{
		Bucket: aws.String(bucket), Key: aws.String(key), UploadId: made.UploadId, MultipartUpload: &types.CompletedMultipartUpload{Parts: done},
	})
	Expect(err).NotTo(HaveOccurred())
}

// items lists the bucket; paths are the keys.
func (w *world) items(ctx context.Context) []providers.Item {
	GinkgoHelper()
	var all []providers.Item
	Expect(w.client().List(ctx, bucket, s3.Query{}, func(o s3.Object) error {
		all = append(all, providers.Item{Bucket: bucket, Key: o.Key, Path: o.Key, Size: o.Size, ETag: o.ETag, LastModified: o.LastModified, StorageClass: o.StorageClass})
		return nil
	})).To(Succeed())
	return all
}

func each(items []providers.Item) iter.Seq2[providers.Item, error] {
	return func(yield func(providers.Item, error) bool) {
		for _, i := range items {
			if !yield(i, nil) {
				return
			}
		}
	}
}

// ledger is a caller's: what was told to keep, and what is left.
type ledger struct {
	mu   sync.Mutex
	kept []providers.Copied
	dir  string
}

func (l *ledger) keep(batch []providers.Copied) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, c := range batch {
		if _, err := os.Lstat(filepath.Join(l.dir, c.Path)); err != nil && !c.Gone {
			return fmt.Errorf("told to keep what is not there: %w", err)
		}
	}
	l.kept = append(l.kept, batch...)
	return nil
}

func (l *ledger) left(items []providers.Item) []providers.Item {
	l.mu.Lock()
	defer l.mu.Unlock()
	return items[len(l.kept):]
}

func (l *ledger) of(path string) providers.Copied {
	GinkgoHelper()
	i := slices.IndexFunc(l.kept, func(c providers.Copied) bool { return c.Path == path })
	Expect(i).To(BeNumerically(">=", 0), path)
	return l.kept[i]
}

// check compares the drive and the ledger with what was put into the bucket.
func (w *world) check(l *ledger, contents map[string][]byte) {
	GinkgoHelper()
	Expect(slices.IsSortedFunc(l.kept, func(a, b providers.Copied) int { return strings.Compare(a.Path, b.Path) })).To(BeTrue())
	Expect(l.kept).To(HaveLen(len(contents)))
	for _, c := range l.kept {
		Expect(c.SHA256).To(Equal(sha256.Sum256(contents[c.Key])), c.Key)
		on, err := os.ReadFile(filepath.Join(w.dir, c.Path))
		Expect(err).NotTo(HaveOccurred())
		Expect(bytes.Equal(on, contents[c.Key])).To(BeTrue(), c.Key)
		info, err := os.Stat(filepath.Join(w.dir, c.Path))
		Expect(err).NotTo(HaveOccurred())
		Expect(info.ModTime()).To(BeTemporally("==", c.LastModified), c.Key)
		Expect(info.Mode()).To(Equal(fs.FileMode(0o644)), c.Key)
	}
	_, err := os.Lstat(filepath.Join(w.dir, pull.Staging))
	Expect(err).To(MatchError(fs.ErrNotExist))
}

func random(seed uint64, size int) []byte {
	var key [32]byte
	key[0], key[1] = byte(seed), byte(seed>>8)
	b := make([]byte, size)
	_, _ = rand.NewChaCha8(key).Read(b)
	return b
}
