package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/device"
	"github.com/cargomedia/s3export/providers"
	"github.com/cargomedia/s3export/reconciler"
	"github.com/cargomedia/s3export/specs"
	"github.com/cargomedia/s3export/specs/manifest"
	"github.com/cargomedia/s3export/specs/secret"
	"github.com/cargomedia/s3export/verify"
)

var _ = DescribeTable("the name of a backup", func(of, serial, want string) {
	got := backupName(of, serial)
	Expect(got).To(Equal(want))
	Expect(got).To(MatchRegexp(`^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$`))
	Expect(len(got)).To(BeNumerically("<=", 63))
},
	Entry("is made of the manifest's and the drive's", "manifest", "WD-WCC4E0000001", "manifest-wd-wcc4e0000001"),
	Entry("has a digest of what it lost", "my photos.yaml", "WD-1", "my-photos-yaml-wd-1-68b45788"),
	Entry("another one for what looks the same", "my photos_yaml", "WD-1", "my-photos-yaml-wd-1-f7f0b756"),
	Entry("also of the serial number", "manifest", "64512:123", "manifest-64512-123-e21be155"),
	Entry("is not too long", strings.Repeat("long", 20), "WD-1", "longlonglonglonglonglonglonglonglonglonglonglonglong-d12189a2"),
	Entry("needs no drive", "job-EX1ID", "", "job-ex1id"),
	Entry("is made of whatever there is", "…", "", "ca848d6f"),
)

var _ = DescribeTable("the run of a new wish", func(run, replaces string, runs ...reconciler.Run) {
	gotRun, gotReplaces := runOf(reconciler.Record{Name: "a", Runs: runs})
	Expect(gotRun).To(Equal(run))
	Expect(gotReplaces).To(Equal(replaces))
},
	Entry("is the first", "1", ""),
	Entry("is the one that is under way", "1", "", begun("1")),
	Entry("is the next after a canceled one, whose volume may go", "2", "a/1", canceled(begun("1"))),
	Entry("but not one that was there before", "2", "", canceled(foreignVolume(begun("1")))),
	Entry("is the next after one that came back, whose data may not go", "2", "", returnedRun(begun("1"))),
	Entry("is the next after a bad end", "3", "a/2", canceled(begun("1")), failedRun(begun("2"))),
	Entry("has a name that is free", "4", "a/x", canceled(begun("3")), canceled(begun("x"))),
)

func begun(name string) reconciler.Run {
	return reconciler.Run{Name: name, StartedAt: time.Unix(1, 0), Job: &reconciler.JobFact{ID: "EX1ID"}, Volume: &reconciler.VolumeFact{Device: device.Identity{Serial: "WD-1"}}}
}

func canceled(r reconciler.Run) reconciler.Run {
	r.Canceled = &reconciler.CanceledFact{}
	return r
}

func foreignVolume(r reconciler.Run) reconciler.Run {
	r.Volume.Existing = true
	return r
}

func returnedRun(r reconciler.Run) reconciler.Run {
	r.Load = &reconciler.LoadFact{ReturnedAt: &time.Time{}}
	return r
}

func failedRun(r reconciler.Run) reconciler.Run {
	r.Failed = &reconciler.FailedFact{Progress: providers.Expired}
	return r
}

var _ = DescribeTable("options before the command", func(typed, want string) {
	Expect(strings.Join(commandFirst(strings.Fields(typed)), " ")).To(Equal(want))
},
	Entry("are moved behind it", "--quiet --forks=3 list-jobs -o json", "list-jobs --quiet --forks=3 -o json"),
	Entry("with their values", "--forks 3 --non-interactive create-job m d", "create-job --forks 3 --non-interactive m d"),
	Entry("while those of all commands stay", "--state s -v --quiet-warnings --config c list-jobs", "--state s -v --config c list-jobs --quiet-warnings"),
	Entry("and those behind it too", "create-job m d --quiet", "create-job m d --quiet"),
	Entry("of no command", "--quiet", "--quiet"),
	Entry("and nothing at all", "", ""),
)

