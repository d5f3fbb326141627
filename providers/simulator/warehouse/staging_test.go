package warehouse

import (
	"bytes"
	"context"
	"crypto/md5"
	"encoding/csv"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/providers/simulator/jobs"
	"github.com/cargomedia/s3export/providers/simulator/store"
	"github.com/cargomedia/s3export/specs/manifest"
)

// export stages the objects of operations and returns what is there then, sorted,
// a line each, and the lines of the log.
func export(s *staging, ops ...manifest.Operation) (tree, log []string, err error) {
	GinkgoHelper()
	s.root, s.log = GinkgoT().TempDir(), newExportLog()
	s.now = func() time.Time { return noon }
	if s.room == (room{}) {
		s.room = room{blockSize: 4096, blocks: 10000, inodes: 10000}
	}
	err = s.export(context.Background(), jobs.Job{Manifest: manifest.Manifest{Operations: ops}})
	Expect(filepath.WalkDir(s.root, func(file string, d fs.DirEntry, e error) error {
		Expect(e).NotTo(HaveOccurred())
		name := strings.TrimPrefix(file, s.root)
		if d.IsDir() {
			tree = append(tree, name+"/")
			return nil
		}
		content, e := os.ReadFile(file)
		tree = append(tree, name+"="+string(content))
		return e
	})).To(Succeed())
	lines := csv.NewReader(bytes.NewReader(s.log.bytes()))
	lines.Comma = '\t'
	records, e := lines.ReadAll()
	Expect(e).NotTo(HaveOccurred())
	for _, f := range records[1:] {
		log = append(log, strings.Join(f[1:5], " "))
	}
	return tree[1:], log, err
}

// filled is a store with buckets whose objects have their keys as content.
func filled(keys ...string) *store.Store {
	st := store.New(func() time.Time { return noon })
	Expect(st.CreateBucket("photos", store.BucketOptions{})).To(Succeed())
	Expect(st.CreateBucket("other", store.BucketOptions{})).To(Succeed())
	for _, k := range keys {
		put(st, k, strings.ToUpper(k), store.PutOptions{})
	}
	return st
}

func put(st *store.Store, key, content string, o store.PutOptions) {
	GinkgoHelper()
	_, err := st.Put("photos", key, strings.NewReader(content), o)
	Expect(err).NotTo(HaveOccurred())
}

