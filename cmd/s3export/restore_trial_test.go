package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/providers/restore"
	"github.com/cargomedia/s3export/verify"
)

var _ = Describe("s3export restore-test", func() {
	var d *filledDrive
	const seed = "000102030405060708090a0b0c0d0e0f"
	BeforeEach(func(ctx context.Context) {
		d = newFilledDrive(ctx)
		for i := range 60 {
			key := fmt.Sprintf("many/%02d", i)
			d.object(ctx, versioned, key, versioned+"/"+key, noise(key, 50+i), nil)
		}
		d.describe(ctx)
		GinkgoT().Setenv("TMPDIR", GinkgoT().TempDir())
	})

	tried := func(ctx context.Context, flags ...string) (trialReport, int) {
		GinkgoHelper()
		code, out, errs := d.says(ctx, append([]string{"restore-test", "--root", d.dir, "-o", "json"}, flags...)...)
		var r trialReport
		Expect(json.Unmarshal([]byte(out), &r)).To(Succeed(), out+errs)
		return r, code
	}

	It("restores a sample, reads it back, and leaves a report and nothing else", func(ctx context.Context) {
		report := filepath.Join(GinkgoT().TempDir(), "restore.json")
		code, out, errs := d.says(ctx, "restore-test", "--root", d.dir, "--sample", "20", "--seed", seed, "--report", report)
		Expect(code).To(Equal(exitDone), errs)
		Expect(out).To(MatchRegexp(`^restore test passed: 20 of 65 objects drawn, 20 restored \(.*\), read back and equal by SHA-256: fewer than [\d.]+ % of files are bad, 95 % confidence\n$`))
		Expect(filepath.Glob(filepath.Join(os.TempDir(), "s3export-restore-test-*"))).To(BeEmpty())
		data, err := os.ReadFile(report)
		Expect(err).NotTo(HaveOccurred())
		var r trialReport
		Expect(json.Unmarshal(data, &r)).To(Succeed())
		Expect(r.Passed).To(BeTrue())
		Expect(r.Objects).To(HaveLen(20))
		Expect(r.Objects).To(HaveEach(HaveField("ReadBack", HaveLen(64))))
		Expect(r.Subject.Tool).NotTo(BeEmpty())
		Expect(os.ReadFile(filepath.Join(filepath.Dir(report), "restore.txt"))).To(And(ContainSubstring(seed), ContainSubstring(r.Objects[0].ReadBack)))

		again, code := tried(ctx, "--sample", "20", "--seed", seed)
		Expect(code).To(Equal(exitDone))
		Expect(again.Objects).To(Equal(r.Objects), "the same seed draws the same")
		code, _, errs = d.says(ctx, "restore-test", "--root", d.dir, "--report", report)
		Expect(code).To(Equal(exitUsage))
		Expect(errs).To(ContainSubstring("never takes the place"))
	})

	It("fails where a file is rotten or missing", func(ctx context.Context) {
		d.copy("current/2019/a.jpg", flipped(noise("a", 2000), 17))
		Expect(os.Remove(filepath.Join(d.dir, "versioned/2019/a.jpg"))).To(Succeed())
		r, code := tried(ctx, "--sample", "1000")
		Expect(code).To(Equal(exitFailed))
		Expect(r.Passed).To(BeFalse())
		Expect(r.Corrupt).To(BeEquivalentTo(2))
		Expect(r.Restored).To(BeEquivalentTo(63))
		Expect(r.Message).To(ContainSubstring("FAILED"))
		Expect(r.Bound).To(BeEmpty(), "all were drawn")
	})

	It("keeps what was restored when it is told to", func(ctx context.Context) {
		r, code := tried(ctx, "--sample", "1000", "--keep")
		Expect(code).To(Equal(exitDone))
		Expect(os.ReadFile(filepath.Join(r.Kept, "current/line\nbreak"))).To(BeEquivalentTo("text"))
	})

	It("does not pass what nothing proves", func(ctx context.Context) {
		for i := range d.lines {
			d.lines[i].Known, d.lines[i].ETag = nil, "00000000000000000000000000000000"
		}
		d.describe(ctx)
		r, code := tried(ctx, "--sample", "10")
		Expect(code).To(Equal(exitBlocked))
		Expect(r.Undecided).To(BeEquivalentTo(10))
		Expect(r.Objects).To(HaveEach(HaveField("Outcome", restore.Unproven)))
	})

	It("refuses to call everything a sample", func(ctx context.Context) {
		code, _, errs := d.says(ctx, "restore-test", "--root", d.dir, "--sample", "all")
		Expect(code).To(Equal(exitUsage))
		Expect(errs).To(ContainSubstring("no sample"))
	})
})

var _ = Describe("a drive whose objects changed while it was loaded", func() {
	It("is read as the state that a proof has seen, else one that is as long as the file", func() {
		old, now := verify.Expected{Object: verify.Object{Size: 1}}, verify.Expected{Object: verify.Object{Size: 2}}
		Expect(stateOf([]verify.Expected{old, now}, 1).Size).To(BeEquivalentTo(1))
		Expect(stateOf([]verify.Expected{old, now}, 2).Size).To(BeEquivalentTo(2))
		Expect(stateOf([]verify.Expected{old, now}, 3).Size).To(BeEquivalentTo(2))
		old.Known = &verify.Known{}
		Expect(stateOf([]verify.Expected{old, now}, 2).Size).To(BeEquivalentTo(1))
	})
})
