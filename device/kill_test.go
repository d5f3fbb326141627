package device_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/device"
)

var _ = Describe("a process that is killed", func() {
	d := device.New(device.Options{LockWait: lockWait})
	v := device.NewVolumeID("photos-a", "1")

	start := func(env ...string) *exec.Cmd {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), env...)
		Expect(cmd.Start()).To(Succeed())
		return cmd
	}
	// idle waits until no orphan holds the image, and returns what it left.
	idle := func(path string) device.State {
		var st device.State
		Eventually(func() []string {
			st = inspect(d, imageOf(path))
			return st.Use.Holders
		}).WithTimeout(20 * time.Second).WithPolling(20 * time.Millisecond).Should(BeEmpty())
		return st
	}

	It("leaves a mkfs that keeps everybody out until it has ended", func() {
		path, dir := newImage(32<<20), GinkgoT().TempDir()
		tool, err := device.FindTool("mkfs.ext4")
		Expect(err).NotTo(HaveOccurred())
		Expect(syscall.Mkfifo(filepath.Join(dir, "gate"), 0o600)).To(Succeed())
		script := fmt.Sprintf("#!/bin/sh\n: > %[1]s/begun\nread -r _ < %[1]s/gate\nexec %[2]s \"$@\"\n", dir, tool)
		Expect(os.WriteFile(filepath.Join(dir, "mkfs.ext4"), []byte(script), 0o755)).To(Succeed())

		claimed := claim(d, imageOf(path), v)
		cmd := start("S3EXPORT_TEST_IMAGE="+path, "S3EXPORT_TEST_TOOLS="+dir)
		begun := filepath.Join(dir, "begun")
		Eventually(begun).WithTimeout(10 * time.Second).Should(BeAnExistingFile())
		Expect(cmd.Process.Kill()).To(Succeed())
		_ = cmd.Wait()

		st := inspect(d, imageOf(path))
		Expect(st.Relation(v)).To(Equal(device.HalfMade))
		_, r := st.Claim(v)
		Expect(r).To(HaveField("Reason", device.DeviceInUse))
		err = d.Format(context.Background(), claimed, v)
		Expect(asError(err).Reason).To(Equal(device.DeviceInUse))
		Expect(asError(err).Remedy).To(ContainSubstring("fuser"))

		_, err = d.Open(context.Background(), imageOf(path), device.Key{})
		Expect(asError(err).Reason).To(Equal(device.DeviceInUse))

		gate, err := os.OpenFile(filepath.Join(dir, "gate"), os.O_WRONLY, 0)
		Expect(err).NotTo(HaveOccurred())
		Expect(gate.WriteString("go\n")).To(Equal(3))
		Expect(gate.Close()).To(Succeed())
		st = idle(path)
		Expect(st.Relation(v)).To(Equal(device.HalfMade), "nobody has read it back")
		Expect(st.Content.FileSystem).To(HaveField("UUID", v.UUID))
		format(d, path, v)
		Expect(inspect(d, imageOf(path)).Relation(v)).To(Equal(device.OursEmpty))
	})

	It("leaves a device that is recognized, whenever that was during a format", func() {
		path := newImage(32 << 20)
		seen := map[device.Relation]int{}
		for range 12 {
			cmd := start("S3EXPORT_TEST_IMAGE=" + path)
			died := make(chan struct{})
			go func() { _ = cmd.Wait(); close(died) }()
			select {
			case <-time.After(time.Duration(rand.IntN(40)) * time.Millisecond):
				_ = cmd.Process.Kill()
				<-died
			case <-died:
			}
			st := idle(path)
			seen[st.Relation(v)]++
			Expect(st.Relation(v)).To(BeElementOf(device.Blank, device.HalfMade, device.OursEmpty), "%+v", st)
			_, r := st.Claim(v)
			Expect(r).NotTo(HaveOccurred())
		}
		AddReportEntry("left behind", fmt.Sprint(seen))
		format(d, path, v)
		oracle("e2fsck", "-fn", path+"?offset=1048576")
	})

	It("leaves a volume that can be signed, whenever that was during signing", func() {
		path := newImage(32 << 20)
		format(d, path, v)
		for i := range 10 {
			text := fmt.Sprintf("signature number %d", i)
			cmd := start("S3EXPORT_TEST_IMAGE="+path, "S3EXPORT_TEST_SIGNATURE="+text)
			died := make(chan struct{})
			go func() { _ = cmd.Wait(); close(died) }()
			select {
			case <-time.After(time.Duration(rand.IntN(60)) * time.Millisecond):
				_ = cmd.Process.Kill()
				<-died
			case <-died:
			}
			Expect(idle(path).Relation(v)).To(Equal(device.OursEmpty))
			t := device.SignatureTarget{Selector: imageOf(path), FileSystemUUID: v.UUID}
			Expect(d.WriteSignature(context.Background(), t, []byte(text))).To(Succeed())
			oracle("e2fsck", "-fn", path+"?offset=1048576")
		}
	})
})
