package page_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/verify"
	"github.com/cargomedia/s3export/verify/page"
)

func TestPage(t *testing.T) {
	RegisterFailHandler(Fail)
	RunSpecs(t, "verify/page")
}

var begun = time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)

const (
	tera  = int64(1e12)
	slice = int64(8 << 30)
)

// passedReport is of a sample of a large drive.
func passedReport() verify.Report {
	return verify.Report{
		Format: "s3export-report/v1", Attempt: 1, Started: begun, Ended: begun.Add(4*time.Minute + 12*time.Second),
		Subject: verify.Subject{Tool: "s3export v1.0.0 (0123456789ab, go1.26.8)", Host: "vault-2.example.net", User: "backup", Backup: "photos-a", Run: "2026-11",
			Job: "ABCDE", Device: "serial WD-WCC4E0000000 (WDC WD40EZRZ, 4.0 TB)", FileSystem: "ext4 7c3e0a52-91d4-4b6f-8a2e-5d1f00c4e9b7", SpecDigest: "sha256:" + strings.Repeat("5a", 32), BaselineDigest: "sha256:" + strings.Repeat("b1", 32)},
		Against: verify.ClosedBaseline, LoadEnded: begun.Add(-9 * 24 * time.Hour), Seed: verify.Seed{0x5e, 0xed, 1, 2, 3, 4, 5, 6, 7, 8, 9},
		Ranges: []verify.Range{{Bucket: "photos", Prefix: "2026/", Directory: "photos"}, {Bucket: "scans", After: "a", Through: "m", Directory: ""}},
		Sample: verify.Sample{Wanted: 100, Drawn: 100},
		Totals: verify.Totals{Objects: 1_204_331, Bytes: 3_712_404_118_220, Sized: 1_204_331, Files: 1_204_331, Read: 311_204_118, Markers: 12, Own: 3},
		Tallies: []verify.Tally{
			{Outcome: verify.Match, Reason: verify.Equal, Method: verify.ByMD5, Class: verify.Legacy, Witness: verify.WitnessETag, Files: 71, Bytes: 101_204_118},
			{Outcome: verify.Match, Reason: verify.Equal, Method: verify.ByCRC64NVME, Class: verify.ErrorDetecting, Witness: verify.WitnessStored, Files: 20, Bytes: 150_000_000},
			{Outcome: verify.Match, Reason: verify.Equal, Method: verify.BySHA256, Class: verify.Cryptographic, Witness: verify.WitnessBaseline, Files: 9, Bytes: 60_000_000},
		},
		Findings: []verify.Finding{}, Requests: verify.Requests{Head: 20},
		Speed: &verify.Speed{IntervalNanos: int64(time.Second / 2), Points: points(9, 34_000_000)},
	}
}

func points(n int, bytes int64) []verify.SpeedPoint {
	list := make([]verify.SpeedPoint, n)
	for i := range list {
		list[i] = verify.SpeedPoint{Bytes: bytes - bytes/int64(3*n)*int64(i) - int64(i*7919%11)*bytes/40, Files: 12}
	}
	return list
}