var _ = DescribeTable("the containers of a drive", func(want string, job providers.JobID, names ...string) {
	Expect(strings.Join(containers(names, job), " ")).To(Equal(want))
},
	Entry("are the only one", "backup.tc", providers.JobID(""), "backup.tc", "lost+found"),
	Entry("whatever its case", "EX1ID.TC", providers.JobID(""), "EX1ID.TC"),
	Entry("or the one of the job", "EX1ID.tc", providers.JobID("EX1ID"), "a.tc", "EX1ID.tc"),
	Entry("or all, where none is the job's", "a.tc EX1ID.tc", providers.JobID("EX2ID"), "a.tc", "EX1ID.tc"),
	Entry("of none there are none", "", providers.JobID("EX1ID"), "photos", "tc", "a.tcx"),
)

var _ = DescribeTable("a container without a password", func(shown string, names ...string) {
	c := driveCopy{root: GinkgoT().TempDir()}
	for _, n := range names {
		Expect(os.WriteFile(filepath.Join(c.root, n), nil, 0o600)).To(Succeed())
	}
	_, err := (&app{}).withKey(context.Background(), c, nil)
	Expect(problemOf(err).ExitCode).To(Equal(exitBlocked))
	Expect(problemOf(err).Reason).To(Equal("PasswordNeeded"))
	Expect(problemOf(err).Message).To(ContainSubstring(shown))
	Expect(problemOf(err).Message + problemOf(err).Remedy).NotTo(ContainSubstring("\x1b"))
},
	Entry("is named", `the TrueCrypt container "backup.tc"`, "backup.tc"),
	Entry("has no character in it that a terminal obeys", `"\x1b[2J.tc"`, "\x1b[2J.tc"),
	Entry("is one of several", `one of "a.tc", "b.tc"`, "a.tc", "b.tc"),
)

var _ = Describe("assertions", func() {
	report := func(objects int64, tallies ...verify.Tally) verify.Report {
		return verify.Report{Totals: verify.Totals{Objects: objects}, Tallies: tallies}
	}

	DescribeTable("are counted as the old tool did", func(r verify.Report, want string) {
		Expect(assertionsOf(r).String()).To(Equal("Assertions run: " + want))
	},
		Entry("existence of each, content of the sample", report(1000, verify.Tally{Outcome: verify.Match, Reason: verify.Equal, Files: 100}), "1100, succeeded: 1100, failed: 0"),
		Entry("what is missing has no content", report(10, verify.Tally{Outcome: verify.MissingOnDevice, Reason: verify.NotThere, Files: 3}), "10, succeeded: 7, failed: 3"),
		Entry("nor has what nobody knows", report(10, verify.Tally{Outcome: verify.MissingOnSource, Reason: verify.NotListed, Files: 3}), "13, succeeded: 10, failed: 3"),
		Entry("what differs exists", report(10, verify.Tally{Outcome: verify.Differ, Reason: verify.ContentDiffers, Files: 2}), "12, succeeded: 10, failed: 2"),
		Entry("what could not be compared is not good", report(10, verify.Tally{Outcome: verify.Unverifiable, Reason: verify.EncryptedETag, Files: 4}), "14, succeeded: 10, failed: 4"),
		Entry("what belongs to no range is neither", report(10, verify.Tally{Outcome: verify.Extra, Reason: verify.OutsideRange, Files: 5}), "10, succeeded: 10, failed: 0"),
		Entry("nothing is nothing", report(0), "0, succeeded: 0, failed: 0"),
	)

	It("counts a directory that could not be listed beside the objects below it", func() {
		r := report(10, verify.Tally{Outcome: verify.Failure, Reason: verify.DirectoryError, Files: 4})
		r.Findings = []verify.Finding{
			{Path: "photos/a", Outcome: verify.Failure, Reason: verify.DirectoryError},
			{Path: "photos/a/1", Key: "a/1", Outcome: verify.Failure, Reason: verify.DirectoryError},
		}
		Expect(assertionsOf(r)).To(Equal(assertions{run: 11, failed: 4}))
	})

	It("fail if and only if the verdict is not a pass, and never more than were run", func() {
		for _, o := range verify.Outcomes() {
			for _, reason := range verify.Reasons(o) {
				r := report(100, verify.Tally{Outcome: verify.Match, Reason: verify.Equal, Files: 50}, verify.Tally{Outcome: o, Reason: reason, Files: 7})
				n := assertionsOf(r)
				passed := n.failed == 0
				Expect(passed).To(Equal(r.Verdict() == verify.Pass), "%s %s", o, reason)
				Expect(n.run).To(BeNumerically(">=", n.failed), "%s %s", o, reason)
				Expect(n.failed).To(Or(BeZero(), Equal(int64(7))), "%s %s", o, reason)
			}
		}
	})
})

