// Length: one model with all that may happen to it reads best in one piece.
package device_test

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing/fstest"

	"github.com/moby/sys/mountinfo"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"golang.org/x/sys/unix"
	"pgregory.net/rapid"

	"github.com/cargomedia/s3export/device"
)

// What may be on a disk of the model, as we know it and the code does not.
const (
	blank    = "blank"
	foreign  = "foreign"
	halfMade = "half-made"
	empty    = "empty"
	loaded   = "loaded"
	unproven = "unproven" // what random bytes have made of a volume of ours
)

// shelf is a world of disks: image files, with loop devices, mounts and holders that a
// sysfs of our own tells of. It knows what each disk holds and who may erase it, and
// counts what was written by the digest of each disk's content.
type shelf struct {
	dir       string
	paths     []string
	holds     []content
	mounted   []bool
	held      []bool
	sys       fstest.MapFS
	templates map[string]string // content by name, as sparse files
	disks     *device.Disks
	claims    []given
	formats   int
}

// content is what a disk holds: kind, and whose it is.
type content struct {
	kind string
	of   device.VolumeID
}

// given is a claim that was handed out, and for what.
type given struct {
	claim    device.Claim
	volume   device.VolumeID
	disk     int
	file     uint64 // inode that the disk was then
	seen     string // digest of the disk then
	replaces []device.VolumeID
}

func volumes() []device.VolumeID {
	return []device.VolumeID{device.NewVolumeID("photos-a", "1"), device.NewVolumeID("photos-a", "2")}
}

func newShelf(dir string, templates map[string]string) *shelf {
	w := &shelf{dir: dir, templates: templates, sys: fstest.MapFS{}}
	for i := range 3 {
		w.paths = append(w.paths, filepath.Join(dir, fmt.Sprintf("disk-%d.img", i)))
		w.holds = append(w.holds, content{kind: blank})
		w.mounted, w.held = append(w.mounted, false), append(w.held, false)
		w.fill(i, "")
	}
	w.disks = device.New(device.Options{
		SysFS: w.sys, DevDir: filepath.Join(dir, "dev"), LockWait: 1, Swaps: filepath.Join(dir, "swaps"),
		Mounts: func() ([]*mountinfo.Info, error) { return w.mounts(), nil },
	})
	return w
}

// fill makes a disk's content that of a template; "" is blank.
func (w *shelf) fill(i int, template string) {
	GinkgoHelper()
	Expect(os.RemoveAll(w.paths[i])).To(Succeed())
	if template == "" {
		Expect(os.WriteFile(w.paths[i], nil, 0o600)).To(Succeed())
		Expect(os.Truncate(w.paths[i], device.MinSize)).To(Succeed())
		return
	}
	copySparse(w.templates[template], w.paths[i])
}

func (w *shelf) mounts() []*mountinfo.Info {
	var all []*mountinfo.Info
	for i, yes := range w.mounted {
		if yes {
			all = append(all, &mountinfo.Info{Major: 7, Minor: i, Mountpoint: fmt.Sprintf("/mnt/%d", i), Root: "/"})
		}
	}
	return all
}

// attached has sysfs show a loop device for each disk that is mounted or held.
func (w *shelf) attached() {
	maps.DeleteFunc(w.sys, func(string, *fstest.MapFile) bool { return true })
	w.sys["block/nothing"] = &fstest.MapFile{}
	for i := range w.paths {
		if !w.mounted[i] && !w.held[i] {
			continue
		}
		at := fmt.Sprintf("block/loop%d/", i)
		w.sys[at+"size"] = &fstest.MapFile{Data: []byte(fmt.Sprint(device.MinSize / 512))}
		w.sys[at+"dev"] = &fstest.MapFile{Data: []byte(fmt.Sprintf("7:%d", i))}
		w.sys[at+"loop/backing_file"] = &fstest.MapFile{Data: []byte(w.paths[i])}
	}
}

func (w *shelf) selector(i int) device.Selector {
	return device.Selector{Image: w.paths[i], Serial: "IMG-test", Size: device.SizeCheck{Bytes: device.MinSize}}
}

// mayErase says, from what is known of the disk and not from what the code sees,
// whether v may be made on it; known is false where nobody can say.
func (w *shelf) mayErase(i int, v device.VolumeID, replaces []device.VolumeID) (may, known bool) {
	if w.mounted[i] || w.held[i] {
		return false, true
	}
	switch c := w.holds[i]; c.kind {
	case blank:
		return true, true
	case empty, halfMade:
		return c.of == v || slices.Contains(replaces, c.of), true
	case loaded:
		return slices.Contains(replaces, c.of), true
	case unproven:
		return true, false
	}
	return false, true
}

func (w *shelf) digests() []string {
	all := make([]string, len(w.paths))
	for i, p := range w.paths {
		all[i] = sparseDigest(p)
	}
	return all
}

