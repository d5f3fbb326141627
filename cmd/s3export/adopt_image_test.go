package main

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/device"
	"github.com/cargomedia/s3export/verify/bundle"
)

var _ = Describe("s3export adopt", func() {
	var d *filledDrive
	var image, state string
	build := func(ctx context.Context) {
		GinkgoHelper()
		image, state = filepath.Join(GinkgoT().TempDir(), "drive.img"), filepath.Join(GinkgoT().TempDir(), "state")
		err := device.New(device.Options{}).BuildImage(ctx, image, 64<<20, device.BuildOptions{UUID: "0a4a4f0e-6fb4-4a35-9b2c-a6f7fd5a6a11", FromDir: d.dir})
		if e, ok := errors.AsType[*device.Error](err); ok && e.Reason == device.ToolMissing {
			Skip("SKIPPED: an image is made with mkfs.ext4: " + err.Error())
		}
		Expect(err).NotTo(HaveOccurred())
	}
	BeforeEach(func(ctx context.Context) { d = newFilledDrive(ctx) })

	It("makes a record with which an image is proven and restored", func(ctx context.Context) {
		build(ctx)
		spec := filepath.Join(GinkgoT().TempDir(), "photos.yaml")
		code, out, errs := d.says(ctx, "adopt", "--state", state, "--image", image, "--spec", spec)
		Expect(code).To(Equal(exitDone), errs)
		Expect(out).To(BeEmpty())
		Expect(errs).To(ContainSubstring("s3export verify photos"))
		code, out, errs = d.says(ctx, "verify", "--state", state, "photos", "--sample", "all", "--against", "baseline")
		Expect(code).To(Equal(exitDone), out+errs)
		Expect(out).To(ContainSubstring("content of all 5 compared, 0 bad"))
		to := GinkgoT().TempDir()
		code, out, errs = d.says(ctx, "restore", "--state", state, "photos", "--to", to, "--bucket", versioned)
		Expect(code).To(Equal(exitDone), errs)
		Expect(out).To(HavePrefix("1 object restored"))
		code, _, errs = d.says(ctx, "adopt", "--state", state, "--image", image)
		Expect(code).To(Equal(exitDone))
		Expect(errs).To(ContainSubstring("known here already"))
	})

	It("prints a spec that its own reader takes", func(ctx context.Context) {
		build(ctx)
		code, out, errs := d.says(ctx, "adopt", "--state", state, "--image", image, "--name", "other")
		Expect(code).To(Equal(exitDone), errs)
		Expect(out).To(And(ContainSubstring("name: other"), Not(ContainSubstring("encryption")), ContainSubstring("prune: Never")))
		spec := filepath.Join(GinkgoT().TempDir(), "other.yaml")
		Expect(os.WriteFile(spec, []byte(out), 0o600)).To(Succeed())
		code, _, errs = d.says(ctx, "validate", "-f", spec)
		Expect(code).To(Equal(exitDone), errs)
	})

	It("takes up an encrypted image, and names its key", func(ctx context.Context) {
		build(ctx)
		key, locked := filepath.Join(GinkgoT().TempDir(), "vault"), filepath.Join(GinkgoT().TempDir(), "locked.img")
		Expect(os.WriteFile(key, []byte("a pass phrase"), 0o600)).To(Succeed())
		Expect(os.WriteFile(locked, nil, 0o600)).To(Succeed())
		Expect(os.Truncate(locked, 68<<20)).To(Succeed())
		for _, argv := range [][]string{
			{"cryptsetup", "luksFormat", "--batch-mode", "--type", "luks1", "--pbkdf-force-iterations", "1000", "--key-file", key, locked},
			{"qemu-img", "convert", "-q", "-n", "--object", "secret,id=key,file=" + key, "-f", "raw", image, "--target-image-opts", "driver=luks,key-secret=key,file.filename=" + locked},
		} {
			if _, err := exec.LookPath(argv[0]); err != nil {
				Skip("SKIPPED: an encrypted image is made with cryptsetup and qemu-img: " + err.Error())
			}
			out, err := exec.CommandContext(ctx, argv[0], argv[1:]...).CombinedOutput()
			Expect(err).NotTo(HaveOccurred(), string(out))
		}
		spec := filepath.Join(GinkgoT().TempDir(), "photos.yaml")
		code, _, errs := d.says(ctx, "adopt", "--state", state, "--image", locked, "--spec", spec)
		Expect(code).To(Equal(exitBlocked), errs)
		code, _, errs = d.says(ctx, "adopt", "--state", state, "--image", locked, "--spec", spec, "--password-from", "file:"+key)
		Expect(code).To(Equal(exitDone), errs)
		Expect(os.ReadFile(spec)).To(ContainSubstring("file: " + key))
		code, out, errs := d.says(ctx, "verify", "--state", state, "photos", "--sample", "all", "--against", "baseline")
		Expect(code).To(Equal(exitDone), out+errs)
		code, out, errs = d.says(ctx, "restore", "--state", state, "photos", "--to", GinkgoT().TempDir())
		Expect(code).To(Equal(exitDone), errs)
		Expect(out).To(HavePrefix("5 objects restored"))
	})

	It("writes nothing outside of the state directory, whatever a drive calls itself", func(ctx context.Context) {
		root, err := os.OpenRoot(d.dir)
		Expect(err).NotTo(HaveOccurred())
		defer func() { _ = root.Close() }()
		text, err := root.ReadFile(bundle.Dir + "/" + bundle.BackupName)
		Expect(err).NotTo(HaveOccurred())
		for _, change := range []string{`"backup": "../../escape"`, `"backup": "photos", "run": "../x"`, `"backup": "photos", "run": ""`, `"backup": "Photos/"`, `"backup": ""`} {
			hostile := strings.Replace(string(text), `"backup": "photos"`, change, 1)
			if strings.Contains(change, `"run"`) {
				hostile = strings.Replace(hostile, `  "run": "1",`+"\n", "", 1)
			}
			Expect(root.WriteFile(bundle.Dir+"/"+bundle.BackupName, []byte(hostile), 0o600)).To(Succeed())
			build(ctx)
			code, _, errs := d.says(ctx, "adopt", "--state", state, "--image", image)
			Expect(code).To(Equal(exitBlocked), errs)
			Expect(errs).To(ContainSubstring("makes no spec"))
			Expect(state).NotTo(BeADirectory())
		}
	})

	It("believes no folder that is not where the image is mounted", func(ctx context.Context) {
		build(ctx)
		code, _, errs := d.says(ctx, "adopt", "--state", state, "--image", image, "--root", ".")
		Expect(code).To(Equal(exitBlocked), errs)
		Expect(errs).To(And(ContainSubstring(`--root "."`), ContainSubstring("what to do: leave --root out")))
		Expect(state).NotTo(BeADirectory())
	})

	DescribeTable("refuses", func(ctx context.Context, part string, args ...string) {
		code, _, errs := d.says(ctx, append([]string{"adopt"}, args...)...)
		Expect(code).To(Equal(exitUsage))
		Expect(errs).To(ContainSubstring(part))
	},
		Entry("no drive", "--device"),
		Entry("a folder alone", "--device", "--root", "."),
		Entry("a spec that is there", "already", "--image", "x.img", "--spec", bundle.Dir),
	)
})
