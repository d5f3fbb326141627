package evidence_test

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/device"
	"github.com/cargomedia/s3export/reconciler/evidence"
	"github.com/cargomedia/s3export/verify"
)

var _ = Describe("a volume as a tree", func() {
	It("reads many files by the maps that its walk has told", func() {
		ctx, d, from := context.Background(), device.New(device.Options{}), GinkgoT().TempDir()
		for _, name := range []string{"a", "b", "c"} {
			Expect(os.WriteFile(filepath.Join(from, name), []byte("content of "+name), 0o600)).To(Succeed())
		}
		path := filepath.Join(GinkgoT().TempDir(), "drive.img")
		err := d.BuildImage(ctx, path, 16<<20, device.BuildOptions{UUID: "0a4a4f0e-6fb4-4a35-9b2c-a6f7fd5a6a11", FromDir: from})
		if e, ok := errors.AsType[*device.Error](err); ok && e.Reason == device.ToolMissing {
			Skip("SKIPPED: a volume is made with mkfs.ext4: " + err.Error())
		}
		Expect(err).NotTo(HaveOccurred())
		v, err := d.Open(ctx, device.Selector{Image: path}, device.Key{})
		Expect(err).NotTo(HaveOccurred())
		DeferCleanup(v.Close)
		tree := evidence.Tree(v)

		var entries []verify.Entry
		Expect(tree.Walk(ctx, "", func(e verify.Entry) error {
			if e.Regular {
				Expect(e.Map).NotTo(BeEmpty())
				Expect(e.Place).To(BeNumerically(">", 0))
				e.Inode = 0 // of no file: only the map leads to it
				entries = append(entries, e)
			}
			return e.Err
		})).To(Succeed())
		read := map[string]string{}
		Expect(tree.(verify.Bulk).ReadFiles(ctx, entries, func(e verify.Entry, file io.ReaderAt, err error) error {
			Expect(err).NotTo(HaveOccurred())
			Expect(entries).To(ContainElement(e))
			text, err := io.ReadAll(io.NewSectionReader(file, 0, e.Size))
			read[e.Path] = string(text)
			return err
		})).To(Succeed())
		Expect(read).To(Equal(map[string]string{"a": "content of a", "b": "content of b", "c": "content of c"}))
	})
})
