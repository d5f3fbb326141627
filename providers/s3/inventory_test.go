package s3_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/md5"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/providers"
	"github.com/cargomedia/s3export/providers/s3"
)

// bucket serves objects by their paths.
type bucket map[string][]byte

func (b bucket) client() *s3.Client {
	GinkgoHelper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		content, found := b[strings.TrimPrefix(r.URL.Path, "/logs/")]
		if !found {
			refuse(http.StatusNotFound, "NoSuchKey")(w, r)
			return
		}
		_, _ = w.Write(content)
	}))
	DeferCleanup(server.Close)
	return clientOf(server.URL)
}

func zipped(text string) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write([]byte(text))
	_ = w.Close()
	return b.Bytes()
}

func sum(content []byte) string {
	digest := md5.Sum(content)
	return hex.EncodeToString(digest[:])
}

const inventoryKey = "inv/photos/all/2026-11-01T01-00Z/manifest.json"

// deliver puts an inventory into a bucket, as S3 does it.
func deliver(format, schema string, files ...string) bucket {
	b := bucket{}
	type file struct {
		Key         string `json:"key"`
		Size        int    `json:"size"`
		MD5Checksum string
	}
	list := []file{}
	for i, text := range files {
		key, content := fmt.Sprintf("inv/photos/all/data/%d.csv.gz", i), zipped(text)
		b[key] = content
		list = append(list, file{key, len(content), sum(content)})
	}
	manifest, err := json.Marshal(map[string]any{
		"sourceBucket": "photos", "destinationBucket": "arn:aws:s3:::logs", "version": "2016-11-30",
		"creationTimestamp": "1793494800000", "fileFormat": format, "fileSchema": schema, "files": list,
	})
	Expect(err).NotTo(HaveOccurred())
	b[inventoryKey] = manifest
	b[strings.TrimSuffix(inventoryKey, ".json")+".checksum"] = []byte(sum(manifest) + "\n")
	return b
}

func rowsOf(ctx context.Context, b bucket) ([]s3.InventoryRow, error) {
	v, err := b.client().OpenInventory(ctx, "logs", inventoryKey)
	if err != nil {
		return nil, err
	}
	var rows []s3.InventoryRow
	err = v.Rows(ctx, func(r s3.InventoryRow) error {
		rows = append(rows, r)
		return nil
	})
	return rows, err
}

