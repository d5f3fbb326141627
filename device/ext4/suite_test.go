package ext4_test

import (
	"os"
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"golang.org/x/sys/unix"
)

func TestExt4(t *testing.T) {
	RegisterFailHandler(Fail)
	inMemory(t)
	RunSpecs(t, "device/ext4")
}

// inMemory puts the images, which are written, read once and thrown away, where
// there is no disk to wait for, unless TMPDIR says where they are to be.
func inMemory(t *testing.T) {
	const shm, room = "/dev/shm", 512 << 20
	var st unix.Statfs_t
	if os.Getenv("TMPDIR") != "" || unix.Statfs(shm, &st) != nil || st.Type != unix.TMPFS_MAGIC || st.Bavail*uint64(st.Bsize) < room {
		return
	}
	dir, err := os.MkdirTemp(shm, "ext4-")
	if err != nil {
		return
	}
	t.Cleanup(func() { must(t, os.RemoveAll(dir)) })
	t.Setenv("TMPDIR", dir)
}