// failedReport is of all content of a 4 TB drive that has begun to rot.
func failedReport() verify.Report {
	r := passedReport()
	r.Sample = verify.Sample{All: true}
	r.Attempt, r.Ended = 3, begun.Add(9*time.Hour+31*time.Minute)
	r.Earlier = []verify.Attempt{
		{Number: 1, Seed: verify.Seed{1}, Started: begun.Add(-48 * time.Hour), Ended: begun.Add(-47 * time.Hour), Verdict: verify.Pass},
		{Number: 2, Seed: verify.Seed{2}, Started: begun.Add(-24 * time.Hour)},
	}
	r.Before = &verify.Link{Name: "2026-11-18-1.json", SHA256: strings.Repeat("c0ffee00", 8)}
	r.Totals.Read = r.Totals.Bytes
	r.Tallies = []verify.Tally{
		{Outcome: verify.Match, Reason: verify.Equal, Method: verify.ByMD5, Class: verify.Legacy, Witness: verify.WitnessETag, Files: 1_100_000, Bytes: 2 * tera},
		{Outcome: verify.Match, Reason: verify.OldVersion, Method: verify.ByMultipartMD5, Class: verify.Legacy, Witness: verify.WitnessETag, Files: 104_325, Bytes: tera},
		{Outcome: verify.Match, Reason: verify.Equal, Method: verify.ByEmptiness, Class: verify.Exact, Files: 1},
		{Outcome: verify.Differ, Reason: verify.ContentDiffers, Method: verify.ByMD5, Class: verify.Legacy, Witness: verify.WitnessETag, Files: 1, Bytes: 4_194_304},
		{Outcome: verify.Differ, Reason: verify.ContentDiffers, Method: verify.ByCRC64NVME, Class: verify.ErrorDetecting, Witness: verify.WitnessStored, Files: 1, Bytes: 5_368_709_120},
		{Outcome: verify.Differ, Reason: verify.SizeDiffers, Method: verify.BySize, Class: verify.Exact, Files: 1, Bytes: 77},
		{Outcome: verify.Failure, Reason: verify.ReadError, Files: 2, Bytes: 9_000_000},
	}
	r.Totals.Sized--
	r.Findings = []verify.Finding{
		{Path: "photos/2026/03/img-0412.jpg", Bucket: "photos", Key: "2026/03/img-0412.jpg", Size: 4_194_304, Outcome: verify.Differ, Reason: verify.ContentDiffers,
			Evidence: verify.Evidence{Method: verify.ByMD5, Class: verify.Legacy, Witness: verify.WitnessETag, Want: strings.Repeat("a", 32), Have: strings.Repeat("b", 32)}},
		{Path: "photos/2026/07/film.mov", Bucket: "photos", Key: "2026/07/film.mov", Size: 5_368_709_120, Outcome: verify.Differ, Reason: verify.ContentDiffers,
			Evidence: verify.Evidence{Method: verify.ByCRC64NVME, Class: verify.ErrorDetecting, Witness: verify.WitnessStored}, Ranges: []verify.ByteRange{{Offset: 8_388_608, Length: 8_388_608}, {Offset: 41_943_040, Length: 8_388_608}}},
		{Path: "photos/2026/07/" + strings.Repeat("a-folder-with-a-very-long-name/", 12) + "torn.raw", Bucket: "photos", Key: "2026/07/" + strings.Repeat("a-folder-with-a-very-long-name/", 12) + "torn.raw",
			Size: 4_000_000, Outcome: verify.Failure, Reason: verify.ReadError, Ranges: []verify.ByteRange{{Offset: 1_048_576, Length: 4096}}, Detail: "input/output error"},
		{Path: "photos/2026/08/torn.raw", Bucket: "photos", Key: "2026/08/torn.raw", Size: 5_000_000, Outcome: verify.Failure, Reason: verify.ReadError, Ranges: []verify.ByteRange{{Offset: 0, Length: 512}}, Detail: "input/output error"},
		{Path: "photos/2026/09/short.txt", Bucket: "photos", Key: "2026/09/short.txt", Size: 77, Outcome: verify.Differ, Reason: verify.SizeDiffers,
			Evidence: verify.Evidence{Method: verify.BySize, Class: verify.Exact, Want: "1404", Have: "77"}},
	}
	r.Requests = verify.Requests{Head: 104_325, Attributes: 1}
	r.Drive = terabytes()
	r.Speed = &verify.Speed{IntervalNanos: int64(2 * time.Minute), Points: points(256, 22_000_000_000)}
	return r
}