var _ = Describe("A load", func() {
	DescribeTable("selects by prefix and markers",
		func(o manifest.Operation, want ...string) {
			o.ExportBucket, o.TargetDirectory = "photos", "/"
			tree, _, err := export(&staging{store: filled("a", "b1", "b2", "b22", "b3", "c")}, o)
			Expect(err).NotTo(HaveOccurred())
			for i := range want {
				want[i] = "/" + want[i] + "=" + strings.ToUpper(want[i])
			}
			Expect(tree).To(HaveExactElements(want))
		},
		Entry("all", manifest.Operation{}, "a", "b1", "b2", "b22", "b3", "c"),
		Entry("prefix", manifest.Operation{Prefix: "b2"}, "b2", "b22"),
		Entry("begin, exclusive", manifest.Operation{BeginMarker: "b2"}, "b22", "b3", "c"),
		Entry("end, inclusive, without what begins with it", manifest.Operation{EndMarker: "b2"}, "a", "b1", "b2"),
		Entry("all three", manifest.Operation{Prefix: "b", BeginMarker: "b1", EndMarker: "b22"}, "b2", "b22"),
		Entry("begin before the prefix", manifest.Operation{Prefix: "b", BeginMarker: "a"}, "b1", "b2", "b22", "b3"),
		Entry("nothing", manifest.Operation{Prefix: "c", EndMarker: "b"}),
	)

	It("maps keys to files, and what no path can hold to the recovery directory", func() {
		tree, log, err := export(&staging{store: filled(
			"/lead", "a", "a/b", "d/", "d/e", "e//f", "g/../h", "i\xffj", "k/"+strings.Repeat("l", 256), "m/n/",
		)}, manifest.Operation{ExportBucket: "photos"})
		Expect(err).NotTo(HaveOccurred())
		Expect(tree).To(HaveExactElements(
			"/EXPORT-RECOVERY/", "/EXPORT-RECOVERY/0000/",
			"/EXPORT-RECOVERY/0000/0000=/LEAD", "/EXPORT-RECOVERY/0000/0001=A/B", "/EXPORT-RECOVERY/0000/0002=E//F",
			"/EXPORT-RECOVERY/0000/0003=G/../H", "/EXPORT-RECOVERY/0000/0004="+strings.ToUpper("i\xffj"),
			"/EXPORT-RECOVERY/0000/0005=K/"+strings.Repeat("L", 256),
			"/photos/", "/photos/a=A", "/photos/d/", "/photos/d/e=D/E", "/photos/m/", "/photos/m/n/",
		))
		Expect(log).To(ContainElements(
			"/photos/a 200 OK /photos/a", "/EXPORT-RECOVERY/0000/0001 200 OK /photos/a/b", "/photos/d 200 OK /photos/d/",
		))
		Expect(log).To(HaveLen(10))
	})

	It("lets operations share a directory, and writes the same object once", func() {
		st := filled("a", "b")
		_, err := st.Put("other", "b", strings.NewReader("other b"), store.PutOptions{})
		Expect(err).NotTo(HaveOccurred())
		tree, log, err := export(&staging{store: st},
			manifest.Operation{ExportBucket: "photos", TargetDirectory: "x"},
			manifest.Operation{ExportBucket: "photos", TargetDirectory: "x", Prefix: "a"},
			manifest.Operation{ExportBucket: "other", TargetDirectory: "x/"})
		Expect(err).NotTo(HaveOccurred())
		Expect(tree).To(HaveExactElements(
			"/EXPORT-RECOVERY/", "/EXPORT-RECOVERY/0000/", "/EXPORT-RECOVERY/0000/0000=other b", "/x/", "/x/a=A", "/x/b=B"))
		Expect(log).To(HaveLen(4))
	})

	It("leaves archived objects out and says so", func() {
		st := filled("a")
		put(st, "b", "cold", store.PutOptions{Attributes: store.Attributes{StorageClass: "DEEP_ARCHIVE"}})
		put(st, "c", "cool", store.PutOptions{Attributes: store.Attributes{StorageClass: "GLACIER_IR"}})
		s := &staging{store: st}
		tree, log, err := export(s, manifest.Operation{ExportBucket: "photos", TargetDirectory: "/"})
		Expect(err).NotTo(HaveOccurred())
		Expect(tree).To(HaveExactElements("/a=A", "/c=cool"))
		Expect(log[1]).To(Equal(" 403 InvalidObjectState /photos/b"))
		Expect(s.log.failed).To(Equal(1))
	})

	It("stops at the first object that does not fit, in strict order", func() {
		st := filled()
		put(st, "a", strings.Repeat("a", 4096), store.PutOptions{})
		put(st, "b", strings.Repeat("b", 40960), store.PutOptions{})
		put(st, "c", "small", store.PutOptions{})
		s := &staging{store: st, room: room{blockSize: 4096, blocks: 6, inodes: 10}}
		tree, log, err := export(s, manifest.Operation{ExportBucket: "photos", TargetDirectory: "/"})
		Expect(err).To(MatchError(errFull))
		Expect(tree).To(HaveExactElements("/a=" + strings.Repeat("a", 4096)))
		Expect(log).To(HaveExactElements("/a 200 OK /photos/a", " 507 DeviceFull /photos/b"))
	})

	It("counts inodes too", func() {
		s := &staging{store: filled("a", "b/c/d", "e"), room: room{blockSize: 4096, blocks: 100, inodes: 3}}
		_, log, err := export(s, manifest.Operation{ExportBucket: "photos", TargetDirectory: "/"})
		Expect(err).To(MatchError(errFull))
		Expect(log).To(HaveExactElements("/a 200 OK /photos/a", " 507 DeviceFull /photos/b/c/d"))
	})

	It("keeps times, and quotes odd keys in the log", func() {
		s := &staging{store: filled("a\tb\n\"c\"")}
		_, _, err := export(s, manifest.Operation{ExportBucket: "photos"})
		Expect(err).NotTo(HaveOccurred())
		info, err := os.Stat(filepath.Join(s.root, "photos", "a\tb\n\"c\""))
		Expect(err).NotTo(HaveOccurred())
		Expect(info.ModTime()).To(BeTemporally("==", noon))
		Expect(string(s.log.bytes())).To(Equal(fmt.Sprintf("DateTime\tFile\tStatus\tCode\tKey\tMD5\tBytes\n"+
			"Mon Nov  2 12:00:00 UTC 2026\t\"/photos/a\tb\n\"\"c\"\"\"\t200\tOK\t\"/photos/a\tb\n\"\"c\"\"\"\t%x\t7\n", md5.Sum([]byte("A\tB\n\"C\"")))))
	})
})

var _ = Describe("Rot", func() {
	It("spoils the wanted number of files, the same ones for a seed", func() {
		var before []string
		spoil := func(seed string) (spoiled, changed, gone []string) {
			var keys []string
			for i := range 50 {
				keys = append(keys, fmt.Sprintf("k%02d", i))
			}
			s := &staging{store: filled(keys...)}
			before, _, _ = export(s, manifest.Operation{ExportBucket: "photos", TargetDirectory: "/"})
			spoiled, err := rot(s.root, s.files, Rot{Corrupt: 3, Missing: 2, CorruptKeys: []string{"photos/k07"}}, seed)
			Expect(err).NotTo(HaveOccurred())
			for _, k := range keys {
				content, err := os.ReadFile(filepath.Join(s.root, k))
				if err != nil {
					gone = append(gone, k)
				} else if string(content) != strings.ToUpper(k) {
					Expect(content).To(HaveLen(len(k)))
					changed = append(changed, k)
				}
			}
			return spoiled, changed, gone
		}
		spoiled, changed, gone := spoil("one")
		Expect(before).To(HaveLen(50))
		Expect(spoiled).To(HaveLen(6))
		Expect(changed).To(HaveLen(4))
		Expect(changed).To(ContainElement("k07"))
		Expect(gone).To(HaveLen(2))
		again, _, _ := spoil("one")
		Expect(again).To(Equal(spoiled))
		other, _, _ := spoil("two")
		Expect(other).NotTo(Equal(spoiled))
	})
})
