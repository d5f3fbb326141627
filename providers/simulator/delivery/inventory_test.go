package delivery_test

import (
	"compress/gzip"
	"context"
	"crypto/md5"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/providers/simulator/delivery"
	"github.com/cargomedia/s3export/providers/simulator/store"
)

type manifest struct {
	SourceBucket, DestinationBucket, Version, CreationTimestamp, FileFormat, FileSchema string
	Files                                                                               []struct {
		Key         string
		Size        int
		MD5checksum string
	}
}

// inventory orders one and reads it as a client of S3 would: by its manifest, with
// every digest checked.
func (w world) inventory(o delivery.Inventory) (manifest, []map[string]string) {
	GinkgoHelper()
	d, err := w.Inventory(ctx(), o)
	Expect(err).NotTo(HaveOccurred())
	Expect(d.Bucket).To(Equal("logs"))
	text := w.read(d.Manifest)
	Expect(w.read(strings.TrimSuffix(d.Manifest, ".json") + ".checksum")).To(Equal(hexMD5(text)))
	var m manifest
	Expect(json.Unmarshal([]byte(text), &m)).To(Succeed())
	var rows []map[string]string
	for _, f := range m.Files {
		packed := w.read(f.Key)
		Expect([]any{f.Size, f.MD5checksum}).To(Equal([]any{len(packed), hexMD5(packed)}))
		z, err := gzip.NewReader(strings.NewReader(packed))
		Expect(err).NotTo(HaveOccurred())
		plain, err := io.ReadAll(z)
		Expect(err).NotTo(HaveOccurred())
		Expect(string(plain)).To(MatchRegexp(`^("([^"]|"")*"(,"([^"]|"")*")*\n)+$`), "every field is in quotes")
		lines, err := csv.NewReader(strings.NewReader(string(plain))).ReadAll()
		Expect(err).NotTo(HaveOccurred())
		for _, line := range lines {
			row := map[string]string{}
			for i, name := range strings.Split(m.FileSchema, ", ") {
				row[name] = line[i]
			}
			rows = append(rows, row)
		}
	}
	Expect(rows).To(HaveLen(d.Objects))
	return m, rows
}

func hexMD5(s string) string {
	sum := md5.Sum([]byte(s))
	return hex.EncodeToString(sum[:])
}

// Section "Inventory": each kind of object, and its row.
var _ = DescribeTable("the row of an object in an inventory", func(content string, o store.PutOptions, want map[string]string) {
	w := newWorld()
	made := w.put(`a "b"/c+d é`+"\n", content, o)
	_, rows := w.inventory(delivery.Inventory{Selection: photos()})
	Expect(rows).To(HaveLen(1))
	Expect(rows[0]).To(And(HaveKeyWithValue("Bucket", "photos"), HaveKeyWithValue("Key", "a+%22b%22/c%2Bd+%C3%A9%0A"), HaveKeyWithValue("ETag", made.ETag),
		HaveKeyWithValue("LastModifiedDate", "2031-02-03T04:05:06.000Z"), HaveKeyWithValue("Size", fmt.Sprint(len(content))), Not(HaveKey("VersionId"))))
	for name, value := range want {
		Expect(rows[0]).To(HaveKeyWithValue(name, value))
	}
},
	Entry("plain", "hello", store.PutOptions{}, map[string]string{"ETag": "5d41402abc4b2a76b9719d911017c592", "StorageClass": "STANDARD",
		"IsMultipartUploaded": "false", "EncryptionStatus": "SSE-S3", "ChecksumAlgorithm": "", "IntelligentTieringAccessTier": ""}),
	Entry("with a checksum", "hello", store.PutOptions{Compute: "SHA256"}, map[string]string{"ChecksumAlgorithm": "SHA256"}),
	Entry("of parts", strings.Repeat("a", 6*mib), store.PutOptions{PartSize: 5 * mib}, map[string]string{"IsMultipartUploaded": "true"}),
	Entry("archived", "", with(store.Attributes{StorageClass: "DEEP_ARCHIVE"}), map[string]string{"StorageClass": "DEEP_ARCHIVE"}),
	Entry("tiered", "", with(store.Attributes{StorageClass: "INTELLIGENT_TIERING"}), map[string]string{"IntelligentTieringAccessTier": "FREQUENT"}),
	Entry("under KMS", "", with(store.Attributes{Encryption: store.EncryptionKMS}), map[string]string{"EncryptionStatus": "SSE-KMS"}),
	Entry("under KMS twice", "", with(store.Attributes{Encryption: store.EncryptionDSSE}), map[string]string{"EncryptionStatus": "DSSE-KMS"}),
	Entry("under the customer's key", "", with(store.Attributes{Encryption: store.EncryptionCustomer, CustomerKeyMD5: "k"}), map[string]string{"EncryptionStatus": "SSE-C"}),
)