// terabytes is the map of a drive of 4 TB that is fast at its rim, was not read in a
// part, and has bad places.
func terabytes() *verify.DriveMap {
	m := &verify.DriveMap{SliceSize: slice}
	for i := range 4 * tera / slice {
		s := verify.Slice{Files: 2600 - 3*i, Bytes: slice, Nanos: (46 + i/10 + i*7919%13) * int64(time.Second)}
		if i > 300 && i < 330 {
			s = verify.Slice{}
		}
		m.Slices = append(m.Slices, s)
	}
	m.Slices[57].Differ, m.Slices[58].Nanos = 1, 400*int64(time.Second)
	m.Slices[200].Differ, m.Slices[201].Errors, m.Slices[201].Nanos = 1, 1, 900*int64(time.Second)
	m.Slices[450].Errors, m.Slices[450].Differ = 1, 1
	return m
}

// incompleteReport has encrypted objects, some of them accepted, and names that are made
// to mislead.
func incompleteReport() verify.Report {
	r := passedReport()
	r.Sample = verify.Sample{Wanted: 1000, Drawn: 1000, Undecided: 120}
	r.Accepted = []verify.Acceptance{{Outcome: verify.Unverifiable, Keys: "s3://photos/2026/sealed/**", Reason: "under the customer's own key, which is kept by the legal department", Until: begun.AddDate(1, 0, 0), Findings: 20}}
	r.Tallies = append(r.Tallies[:1:1],
		verify.Tally{Outcome: verify.ChangedAfterExport, Reason: verify.NewerThanLoad, Files: 3},
		verify.Tally{Outcome: verify.Unverifiable, Reason: verify.EncryptedETag, Files: 97, Bytes: 1e9},
		verify.Tally{Outcome: verify.Unverifiable, Reason: verify.EncryptedETag, Accepted: true, Files: 20, Bytes: 1e8},
		verify.Tally{Outcome: verify.Extra, Reason: verify.Unknown, Files: 4, Bytes: 10})
	r.Tallies[0].Files = 880
	for i := range 97 {
		r.Findings = append(r.Findings, encrypted(fmt.Sprintf("2026/kms/%03d.pdf", i)))
	}
	for i := range 20 {
		f := encrypted(fmt.Sprintf("2026/sealed/%02d.pdf", i))
		f.Accepted = r.Accepted[0].Reason
		r.Findings = append(r.Findings, f)
	}
	for _, name := range []string{"a\nb", "evil\u202egpj.exe", "no\xffutf8", "<script>alert(1)</script>&amp;"} {
		r.Findings = append(r.Findings, verify.Finding{Path: name, Size: 2, Outcome: verify.Extra, Reason: verify.Unknown})
	}
	for i := range 3 {
		r.Findings = append(r.Findings, verify.Finding{Path: fmt.Sprintf("photos/new-%d", i), Bucket: "photos", Key: fmt.Sprintf("new-%d", i), Size: 5, Outcome: verify.ChangedAfterExport, Reason: verify.NewerThanLoad})
	}
	return r
}

func encrypted(key string) verify.Finding {
	return verify.Finding{Path: "photos/" + key, Bucket: "photos", Key: key, Size: 1e7, Outcome: verify.Unverifiable, Reason: verify.EncryptedETag, Detail: "aws:kms"}
}

// stoppedReport ended when the drive was pulled, with nothing bad until then.
func stoppedReport() verify.Report {
	r := passedReport()
	r.Sample = verify.Sample{All: true}
	r.Stopped, r.Totals.Pending = verify.StopDevice, 1_204_231
	return r
}

func write(r verify.Report) string {
	GinkgoHelper()
	var out bytes.Buffer
	Expect(page.Write(&out, r)).To(Succeed())
	return out.String()
}

// golden compares text with a file of testdata; UPDATE_GOLDEN=1 writes it.
func golden(name, text string) {
	GinkgoHelper()
	file := filepath.Join("testdata", name)
	if os.Getenv("UPDATE_GOLDEN") == "1" {
		Expect(os.WriteFile(file, []byte(text), 0o644)).To(Succeed())
	}
	want, err := os.ReadFile(file)
	Expect(err).NotTo(HaveOccurred())
	Expect(text).To(Equal(string(want)), "the golden %s differs; run make golden and look at the page", file)
}
