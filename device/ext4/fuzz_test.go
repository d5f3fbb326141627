package ext4_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand/v2"
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
	f, err := openBytes(b)
	if reasonOf(err) != "" || err == nil && f.NeedsRecovery() {
		return nil
	}
	if err != nil {
		return err
	}
	steps, p := 0, make([]byte, 64<<10)
	err = f.Walk(context.Background(), "", func(e ext4.Entry) error {
		if steps++; steps > 20_000 {
			return errBudget
		}
		if e.Err == nil {
			return use(f, e, steps, p)
		}
		return nil
	})
	var known *ext4.Error
	if errors.As(err, &known) || errors.Is(err, io.ErrUnexpectedEOF) {
		return nil
	}
	return err
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

var _ = Describe("Mutated images", func() {
	for name := range seedArgs() {
		It("neither panic nor go on for ever: "+name, func() {
			b, err := loadSeed(name)
			Expect(err).NotTo(HaveOccurred())
			at := used(b)
			seed := uint64(GinkgoRandomSeed())
			rnd := rand.New(rand.NewPCG(seed, 2))
			for i := range 1000 {
				script := make([]byte, 4*(1+rnd.IntN(12)))
				for j := range script {
					script[j] = byte(rnd.Uint32())
				}
				Expect(exercise(mutate(b, at, script))).To(Succeed(), "random seed %d, image %d, script %x", seed, i, script)
			}
		})
	}
})

func FuzzOpen(f *testing.F) {
	type start struct {
		image []byte
		at    []int
	}
	var starts []start
	for _, name := range []string{"extents", "indirect", "inline", "csum"} {
		b, err := loadSeed(name)
		must(f, err)
		starts = append(starts, start{b, used(b)})
		f.Add(uint8(len(starts)-1), []byte{})
		f.Add(uint8(len(starts)-1), []byte{1, 0, 0, 255, 77, 5, 0, 2})
	}
	f.Fuzz(func(t *testing.T, which uint8, script []byte) {
		s := starts[int(which)%len(starts)]
		must(t, exercise(mutate(s.image, s.at, script)))
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
