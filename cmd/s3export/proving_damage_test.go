package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/verify"
)

// damage is what a copy can suffer, what must be found of it, and the exit code.
type damage struct {
	name string
	do   func(dir string)
	want string
	code int
}

const (
	damagedFilm  = "films/film"  // three parts, MD5 of the parts
	damagedMovie = "films/movie" // three parts, SHA-256 of the parts
	damagedImage = "photos/a.jpg"
	damagedNext  = "photos/b.jpg" // as long as it
	damagedHoles = "photos/holes" // a hole between two blocks
	filmSize     = 10*mebi + 1
	imageSize    = 70_001
	holesSize    = 300_000
)

func holes() []byte {
	body := make([]byte, holesSize)
	copy(body, noise("begin", 4096))
	copy(body[holesSize-4096:], noise("end", 4096))
	return body
}

// bitOf turns over one bit of a file, in place, so that its holes stay.
func bitOf(name string, at int64) func(string) {
	return func(dir string) {
		GinkgoHelper()
		f, err := os.OpenFile(filepath.Join(dir, name), os.O_RDWR, 0)
		Expect(err).NotTo(HaveOccurred())
		one := make([]byte, 1)
		_, err = f.ReadAt(one, at)
		Expect(err).NotTo(HaveOccurred())
		one[0] ^= 0x40
		_, err = f.WriteAt(one, at)
		Expect(err).NotTo(HaveOccurred())
		Expect(f.Close()).To(Succeed())
	}
}

func cutTo(name string, size int64) func(string) {
	return func(dir string) { Expect(os.Truncate(filepath.Join(dir, name), size)).To(Succeed()) }
}

func renamedTo(from, to string) func(string) {
	return func(dir string) {
		Expect(os.Rename(filepath.Join(dir, from), filepath.Join(dir, to))).To(Succeed())
	}
}

func zeroed(dir string) {
	f, err := os.OpenFile(filepath.Join(dir, damagedImage), os.O_RDWR, 0)
	Expect(err).NotTo(HaveOccurred())
	_, err = f.WriteAt(make([]byte, 4096), 8192)
	Expect(err).NotTo(HaveOccurred())
	Expect(f.Close()).To(Succeed())
}

func swapped(dir string) {
	renamedTo(damagedImage, "aside")(dir)
	renamedTo(damagedNext, damagedImage)(dir)
	renamedTo("aside", damagedNext)(dir)
}

const differs = " differ ContentDiffers"

var damages = []damage{
	{"nothing", func(string) {}, "", exitDone},
	{"the first bit", bitOf(damagedImage, 0), damagedImage + differs, exitFailed},
	{"a bit in the middle", bitOf(damagedImage, imageSize/2), damagedImage + differs, exitFailed},
	{"the last bit", bitOf(damagedImage, imageSize-1), damagedImage + differs, exitFailed},
	{"a bit of the first part", bitOf(damagedFilm, 4711), damagedFilm + differs, exitFailed},
	{"a bit of the second part", bitOf(damagedFilm, 5*mebi), damagedFilm + differs, exitFailed},
	{"a bit of the last part", bitOf(damagedFilm, 10*mebi), damagedFilm + differs, exitFailed},
	{"a bit of the first part with a checksum", bitOf(damagedMovie, 5*mebi-1), damagedMovie + differs + " at 0", exitFailed},
	{"a bit of the second part with a checksum", bitOf(damagedMovie, 7*mebi), damagedMovie + differs + " at 5242880", exitFailed},
	{"a bit of the last part with a checksum", bitOf(damagedMovie, 10*mebi), damagedMovie + differs + " at 10485760", exitFailed},
	{"a bit in a hole", bitOf(damagedHoles, holesSize/2), damagedHoles + differs, exitFailed},
	{"cut by one byte", cutTo(damagedImage, imageSize-1), damagedImage + " differ SizeDiffers", exitFailed},
	{"emptied", cutTo(damagedFilm, 0), damagedFilm + " differ SizeDiffers", exitFailed},
	{"longer by one byte", cutTo(damagedImage, imageSize+1), damagedImage + " differ SizeDiffers", exitFailed},
	{"a hole without its end", cutTo(damagedHoles, holesSize-4096), damagedHoles + " differ SizeDiffers", exitFailed},
	{"swapped with a neighbor", swapped, damagedImage + differs + ", " + damagedNext + differs, exitFailed},
	{"a block of zeros", zeroed, damagedImage + differs, exitFailed},
	{"missing", func(dir string) { Expect(os.Remove(filepath.Join(dir, damagedImage))).To(Succeed()) }, damagedImage + " missingOnDevice NotThere", exitFailed},
	{"one too many", func(dir string) {
		Expect(os.WriteFile(filepath.Join(dir, "photos/surplus"), []byte("x"), 0o600)).To(Succeed())
	}, "photos/surplus missingOnSource NotListed", exitIncomplete},
	{"renamed", renamedTo(damagedImage, "photos/z.jpg"), damagedImage + " missingOnDevice NotThere, photos/z.jpg missingOnSource NotListed", exitFailed},
	{"in the wrong case", renamedTo(damagedImage, "photos/A.jpg"), "photos/A.jpg missingOnSource NotListed, " + damagedImage + " missingOnDevice NotThere", exitFailed},
	{"a directory in its place", func(dir string) {
		renamedTo(damagedImage, "films/a.jpg")(dir)
		Expect(os.Mkdir(filepath.Join(dir, damagedImage), 0o755)).To(Succeed())
	}, "films/a.jpg missingOnSource NotListed, " + damagedImage + " missingOnDevice NotThere", exitFailed},
	{"a link in its place", func(dir string) {
		renamedTo(damagedImage, "films/a.jpg")(dir)
		Expect(os.Symlink("../films/a.jpg", filepath.Join(dir, damagedImage))).To(Succeed())
	}, "films/a.jpg missingOnSource NotListed, " + damagedImage + " differ NotAFile", exitFailed},
}

