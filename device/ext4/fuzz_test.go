package ext4_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"runtime/metrics"
	"strconv"
	"sync/atomic"
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/device/ext4"
)

// used lists the offsets of an image that are worth to be changed: those in blocks
// that are not all zero, the metadata at the front counted several times.
func used(b []byte) []int {
	var at []int
	for block := 0; block < len(b); block += 1024 {
		if bytes.Equal(b[block:block+1024], make([]byte, 1024)) {
			continue
		}
		for i := block; i < block+1024; i++ {
			at = append(at, i)
		}
	}
	return at
}

// mutate changes one byte for each four of the script.
func mutate(b []byte, at []int, script []byte) []byte {
	b = bytes.Clone(b)
	for ; len(script) >= 4; script = script[4:] {
		i := at[(int(script[0])|int(script[1])<<8|int(script[2])<<16)%len(at)]
		b[i] = script[3]
	}
	return b
}

var errBudget = errors.New("more entries than the image has room for")

// exercise reads what can be read of an image that may hold anything. It returns an
// error only for what must not happen.
func exercise(b []byte) error {
	device := &metered{r: bytes.NewReader(b)}
	before := allocated()
	err := readWhole(device, int64(len(b)))
	switch taken := allocated() - before; {
	case err != nil:
		return err
	case taken > memoryMost: // in all, so at once too
		return fmt.Errorf("%d bytes of memory", taken)
	case device.bytes.Load() > trafficMost:
		return fmt.Errorf("%d bytes read of an image of %d", device.bytes.Load(), len(b))
	}
	return nil
}

const (
	memoryMost  = 64 << 20
	trafficMost = 256 << 20
)

// metered counts the bytes that are read.
type metered struct {
	r     io.ReaderAt
	bytes atomic.Int64 // ReadFiles reads ahead
}

func (m *metered) ReadAt(p []byte, off int64) (int, error) {
	m.bytes.Add(int64(len(p)))
	return m.r.ReadAt(p, off)
}

// allocated is what the process has taken of the heap since it began.
func allocated() uint64 {
	sample := []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}

func readWhole(device io.ReaderAt, size int64) error {
	f, err := ext4.OpenShort(device, size)
	if reasonOf(err) != "" || err == nil && f.NeedsRecovery() {
		return nil
	}
	if err != nil {
		return err
	}
	var batch []ext4.Entry
	steps, p := 0, make([]byte, 64<<10)
	err = f.Walk(context.Background(), "", func(e ext4.Entry) error {
		if steps++; steps > 20_000 {
			return errBudget
		}
		if len(batch) < 100 {
			batch = append(batch, e)
		}
		if e.Err == nil {
			return use(f, e, steps, p)
		}
		return nil
	})
	if err != nil && reasonOf(err) == "" && !errors.Is(err, ext4.ErrDeviceEnds) {
		return err
	}
	return f.ReadFiles(context.Background(), batch, func(e ext4.Entry, file *ext4.File) error {
		if file != nil {
			_, _ = file.ReadAt(p, 0)
		}
		return nil
	})
}

func use(f *ext4.FS, e ext4.Entry, step int, p []byte) error {
	if step < 50 {
		_, _ = f.Lookup(e.Path)
	}
	if e.Type == ext4.Symlink {
		_, _ = f.Readlink(e)
	}
	if e.Type != ext4.Regular {
		return nil
	}
	list, err := f.Extents(e)
	if err == nil {
		err = ordered(list, e.Size, f.Size())
	} else {
		err = nil
	}
	file, fileErr := f.OpenFile(e)
	if fileErr != nil {
		return err
	}
	for _, off := range []int64{0, file.Size() / 2, file.Size() - 1000} {
		n, readErr := file.ReadAt(p, max(off, 0))
		if readErr == nil && n != len(p) || errors.Is(readErr, io.EOF) && int64(n) != max(file.Size()-max(off, 0), 0) {
			return errors.New("a short read without an error")
		}
	}
	return err
}

func ordered(list []ext4.Extent, size, device int64) error {
	end := int64(0)
	for _, x := range list {
		if x.Logical < end || x.Length <= 0 || x.Logical+x.Length > size || x.Physical < 0 || x.Physical+x.Length > device {
			return errors.New("extents out of order or out of bounds")
		}
		end = x.Logical + x.Length
	}
	return nil
}

// mutations is how many images are made of each seed.
func mutations() int {
	if n, err := strconv.Atoi(os.Getenv("MUTATIONS")); err == nil {
		return n
	}
	return 1000
}

var _ = Describe("Mutated images", Label("mutations"), func() {
	for name := range seedArgs() {
		It("neither panic nor go on for ever: "+name, func() {
			b, err := loadSeed(name)
			Expect(err).NotTo(HaveOccurred())
			heal := healer(GinkgoTB(), name, b)
			at := used(b)
			seed := uint64(GinkgoRandomSeed())
			rnd := rand.New(rand.NewPCG(seed, 2))
			for i := range mutations() {
				script := make([]byte, 4*(1+rnd.IntN(12)))
				for j := range script {
					script[j] = byte(rnd.Uint32())
				}
				bad := mutate(b, at, script)
				if i%4 > 0 {
					heal(bad)
				}
				bad = bad[:len(bad)-len(bad)/2*(i%8/7)] // one of eight is cut off in its middle
				if err := exercise(bad); err != nil {
					Fail(fmt.Sprintf("random seed %d, image %d, script %x: %v", seed, i, script, err))
				}
			}
		})
	}
})

// healer gives images made of a seed their checksums again, if it has any.
func healer(t testing.TB, name string, b []byte) func([]byte) {
	t.Helper()
	if name != "csum" {
		return func([]byte) {}
	}
	f, err := openBytes(b)
	must(t, err)
	h, err := ext4.NewHealer(f)
	must(t, err)
	same := bytes.Clone(b)
	h.Heal(same)
	if !bytes.Equal(same, b) {
		t.Fatal("a whole image is not whole to the healer")
	}
	return h.Heal
}

func FuzzOpen(f *testing.F) {
	type start struct {
		image []byte
		at    []int
		heal  func([]byte)
	}
	var starts []start
	for _, name := range []string{"extents", "indirect", "inline", "csum"} {
		b, err := loadSeed(name)
		must(f, err)
		starts = append(starts, start{b, used(b), healer(f, name, b)})
		f.Add(uint8(len(starts)-1), []byte{})
		f.Add(uint8(len(starts)-1)|0x80, []byte{1, 0, 0, 255, 77, 5, 0, 2})
	}
	f.Fuzz(func(t *testing.T, which uint8, script []byte) {
		s := starts[int(which&0x7F)%len(starts)]
		b := mutate(s.image, s.at, script)
		if which&0x80 != 0 {
			s.heal(b)
		}
		must(t, exercise(b))
	})
}

func FuzzSuperblock(f *testing.F) {
	b, err := loadSeed("extents")
	must(f, err)
	f.Add(b[1024:2048])
	f.Fuzz(func(t *testing.T, super []byte) {
		image := bytes.Clone(b)
		copy(image[1024:2048], super)
		must(t, exercise(image))
	})
}
