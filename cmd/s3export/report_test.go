package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/verify"
	"github.com/cargomedia/s3export/verify/chain"
)

// reports fills a folder as three verifications do: one that passes, one that fails, and
// one that ended when the drive was pulled. Their times do not change, so that their
// digests do not.
func (s *station) reports(folder string) {
	GinkgoHelper()
	dir := filepath.Join(s.dir, folder)
	Expect(os.Mkdir(dir, 0o755)).To(Succeed())
	for _, r := range []verify.Report{keptPass(0), keptFail(1), keptStop(2)} {
		_, err := chain.Keep(os.DirFS(dir), r, func(name string, content func(io.Writer) error) error {
			var out bytes.Buffer
			if err := content(&out); err != nil {
				return err
			}
			return os.WriteFile(filepath.Join(dir, name), out.Bytes(), 0o600)
		})
		Expect(err).NotTo(HaveOccurred())
	}
}

func keptPass(n int) verify.Report {
	ended := time.Date(2026, 11, 20, 9+n, 0, 0, 0, time.UTC)
	return verify.Report{
		Format: "s3export-report/v1", Attempt: n + 1, Started: ended.Add(-time.Hour), Ended: ended,
		Subject: verify.Subject{Tool: "s3export v1.0.0", Host: "vault-2", User: "backup", Backup: "photos-a", Run: "2026-11", Job: "ABCDE", Device: "serial \"WD-1\""},
		Against: verify.ClosedBaseline, Ranges: []verify.Range{{Bucket: "photos", Prefix: "2026/", Directory: "photos"}},
		Seed: verify.Seed{1, 2, 3}, Sample: verify.Sample{Wanted: 100, Drawn: 100}, Totals: verify.Totals{Objects: 3000, Sized: 3000, Bytes: 9000, Files: 3000},
		Tallies:  []verify.Tally{{Outcome: verify.Match, Reason: verify.Equal, Method: verify.ByMD5, Class: verify.Legacy, Witness: verify.WitnessETag, Files: 100, Bytes: 300}},
		Findings: []verify.Finding{},
	}
}

func keptFail(n int) verify.Report {
	r := keptPass(n)
	r.Totals.Sized, r.Sample.Bad = 2999, 1
	r.Tallies[0].Files = 99
	r.Tallies = append(r.Tallies,
		verify.Tally{Outcome: verify.Differ, Reason: verify.SizeDiffers, Method: verify.BySize, Class: verify.Exact, Files: 1},
		verify.Tally{Outcome: verify.Unverifiable, Reason: verify.EncryptedETag, Files: 1, Accepted: true})
	r.Accepted = []verify.Acceptance{{Outcome: verify.Unverifiable, Keys: "s3://photos/2026/sealed/**", Reason: "under the customer's key", Until: r.Ended.AddDate(1, 0, 0), Findings: 1}}
	r.Findings = []verify.Finding{
		{Path: "photos/2026/sealed/a", Bucket: "photos", Key: "2026/sealed/a", Outcome: verify.Unverifiable, Reason: verify.EncryptedETag, Accepted: r.Accepted[0].Reason},
		{Path: "photos/2026/short\x1b[2J", Bucket: "photos", Key: "2026/short\x1b[2J", Size: 1, Outcome: verify.Differ, Reason: verify.SizeDiffers,
			Evidence: verify.Evidence{Method: verify.BySize, Class: verify.Exact, Want: "10", Have: "1"}},
	}
	return r
}

func keptStop(n int) verify.Report {
	r := keptPass(n)
	r.Sample, r.Stopped, r.Totals.Pending = verify.Sample{All: true}, verify.StopDevice, 2900
	return r
}
