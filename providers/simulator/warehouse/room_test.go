package warehouse

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/device"
	"github.com/cargomedia/s3export/providers/simulator/store"
	"github.com/cargomedia/s3export/specs/manifest"
)

// filling is a kind of load that fills a small drive: which keys, how long.
type filling struct {
	key  func(r *rand.Rand, i int) string
	size func(r *rand.Rand) int64
}

var _ = DescribeTable("what is estimated to fit does fit, and little room is left",
	func(ctx context.Context, megabytes int64, f filling, unused float64) {
		disks := device.New(device.Options{})
		buildImage := func(ctx context.Context, file string, size int64, v Volume) error {
			return disks.BuildImage(ctx, file, size, device.BuildOptions{UUID: v.UUID, Label: v.Label, FromDir: v.From})
		}
		work := GinkgoT().TempDir()
		s, err := New(Options{Build: buildImage, Clock: still{}}).stage(ctx, work, megabytes<<20)
		Expect(err).NotTo(HaveOccurred())
		all := s.room
		r := rand.New(rand.NewPCG(1, uint64(megabytes)))
		for i := 0; ; i++ {
			file, size := f.key(r, i), f.size(r)
			above, err := s.absent(filepath.Dir(file))
			Expect(err).NotTo(HaveOccurred())
			if !s.room.take(size, filepath.Base(file), above) {
				break
			}
			full := filepath.Join(s.root, file)
			Expect(os.MkdirAll(filepath.Dir(full), 0o755)).To(Succeed())
			Expect(os.WriteFile(full, []byte(strings.Repeat("x", int(size))), 0o644)).To(Succeed())
		}
		full := filepath.Join(work, "full")
		Expect(buildImage(ctx, full, megabytes<<20, Volume{From: s.root})).To(Succeed())
		left, err := measure(full)
		Expect(err).NotTo(HaveOccurred())
		worst := min(float64(left.blocks)/float64(all.blocks), float64(left.inodes)/float64(all.inodes))
		GinkgoWriter.Printf("left: %.2f %% of blocks, %.2f %% of inodes\n",
			100*float64(left.blocks)/float64(all.blocks), 100*float64(left.inodes)/float64(all.inodes))
		Expect(worst).To(BeNumerically("<", unused))
	},
	Entry("files of mixed sizes in directories", int64(24), filling{
		func(r *rand.Rand, i int) string { return fmt.Sprintf("d%d/e%d/f%d", r.IntN(20), r.IntN(5), i) },
		func(r *rand.Rand) int64 { return r.Int64N(100_000) },
	}, 0.03),
	Entry("small files with long names, until the inodes end", int64(16), filling{
		func(_ *rand.Rand, i int) string { return fmt.Sprintf("%0250d", i) }, func(*rand.Rand) int64 { return 1 },
	}, 0.03),
)

// still is a clock that does not move.
type still struct{ Clock }

var _ = It("keeps a failed build's error", func(ctx context.Context) {
	broken := errors.New("no mkfs")
	w := New(Options{Clock: still{}, Build: func(context.Context, string, int64, Volume) error { return broken }})
	_, err := w.stage(ctx, GinkgoT().TempDir(), 1<<20)
	Expect(err).To(MatchError(broken))
})

var _ = It("reads objects that vanish while a load lists them as failed lines", func() {
	st := filled("a", "b")
	s := &staging{store: st, root: GinkgoT().TempDir(), now: func() time.Time { return noon }, room: room{blockSize: 4096, blocks: 9, inodes: 9}}
	Expect(st.Delete("photos", "b")).To(Succeed())
	e, err := s.object(manifest.Operation{ExportBucket: "photos"}, store.Object{Key: "b", Size: 1})
	Expect(err).NotTo(HaveOccurred())
	Expect([]any{e.status, e.code, e.file}).To(Equal([]any{404, "NoSuchKey", ""}))
	Expect(filepath.Join(s.root, "photos", "b")).NotTo(BeAnExistingFile())
})
