package journal_test

import (
	"context"
	"os"
	"path/filepath"
	"sync"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/device"
	"github.com/cargomedia/s3export/reconciler"
	"github.com/cargomedia/s3export/reconciler/journal"
)

var _ = Describe("the records of drives", func() {
	ctx := context.Background()
	disk := device.Identity{Kind: device.Block, Serial: "WD-1", WWN: "50014ee0", Size: 4_000_000_000_000}
	var store *journal.Store
	var dir string
	BeforeEach(func() {
		dir = GinkgoT().TempDir()
		store = journal.New(dir)
	})
	drive := func(i device.Identity) reconciler.DriveRecord {
		GinkgoHelper()
		d, err := store.Drive(ctx, i)
		Expect(err).NotTo(HaveOccurred())
		return d
	}
	save := func(d reconciler.DriveRecord) reconciler.DriveRecord {
		GinkgoHelper()
		d, err := store.SaveDrive(ctx, d)
		Expect(err).NotTo(HaveOccurred())
		return d
	}

	It("are kept under the drive's serial number, and found again", func() {
		d := drive(disk)
		Expect(d.Version).To(BeEmpty())
		d.Name = "photos-a"
		saved := save(d)
		Expect(filepath.Join(dir, "drives", "WD-1", "record.json")).To(BeAnExistingFile())
		Expect(drive(disk)).To(Equal(saved))
		Expect(store.ListDrives(ctx)).To(Equal([]reconciler.DriveRecord{saved}))
		_, err := store.SaveDrive(ctx, d)
		Expect(err).To(MatchError(ContainSubstring("changed by another run")))
	})

	DescribeTable("tell one drive from another", func(change func(*device.Identity), same bool) {
		saved := save(drive(disk))
		other := disk
		change(&other)
		found := drive(other)
		Expect(found.Version != "").To(Equal(same))
		if !same {
			Expect(save(found).Key).NotTo(Equal(saved.Key))
			Expect(drive(disk).Version).To(Equal(saved.Version), "the first is as it was")
			Expect(store.ListDrives(ctx)).To(HaveLen(2))
		}
	},
		Entry("behind a bridge that hides the WWN", func(i *device.Identity) { i.WWN = "" }, true),
		Entry("behind a bridge that hides its end", func(i *device.Identity) { i.Size -= 1 << 30 }, true),
		Entry("another serial number", func(i *device.Identity) { i.Serial = "WD-2" }, false),
		Entry("the same serial number, as cheap bridges have, and another size", func(i *device.Identity) { i.WWN, i.Size = "", 2_000_000_000_000 }, false),
		Entry("the same serial number and another WWN", func(i *device.Identity) { i.WWN = "50014ee1" }, false),
		Entry("no serial number", func(i *device.Identity) { i.Serial = "" }, false),
		Entry("an image", func(i *device.Identity) { *i = device.Identity{Kind: device.Image, Serial: "WD-1", Backing: "1:2"} }, false),
	)

	DescribeTable("stay in their directory, whatever a drive calls itself", func(serial string) {
		d := save(drive(device.Identity{Kind: device.Block, Serial: serial, Size: 1}))
		path, err := filepath.Glob(filepath.Join(dir, "drives", "*", "record.json"))
		Expect(err).NotTo(HaveOccurred())
		Expect(path).To(HaveLen(1))
		Expect(filepath.Base(filepath.Dir(path[0]))).To(Equal(d.Key))
	},
		Entry(nil, "../../etc"), Entry(nil, "/"), Entry(nil, ".."), Entry(nil, "a\x00b\n"), Entry(nil, "ü€😀"), Entry(nil, string(make([]byte, 4000))), Entry(nil, "0:1234"),
	)

	It("show the others beside one that is damaged", func() {
		save(drive(disk))
		Expect(os.MkdirAll(filepath.Join(dir, "drives", "bad"), 0o700)).To(Succeed())
		Expect(os.WriteFile(filepath.Join(dir, "drives", "bad", "record.json"), []byte("{"), 0o600)).To(Succeed())
		all, err := store.ListDrives(ctx)
		Expect(err).To(MatchError(ContainSubstring("bad")))
		Expect(all).To(HaveLen(1))
	})

	It("lose no event when many write", func() {
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				for {
					d, err := store.Drive(ctx, disk)
					Expect(err).NotTo(HaveOccurred())
					if _, err = store.SaveDrive(ctx, d.Note(reconciler.Event{Reason: "x"})); err == nil {
						return
					}
				}
			})
		}
		all.Wait()
		Expect(drive(disk).Events).To(HaveLen(8))
	})
})
