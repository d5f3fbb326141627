package spill_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"syscall"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/verify/spill"
)

func numbered(n int) (all [][]byte) {
	r := rand.New(rand.NewPCG(1, 2))
	for i := range n {
		all = append(all, fmt.Appendf(nil, "%02d record %06d of some bytes", r.IntN(100), i))
	}
	return all
}

func add(k kept, all [][]byte) {
	GinkgoHelper()
	for _, record := range all {
		Expect(k.Add(record)).To(Succeed())
	}
}

var _ = Describe("a sorter", func() {
	var s *spill.Sorter
	var dir string
	BeforeEach(func() {
		dir = GinkgoT().TempDir()
		s = spill.New(spill.Options{Dir: dir, Memory: 10_000})
		DeferCleanup(s.Close)
	})

	It("makes no file as long as memory suffices", func() {
		s := spill.New(spill.Options{Dir: filepath.Join(dir, "not there")})
		defer s.Close()
		all := numbered(1000)
		add(s, all)
		Expect(drain(s)).To(Equal(slices.SortedStableFunc(slices.Values(all), bytes.Compare)))
		Expect(s.Spilled()).To(BeZero())
		Expect(s.File()).To(BeNil())
	})

	It("leaves nothing in the directory, even while it works", func() {
		add(s, numbered(1000))
		Expect(s.Spilled()).To(BeNumerically(">", 20_000))
		info, err := s.File().Stat()
		Expect(err).NotTo(HaveOccurred())
		Expect(info.Size()).To(Equal(s.Spilled()))
		Expect(info.Sys().(*syscall.Stat_t).Nlink).To(BeZero())
		Expect(os.ReadDir(dir)).To(BeEmpty())
		Expect(s.Close()).To(Succeed())
		Expect(s.Close()).To(Succeed())
	})

	It("leaves nothing where a file has to have a name first", func() {
		f, err := spill.Unlinked(dir)
		Expect(err).NotTo(HaveOccurred())
		DeferCleanup(f.Close)
		Expect(os.ReadDir(dir)).To(BeEmpty())
		s.Use(f)
		add(s, numbered(1000))
		Expect(drain(s)).To(HaveLen(1000))
	})

	It("merges more runs than it may read at once, with no more room than twice the records", func() {
		all := numbered(20_000)
		add(s, all)
		Expect(s.Runs()).To(BeNumerically(">", 100))
		most := 2 * (s.Spilled() + 10_000) // what is left in memory follows
		Expect(drain(s)).To(Equal(slices.SortedStableFunc(slices.Values(all), bytes.Compare)))
		Expect(s.Runs()).To(BeNumerically("<=", 16))
		Expect(s.Spilled()).To(BeNumerically("<=", most))
		Expect(drain(s)).To(HaveLen(len(all)))
		Expect(s.Spilled()).To(BeNumerically("<=", most))
	})

	It("can be left early, and begun again", func() {
		add(s, numbered(1000))
		for record, err := range s.Sorted(context.Background()) {
			Expect(err).NotTo(HaveOccurred())
			Expect(record).To(HavePrefix("00 "))
			break
		}
		Expect(drain(s)).To(HaveLen(1000))
	})

	It("takes a record that is longer than its memory, and none that is absurd", func() {
		long := bytes.Repeat([]byte("x"), 50_000)
		add(s, [][]byte{[]byte("y"), long, {}, []byte("a"), long[1:]})
		Expect(drain(s)).To(Equal([][]byte{{}, []byte("a"), long[1:], long, []byte("y")}))
		Expect(s.Add(make([]byte, 1<<30+1))).To(MatchError(ContainSubstring("longer than 1 GiB")))
	})

	It("ends with the context", func() {
		add(s, numbered(20_000))
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		seen := 0
		var last error
		for _, err := range s.Sorted(ctx) {
			seen, last = seen+1, err
			if seen == 5000 {
				cancel()
			}
		}
		Expect(last).To(MatchError(context.Canceled))
		Expect(seen).To(BeNumerically("<", 7000))
		_, err := records(s.Sorted(ctx))
		Expect(err).To(MatchError(context.Canceled))
		Expect(drain(s)).To(HaveLen(20_000))
	})
})