var _ = Describe("an inventory", func() {
	const schema = "Bucket, Key, VersionId, IsLatest, IsDeleteMarker, Size, LastModifiedDate, ETag, StorageClass, IsMultipartUploaded, EncryptionStatus, ChecksumAlgorithm"
	line := `"photos","a%2Fb+c%C3%BC","v1","true","false","7","2026-01-02T03:04:05.000Z","abc-2","GLACIER","true","SSE-KMS","CRC32,SHA256"` + "\n"

	It("yields the rows of all its files", func(ctx context.Context) {
		b := deliver("CSV", schema, line, `"photos","gone","v2","false","true","","2026-01-02T03:04:05.000Z","","","","",""`+"\n")
		v, err := b.client().OpenInventory(ctx, "logs", inventoryKey)
		Expect(err).NotTo(HaveOccurred())
		Expect(v.SourceBucket).To(Equal("photos"))
		Expect(v.Created).To(Equal(time.UnixMilli(1793494800000).UTC()))
		Expect(v.Files).To(Equal(2))
		Expect(v.Fields).To(ContainElement("EncryptionStatus"))
		yes, no := true, false
		at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
		Expect(rowsOf(ctx, b)).To(Equal([]s3.InventoryRow{
			{Bucket: "photos", Key: "a/b cü", VersionID: "v1", IsLatest: &yes, IsDeleteMarker: &no, Size: 7, LastModified: at, ETag: "abc-2",
				StorageClass: "GLACIER", IsMultipart: &yes, Encryption: "SSE-KMS", ChecksumAlgorithm: "CRC32,SHA256"},
			{Bucket: "photos", Key: "gone", VersionID: "v2", IsLatest: &no, IsDeleteMarker: &yes, Size: -1, LastModified: at},
		}))
	})

	It("follows its schema, and does with few fields", func(ctx context.Context) {
		Expect(rowsOf(ctx, deliver("CSV", "Size, Key, Bucket", "7,k,photos\n"))).To(Equal([]s3.InventoryRow{{Bucket: "photos", Key: "k", Size: 7}}))
	})

	It("does without the checksum of its manifest, but not with a wrong one", func(ctx context.Context) {
		b := deliver("CSV", "Bucket, Key", "photos,k\n")
		beside := strings.TrimSuffix(inventoryKey, ".json") + ".checksum"
		delete(b, beside)
		Expect(rowsOf(ctx, b)).To(HaveLen(1))
		b[beside] = []byte(sum([]byte("another")))
		_, err := rowsOf(ctx, b)
		Expect(errorOf(err).Message).To(ContainSubstring("manifest.checksum"))
	})

	DescribeTable("is refused by name in another format", func(ctx context.Context, format string) {
		_, err := rowsOf(ctx, deliver(format, "struct<s:string>"))
		e := errorOf(err)
		Expect(e.Kind).To(Equal(providers.Invalid))
		Expect(e.Message).To(ContainSubstring(format))
		Expect(e.Remedy).To(ContainSubstring("CSV"))
	}, Entry(nil, "ORC"), Entry(nil, "Parquet"))

	DescribeTable("is not trusted", func(ctx context.Context, text string, spoil func(bucket)) {
		b := deliver("CSV", "Bucket, Key, Size, IsLatest, LastModifiedDate", text)
		if spoil != nil {
			spoil(b)
		}
		_, err := rowsOf(ctx, b)
		Expect(errorOf(err).Kind).NotTo(Equal(providers.Transient))
	},
		Entry("with a field too few", "photos,k\n", nil),
		Entry("with a key that is not encoded", "photos,50%,7,,\n", nil),
		Entry("with a size that is none", "photos,k,many,,\n", nil),
		Entry("with a negative size", "photos,k,-7,,\n", nil),
		Entry("with a flag that is none", "photos,k,7,perhaps,\n", nil),
		Entry("with a date that is none", "photos,k,7,,yesterday\n", nil),
		Entry("with an endless record", "photos,\""+strings.Repeat("k", 3<<20)+"\",7,,\n", nil),
		Entry("where a file was replaced", "photos,k,7,,\n", func(b bucket) { b["inv/photos/all/data/0.csv.gz"] = zipped("photos,other,7,,\n") }),
		Entry("where a file has an end of its own", "photos,k,7,,\n", func(b bucket) {
			b["inv/photos/all/data/0.csv.gz"] = append(b["inv/photos/all/data/0.csv.gz"], 0)
		}),
		Entry("where a file is cut", "photos,k,7,,\n", func(b bucket) { b["inv/photos/all/data/0.csv.gz"] = b["inv/photos/all/data/0.csv.gz"][:20] }),
		Entry("where a file is missing", "photos,k,7,,\n", func(b bucket) { delete(b, "inv/photos/all/data/0.csv.gz") }),
		Entry("with a manifest that is none", "", func(b bucket) { b[inventoryKey] = []byte("<html>") }),
	)

	It("needs the keys", func(ctx context.Context) {
		_, err := rowsOf(ctx, deliver("CSV", "Bucket, Size", "photos,7\n"))
		Expect(errorOf(err).Message).To(ContainSubstring("no field Key"))
	})

	It("ends with the error of yield", func(ctx context.Context) {
		v, err := deliver("CSV", "Bucket, Key", "photos,k\n").client().OpenInventory(ctx, "logs", inventoryKey)
		Expect(err).NotTo(HaveOccurred())
		enough := errors.New("enough")
		Expect(v.Rows(ctx, func(s3.InventoryRow) error { return enough })).To(BeIdenticalTo(enough))
	})
})

const reportKey = "reports/job-1/manifest.json"