// findings writes what is no match.
func findings(r verify.Report) string {
	var all []string
	for _, f := range r.Findings {
		text := fmt.Sprintf("%s %s %s", f.Path, f.Outcome, f.Reason)
		if len(f.Ranges) > 0 {
			text += fmt.Sprintf(" at %d", f.Ranges[0].Offset)
		}
		all = append(all, text)
	}
	return strings.Join(all, ", ")
}

var _ = Describe("damage is found over HTTP", Ordered, ContinueOnFailure, func() {
	var p *prover
	files := map[string][]byte{}

	BeforeAll(func(ctx context.Context) {
		p = newProver(ctx)
		put := func(how upload, key string, body []byte) {
			how.bucket = before
			p.put(ctx, how, key, body)
			files[key] = body
		}
		put(upload{parts: even(5*mebi, 3)}, damagedFilm, noise("film", filmSize))
		put(upload{parts: even(5*mebi, 3), algorithm: types.ChecksumAlgorithmSha256, composite: true}, damagedMovie, noise("movie", filmSize))
		put(upload{}, damagedImage, noise("a", imageSize))
		put(upload{}, damagedNext, noise("b", imageSize))
		put(upload{}, damagedHoles, holes())
		put(upload{}, "photos/empty", nil)
	})

	copyAll := func() string {
		GinkgoHelper()
		dir := GinkgoT().TempDir()
		for key, body := range files {
			path := filepath.Join(dir, key)
			Expect(os.MkdirAll(filepath.Dir(path), 0o755)).To(Succeed())
			if key != damagedHoles {
				Expect(os.WriteFile(path, body, 0o600)).To(Succeed())
				continue
			}
			Expect(os.WriteFile(path, body[:4096], 0o600)).To(Succeed())
			Expect(os.Truncate(path, holesSize)).To(Succeed())
			f, err := os.OpenFile(path, os.O_RDWR, 0)
			Expect(err).NotTo(HaveOccurred())
			_, err = f.WriteAt(body[holesSize-4096:], holesSize-4096)
			Expect(err).NotTo(HaveOccurred())
			Expect(f.Close()).To(Succeed())
		}
		return dir
	}
	expect := func(ctx context.Context, d damage, flags ...string) {
		GinkgoHelper()
		report, code := p.command(ctx, append(flags, "--bucket", before, "--sample", "all")...)
		Expect(findings(report)).To(Equal(d.want))
		Expect(code).To(Equal(d.code))
	}

	for _, d := range damages {
		It("in a folder and in an image of ext4: "+d.name, func(ctx context.Context) {
			dir := copyAll()
			d.do(dir)
			expect(ctx, d, "--root", dir)
			image := filepath.Join(GinkgoT().TempDir(), "copy.img")
			runTool("mkfs.ext4", "-q", "-F", "-O", "^has_journal", "-d", dir, image, "32M")
			expect(ctx, d, "--image", image)
		})
	}

	It("on the medium below the file system", func(ctx context.Context) {
		image := filepath.Join(GinkgoT().TempDir(), "copy.img")
		runTool("mkfs.ext4", "-q", "-F", "-d", copyAll(), image, "32M")
		raw, err := os.ReadFile(image)
		Expect(err).NotTo(HaveOccurred())
		at := strings.Index(string(raw), string(files[damagedNext][4096:4128]))
		Expect(at).To(BeNumerically(">", 0))
		bitOf("copy.img", int64(at))(filepath.Dir(image))
		expect(ctx, damage{want: damagedNext + differs, code: exitFailed}, "--image", image)
	})
})
