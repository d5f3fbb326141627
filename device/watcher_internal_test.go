package device

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	. "github.com/onsi/gomega"
)

// desk is a host to which a test plugs disks and puts images, in a bubble whose time
// is virtual.
type desk struct {
	dir    string
	hints  chan struct{}
	deafen func() // closes hints
	start  time.Time
	watch  *Watcher
	looks  int // at the list of block devices

	mu   sync.Mutex
	told []string
}

// Open counts the looks at the block devices of the desk's sysfs.
func (d *desk) Open(name string) (fs.File, error) {
	if name == "block" {
		d.looks++
	}
	return os.DirFS(filepath.Join(d.dir, "sys")).Open(name)
}

func (d *desk) path(name ...string) string { return filepath.Join(append([]string{d.dir}, name...)...) }

func (d *desk) write(text string, name ...string) {
	path := d.path(name...)
	Expect(os.MkdirAll(filepath.Dir(path), 0o755)).To(Succeed())
	Expect(os.WriteFile(path, []byte(text), 0o600)).To(Succeed())
}

// plug makes a disk, or puts another medium into it.
func (d *desk) plug(name, serial string, medium int) {
	d.write("", "dev", name)
	d.write("2048\n", "sys/block", name, "size")
	d.write(serial+"\n", "sys/block", name, "serial")
	d.write(fmt.Sprintln(medium), "sys/block", name, "diskseq")
}

// pull takes a disk away; its node and its link are left to udev.
func (d *desk) pull(name string) { Expect(os.RemoveAll(d.path("sys/block", name))).To(Succeed()) }

// hint is the kernel's word that something happened.
func (d *desk) hint() { d.hints <- struct{}{} }

func (d *desk) link(id, name string) {
	Expect(os.MkdirAll(d.path("dev/disk/by-id"), 0o755)).To(Succeed())
	Expect(os.Symlink("../../"+name, d.path("dev/disk/by-id", id))).To(Succeed())
}

func (d *desk) note(name string, p Presence) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.told = append(d.told, fmt.Sprintf("%v %s %s", time.Since(d.start), name, p))
}

// pass lets time pass in the bubble, where it costs none.
func pass(d time.Duration) {
	time.Sleep(d) //nolint:forbidigo // virtual time
}

const ms = time.Millisecond

// atDesk runs a watcher of disk WD-1, link usb-WD-1 and image a.img while act acts,
// and returns what was told.
func atDesk(t *testing.T, act func(*desk)) *desk {
	t.Helper()
	RegisterTestingT(t)
	d := &desk{dir: t.TempDir()}
	for _, dir := range []string{"sys/block", "dev"} {
		Expect(os.MkdirAll(d.path(dir), 0o755)).To(Succeed())
	}
	synctest.Test(t, func(t *testing.T) {
		d.start, d.hints = time.Now(), make(chan struct{}, 1)
		d.deafen = sync.OnceFunc(func() { close(d.hints) })
		d.watch = NewWatcher(New(Options{SysFS: d, DevDir: d.path("dev")}))
		d.watch.hints = func(ctx context.Context) <-chan struct{} {
			context.AfterFunc(ctx, d.deafen)
			return d.hints
		}
		d.watch.Follow(map[string]Selector{"disk": {Serial: "WD-1"}, "link": {ByID: "usb-WD-1"}, "image": {Image: d.path("a.img")}})
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() { defer close(ended); d.watch.Run(ctx, d.note) }()
		pass(100 * ms) // so that nothing happens at the moment of a look
		act(d)
		stop()
		<-ended
	})
	return d
}

