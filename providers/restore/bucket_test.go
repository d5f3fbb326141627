package restore_test

import (
	"context"
	"crypto/sha256"
	"io"
	"net/http"
	"os"
	"path/filepath"

	"github.com/aws/aws-sdk-go-v2/aws"
	service "github.com/aws/aws-sdk-go-v2/service/s3"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/providers/restore"
)

var _ = Describe("restoring into a bucket", func() {
	var w *world
	bucket := func(name string) *restore.Bucket { return restore.ToBucket(w.client, name, "", 8) }
	BeforeEach(func(ctx context.Context) { w = newWorld(ctx) })

	uploads := func(ctx context.Context) int {
		GinkgoHelper()
		out, err := w.sdk.ListMultipartUploads(ctx, &service.ListMultipartUploadsInput{Bucket: aws.String(to)})
		Expect(err).NotTo(HaveOccurred())
		return len(out.Uploads)
	}

	It("gives objects back with keys, bytes, headers, metadata and ETags", func(ctx context.Context) {
		w.put(ctx, "one", noise(1000))
		w.put(ctx, "empty", nil)
		w.put(ctx, "folder/", nil)
		w.put(ctx, "a b/ü&+%2F.txt", []byte("text"))
		w.put(ctx, "even", noise(2*five+100), five, five, 100)
		w.put(ctx, "uneven", noise(2*five+4000), five+3000, five, 1000)
		w.put(ctx, "single part", noise(100), 100)
		w.items[4].Attributes.PartSizes = []int64{five} // as it is kept of even ones
		for n := range w.items {
			parts := w.items[n].Attributes.PartSizes
			w.items[n].Attributes = headers()
			w.items[n].Attributes.PartSizes = parts
		}
		r := w.run(ctx, bucket(to), restore.Options{Workers: 4})
		Expect(r.err).NotTo(HaveOccurred())
		Expect(r.Objects).To(Equal(map[restore.Outcome]int64{restore.Restored: 7}), "%v", r.results)
		Expect(r.Proofs).To(Equal(map[restore.Proof]int64{restore.BySHA256: 7}))
		Expect(r.Arrivals).To(Equal(map[restore.Arrival]int64{restore.SaidByETag: 7}))
		Expect(r.SameETag).To(BeEquivalentTo(7))
		Expect(w.keys(ctx, to)).To(Equal(w.keys(ctx, from)))
		for _, i := range w.items {
			out, err := w.sdk.GetObject(ctx, &service.GetObjectInput{Bucket: aws.String(to), Key: aws.String(i.Key)})
			Expect(err).NotTo(HaveOccurred())
			got, err := io.ReadAll(out.Body)
			Expect(err).NotTo(HaveOccurred())
			want, err := os.ReadFile(filepath.Join(w.drive, i.Path))
			if i.Key != "folder/" {
				Expect(err).NotTo(HaveOccurred())
			}
			Expect(sha256.Sum256(got)).To(Equal(sha256.Sum256(want)), i.Key)
			a := headers()
			Expect([]string{*out.ContentType, *out.CacheControl, *out.ContentDisposition, *out.ContentEncoding, *out.ContentLanguage, *out.ExpiresString}).To(
				Equal([]string{a.ContentType, a.CacheControl, a.ContentDisposition, a.ContentEncoding, a.ContentLanguage, a.Expires}))
			Expect(out.Metadata).To(Equal(a.Metadata))
		}
		again := w.run(ctx, bucket(to), restore.Options{Workers: 4})
		Expect(again.Objects).To(Equal(map[restore.Outcome]int64{restore.There: 7}))
		Expect(w.asked).To(Equal(map[string]int{"HEAD": 7}), "what is there is not sent again")
	})

	It("finds the size of parts that nobody has noted, and proves by the ETag what has no SHA-256", func(ctx context.Context) {
		w.put(ctx, "many", noise(2*five+1), five, five, 1)
		w.put(ctx, "one", noise(10))
		for n := range w.items {
			w.items[n].SHA256, w.items[n].Attributes.PartSizes = nil, nil
		}
		r := w.run(ctx, bucket(to), restore.Options{})
		Expect(r.Proofs).To(Equal(map[restore.Proof]int64{restore.ByETag: 2}), "%v", r.results)
		Expect(w.keys(ctx, to)).To(Equal(w.keys(ctx, from)))
	})

	It("sends nothing of a file that is rotten, too short, missing, or not proven", func(ctx context.Context) {
		w.put(ctx, "rotten", noise(2*five), five, five)
		w.put(ctx, "short", noise(1000))
		w.put(ctx, "missing", noise(1000))
		w.put(ctx, "unknown", noise(1000))
		other := noise(2 * five)
		other[five+7] ^= 1
		w.file(0, "photos/rotten", other)
		w.file(1, "photos/short", noise(999))
		w.items[2].Held = restore.Missing
		w.items[3].SHA256, w.items[3].ETag = nil, "00000000000000000000000000000000"
		r := w.run(ctx, bucket(to), restore.Options{Workers: 2})
		Expect(r.err).NotTo(HaveOccurred())
		Expect(r.outcomes()).To(Equal(map[string]restore.Outcome{
			"rotten": restore.Corrupt, "short": restore.Corrupt, "missing": restore.Corrupt, "unknown": restore.Unproven,
		}))
		Expect(w.asked).To(HaveKeyWithValue("HEAD", 3))
		Expect(w.asked).To(HaveLen(1), "only looks")
		Expect(r.results["rotten"].Reason).To(ContainSubstring("SHA-256"))
		Expect(w.run(ctx, bucket(to), restore.Options{Unproven: true}).outcomes()["unknown"]).To(Equal(restore.Restored))
		Expect(w.keys(ctx, to)).To(HaveLen(1))
	})

	It("leaves alone what is there, unless it may be written over", func(ctx context.Context) {
		w.put(ctx, "other", []byte("ours"))
		w.put(ctx, "longer", []byte("ours"))
		w.put(ctx, "same", noise(2*five+5), five, five, 5)
		same, err := os.ReadFile(filepath.Join(w.drive, "photos/same"))
		Expect(err).NotTo(HaveOccurred())
		for key, text := range map[string]string{"other": "them", "longer": "theirs", "same": string(same)} {
			_, err := w.sdk.PutObject(ctx, &service.PutObjectInput{Bucket: aws.String(to), Key: aws.String(key), Body: readSeeker(text)})
			Expect(err).NotTo(HaveOccurred())
		}
		before := w.keys(ctx, to)
		r := w.run(ctx, bucket(to), restore.Options{})
		Expect(r.outcomes()).To(Equal(map[string]restore.Outcome{"other": restore.Conflict, "longer": restore.Conflict, "same": restore.There}), "%v", r.results)
		Expect(w.asked).NotTo(Or(HaveKey("PUT"), HaveKey("POST")))
		Expect(w.keys(ctx, to)).To(Equal(before))
		Expect(r.results["other"].Remedy).NotTo(BeEmpty())
		r = w.run(ctx, bucket(to), restore.Options{Overwrite: true})
		Expect(r.Objects).To(Equal(map[restore.Outcome]int64{restore.Restored: 2, restore.There: 1}))
		Expect(w.keys(ctx, to)).To(ContainElements(w.keys(ctx, from)[:2]))
	})

	It("does not write over what comes between the look and the write", func(ctx context.Context) {
		w.put(ctx, "one", []byte("ours"))
		w.put(ctx, "many", noise(five+5), five, 5)
		w.stop = func(r *http.Request) bool {
			if r.Method != http.MethodHead {
				return false
			}
			for _, key := range []string{"one", "many"} {
				_, err := w.sdk.PutObject(ctx, &service.PutObjectInput{Bucket: aws.String(to), Key: aws.String(key), Body: readSeeker("theirs " + key)})
				Expect(err).NotTo(HaveOccurred())
			}
			return false
		}
		late := &blind{bucket(to)}
		r := w.run(ctx, late, restore.Options{})
		Expect(r.outcomes()).To(Equal(map[string]restore.Outcome{"one": restore.Conflict, "many": restore.Conflict}), "%v", r.results)
		Expect(uploads(ctx)).To(BeZero())
	})

	It("believes a bucket under a KMS key that it has compared what it got", func(ctx context.Context) {
		w.put(ctx, "one", noise(100))
		w.put(ctx, "many", noise(five+5), five, 5)
		r := w.run(ctx, bucket("kms"), restore.Options{})
		Expect(r.Objects).To(Equal(map[restore.Outcome]int64{restore.Restored: 2}), "%v", r.results)
		Expect(r.Arrivals).To(HaveKeyWithValue(restore.Compared, BeEquivalentTo(2)))
	})

	It("writes nothing and reads nothing in a dry run", func(ctx context.Context) {
		w.put(ctx, "one", noise(100))
		w.put(ctx, "many", noise(five+5), five, 5)
		for n := range w.items {
			w.items[n].Open = func() (io.ReaderAt, error) {
				defer GinkgoRecover()
				Fail("a file was opened")
				return nil, nil
			}
		}
		r := w.run(ctx, bucket(to), restore.Options{DryRun: true})
		Expect(r.Objects).To(Equal(map[restore.Outcome]int64{restore.Restored: 2}))
		Expect(w.asked).To(Equal(map[string]int{"HEAD": 2}))
		Expect(w.keys(ctx, to)).To(BeEmpty())
	})

	It("goes on where it was interrupted, and leaves no unfinished upload", func(ctx context.Context) {
		w.put(ctx, "a", noise(100))
		w.put(ctx, "b", noise(2*five+5), five, five, 5)
		w.put(ctx, "c", noise(300))
		cut, cancel := context.WithCancel(ctx)
		w.stop = func(r *http.Request) bool {
			if r.Method == http.MethodPut && r.URL.Query().Get("partNumber") == "3" {
				cancel()
				return true
			}
			return false
		}
		r := w.run(cut, bucket(to), restore.Options{})
		Expect(r.err).To(MatchError(context.Canceled))
		Expect(uploads(ctx)).To(BeZero())
		Expect(w.keys(ctx, to)).To(HaveLen(1))
		w.stop = nil
		r = w.run(ctx, bucket(to), restore.Options{})
		Expect(r.Objects).To(Equal(map[restore.Outcome]int64{restore.There: 1, restore.Restored: 2}))
		Expect(w.keys(ctx, to)).To(Equal(w.keys(ctx, from)))
	})

	It("ends at a bucket that is not there", func(ctx context.Context) {
		w.put(ctx, "a", noise(100))
		w.put(ctx, "b", noise(100))
		r := w.run(ctx, bucket("nowhere"), restore.Options{})
		Expect(r.Objects[restore.Restored]).To(BeZero())
		Expect(r.err).To(HaveOccurred(), "%v", r.results)
	})
})

// blind is a bucket that sees nothing when it looks.
type blind struct{ *restore.Bucket }

func (b *blind) Look(ctx context.Context, i restore.Item) (restore.Found, error) {
	f, err := b.Bucket.Look(ctx, i)
	f.Exists = false
	return f, err
}
