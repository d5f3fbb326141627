package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/device"
	"github.com/cargomedia/s3export/device/crypt"
	"github.com/cargomedia/s3export/providers/pull"
)

// refusals are what keeps a drive from being erased or read, as it comes about.
type refusals struct {
	dir  string
	told strings.Builder
	seen []string
}

// tell shows a refusal as text and as JSON, as every command prints it.
func (r *refusals) tell(what string, err error) {
	GinkgoHelper()
	p := problemOf(err)
	Expect(err).To(HaveOccurred(), what)
	Expect(p.Remedy).NotTo(BeEmpty(), what)
	r.seen = append(r.seen, p.Reason)
	var text, asJSON bytes.Buffer
	a := &app{environment: environment{stderr: &text}}
	a.report(err)
	a = &app{environment: environment{stderr: &asJSON}, output: "json"}
	a.report(err)
	fmt.Fprintf(&r.told, "# %s: %s\n%s%s\n", p.Reason, what, r.normal(text.String()), r.normal(asJSON.String()))
}

// normal hides what differs from run to run.
func (r *refusals) normal(text string) string {
	text = strings.ReplaceAll(text, r.dir, "DIR")
	text = regexp.MustCompile(`last written \d{4}-\d\d-\d\d`).ReplaceAllString(text, "last written DATE")
	return regexp.MustCompile("`[^ `]*/(mkfs.ext4|debugfs|e2fsck) [^`]*`").ReplaceAllString(text, "`$1 …`")
}

func (r *refusals) image(name string, size int64) string {
	GinkgoHelper()
	path := filepath.Join(r.dir, name)
	Expect(os.WriteFile(path, nil, 0o600)).To(Succeed())
	Expect(os.Truncate(path, size)).To(Succeed())
	return path
}

func (r *refusals) open(what, path string, k device.Key) {
	GinkgoHelper()
	_, err := device.New(device.Options{}).Open(context.Background(), device.Selector{Image: path}, k)
	r.tell(what, err)
}

// drive is what an inspection may see of a disk.
func drive(change func(*device.State)) device.State {
	s := device.State{
		Selector: device.Selector{Serial: "WD-1"}, Presence: device.Present, Path: "/dev/sdb",
		Identity: device.Identity{Kind: device.Block, Serial: "WD-1", Model: "Elements 25A3", Size: 4_000_787_030_016},
		Content:  device.Content{Blank: true, Fingerprint: "f"},
	}
	change(&s)
	return s
}

func holds(c device.Content) func(*device.State) { return func(s *device.State) { s.Content = c } }
func used(u device.Use) func(*device.State)      { return func(s *device.State) { s.Use = u } }

