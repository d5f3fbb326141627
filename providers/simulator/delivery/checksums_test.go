package delivery_test

import (
	"encoding/csv"
	"encoding/json"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/providers/simulator/delivery"
	"github.com/cargomedia/s3export/providers/simulator/store"
)

type report struct {
	Format, ReportCreationDate, ReportSchema string
	Results                                  []struct{ TaskExecutionStatus, Bucket, MD5Checksum, Key string }
}

// report orders a job and reads its report, with every digest checked.
func (w world) report(o delivery.Checksums) (report, [][]string) {
	GinkgoHelper()
	d, err := w.Checksums(ctx(), o)
	Expect(err).NotTo(HaveOccurred())
	text := w.read(d.Manifest)
	Expect(w.read(d.Manifest + ".md5")).To(Equal(hexMD5(text)))
	var r report
	Expect(json.Unmarshal([]byte(text), &r)).To(Succeed())
	var rows [][]string
	for _, result := range r.Results {
		text := w.read(result.Key)
		Expect(result.MD5Checksum).To(Equal(hexMD5(text)))
		lines, err := csv.NewReader(strings.NewReader(text)).ReadAll()
		Expect(err).NotTo(HaveOccurred())
		rows = append(rows, lines...)
	}
	Expect(rows).To(HaveLen(d.Objects))
	return r, rows
}

// The wanted values were computed with Python's zlib and hashlib.
var _ = DescribeTable("a job computes", func(algorithm string, t store.ChecksumType, value, hexValue string) {
	w := newWorld()
	o := w.put("a b", strings.Repeat("a", 5*mib)+"world", store.PutOptions{PartSize: 5 * mib})
	_, rows := w.report(delivery.Checksums{Selection: photos(), Algorithm: algorithm, Type: t})
	Expect(rows).To(HaveLen(1))
	Expect(rows[0][:6]).To(Equal([]string{"photos", "a+b", "", "succeeded", "200", ""}))
	Expect(rows[0][6]).NotTo(ContainSubstring("="), "it is escaped")
	var message map[string]string
	Expect(json.Unmarshal([]byte(rows[0][6]), &message)).To(Succeed())
	if algorithm == "" {
		algorithm, t = "CRC64NVME", store.FullObject
	}
	Expect(message).To(Equal(map[string]string{"checksum_base64": value, "etag": o.ETag, "checksumAlgorithm": algorithm, "checksumType": string(t), "checksum_hex": hexValue}))
},
	Entry(nil, "", store.ChecksumType(""), "wWviy8QE41E=", "C16BE2CBC404E351"),
	Entry(nil, "CRC32", store.FullObject, "eqVSLg==", "7AA5522E"),
	Entry(nil, "CRC32", store.Composite, "BmMCQw==-2", "06630243-2"),
	Entry(nil, "MD5", store.FullObject, "BoHFZmXURsOf7hSGoR60XQ==", "0681C56665D446C39FEE1486A11EB45D"),
	Entry(nil, "SHA256", store.FullObject, "QT9D1BNlZtCZMPUHZ8qcg3+5RCuE6sdke5IvLmpAFIk=", "413F43D4136566D09930F50767CA9C837FB9442B84EAC7647B922F2E6A401489"),
)

var _ = Describe("the report of a job", func() {
	It("lies where S3 puts it, failures apart", func() {
		w := newWorld()
		w.put("k", "hello", store.PutOptions{})
		w.put("cold", "hello", with(store.Attributes{StorageClass: "DEEP_ARCHIVE"}))
		w.put("kms", "hello", with(store.Attributes{Encryption: store.EncryptionKMS}))
		w.put("sealed", "hello", with(store.Attributes{Encryption: store.EncryptionCustomer, CustomerKeyMD5: "k"}))
		o := delivery.Checksums{Selection: photos(), Algorithm: "MD5"}
		o.DestinationPrefix = "reports"
		r, rows := w.report(o)
		Expect(r.Format).To(Equal("Report_CSV_20180820"))
		Expect(r.ReportCreationDate).To(Equal("2031-02-03T04:05:06.000Z"))
		Expect(r.ReportSchema).To(Equal("Bucket, Key, VersionId, TaskStatus, ErrorCode, HTTPStatusCode, ResultMessage"))
		Expect(r.Results).To(HaveLen(2))
		for i, status := range []string{"succeeded", "failed"} {
			Expect([]string{r.Results[i].TaskExecutionStatus, r.Results[i].Bucket}).To(Equal([]string{status, "logs"}))
			Expect(r.Results[i].Key).To(MatchRegexp(`^reports/job-[0-9a-f-]{36}/results/[0-9a-f]{40}\.csv$`))
		}
		Expect(rows).To(HaveLen(4))
		for _, row := range rows[:3] {
			Expect(row[6]).To(ContainSubstring(`"checksum_hex":"5D41402ABC4B2A76B9719D911017C592"`))
		}
		Expect(rows[3][:6]).To(Equal([]string{"photos", "sealed", "", "failed", "200", "PermanentFailure"}))
		Expect(rows[3][6]).To(ContainSubstring("SSE-C encryption type is not supported"))
		unchanged, err := w.Head("photos", "k")
		Expect(err).NotTo(HaveOccurred())
		Expect(unchanged.Checksum).To(BeZero(), "it is not kept")
	})

	It("of all versions names them, and leaves delete markers out", func() {
		w := newWorld()
		w.put("k", "before", store.PutOptions{})
		Expect(w.SetVersioning("photos", store.VersioningEnabled)).To(Succeed())
		id := w.put("k", "x", store.PutOptions{}).VersionID
		Expect(w.Delete("photos", "k")).To(Succeed())
		o := delivery.Checksums{Selection: photos()}
		o.Versions = "All"
		_, rows := w.report(o)
		Expect(rows).To(ConsistOf(HaveExactElements("photos", "k", id, "succeeded", "200", "", Not(BeEmpty())),
			HaveExactElements("photos", "k", "null", "succeeded", "200", "", Not(BeEmpty()))))
	})
})