func report(format, text string) bucket {
	manifest, err := json.Marshal(map[string]any{
		"Format": format, "ReportCreationDate": "2026-11-01T01:02:03.45Z", "ReportSchema": "Bucket, Key, VersionId, TaskStatus, ErrorCode, HTTPStatusCode, ResultMessage",
		"Results": []map[string]string{{"TaskExecutionStatus": "succeeded", "Bucket": "logs", "MD5Checksum": sum([]byte(text)), "Key": "reports/job-1/results/0.csv"}},
	})
	Expect(err).NotTo(HaveOccurred())
	return bucket{reportKey: manifest, "reports/job-1/results/0.csv": []byte(text)}
}

func batchRows(ctx context.Context, b bucket) ([]s3.BatchRow, error) {
	r, err := b.client().OpenBatchReport(ctx, "logs", reportKey)
	if err != nil {
		return nil, err
	}
	var rows []s3.BatchRow
	err = r.Rows(ctx, func(row s3.BatchRow) error {
		rows = append(rows, row)
		return nil
	})
	return rows, err
}

var _ = Describe("a report of Batch Operations", func() {
	quote := func(message string) string { return `"` + strings.ReplaceAll(message, `"`, `""`) + `"` }

	DescribeTable("yields checksums however they are written", func(ctx context.Context, message string, want s3.Checksum, etag string) {
		rows, err := batchRows(ctx, report("Report_CSV_20180820", "photos,a+b%2Bc,v1,succeeded,,200,"+quote(message)+"\n"))
		Expect(err).NotTo(HaveOccurred())
		Expect(rows).To(Equal([]s3.BatchRow{{Bucket: "photos", Key: "a b+c", VersionID: "v1", Status: "succeeded", Checksum: want, ETag: etag}}))
	},
		Entry(nil, `{"checksum_base64":"FeKw08M4keuw8e9gnsQZQgwg4yDOlMZfvIwzEkSOsiU=","etag":"abc-3","checksumAlgorithm":"SHA256","checksumType":"FULL_OBJECT"}`,
			s3.Checksum{Algorithm: "SHA256", Type: s3.FullObject, Value: "FeKw08M4keuw8e9gnsQZQgwg4yDOlMZfvIwzEkSOsiU="}, "abc-3"),
		Entry(nil, `{"ChecksumHex":"2639f4cb","eTag":"\"abc\"","checksum_algorithm":"crc32","checksum_type":"full_object"}`,
			s3.Checksum{Algorithm: "CRC32", Type: s3.FullObject, Value: "Jjn0yw=="}, "abc"),
		Entry(nil, `{"checksum_base64":"wpn7tg==-2","checksumAlgorithm":"CRC32"}`, s3.Checksum{Algorithm: "CRC32", Type: s3.Composite, Value: "wpn7tg==", Parts: 2}, ""),
		Entry("none", `{"checksumAlgorithm":"CRC32","etag":"abc"}`, s3.Checksum{}, "abc"),
		Entry("no JSON", `Successful`, s3.Checksum{}, ""),
		Entry("other JSON", `{"checksum_base64":7,"checksumAlgorithm":["a"]}`, s3.Checksum{}, ""),
	)

	It("tells what failed, and when it was made", func(ctx context.Context) {
		b := report("Report_CSV_20180820", "photos,k,,failed,AccessDenied,403,Access Denied\n")
		Expect(batchRows(ctx, b)).To(Equal([]s3.BatchRow{{Bucket: "photos", Key: "k", Status: "failed", ErrorCode: "AccessDenied"}}))
		r, err := b.client().OpenBatchReport(ctx, "logs", reportKey)
		Expect(err).NotTo(HaveOccurred())
		Expect(r.Created).To(Equal(time.Date(2026, 11, 1, 1, 2, 3, 450_000_000, time.UTC)))
	})

	It("is not trusted where a file was replaced, or it is none", func(ctx context.Context) {
		b := report("Report_CSV_20180820", "photos,k,,failed,,,\n")
		b["reports/job-1/results/0.csv"] = []byte("photos,k,,succeeded,,,\n")
		_, err := batchRows(ctx, b)
		Expect(errorOf(err).Message).To(ContainSubstring("does not count"))
		_, err = batchRows(ctx, report("Other", ""))
		Expect(errorOf(err).Kind).To(Equal(providers.Invalid))
	})
})
