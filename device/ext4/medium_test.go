package ext4_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"pgregory.net/rapid"

	"github.com/cargomedia/s3export/device/ext4"
)

var errMedium = errors.New("input/output error")

// medium is a device with bad bytes and, perhaps, an early end. One that is exact
// says how far it came before a bad byte, as the kernel does.
type medium struct {
	image []byte
	bad   map[int64]bool // numbers of sectors of 512 bytes
	end   int64
	exact bool
	tries int // reads of bad sectors
}

func (m *medium) ReadAt(p []byte, off int64) (int, error) {
	for at := off; at < off+int64(len(p)); at = (at | 511) + 1 {
		if at < m.end && m.bad[at/512] {
			m.tries++
			if m.exact {
				return copy(p, m.image[off:at]), errMedium
			}
			return 0, errMedium
		}
	}
	return bytes.NewReader(m.image[:m.end]).ReadAt(p, off)
}

func whole(image []byte) *medium {
	return &medium{image: image, bad: map[int64]bool{}, end: int64(len(image)), exact: true}
}

func (m *medium) open() *ext4.FS {
	GinkgoHelper()
	f, err := ext4.Open(m, int64(len(m.image)))
	Expect(err).NotTo(HaveOccurred())
	return f
}

// place is where on the device an error says that reading failed.
func place(err error) (offset, length int64) {
	GinkgoHelper()
	bad, ok := errors.AsType[*ext4.ReadError](err)
	Expect(ok).To(BeTrue(), "%v", err)
	return bad.Offset, bad.Length
}

// failed are the paths of all problems.
func failed(f *ext4.FS) []string {
	var all []string
	for _, err := range problems(f) {
		path, _, _ := bytes.Cut([]byte(err.Error()), []byte(": "))
		all = append(all, string(path))
	}
	return all
}

// mediumImage has a file of 300,000 bytes, and many small ones.
func mediumImage() []byte {
	GinkgoHelper()
	source := GinkgoT().TempDir()
	write(source, "file", data(300_000, 1))
	many := mkdir(source, "many")
	for i := range 400 {
		write(many, fmt.Sprintf("%d-a-name-of-some-length-that-fills-blocks", i), data(100, uint64(i)))
	}
	write(mkdir(source, "other"), "inside", data(3000, 3))
	return memory(image("8M", source, "-b", "4096", "-O", "^has_journal,^resize_inode"))
}

