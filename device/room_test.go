package device_test

import (
	"context"
	"encoding/binary"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/device"
)

// freeIn returns what mkfs.ext4 left free on a sparse file of that size, prepared as
// a device is.
func freeIn(size int64) (bytes, inodes int64) {
	GinkgoHelper()
	path := filepath.Join(GinkgoT().TempDir(), "drive.img")
	Expect(os.WriteFile(path, nil, 0o600)).To(Succeed())
	Expect(os.Truncate(path, size)).To(Succeed())
	args := device.MkfsArgs(1 << 20)
	for i, a := range args { // the tables of a large drive would take minutes, and change nothing
		if a == "-E" {
			args[i+1] = "offset=1048576,lazy_itable_init=1,lazy_journal_init=1,nodiscard"
		}
	}
	args = append(args, path, strconv.FormatInt((size-2<<20)/4096, 10))
	cmd := exec.CommandContext(context.Background(), "mkfs.ext4", args...)
	cmd.Env = append(os.Environ(), "PATH="+os.Getenv("PATH")+":/usr/sbin:/sbin")
	if cmd.Err != nil {
		cmd = exec.CommandContext(context.Background(), "/usr/sbin/mkfs.ext4", args...)
	}
	out, err := cmd.CombinedOutput()
	Expect(err).NotTo(HaveOccurred(), string(out))
	f, err := os.Open(path)
	Expect(err).NotTo(HaveOccurred())
	defer func() { _ = f.Close() }()
	super := make([]byte, 1024)
	_, err = f.ReadAt(super, 1<<20+1024)
	Expect(err).NotTo(HaveOccurred())
	le := binary.LittleEndian
	free := int64(le.Uint32(super[0x0C:])) | int64(le.Uint32(super[0x158:]))<<32
	return free * 4096, int64(le.Uint32(super[0x10:]))
}

var _ = Describe("the room on a device", func() {
	for _, size := range []int64{32 << 20, 64 << 20, 256 << 20, 1 << 30, 20 << 30, 512_110_190_592, 2_000_398_934_016, 4_000_787_030_016} {
		It(fmt.Sprintf("is what mkfs leaves on %s, and never more", device.FormatSize(size)), func() {
			bytes, inodes := freeIn(size)
			room := device.RoomOn(size)
			Expect(room.Inodes).To(Equal(inodes))
			Expect(room.Bytes).To(BeNumerically("<=", bytes))
			Expect(room.Bytes).To(BeNumerically(">=", bytes-bytes/500-100*4096), "at most 0.2 %% less")
		})
	}

	It("is nothing on a device that is too small", func() {
		Expect(device.RoomOn(1 << 20)).To(Equal(device.Room{}))
		Expect(device.RoomOn(0)).To(Equal(device.Room{}))
	})
})
