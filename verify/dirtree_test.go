package verify_test

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/verify"
)

func write(root, name, content string) {
	GinkgoHelper()
	full := root + "/" + name
	Expect(os.MkdirAll(filepath.Dir(full), 0o755)).To(Succeed())
	Expect(os.WriteFile(full, []byte(content), 0o644)).To(Succeed())
}

func open(root string) *verify.DirTree {
	GinkgoHelper()
	tree, err := verify.OpenDirTree(root, verify.DirOptions{})
	Expect(err).NotTo(HaveOccurred())
	DeferCleanup(tree.Close)
	return tree
}

func walk(t verify.Tree, root string) []verify.Entry {
	GinkgoHelper()
	var all []verify.Entry
	Expect(t.Walk(context.Background(), root, func(e verify.Entry) error { all = append(all, e); return nil })).To(Succeed())
	return all
}

func read(t verify.Tree, e verify.Entry) string {
	GinkgoHelper()
	f, err := t.Open(e)
	Expect(err).NotTo(HaveOccurred())
	defer func() { Expect(f.(io.Closer).Close()).To(Succeed()) }()
	text, err := io.ReadAll(io.NewSectionReader(f, 0, e.Size))
	Expect(err).NotTo(HaveOccurred())
	return string(text)
}

func pathsOf(entries []verify.Entry) (paths []string) {
	for _, e := range entries {
		paths = append(paths, e.Path)
	}
	return paths
}

var _ = Describe("a directory as a tree", func() {
	var root string
	BeforeEach(func() { root = GinkgoT().TempDir() })

	It("is walked in the byte order of whole paths", func() {
		for _, name := range []string{"a/b", "a-b", "a/b.c/d", "a/b/", "a0", "a.d/x", "a/Z", "é", "\xff\xfe", "new\nline", "a/c/d/e"} {
			if !strings.HasSuffix(name, "/") {
				write(root, name, name)
			}
		}
		entries := walk(open(root), "")
		paths := pathsOf(entries)
		Expect(slices.IsSorted(paths)).To(BeTrue(), "%q", paths)
		Expect(paths).To(Equal([]string{"a", "a-b", "a.d", "a.d/x", "a/Z", "a/b", "a/b.c", "a/b.c/d", "a/c", "a/c/d", "a/c/d/e",
			"a0", "new\nline", "é", "\xff\xfe"}))
		tree := open(root)
		for _, e := range entries {
			Expect(e.Regular).NotTo(Equal(e.Dir))
			if e.Regular {
				Expect(read(tree, e)).To(Equal(e.Path))
			}
		}
		Expect(pathsOf(walk(tree, "a/b.c"))).To(Equal([]string{"a/b.c/d"}))
		Expect(walk(tree, "nowhere/at/all")).To(BeEmpty())
		Expect(walk(tree, "a0")).To(BeEmpty())
		Expect(walk(tree, "a0/below/a/file")).To(BeEmpty())
	})

	It("never follows a link, and opens nothing that is no file", func() {
		outside := GinkgoT().TempDir()
		write(outside, "secret", "secret")
		write(root, "real", "real")
		Expect(os.Symlink(outside, root+"/dir")).To(Succeed())
		Expect(os.Symlink(outside+"/secret", root+"/file")).To(Succeed())
		Expect(os.Symlink("real", root+"/inside")).To(Succeed())
		Expect(syscall.Mkfifo(root+"/pipe", 0o644)).To(Succeed())
		tree := open(root)
		for _, e := range walk(tree, "") {
			Expect(e.Dir).To(BeFalse())
			Expect(e.Regular).To(Equal(e.Path == "real"))
			if !e.Regular {
				_, err := tree.Open(e)
				Expect(err).To(HaveOccurred())
			}
		}
		Expect(walk(tree, "dir")).To(BeEmpty())
	})

	It("does not read what has taken a file's place", func() {
		write(root, "a", "a")
		write(root, "b", "b")
		tree := open(root)
		e := walk(tree, "")[0]
		Expect(os.Remove(root + "/a")).To(Succeed())
		Expect(os.Symlink("b", root+"/a")).To(Succeed())
		_, err := tree.Open(e)
		Expect(err).To(MatchError(ContainSubstring("replaced meanwhile")))
	})

	It("does not read what is no longer of the size that was seen", func() {
		write(root, "a", "all of it")
		tree := open(root)
		e := walk(tree, "")[0]
		write(root, "a", "all of it, and more")
		_, err := tree.Open(e)
		Expect(err).To(MatchError(ContainSubstring("has another size")))
	})

	It("goes on after a directory that cannot be listed", func() {
		if os.Geteuid() == 0 {
			Skip("root reads every directory: run this test as a user")
		}
		write(root, "d/closed/x", "x")
		write(root, "d/x", "x")
		Expect(os.Chmod(root+"/d/closed", 0)).To(Succeed())
		DeferCleanup(func() { _ = os.Chmod(root+"/d/closed", 0o755) })
		var failed []string
		for _, e := range walk(open(root), "") {
			if e.Err != nil {
				Expect(e.Dir).To(BeTrue())
				Expect(errors.Is(e.Err, os.ErrPermission)).To(BeTrue())
				failed = append(failed, e.Path)
			}
		}
		Expect(failed).To(Equal([]string{"d/closed"}))
		Expect(pathsOf(walk(open(root), ""))).To(ContainElement("d/x"))
	})

	It("ends with the context, and with the error of who asked", func() {
		write(root, "a", "a")
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		tree := open(root)
		Expect(tree.Walk(ctx, "", func(verify.Entry) error { return nil })).To(MatchError(context.Canceled))
		boom := errors.New("boom")
		Expect(tree.Walk(context.Background(), "", func(verify.Entry) error { return boom })).To(MatchError(boom))
	})

	It("cannot be opened where there is none", func() {
		_, err := verify.OpenDirTree(root+"/none", verify.DirOptions{})
		var e *verify.Error
		Expect(errors.As(err, &e)).To(BeTrue())
		Expect(e.Remedy).NotTo(BeEmpty())
	})

	It("is verified like any drive", func() {
		l := newLoad()
		for _, key := range []string{"a-b", "a/b", "a/b.c", "ä", "a0", "z/z/z"} {
			l.both(key, key)
			write(root, "photos/"+key, key)
		}
		write(root, "lost+found/x", "x")
		r := l.request(l.live())
		r.Tree = open(root)
		Expect(run(r).Sentence()).To(Equal("all 6 present with the right size; content of all 6 compared, 0 bad"))
		write(root, "photos/a/b", "A/b")
		r.Population = l.live()
		Expect(run(r).Findings).To(HaveLen(1))
	})
})