var _ = Describe("A bad medium", Ordered, ContinueOnFailure, func() {
	var good []byte
	want := data(300_000, 1)

	BeforeAll(func() { good = mediumImage() })

	at := func(path string) (*ext4.FS, ext4.Entry) {
		GinkgoHelper()
		f := whole(good).open()
		e, err := f.Lookup(path)
		Expect(err).NotTo(HaveOccurred())
		return f, e
	}

	DescribeTable("costs a file only what lies there", func(exact bool) {
		f, e := at("file")
		m := whole(good)
		m.exact = exact
		bad := f.BlockOf(e, 20) + 1536
		m.bad[bad/512] = true
		g := m.open()
		file, err := g.OpenFile(e)
		Expect(err).NotTo(HaveOccurred())
		p := make([]byte, len(want))

		n, err := file.ReadAt(p, 0)
		Expect(err).To(MatchError(errMedium))
		Expect(err).To(MatchError(ContainSubstring("byte %d", 20*4096+1536)))
		offset, length := place(err)
		Expect(offset).To(Equal(bad))
		Expect(length).To(BeEquivalentTo(512))
		Expect(n).To(Equal(20*4096 + 1536))
		Expect(p[:n]).To(Equal(want[:n]))
		Expect(m.tries).To(BeNumerically("<=", 12))

		_, err = file.ReadAt(p[:4096], 21*4096)
		Expect(err).NotTo(HaveOccurred())
		Expect(p[:4096]).To(Equal(want[21*4096:][:4096]))
		Expect(failed(g)).To(Equal([]string{"file"}))
	},
		Entry("where the device says how far it came", true),
		Entry("where it does not", false),
	)

	It("costs the files of a page of inodes, and is tried a few times only", func() {
		f, e := at("many/9-a-name-of-some-length-that-fills-blocks")
		m := whole(good)
		m.bad[f.InodeAt(uint32(e.Inode))/512] = true
		lost := failed(m.open())
		Expect(lost).To(ContainElement(e.Path))
		Expect(len(lost)).To(BeNumerically("<=", 16), "4 KiB of inodes of 256 bytes")
		Expect(m.tries).To(BeNumerically("<=", 4))
	})

	It("costs the names of a directory block, and the walk goes on", func() {
		f, e := at("many")
		m := whole(good)
		bad := f.BlockOf(e, 2)
		m.bad[bad/512] = true
		g := m.open()
		all := problems(g)
		Expect(all).To(HaveLen(1))
		Expect(all[0]).To(MatchError(And(HavePrefix("many: "), ContainSubstring("directory in block"))))
		offset, length := place(all[0])
		Expect(offset).To(Equal(bad))
		Expect(length).To(BeEquivalentTo(4096))
		n := 0
		Expect(g.Walk(context.Background(), "", func(ext4.Entry) error { n++; return nil })).To(Succeed())
		Expect(n).To(BeNumerically("~", 405-60, 30))
	})

	It("is told for the superblock", func() {
		m := whole(good)
		m.bad[2] = true
		_, err := ext4.Open(m, int64(len(good)))
		offset, _ := place(err)
		Expect(offset).To(BeEquivalentTo(1024))
	})

	It("that ends early is an error, never the end of a file", func() {
		f, e := at("file")
		m := whole(good)
		g := m.open()
		file, err := g.OpenFile(e)
		Expect(err).NotTo(HaveOccurred())
		m.end = f.BlockOf(e, 1) + 100
		n, err := file.ReadAt(make([]byte, 5000), 0)
		Expect(err).To(MatchError(ext4.ErrDeviceEnds))
		Expect(errors.Is(err, io.EOF)).To(BeFalse())
		Expect(n).To(Equal(4096 + 100))
	})

	It("in a batch costs only the file that lies there", func() {
		f, e := at("many/7-a-name-of-some-length-that-fills-blocks")
		m := whole(good)
		m.bad[f.BlockOf(e, 0)/512] = true
		g := m.open()
		var lost []string
		Expect(g.ReadFiles(context.Background(), regular(g), func(e ext4.Entry, file *ext4.File) error {
			if _, err := io.ReadAll(io.NewSectionReader(file, 0, file.Size())); err != nil {
				Expect(err).To(MatchError(errMedium))
				lost = append(lost, e.Path)
			}
			return nil
		})).To(Succeed())
		Expect(lost).To(Equal([]string{e.Path}))
	})
})

func regular(f *ext4.FS) []ext4.Entry {
	GinkgoHelper()
	var all []ext4.Entry
	Expect(f.Walk(context.Background(), "", func(e ext4.Entry) error {
		if e.Type == ext4.Regular {
			all = append(all, e)
		}
		return nil
	})).To(Succeed())
	return all
}

func entriesOf(f *ext4.FS) map[string]ext4.Entry {
	GinkgoHelper()
	all := map[string]ext4.Entry{}
	for _, e := range regular(f) {
		all[e.Path] = e
	}
	return all
}

// What ReadAt returns before a bad sector, and what it says of it, is the same for
// all ways in which devices fail.
func TestReadsEndAtTheFirstBadSector(t *testing.T) {
	image, err := loadSeed("extents")
	must(t, err)
	rapid.Check(t, func(t *rapid.T) {
		m := whole(image)
		m.exact = rapid.Bool().Draw(t, "exact")
		size := int64(len(image))
		for _, n := range rapid.SliceOfN(rapid.Int64Range(4, size/512-1), 0, 6).Draw(t, "bad") {
			m.bad[n] = true
		}
		off := rapid.Int64Range(2048, size).Draw(t, "offset")
		p := make([]byte, rapid.Int64Range(0, 100_000).Draw(t, "length"))
		want := min(off+int64(len(p)), size)
		for at := off; at < want; at = (at | 511) + 1 {
			if m.bad[at/512] {
				want = at
			}
		}
		n, err := ext4.ReadDevice(m, size, p, off)
		if int64(n) != max(0, want-off) || !bytes.Equal(p[:n], image[off:][:n]) {
			t.Fatalf("%d bytes instead of %d", n, want-off)
		}
		if n == len(p) {
			if err != nil {
				t.Fatal(err)
			}
			return
		}
		bad, ok := errors.AsType[*ext4.ReadError](err)
		if !ok || bad.Offset != off+int64(n) || bad.Length < 1 || errors.Is(err, ext4.ErrDeviceEnds) != (bad.Offset >= size) {
			t.Fatalf("%d: %v", off+int64(n), err)
		}
	})
}