func with(a store.Attributes) store.PutOptions { return store.PutOptions{Attributes: a} }

var _ = Describe("an inventory", func() {
	It("lies where S3 puts it", func() {
		w := newWorld()
		w.put("2026/a", "x", store.PutOptions{})
		w.put("2027/a", "x", store.PutOptions{})
		d, err := w.Inventory(ctx(), delivery.Inventory{ID: "weekly", Selection: delivery.Selection{Bucket: "photos", Prefix: "2026/", Destination: "logs", DestinationPrefix: "inv/"},
			Fields: []string{"ETag", "Size"}})
		Expect(err).NotTo(HaveOccurred())
		Expect(d).To(Equal(delivery.Delivered{Bucket: "logs", Manifest: "inv/photos/weekly/2031-02-03T04-05Z/manifest.json", Objects: 1}))
		Expect(w.read(d.Manifest)).To(MatchRegexp(`^\{
    "sourceBucket": "photos",
    "destinationBucket": "arn:aws:s3:::logs",
    "version": "2016-11-30",
    "creationTimestamp": "1927857906000",
    "fileFormat": "CSV",
    "fileSchema": "Bucket, Key, Size, ETag",
    "files": \[
        \{
            "key": "inv/photos/weekly/data/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}.csv.gz",
            "size": \d+,
            "MD5checksum": "[0-9a-f]{32}"
        \}
    \]
\}$`))
		Expect(w.read("inv/photos/weekly/hive/dt=2031-02-03-04-05/symlink.txt")).To(MatchRegexp(`^s3://logs/inv/photos/weekly/data/[0-9a-f-]{36}.csv.gz$`))
	})

	It("has several files, and no order in them", func() {
		w := newWorld()
		for i := range 10 {
			w.put(fmt.Sprint(i), "x", store.PutOptions{})
		}
		m, rows := w.inventory(delivery.Inventory{Selection: photos(), RowsPerFile: 4, Fields: []string{"Size"}})
		Expect(m.Files).To(HaveLen(3))
		var keys []string
		for _, r := range rows {
			keys = append(keys, r["Key"])
		}
		Expect(keys).To(Equal([]string{"3", "2", "1", "0", "7", "6", "5", "4", "9", "8"}))
	})

	It("of nothing has no file", func() {
		m, rows := newWorld().inventory(delivery.Inventory{Selection: photos()})
		Expect(m.Files).To(BeEmpty())
		Expect(rows).To(BeEmpty())
	})

	It("of all versions tells them apart", func() {
		w := newWorld()
		w.put("k", "before", store.PutOptions{})
		Expect(w.SetVersioning("photos", store.VersioningEnabled)).To(Succeed())
		id := w.put("k", "x", store.PutOptions{}).VersionID
		marker, err := w.Remove(store.Place{Bucket: "photos", Key: "k"})
		Expect(err).NotTo(HaveOccurred())
		o := delivery.Inventory{Selection: photos(), Fields: []string{"Size", "ETag"}}
		_, rows := w.inventory(o)
		Expect(rows).To(BeEmpty())
		o.Versions = "All"
		m, rows := w.inventory(o)
		Expect(m.FileSchema).To(Equal("Bucket, Key, VersionId, IsLatest, IsDeleteMarker, Size, ETag"))
		Expect(rows).To(ConsistOf(
			map[string]string{"Bucket": "photos", "Key": "k", "VersionId": marker.VersionID, "IsLatest": "true", "IsDeleteMarker": "true", "Size": "", "ETag": ""},
			map[string]string{"Bucket": "photos", "Key": "k", "VersionId": id, "IsLatest": "false", "IsDeleteMarker": "false", "Size": "1", "ETag": hexMD5("x")},
			map[string]string{"Bucket": "photos", "Key": "k", "VersionId": "", "IsLatest": "false", "IsDeleteMarker": "false", "Size": "6", "ETag": hexMD5("before")},
		))
	})

	It("ends with who ordered it", func() {
		w := newWorld()
		w.put("k", "x", store.PutOptions{})
		gone, cancel := context.WithCancel(ctx())
		cancel()
		_, err := w.Inventory(gone, delivery.Inventory{Selection: photos()})
		Expect(err).To(MatchError(context.Canceled))
		_, err = w.Checksums(gone, delivery.Checksums{Selection: photos()})
		Expect(err).To(MatchError(context.Canceled))
	})
})