var _ = Describe("a drive that is refused", func() {
	v := device.NewVolumeID("photos-a", "1")

	It("is told as text and as JSON, each with its way out", func() {
		r := &refusals{dir: GinkgoT().TempDir()}
		for _, c := range []struct {
			what   string
			change func(*device.State)
		}{
			{"not plugged in", func(s *device.State) { s.Presence = device.Absent }},
			{"an image that is not there", func(s *device.State) {
				s.Presence, s.Selector, s.Path = device.Absent, device.Selector{Image: "/backup/a.img"}, "/backup/a.img"
			}},
			{"two of them", func(s *device.State) {
				s.Presence, s.Matches = device.Ambiguous, []string{
					`/dev/sdb (serial "WD-1", 4.0 TB, WD Elements 25A3, pci-0000:00:14.0-usb-0:1:1.0-scsi-0:0:0:0)`,
					`/dev/sdc (serial "WD-1", 2.0 TB, WD Elements 2620, USB port 2-4)`,
				}
			}},
			{"no permission", func(s *device.State) {
				s.Presence, s.Problem, s.Remedy = device.Unknown, "/dev/sdb cannot be read: permission denied", "let this user read /dev/sdb (run as root, or as a member of the group that owns it)"
			}},
			{"waiting for its PIN", func(s *device.State) {
				s.Presence, s.Reason = device.Unknown, device.DeviceLocked
				s.Problem = `/dev/sdb (serial "WD-1", WD Elements 25A3) has no medium: a drive with a PIN shows none until it is unlocked, a card reader none without a card`
				s.Remedy = "enter the PIN on the drive, or put the card in, then run the same again"
			}},
			{"another size", func(s *device.State) { s.Mismatch = "size 4.0 TB, wanted 2.0 TB" }},
			{"of this system", used(device.Use{System: true, Mounted: []string{"/", "/home"}})},
			{"mounted", used(device.Use{Mounted: []string{"/media/jane/My Drive"}})},
			{"in use", used(device.Use{Holders: []string{"vg0-lv0 (/dev/dm-0)"}})},
			{"write-protected", used(device.Use{ReadOnly: true})},
			{"too small", func(s *device.State) { s.Identity.Size = 1 << 20 }},
			{"somebody's file system", holds(device.Content{Found: `GPT with ntfs "WORK"`, Partitions: []device.Partition{{Number: 1}}, Fingerprint: "f"})},
			{"with its age", holds(device.Content{Found: `ext4 "WORK", last written 2019-05-07`, Fingerprint: "f", FileSystem: &device.FileSystem{
				Type: "ext4", Label: "WORK", Written: time.Date(2019, 5, 7, 0, 0, 0, 0, time.UTC),
			}})},
			{"perhaps encrypted", holds(device.Content{Unknown: true, Found: "random data, as of an encrypted volume without a header such as TrueCrypt's (the first at byte 0)", Fingerprint: "f"})},
			{"ours, with files", holds(device.Content{Fingerprint: "f", Partitions: []device.Partition{{Number: 1, GUID: v.PartitionGUID, Name: v.Label}},
				FileSystem: &device.FileSystem{Type: "ext4", UUID: v.UUID, HasFiles: true}})},
			{"with bad sectors", holds(device.Content{Fingerprint: "f", Unreadable: []device.ByteRange{{Offset: 8 << 30, Length: 4096}}})},
			{"shorter than it was", holds(device.Content{Fingerprint: "f", Missing: 1 << 20, Partitions: []device.Partition{{Number: 1, GUID: v.PartitionGUID, Name: v.Label}},
				FileSystem: &device.FileSystem{Type: "ext4", UUID: v.UUID}})},
		} {
			_, refusal := drive(c.change).Claim(v)
			Expect(refusal).To(HaveOccurred(), c.what)
			r.tell(c.what, refusal)
		}
		claim, refusal := drive(func(*device.State) {}).Claim(v)
		Expect(refusal).NotTo(HaveOccurred())
		_, refusal = claim.Renew(drive(holds(device.Content{Fingerprint: "g"})))
		r.tell("changed since the plan", refusal)
		r.encrypted()
		r.broken(v)
		r.tell("without root", (&app{}).incapable(&parts{traits: pull.Traits()}))
		golden("refusals.golden", r.told.String())

		source, err := os.ReadFile("../../device/error.go")
		Expect(err).NotTo(HaveOccurred())
		for _, m := range regexp.MustCompile(`Reason = "(\w+)"`).FindAllStringSubmatch(string(source), -1) {
			if slices.Contains([]string{"DeviceFull"}, m[1]) {
				continue // story bad-full-disk
			}
			Expect(r.seen).To(ContainElement(m[1]))
		}
	})
})

// encrypted are copies that a password would open.
func (r *refusals) encrypted() {
	GinkgoHelper()
	inner := r.image("inner", 4<<20)
	runTool("mkfs.ext4", "-q", "-F", inner)
	volume := r.container("volume.tc", inner, "correct-horse")
	r.open("a wrong password", volume, device.PasswordKey("guess", ""))
	root := filepath.Join(r.dir, "root")
	Expect(os.Mkdir(root, 0o700)).To(Succeed())
	for _, name := range []string{"EX1ID.tc", "other.tc"} {
		Expect(os.WriteFile(filepath.Join(root, name), []byte("x"), 0o600)).To(Succeed())
	}
	outer := r.image("outer", 16<<20)
	runTool("mkfs.ext4", "-q", "-F", "-d", root, outer)
	r.open("several containers", outer, device.PasswordKey("guess", ""))
	r.open("the job's container, and no password", outer, device.PasswordKey("", "EX1ID.tc"))
	luks := r.image("luks", 32<<20)
	r.write(luks, 0, "LUKS\xba\xbe\x00\x02")
	r.open("a LUKS volume, and no password", luks, device.Key{})
	inside := r.image("inside", 4<<20)
	r.write(inside, 3, "-FVE-FS-")
	r.open("a container with what nobody reads", r.container("bitlocker.tc", inside, "correct-horse"), device.PasswordKey("correct-horse", ""))
}

