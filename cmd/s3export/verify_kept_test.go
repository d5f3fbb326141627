package main

import (
	"context"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/device"
	"github.com/cargomedia/s3export/verify/chain"
)

var _ = Describe("what is kept of a verification that was interrupted", func() {
	var p *prover
	var reports, notes string
	BeforeEach(func(ctx context.Context) {
		p = newProver(ctx)
		p.put(ctx, upload{bucket: current}, "k", []byte("content"))
		p.copy("copy/k", []byte("content"))
		reports = filepath.Join(p.dir, "reports")
		notes = filepath.Join(reports, chain.NotesName)
	})
	verified := func(ctx context.Context, flags ...string) (int, string) {
		code, _, said := p.typed(ctx, append([]string{"--bucket", current, "--report", reports}, flags...)...)
		return code, said
	}
	// interrupt stops a verification when it asks for the listing, and returns what is kept.
	interrupt := func(ctx context.Context, flags ...string) string {
		GinkgoHelper()
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		p.begin(func(kind string, _ *http.Request) bool {
			if kind == askedList {
				cancel()
			}
			return false
		})
		code, said := verified(ctx, flags...)
		p.begin(nil)
		Expect(code).To(Equal(exitInterrupted), said)
		kept, err := os.ReadFile(notes)
		Expect(err).NotTo(HaveOccurred())
		return string(kept)
	}
	// refused is a verification that leaves what is kept as it is.
	refused := func(ctx context.Context, kept string, flags ...string) {
		GinkgoHelper()
		code, said := verified(ctx, flags...)
		Expect(code).To(Equal(exitError), said)
		Expect(said).To(And(ContainSubstring("ReportDirectoryTaken"), ContainSubstring("--restart"), Not(ContainSubstring("going on"))))
		Expect(os.ReadFile(notes)).To(BeEquivalentTo(kept))
	}

	It("is for the same one only, until that is given up", func(ctx context.Context) {
		folder := []string{"--root", filepath.Join(p.dir, "copy")}
		kept := interrupt(ctx, folder...)
		p.copy("other/k", []byte("content"))
		refused(ctx, kept, "--root", filepath.Join(p.dir, "other"))
		refused(ctx, kept, append(folder, "--prefix", "k")...)
		refused(ctx, kept, append(folder, "--sha256sums", filepath.Join(p.dir, "sums"))...)
		refused(ctx, kept, append(folder, "--seed", "000102030405060708090a0b0c0d0e0f")...)
		code, said := verified(ctx, folder...)
		Expect(code).To(Equal(exitDone), said)
		Expect(said).To(ContainSubstring("verify: going on with what was interrupted"))
		Expect(notes).NotTo(BeAnExistingFile())

		interrupt(ctx, folder...)
		code, said = verified(ctx, "--root", filepath.Join(p.dir, "other"), "--restart")
		Expect(code).To(Equal(exitDone), said)
		Expect(said).NotTo(ContainSubstring("going on"))
	})

	// images are two of one ext4 that holds the copy.
	images := func() (one, clone string) {
		GinkgoHelper()
		one, clone = filepath.Join(p.dir, "one"), filepath.Join(p.dir, "clone")
		options := device.BuildOptions{FromDir: filepath.Join(p.dir, "copy")}
		Expect(device.New(device.Options{}).BuildImage(context.Background(), one, 8<<20, options)).To(Succeed())
		out, err := exec.Command("cp", one, clone).CombinedOutput()
		Expect(err).NotTo(HaveOccurred(), string(out))
		return one, clone
	}

	It("is not for the clone of an image in its place", func(ctx context.Context) {
		one, clone := images()
		kept := interrupt(ctx, "--image", one)
		Expect(os.Rename(clone, one)).To(Succeed())
		refused(ctx, kept, "--image", one)
	})

	DescribeTable("is not for the clone of a drive that is mounted in its place", Label("root"), func(ctx context.Context, options string) {
		if os.Geteuid() != 0 {
			Skip("needs root: a file system is mounted")
		}
		one, clone := images()
		at := GinkgoT().TempDir()
		mounted := func(image string) (leave func()) {
			GinkgoHelper()
			out, err := exec.Command("mount", "-o", options, image, at).CombinedOutput()
			Expect(err).NotTo(HaveOccurred(), string(out))
			leave = func() { _ = exec.Command("umount", at).Run() }
			DeferCleanup(leave)
			return leave
		}
		leave := mounted(one)
		kept := interrupt(ctx, "--root", at)
		leave()
		leave = mounted(clone)
		refused(ctx, kept, "--root", at)
		leave()
		mounted(one)
		code, said := verified(ctx, "--root", at)
		Expect(code).To(Equal(exitDone), said)
		Expect(said).To(ContainSubstring("going on"))
	},
		Entry("read from its device", "loop,ro"),
		Entry("read file by file", "loop,rw"),
	)

	It("needs a directory that can be written to", func(ctx context.Context) {
		reports = filepath.Join(p.dir, "copy/k", "below a file")
		code, said := verified(ctx, "--root", filepath.Join(p.dir, "copy"))
		Expect(code).To(Equal(exitError))
		Expect(said).To(And(ContainSubstring(`"ReportDirectory"`), ContainSubstring("--report directory"), Not(ContainSubstring("--state"))))
	})
})
