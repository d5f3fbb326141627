package simulator_test

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/device"
	"github.com/cargomedia/s3export/providers/simulator/warehouse"
)

var volumeID = device.NewVolumeID("photos-a", "1")

// drive makes an image with our empty volume and a SIGNATURE, where there is one.
func drive(ctx context.Context, size int64, signature string) string {
	GinkgoHelper()
	file := filepath.Join(GinkgoT().TempDir(), "drive.img")
	Expect(os.WriteFile(file, nil, 0o600)).To(Succeed())
	Expect(os.Truncate(file, size)).To(Succeed())
	disks, s := device.New(device.Options{}), device.Selector{Image: file, Serial: "WD-1"}
	state, err := disks.Inspect(ctx, s)
	Expect(err).NotTo(HaveOccurred())
	claim, refusal := state.Claim(volumeID)
	Expect(refusal).NotTo(HaveOccurred())
	Expect(disks.Format(ctx, claim, volumeID)).To(Succeed())
	if signature != "" {
		Expect(disks.WriteSignature(ctx, device.SignatureTarget{Selector: s, FileSystemUUID: volumeID.UUID}, []byte(signature))).To(Succeed())
	}
	return file
}

// files reads a drive: path to content and time, directories with a slash.
func files(ctx context.Context, image string) (map[string]string, device.State) {
	GinkgoHelper()
	disks, s := device.New(device.Options{}), device.Selector{Image: image, Serial: "WD-1"}
	state, err := disks.Inspect(ctx, s)
	Expect(err).NotTo(HaveOccurred())
	return filesWith(ctx, image, device.Key{}), state
}

// filesWith reads a drive that may be encrypted.
func filesWith(ctx context.Context, image string, k device.Key) map[string]string {
	GinkgoHelper()
	v, err := device.New(device.Options{}).Open(ctx, device.Selector{Image: image, Serial: "WD-1"}, k)
	Expect(err).NotTo(HaveOccurred())
	defer v.Close()
	all := map[string]string{}
	Expect(v.Walk(ctx, "", func(e device.Entry) error {
		if e.Type == device.Directory {
			all[e.Path+"/"] = ""
			return e.Err
		}
		r, err := v.Open(e)
		Expect(err).NotTo(HaveOccurred())
		content, err := io.ReadAll(io.NewSectionReader(r, 0, e.Size))
		all[e.Path] = fmt.Sprintf("%s @%s", content, e.ModTime.UTC().Format(time.DateTime))
		return err
	})).To(Succeed())
	return all
}

// expectSound checks the file system of a drive with e2fsck, an implementation
// that is not ours.
func expectSound(ctx context.Context, image string) {
	GinkgoHelper()
	_, state := files(ctx, image)
	p := state.Content.Partitions[0]
	tool, err := exec.LookPath("e2fsck")
	if err != nil {
		tool = "/usr/sbin/e2fsck"
	}
	out, err := exec.CommandContext(ctx, tool, "-fn", fmt.Sprintf("%s?offset=%d", image, p.Start)).CombinedOutput()
	Expect(err).NotTo(HaveOccurred(), string(out))
}

// signed makes the buckets, a job and its drive.
func (w world) signed(ctx context.Context, text string) (id, image string) {
	GinkgoHelper()
	w.buckets(ctx)
	return w.another(ctx, text)
}

// another makes a job and its drive.
func (w world) another(ctx context.Context, text string) (id, image string) {
	GinkgoHelper()
	id = w.create(ctx, text)
	return id, drive(ctx, 32<<20, element(w.call(ctx, "GetStatus", "JobId", id), "SignatureFileContents"))
}

func (w world) codes(ctx context.Context, id string) string {
	GinkgoHelper()
	body := w.call(ctx, "GetStatus", "JobId", id)
	return element(body, "LocationCode") + " " + element(body, "ProgressCode")
}

// to advances without a problem.
func (w world) to(ctx context.Context, id string, stage warehouse.Stage) {
	GinkgoHelper()
	a, err := w.AdvanceTo(ctx, id, string(stage))
	Expect(err).NotTo(HaveOccurred())
	Expect(a.Err()).NotTo(HaveOccurred())
}