func TestWatcher(t *testing.T) {
	for name, c := range map[string]struct {
		act  func(*desk)
		told string
	}{
		"a disk that the kernel tells of is told at the next look, and nobody else is woken": {
			func(d *desk) {
				pass(time.Minute)
				d.plug("sdb", "WD-1", 1)
				d.plug("sdc", "WD-2", 2)
				d.hint()
				pass(time.Minute)
			},
			"1m0.4s disk Present",
		},
		"a link that udev makes late is told when it is there": {
			func(d *desk) {
				pass(time.Minute)
				d.plug("sdb", "WD-9", 1)
				d.hint()
				pass(5 * time.Second)
				d.link("usb-WD-1", "sdb")
				pass(time.Minute)
			},
			"1m5.2s link Present",
		},
		"a link without its disk is no device": {
			func(d *desk) {
				d.link("usb-WD-1", "sdb")
				d.hint()
				pass(time.Minute)
			},
			"",
		},
		"a disk that is pulled is told, though its link is still there": {
			func(d *desk) {
				d.plug("sdb", "WD-9", 1)
				d.link("usb-WD-1", "sdb")
				d.hint()
				pass(time.Second)
				d.pull("sdb")
				d.hint()
				pass(time.Second)
			},
			"400ms link Present, 1.2s link Absent",
		},
		"a kernel that says nothing is made up for": {
			func(d *desk) {
				pass(45 * time.Second)
				d.plug("sdb", "WD-1", 1)
				pass(time.Minute)
			},
			"1m0.4s disk Present",
		},
		"a kernel that cannot be heard is made up for by looking often": {
			func(d *desk) {
				d.deafen()
				pass(time.Hour)
				d.plug("sdb", "WD-1", 1)
				pass(time.Minute)
			},
			"1h0m0.4s disk Present",
		},
		"a second disk that answers is told, and that it is gone": {
			func(d *desk) {
				d.plug("sdb", "WD-1", 1)
				d.hint()
				pass(time.Second)
				d.plug("sdc", "WD-1", 2)
				d.hint()
				pass(time.Second)
				d.pull("sdb")
				d.hint()
				pass(time.Second)
			},
			"400ms disk Present, 1.2s disk Ambiguous, 2.4s disk Present",
		},
		"a disk that came back between two looks is told": {
			func(d *desk) {
				d.plug("sdb", "WD-1", 1)
				d.hint()
				pass(time.Second)
				d.plug("sdb", "WD-1", 2)
				d.hint()
				pass(time.Second)
			},
			"400ms disk Present, 1.2s disk Present",
		},
		"an image that is moved into place is told when it is quiet": {
			func(d *desk) {
				d.write("12345678", "new.img")
				Expect(os.Rename(d.path("new.img"), d.path("a.img"))).To(Succeed())
				pass(time.Minute)
			},
			"1.2s image Present",
		},
		"an image that is being copied is not told before that has ended": {
			func(d *desk) {
				for n := range 20 {
					d.write(strings.Repeat("x", n), "a.img")
					pass(300 * ms)
				}
				pass(time.Minute)
			},
			"6.8s image Present",
		},
		"an image that is replaced is told once": {
			func(d *desk) {
				d.write("1", "a.img")
				pass(2 * time.Second)
				d.write("2", "new.img")
				Expect(os.Remove(d.path("a.img"))).To(Succeed())
				pass(500 * ms)
				Expect(os.Rename(d.path("new.img"), d.path("a.img"))).To(Succeed())
				pass(time.Minute)
			},
			"1.2s image Present, 3.6s image Present",
		},
		"an image that is taken away is told": {
			func(d *desk) {
				d.write("1", "a.img")
				pass(2 * time.Second)
				Expect(os.Remove(d.path("a.img"))).To(Succeed())
				pass(time.Minute)
			},
			"1.2s image Present, 3.2s image Absent",
		},
		"writing to an image is nothing new": {
			func(d *desk) {
				d.write("1", "a.img")
				pass(2 * time.Second)
				d.write("2", "a.img")
				Expect(os.Chtimes(d.path("a.img"), time.Time{}, time.Unix(1, 0))).To(Succeed())
				pass(time.Minute)
			},
			"1.2s image Present",
		},
		"what is not followed any more is not told, and what is new is known": {
			func(d *desk) {
				d.plug("sdb", "WD-2", 1)
				d.watch.Follow(map[string]Selector{"other": {Serial: "WD-2"}})
				d.plug("sdc", "WD-1", 2)
				d.hint()
				pass(time.Second)
				d.pull("sdb")
				d.hint()
				pass(time.Second)
			},
			"1.2s other Absent",
		},
	} {
		t.Run(name, func(t *testing.T) {
			d := atDesk(t, c.act)
			if told := strings.Join(d.told, ", "); told != c.told {
				t.Errorf("told %q, not %q", told, c.told)
			}
		})
	}
}

func TestWatcherLeavesAQuietHostAlone(t *testing.T) {
	d := atDesk(t, func(*desk) { pass(time.Hour) })
	if most := alertLooks + int(time.Hour/(lazyLooks*lookEvery)) + 1; d.looks > most {
		t.Errorf("%d looks at the block devices in a quiet hour, not %d", d.looks, most)
	}
}
