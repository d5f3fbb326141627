package device

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"unsafe"

	. "github.com/onsi/gomega"
)

// TestEager is about reads past the kernel's memory, and those that cannot be such.
func TestEager(t *testing.T) {
	const mib = 1 << 20
	content := make([]byte, 3*mib+100)
	_, _ = rand.NewChaCha8([32]byte{7}).Read(content)
	path := filepath.Join(t.TempDir(), "device")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	direct := openDirect(f)
	if direct == nil {
		t.Log("SKIPPED: the file system of temporary files has no O_DIRECT; only reads without it are tried")
	} else {
		defer direct.Close()
		t.Run("goes past the kernel where it can", func(t *testing.T) {
			g, p := NewWithT(t), aligned(mib, 0)
			n, err := eager{nil, direct}.ReadAt(p, 2*mib)
			g.Expect(err).NotTo(HaveOccurred())
			g.Expect(p[:n]).To(Equal(content[2*mib : 3*mib]))
		})
	}
	for _, read := range []struct{ off, length, shift int }{
		{0, mib, 0}, {4096, mib, 0}, {512, mib, 0}, {1, mib, 0}, {0, mib, 8}, {0, mib + 1, 0}, {0, mib - 1, 0},
		{2 * mib, mib + 100, 0}, {2 * mib, mib + 101, 0}, {3 * mib, mib, 0}, {4 * mib, mib, 0}, {0, 100, 0},
	} {
		for _, d := range []*os.File{direct, nil, f} {
			t.Run(fmt.Sprint(read, d == direct), func(t *testing.T) {
				g, p, plain := NewWithT(t), aligned(read.length, read.shift), make([]byte, read.length)
				want, wantErr := bytes.NewReader(content).ReadAt(plain, int64(read.off))
				n, err := eager{f, d}.ReadAt(p, int64(read.off))
				g.Expect(n).To(Equal(want))
				g.Expect(p[:n]).To(Equal(plain[:n]))
				if wantErr == nil {
					g.Expect(err).NotTo(HaveOccurred())
				} else {
					g.Expect(err).To(MatchError(wantErr))
				}
			})
		}
	}
	t.Run("tells the error of the other read", func(t *testing.T) {
		_, err := eager{nil, nil}.ReadAt(aligned(mib, 0), 0)
		NewWithT(t).Expect(err).To(MatchError(os.ErrInvalid))
	})
}

// aligned returns bytes whose address is shift behind a multiple of directBlock.
func aligned(length, shift int) []byte {
	p := make([]byte, length+2*directBlock)
	at := directBlock - int(uintptr(unsafe.Pointer(unsafe.SliceData(p)))%directBlock) + shift
	return p[at : at+length : at+length]
}