func (r *refusals) container(name, inner, password string) string {
	GinkgoHelper()
	src, err := os.Open(inner)
	Expect(err).NotTo(HaveOccurred())
	defer src.Close()
	info, err := src.Stat()
	Expect(err).NotTo(HaveOccurred())
	dst, err := os.Create(filepath.Join(r.dir, name))
	Expect(err).NotTo(HaveOccurred())
	Expect(crypt.CreateTrueCrypt(context.Background(), dst, io.NewSectionReader(src, 0, info.Size()), []byte(password), rand.Reader)).To(Succeed())
	Expect(dst.Close()).To(Succeed())
	return dst.Name()
}

func (r *refusals) write(path string, at int64, text string) {
	GinkgoHelper()
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	Expect(err).NotTo(HaveOccurred())
	_, err = f.WriteAt([]byte(text), at)
	Expect(err).NotTo(HaveOccurred())
	Expect(f.Close()).To(Succeed())
}

// broken are file systems and tools that do not work.
func (r *refusals) broken(v device.VolumeID) {
	GinkgoHelper()
	dirty := r.image("dirty", 16<<20)
	runTool("mkfs.ext4", "-q", "-F", dirty)
	runTool("debugfs", "-w", "-R", "feature +needs_recovery", dirty)
	r.open("not cleanly unmounted", dirty, device.Key{})
	unknown := r.image("unknown", 16<<20)
	r.write(unknown, 65536+52, "ReIsEr")
	r.open("a file system that nobody reads", unknown, device.Key{})
	r.open("nothing", r.image("blank", 16<<20), device.Key{})

	gone := r.image("gone", 16<<20)
	runTool("mkfs.ext4", "-q", "-F", "-d", filepath.Join(r.dir, "root"), gone)
	volume, err := device.New(device.Options{}).Open(context.Background(), device.Selector{Image: gone}, device.Key{})
	Expect(err).NotTo(HaveOccurred())
	Expect(volume.Walk(context.Background(), "", func(e device.Entry) error {
		if e.Path != "other.tc" {
			return nil
		}
		file, err := volume.Open(e)
		Expect(err).NotTo(HaveOccurred())
		Expect(os.Truncate(gone, 0)).To(Succeed())
		Expect(os.Rename(gone, gone+".away")).To(Succeed())
		_, err = file.ReadAt(make([]byte, 1), 0)
		r.tell("pulled while it was read", err)
		return nil
	})).To(Succeed())
	Expect(volume.Close()).To(Succeed())

	format := func(what string, tools string) {
		d := device.New(device.Options{ToolDirs: []string{tools}})
		path := r.image("target", 32<<20)
		st, err := d.Inspect(context.Background(), device.Selector{Image: path})
		Expect(err).NotTo(HaveOccurred())
		c, refusal := st.Claim(v)
		Expect(refusal).NotTo(HaveOccurred())
		r.tell(what, d.Format(context.Background(), c, v))
	}
	tool := func(script string) string {
		dir, err := os.MkdirTemp(r.dir, "tools")
		Expect(err).NotTo(HaveOccurred())
		Expect(os.WriteFile(filepath.Join(dir, "mkfs.ext4"), []byte("#!/bin/sh\n"+script+"\n"), 0o700)).To(Succeed())
		return dir
	}
	format("no mkfs", r.dir)
	format("a mkfs that fails", tool("echo 'Input/output error while writing out block 7' >&2; exit 1"))
	format("a drive that keeps nothing", tool("exit 0"))
}

// runTool runs a tool of e2fsprogs, which is not in everybody's PATH.
func runTool(name string, args ...string) {
	GinkgoHelper()
	for _, dir := range []string{"/usr/sbin", "/sbin"} {
		if path := filepath.Join(dir, name); fileExists(path) {
			name = path
		}
	}
	out, err := exec.Command(name, args...).CombinedOutput()
	Expect(err).NotTo(HaveOccurred(), string(out))
}

func fileExists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