var _ = DescribeTableSubtree("trouble with the file of", func(build func(spill.Options) kept) {
	var k kept
	var dir string
	BeforeEach(func() {
		dir = GinkgoT().TempDir()
		k = build(spill.Options{Dir: dir, Memory: 10_000})
		DeferCleanup(func() { k.Close() })
	})
	file := func() *os.File { return k.(interface{ File() *os.File }).File() }
	remedy := func(err error) string {
		GinkgoHelper()
		e, ok := errors.AsType[*spill.Error](err)
		Expect(ok).To(BeTrue(), "%v", err)
		return e.Remedy
	}

	It("no byte of which is read that was not written", func() {
		all := numbered(400)
		add(k, all)
		size := int(k.Spilled())
		for at := 0; at < size; at += 97 {
			var b [1]byte
			Expect(file().ReadAt(b[:], int64(at))).To(Equal(1))
			_, err := file().WriteAt([]byte{b[0] ^ 1<<(at%8)}, int64(at))
			Expect(err).NotTo(HaveOccurred())
			_, err = drain(k)
			Expect(err).To(MatchError(spill.ErrDamaged), "byte %d", at)
			Expect(remedy(err)).To(ContainSubstring("set TMPDIR"))
			Expect(file().WriteAt(b[:], int64(at))).To(Equal(1))
		}
		Expect(drain(k)).To(HaveLen(len(all)))
	})

	It("frames that change places, that are lost, and an end that is gone", func() {
		long := func(c string) []byte { return bytes.Repeat([]byte(c), 20_000) }
		add(k, [][]byte{long("a"), long("b"), []byte("c")})
		frame := k.Spilled() / 2
		first, second := bytes.Repeat([]byte{0}, int(frame)), bytes.Repeat([]byte{0}, int(frame))
		Expect(file().ReadAt(first, 0)).To(BeEquivalentTo(frame))
		Expect(file().ReadAt(second, frame)).To(BeEquivalentTo(frame))
		for _, content := range [][]byte{slices.Concat(second, first), bytes.Repeat([]byte{0}, int(2*frame))} {
			_, err := file().WriteAt(content, 0)
			Expect(err).NotTo(HaveOccurred())
			_, err = drain(k)
			Expect(err).To(MatchError(spill.ErrDamaged))
		}
		_, err := file().WriteAt(slices.Concat(first, second), 0)
		Expect(err).NotTo(HaveOccurred())
		Expect(drain(k)).To(HaveLen(3))
		Expect(file().Truncate(2*frame - 1)).To(Succeed())
		_, err = drain(k)
		Expect(err).To(MatchError(spill.ErrDamaged))
	})

	It("a disk that is full", func() {
		full, err := os.OpenFile("/dev/full", os.O_RDWR, 0)
		if err != nil {
			Skip("no /dev/full: " + err.Error())
		}
		k.(interface{ Use(*os.File) }).Use(full)
		for err == nil {
			err = k.Add([]byte("record"))
		}
		Expect(err).To(MatchError(syscall.ENOSPC))
		Expect(remedy(err)).To(Equal("make room in " + dir + ", or set TMPDIR to a directory that has more"))
	})

	It("a directory that is not there", func() {
		k := build(spill.Options{Dir: filepath.Join(dir, "gone"), Memory: 1})
		defer k.Close()
		Expect(k.Add([]byte("a"))).To(Succeed())
		err := k.Add([]byte("b"))
		Expect(err).To(MatchError(os.ErrNotExist))
		Expect(remedy(err)).To(ContainSubstring("set TMPDIR"))
	})

	It("what comes after closing", func() {
		add(k, numbered(400))
		Expect(k.Close()).To(Succeed())
		Expect(k.Add(nil)).To(MatchError(spill.ErrClosed))
		_, err := drain(k)
		Expect(err).To(MatchError(spill.ErrClosed))
		Expect(k.Spilled()).To(BeZero())
	})
},
	Entry("a sorter", func(o spill.Options) kept { return spill.New(o) }),
	Entry("a spool", func(o spill.Options) kept { return spill.NewSpool(o) }),
)
