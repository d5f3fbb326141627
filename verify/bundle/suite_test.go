package bundle_test

import (
	"context"
	"crypto/sha256"
	"iter"
	"maps"
	"os"
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/verify"
	"github.com/cargomedia/s3export/verify/bundle"
	"github.com/cargomedia/s3export/verify/digest"
)

func TestBundle(t *testing.T) {
	RegisterFailHandler(Fail)
	RunSpecs(t, "verify/bundle")
}

var (
	ctx    = context.Background()
	start  = time.Date(2026, 11, 3, 9, 0, 0, 0, time.UTC)
	ranges = []verify.Range{{Bucket: "photos", Directory: "photos", Naming: verify.Encoded}}
)

// files are those of the drive by path, with their keys.
var files = map[string]string{
	"photos/2026/a b.jpg":      "2026/a b.jpg",
	"photos/a/%2Fb":            "a//b",
	"photos/back\\slash":       "back\\slash",
	"photos/line%0Abreak":      "line\nbreak",
	"photos/x/%~" + hashOfLong: "x/" + long,
	"photos/über/%25~":         "über/%~",
	"photos/%FF":               "\xff",
	"photos/%%2541":            "%%41",
	"photos/%2Es3export":       ".s3export",
	"photos/d/%2E%2E/e":        "d/../e",
}

// drive is a directory with the files, and the lines of its baseline.
type drive struct {
	dir   string
	root  *os.Root
	lines []verify.Expected
}

func newDrive() *drive {
	GinkgoHelper()
	d := &drive{dir: GinkgoT().TempDir()}
	var err error
	d.root, err = os.OpenRoot(d.dir)
	Expect(err).NotTo(HaveOccurred())
	DeferCleanup(d.root.Close)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		content := []byte("content of " + name)
		Expect(d.root.MkdirAll(path.Dir(name), 0o755)).To(Succeed())
		Expect(d.root.WriteFile(name, content, 0o644)).To(Succeed())
		sum := sha256.Sum256(content)
		d.lines = append(d.lines, verify.Expected{Path: name, Seen: verify.AtBoth,
			Object:     verify.Object{Bucket: "photos", Key: files[name], Size: int64(len(content)), LastModified: start, Known: &verify.Known{Algorithm: digest.SHA256, Sum: sum[:], Witness: verify.WitnessCopied}},
			Attributes: &verify.Attributes{ContentType: "image/jpeg"}})
	}
	d.lines = append(d.lines, verify.Expected{Path: "photos/zero/", Seen: verify.AtBoth, Kind: verify.KindMarker,
		Object: verify.Object{Bucket: "photos", Key: "zero/", LastModified: start}},
		verify.Expected{Path: "photos/zgone", Seen: verify.AtStart, Object: verify.Object{Bucket: "photos", Key: "zgone", Size: 3, LastModified: start}})
	slices.SortFunc(d.lines, func(a, b verify.Expected) int { return strings.Compare(a.Path, b.Path) })
	return d
}

func (d *drive) all() iter.Seq2[verify.Expected, error] {
	return func(yield func(verify.Expected, error) bool) {
		for _, e := range d.lines {
			if !yield(e, nil) {
				return
			}
		}
	}
}

func (d *drive) write() verify.Summary {
	GinkgoHelper()
	sum, err := bundle.Write(ctx, d.root, described(), ranges, d.all())
	Expect(err).NotTo(HaveOccurred())
	return sum
}

func (d *drive) names() []string {
	GinkgoHelper()
	entries, err := os.ReadDir(d.dir + "/" + bundle.Dir)
	Expect(err).NotTo(HaveOccurred())
	var all []string
	for _, e := range entries {
		all = append(all, e.Name())
	}
	return all
}

func described() bundle.Description {
	return bundle.Description{
		Tool: "s3export 1.2.3", Backup: "photos", Run: "2026-11", Set: "a",
		Device:     bundle.Device{Name: "usb-1", Serial: "S1", Label: "PHOTOS\x1b[2J"},
		SpecDigest: "abc", StartedAt: start, EndedAt: start.Add(time.Hour), Keys: []string{"vault", "escrow"},
		ContinueAfter: &bundle.Position{Bucket: "photos", Key: "zgone\xff"},
	}
}