var _ = Describe("the text of a made spec", func() {
	It("says what it was made of, whatever that looks like", func() {
		for _, text := range []string{"02134", "no", "~", "1e3", "12:30:45", "0x1F", "2026-01-01", "- a", "# a", "a: b", "a #b", "'a", `"a"`, "a\\b", "{a", "*a", "é 中", " a ", "=", "1_000", ".5", "null", "<<", "a&b<c>"} {
			m := manifest.Manifest{
				ManifestVersion: "2.0", DeviceID: "WD-1", FileSystem: "EXT4", LogBucket: "photos-logs",
				Operations:    []manifest.Operation{{ExportBucket: "photos", Prefix: text}},
				PinCode:       &secret.Source{Credential: "pin"},
				ReturnAddress: &manifest.Address{Name: "Jane", Street1: "1 Any Street", City: "Anytown", StateOrProvince: "WA", PostalCode: "02134", PhoneNumber: "206", Country: "USA"},
			}
			w := wish{name: "a", run: "1", phase: specs.Submitted, at: reach{region: "us-east-1"}, device: specs.Device{Serial: "WD-1", Size: "4000787030016"}, manifest: &m, from: "x"}
			data, err := w.text()
			Expect(err).NotTo(HaveOccurred())
			docs, err := specs.Decode("/a.yaml", data, specs.Options{})
			Expect(err).NotTo(HaveOccurred(), "%s", data)
			Expect(docs[0].Manifest.Operations[0].Prefix).To(Equal(text))
			Expect(docs[0].Manifest.ReturnAddress).To(Equal(m.ReturnAddress))
			Expect(string(data)).NotTo(ContainSubstring("{}"))
			Expect(string(withPhase(data, specs.Canceled))).To(Equal(strings.Replace(string(data), "\n  phase: Submitted\n", "\n  phase: Canceled\n", 1)))
		}
	})

	It("never asks for less than an earlier command", func() {
		for _, p := range []struct{ asked, before, want specs.Phase }{
			{specs.Submitted, "", specs.Submitted},
			{specs.Submitted, specs.Labeled, specs.Labeled},
			{specs.Labeled, specs.Submitted, specs.Labeled},
			{specs.Submitted, specs.Verified, specs.Verified},
			{specs.Submitted, specs.Canceled, specs.Submitted},
		} {
			Expect(furthest(p.asked, p.before)).To(Equal(p.want), fmt.Sprint(p))
		}
	})
})

var _ = DescribeTable("what --target-directory leaves of a job's operations", func(target string, want ...string) {
	ranges := exported([]manifest.Operation{{ExportBucket: "photos", Prefix: "a/"}, {ExportBucket: "photos", Prefix: "b/", TargetDirectory: "b/"}})
	kept, err := narrowed(ranges, oldVerify{target: &target})
	var prefixes []string
	for _, r := range kept {
		prefixes = append(prefixes, r.Prefix)
	}
	Expect(prefixes).To(HaveLen(len(want)))
	Expect(strings.Join(prefixes, " ")).To(Equal(strings.Join(want, " ")))
	Expect(err != nil).To(Equal(len(want) == 0), "%v", err)
},
	Entry("is what went there", "photos", "a/"),
	Entry("whatever its slashes", "b", "b/"),
	Entry("is nothing where none did", "c"),
)

var _ = It("the only operation of a job is looked for where --target-directory says", func() {
	target := "elsewhere"
	kept, err := narrowed(exported([]manifest.Operation{{ExportBucket: "photos", Prefix: "a/"}}), oldVerify{target: &target})
	Expect(err).NotTo(HaveOccurred())
	Expect(kept).To(Equal([]verify.Range{{Bucket: "photos", Prefix: "a/", Directory: "elsewhere"}}))
	kept, err = narrowed(kept, oldVerify{})
	Expect(err).NotTo(HaveOccurred())
	Expect(kept).To(HaveLen(1))
	_, err = narrowed(kept, oldVerify{prefix: "b/"})
	Expect(problemOf(err).ExitCode).To(Equal(exitUsage))
})