// format redeems a claim, for its own volume or another, and compares all disks
// before and after.
func (w *shelf) format(t *rapid.T, g given, v device.VolumeID) {
	before := w.digests()
	may, known := w.mayErase(g.disk, v, g.replaces)
	allowed := may && v == g.volume && before[g.disk] == g.seen && inode(w.paths[g.disk]) == g.file
	err := w.disks.Format(GinkgoT().Context(), g.claim, v)
	after := w.digests()
	for i := range before {
		if before[i] != after[i] && (i != g.disk || !allowed) {
			t.Fatalf("disk %d (%+v) was written with a claim for disk %d, allowed: %v; %v", i, w.holds[i], g.disk, allowed, err)
		}
	}
	if allowed != (err == nil) && (known || !allowed) {
		t.Fatalf("allowed: %v, but: %v", allowed, err)
	}
	if err == nil {
		w.formats++
		w.holds[g.disk] = content{empty, v}
		return
	}
	if asError(err).Remedy == "" {
		t.Fatalf("no remedy: %v", err)
	}
}

// claim looks at a disk and asks for the right to erase it.
func (w *shelf) claim(t *rapid.T, i int, v device.VolumeID, replaces ...device.VolumeID) {
	w.attached()
	st, err := w.disks.Inspect(GinkgoT().Context(), w.selector(i))
	if err != nil {
		t.Fatal(err)
	}
	c, r := st.Claim(v, replaces...)
	if may, known := w.mayErase(i, v, replaces); known && may != (r == nil) {
		t.Fatalf("disk %d holds %+v, mounted %v, held %v; may be erased for %+v: %v; but the refusal is %v", i, w.holds[i], w.mounted[i], w.held[i], v, may, r)
	}
	if r == nil {
		w.claims = append(w.claims, given{c, v, i, inode(w.paths[i]), sparseDigest(w.paths[i]), replaces})
		w.claims = w.claims[max(0, len(w.claims)-6):]
		return
	}
	if r.Remedy == "" || r.Message == "" {
		t.Fatalf("a refusal that helps nobody: %+v", r)
	}
}

// steps are what happens in the world, by name.
func (w *shelf) steps() map[string]func(*rapid.T) {
	disk := func(t *rapid.T) int { return rapid.IntRange(0, len(w.paths)-1).Draw(t, "disk") }
	volume := func(t *rapid.T) device.VolumeID { return rapid.SampledFrom(volumes()).Draw(t, "volume") }
	templates := slices.Sorted(maps.Keys(w.templates))
	change := func(t *rapid.T, template string, holds content) {
		i := disk(t)
		w.fill(i, template)
		w.holds[i] = holds
	}
	return map[string]func(*rapid.T){
		"look":       func(t *rapid.T) { w.claim(t, disk(t), volume(t)) },
		"look again": func(t *rapid.T) { w.claim(t, disk(t), volume(t)) },
		"look for a successor": func(t *rapid.T) {
			w.claim(t, disk(t), volumes()[1], volumes()[0])
		},
		"format": func(t *rapid.T) {
			if len(w.claims) == 0 {
				t.Skip("no claim")
			}
			w.attached()
			g := rapid.SampledFrom(w.claims).Draw(t, "claim")
			w.format(t, g, g.volume)
		},
		"format for another": func(t *rapid.T) {
			if len(w.claims) == 0 {
				t.Skip("no claim")
			}
			w.attached()
			w.format(t, rapid.SampledFrom(w.claims).Draw(t, "claim"), volume(t))
		},
		"clear": func(t *rapid.T) { change(t, "", content{kind: blank}) },
		"put": func(t *rapid.T) {
			name := rapid.SampledFrom(templates).Draw(t, "template")
			change(t, name, contentOf(name))
		},
		"scribble": func(t *rapid.T) {
			i := disk(t)
			at := rapid.Int64Range(0, device.MinSize-1).Draw(t, "at")
			poke(w.paths[i], at, []byte{rapid.Byte().Filter(func(b byte) bool { return b != 0 && b != 0xFF }).Draw(t, "byte")})
			w.holds[i] = scribbled(w.holds[i])
		},
		"swap": func(t *rapid.T) {
			i, j := disk(t), disk(t)
			if i == j || w.mounted[i] || w.mounted[j] || w.held[i] || w.held[j] {
				t.Skip("not these")
			}
			Expect(unix.Renameat2(unix.AT_FDCWD, w.paths[i], unix.AT_FDCWD, w.paths[j], unix.RENAME_EXCHANGE)).To(Succeed())
			w.holds[i], w.holds[j] = w.holds[j], w.holds[i]
		},
		"mount": func(t *rapid.T) { i := disk(t); w.mounted[i] = !w.mounted[i] },
		"hold":  func(t *rapid.T) { i := disk(t); w.held[i] = !w.held[i] },
	}
}

// scribbled is what a disk holds after a random byte was written: of what is not
// blank nobody can say.
func scribbled(c content) content {
	if c.kind == blank || c.kind == foreign {
		return content{kind: foreign}
	}
	return content{kind: unproven}
}

// templateDisks makes what disks may hold, once; named "kind" or "kind run".
func templateDisks(dir string) map[string]string {
	GinkgoHelper()
	d := device.New(device.Options{LockWait: lockWait})
	all := map[string]string{}
	put := func(name string, fill func(path string)) {
		path := filepath.Join(dir, fmt.Sprintf("template-%d", len(all)))
		Expect(os.WriteFile(path, nil, 0o600)).To(Succeed())
		Expect(os.Truncate(path, device.MinSize)).To(Succeed())
		fill(path)
		all[name] = path
	}
	for i, v := range volumes() {
		put(fmt.Sprintf("%s %d", empty, i), func(path string) { format(d, path, v) })
		put(fmt.Sprintf("%s %d", loaded, i), func(path string) {
			format(d, path, v)
			oracle("debugfs", "-w", "-R", "mkdir photos", path+"?offset=1048576")
		})
		put(fmt.Sprintf("%s %d", halfMade, i), func(path string) {
			format(d, path, v)
			poke(path, 1<<20, make([]byte, 64<<10))
		})
	}
	put(foreign+" ext4", func(path string) { oracle("mkfs.ext4", "-q", "-F", path) })
	put(foreign+" table", func(path string) { oracle("sgdisk", "-o", path) })
	put(foreign+" luks", func(path string) { poke(path, 0, []byte("LUKS\xba\xbe\x00\x02")) })
	put(foreign+" ntfs", func(path string) { poke(path, 3, []byte("NTFS    ")) })
	put(foreign+" last byte", func(path string) { poke(path, device.MinSize-1, []byte{1}) })
	put(foreign+" a service's", func(path string) {
		format(d, path, volumes()[0])
		oracle("mkfs.ext4", "-q", "-F", "-E", "offset=1048576", path, "14M")
	})
	return all
}

func contentOf(template string) content {
	kind, run, _ := strings.Cut(template, " ")
	switch run {
	case "0":
		return content{kind, volumes()[0]}
	case "1":
		return content{kind, volumes()[1]}
	}
	return content{kind: kind}
}

func inode(path string) uint64 {
	var st unix.Stat_t
	Expect(unix.Stat(path, &st)).To(Succeed())
	return st.Ino
}

// eachPage calls visit for the pages of a sparse file that are not zero.
func eachPage(path string, visit func(at int64, page []byte)) {
	f, err := os.Open(path)
	Expect(err).NotTo(HaveOccurred())
	defer f.Close()
	zero, page := make([]byte, 4096), make([]byte, 4096)
	for at := int64(0); ; {
		begin, err := f.Seek(at, unix.SEEK_DATA)
		if err != nil {
			return
		}
		end, err := f.Seek(begin, unix.SEEK_HOLE)
		Expect(err).NotTo(HaveOccurred())
		for at = begin &^ 4095; at < end; at += 4096 {
			_, err := f.ReadAt(page, at)
			Expect(err).NotTo(HaveOccurred())
			if !bytes.Equal(page, zero) {
				visit(at, page)
			}
		}
	}
}

func sparseDigest(path string) string {
	sum := sha256.New() // no CRC: the content has CRCs of itself, and collides
	eachPage(path, func(at int64, page []byte) {
		fmt.Fprint(sum, at)
		sum.Write(page)
	})
	return fmt.Sprintf("%x", sum.Sum(nil))
}

func copySparse(from, to string) {
	GinkgoHelper()
	f, err := os.Create(to)
	Expect(err).NotTo(HaveOccurred())
	eachPage(from, func(at int64, page []byte) {
		_, err := f.WriteAt(page, at)
		Expect(err).NotTo(HaveOccurred())
	})
	Expect(f.Truncate(device.MinSize)).To(Succeed())
	Expect(f.Close()).To(Succeed())
}

var _ = Describe("any disks, in any order of events", Label("slow"), func() {
	It("are never written without a claim that still holds", func() {
		dir := GinkgoT().TempDir()
		if memory, err := os.MkdirTemp("/dev/shm", "s3export-"); err == nil {
			DeferCleanup(os.RemoveAll, memory)
			dir = memory
		}
		templates := templateDisks(dir)
		steps, formats := 0, 0
		rapid.Check(GinkgoTB(), func(t *rapid.T) {
			w := newShelf(dir, templates)
			all := w.steps()
			for name, step := range all {
				all[name] = func(t *rapid.T) { step(t); steps++ }
			}
			t.Repeat(all)
			formats += w.formats
		})
		AddReportEntry("done", fmt.Sprintf("%d steps, %d formats", steps, formats))
		Expect(formats).To(BeNumerically(">", steps/500), "hardly anything was formatted: the model is too strict")
	})
})
