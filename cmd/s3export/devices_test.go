package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/device"
	"github.com/cargomedia/s3export/device/capacity"
	"github.com/cargomedia/s3export/reconciler"
)

// onDesk are disks as they may lie on somebody's desk.
func onDesk() []device.Listed {
	disk := func(path, serial, model string, change func(*device.Listed)) device.Listed {
		l := device.Listed{Model: model, Hardware: device.Hardware{Transport: device.USB, LogicalSector: 512, PhysicalSector: 4096}, State: device.State{
			Presence: device.Present, Path: path, Selector: device.Selector{Serial: serial},
			Identity: device.Identity{Kind: device.Block, Serial: serial, Model: model, Size: 4_000_787_030_016},
			Content:  device.Content{Blank: true, Fingerprint: "f"},
		}}
		change(&l)
		return l
	}
	written := time.Date(2019, 5, 7, 0, 0, 0, 0, time.UTC)
	ours := device.NewVolumeID("photos-a", "2026-11")
	return []device.Listed{
		disk("/dev/sda", "S3Z9NB0K", "Samsung SSD 860", func(l *device.Listed) {
			l.Hardware.Transport, l.Use = device.ATA, device.Use{System: true, Mounted: []string{"/", "/home"}}
			l.Content = device.Content{Found: `GPT with vfat, ext4 "root"`, FileSystem: &device.FileSystem{Type: "ext4"}}
		}),
		disk("/dev/sdb", "575842314137", "WD Elements 25A3", func(l *device.Listed) {
			l.Hardware.ByID, l.Hardware.ByPath = []string{"usb-WD_Elements_25A3-0:0"}, []string{"pci-0000:00:14.0-usb-0:1:1.0-scsi-0:0:0:0"}
		}),
		disk("/dev/sdc", "WD-RETIRED", "WD My Book", func(*device.Listed) {}),
		disk("/dev/sdd", "WD-OURS", "WD My Book", func(l *device.Listed) {
			l.Hardware.Partitions = []device.PartitionNode{{Path: "/dev/sdd1", Number: 1, Size: 4_000_784_932_864}}
			l.Content = device.Content{
				Found: `GPT with ext4 "s3x-photos-a"`, Partitions: []device.Partition{{Number: 1, GUID: ours.PartitionGUID}},
				FileSystem: &device.FileSystem{Type: "ext4", UUID: ours.UUID, HasFiles: true},
			}
		}),
		disk("/dev/sde", "EVIL\x1b[2J\tserial", "no\nmodel", func(l *device.Listed) {
			l.Use.Mounted = []string{"/media/jane/WORK"}
			l.Content = device.Content{Found: `MBR with ntfs "WORK", last written 2019-05-07`, FileSystem: &device.FileSystem{Type: "ntfs", Written: written}}
		}),
		disk("/dev/sdf", "000000", "Stick", func(l *device.Listed) { l.Selector = device.Selector{} }),
		disk("/dev/sdg", "NOT-MINE", "Elements", func(l *device.Listed) {
			l.Presence, l.Problem, l.Remedy = device.Unknown, "/dev/sdg cannot be read: open /dev/sdg: permission denied", "let this user read /dev/sdg (run as root, or as a member of the group that owns it)"
		}),
		disk("/dev/sdh", "PROBED", "Stick", func(l *device.Listed) { l.Content.Found = "the remains of a capacity probe" }),
	}
}

var _ = Describe("the disks on a desk", func() {
	known := []reconciler.DriveRecord{
		{Key: "WD-RETIRED", Identity: device.Identity{Kind: device.Block, Serial: "WD-RETIRED", Size: 4_000_787_030_016}, Retired: &reconciler.Retirement{Reason: "clicks"}},
		{Key: "WD-OURS", Identity: device.Identity{Kind: device.Block, Serial: "WD-OURS", Size: 4_000_787_030_016}, Holds: &reconciler.Holding{Backup: "photos-a", Run: "2026-11"}},
	}

	It("are shown in every form", func() {
		var views []deviceView
		for _, l := range onDesk() {
			views = append(views, viewDevice(l, known))
		}
		var told bytes.Buffer
		for _, form := range []string{"table", "wide", "name", "json"} {
			told.WriteString("# " + form + "\n")
			a := &app{environment: environment{stdout: &told, stderr: &told}, output: form}
			Expect(a.showDevices(views, false)).To(Succeed())
		}
		golden("devices.golden", told.String())
		Expect(told.String()).NotTo(ContainSubstring("\x1b"))
	})

	It("are named by whatever they are called, or an error says that there is none", func() {
		var views []deviceView
		for _, l := range onDesk() {
			views = append(views, viewDevice(l, known))
		}
		for _, name := range []string{"sdb", "/dev/sdb", "575842314137", "usb-WD_Elements_25A3-0:0", "/dev/disk/by-id/usb-WD_Elements_25A3-0:0"} {
			picked, err := pickDevices(views, []string{name})
			Expect(err).NotTo(HaveOccurred())
			Expect(picked).To(ConsistOf(HaveField("Path", "/dev/sdb")), name)
		}
		_, err := pickDevices(views, []string{"sdb", ""})
		Expect(problemOf(err)).To(And(HaveField("Reason", "NoDevice"), HaveField("ExitCode", exitUsage)))
	})
})

var _ = DescribeTable("a drive that was probed is told with what to do", func(r capacity.Report, code int, words string) {
	for _, form := range []string{"text", "json"} {
		var out bytes.Buffer
		a := &app{environment: environment{stdout: &out}, output: form}
		Expect(a.report(a.showCapacity(drive(func(*device.State) {}), r))).To(Equal(code))
		Expect(out.String()).To(ContainSubstring(words))
		if code != 0 {
			Expect(out.String()).To(ContainSubstring("use another drive"))
		}
	}
},
	Entry("genuine", capacity.Report{Verdict: capacity.Genuine, Size: 64, Sectors: 3}, exitDone, "it keeps what is written to it: 3 sectors"),
	Entry("one that wraps", capacity.Report{Verdict: capacity.Wraps, Size: 64 << 30, Low: 8 << 30, High: 8 << 30, FirstBad: 8 << 30}, exitBlocked, "it tells 68719476736 bytes and keeps 8589934592 bytes"),
	Entry("one that ends", capacity.Report{Verdict: capacity.Ends, Size: 64 << 30, Low: 8 << 30, High: 8<<30 + 4096}, exitBlocked, "keeps between 8589934592 and 8589938688 bytes"),
	Entry("one that loses", capacity.Report{Verdict: capacity.Loses, Sectors: 9, Bad: 2, FirstBad: 512}, exitBlocked, "2 of 9 sectors did not come back"),
)

var _ = Describe("doctor", func() {
	// examined returns a check, with these variables and files of AWS's.
	credentials := func(vars map[string]string, files map[string]string) check {
		GinkgoHelper()
		home := GinkgoT().TempDir()
		Expect(os.Mkdir(filepath.Join(home, ".aws"), 0o700)).To(Succeed())
		for name, text := range files {
			Expect(os.WriteFile(filepath.Join(home, ".aws", name), []byte(text), 0o600)).To(Succeed())
		}
		a := &app{environment: environment{getenv: func(name string) string {
			if name == "HOME" {
				return home
			}
			return vars[name]
		}}}
		return a.checkCredentials(context.Background())
	}

	DescribeTable("finds where credentials come from, and never shows them", func(vars, files map[string]string, status checkStatus, words string) {
		c := credentials(vars, files)
		Expect(c.Status).To(Equal(status), c.Message)
		Expect(c.Message).To(ContainSubstring(words))
		Expect(c.Message + c.Remedy).NotTo(ContainSubstring("PLANTED"))
		if status == checkOK {
			Expect(c.Remedy).To(BeEmpty())
			return
		}
		Expect(c.Remedy).NotTo(BeEmpty())
	},
		Entry("nowhere", nil, nil, checkWarn, `profile "default"`),
		Entry("the environment", map[string]string{"AWS_ACCESS_KEY_ID": "AKIDPLANTED"}, nil, checkOK, "AWS_ACCESS_KEY_ID"),
		Entry("a container's role", map[string]string{"AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://PLANTED"}, nil, checkOK, "by AWS_CONTAINER"),
		Entry("the credentials file", nil, map[string]string{"credentials": "[default]\naws_access_key_id = AKIDPLANTED\naws_secret_access_key = PLANTED\n"}, checkOK, `profile "default"`),
		Entry("half of a pair", nil, map[string]string{"credentials": "[default]\naws_access_key_id = AKIDPLANTED\n"}, checkFail, "cannot be read"),
		Entry("a program", map[string]string{"AWS_PROFILE": "work"}, map[string]string{"config": "[profile work]\ncredential_process = /opt/PLANTED\n"}, checkOK, `profile "work"`),
		Entry("a profile that is not there", map[string]string{"AWS_PROFILE": "work"}, map[string]string{"config": "[default]\n"}, checkWarn, `profile "work"`),
	)

	It("says why the state directory cannot be written", func() {
		dir := GinkgoT().TempDir()
		file := filepath.Join(dir, "file")
		Expect(os.WriteFile(file, nil, 0o600)).To(Succeed())
		Expect(canWriteBelow(filepath.Join(dir, "a/b/c"))).To(Succeed())
		Expect(filepath.Join(dir, "a")).NotTo(BeAnExistingFile(), "nothing is made to find out")
		a := &app{state: filepath.Join(file, "state"), environment: environment{getenv: func(string) string { return "" }}}
		Expect(a.checkState()).To(And(HaveField("Status", checkFail), HaveField("Message", ContainSubstring("not a directory")), HaveField("Remedy", Not(BeEmpty()))))
		if os.Geteuid() != 0 {
			Expect(os.Chmod(dir, 0o500)).To(Succeed())
			DeferCleanup(os.Chmod, dir, os.FileMode(0o700)) // so that it can be removed
			Expect(canWriteBelow(filepath.Join(dir, "a"))).To(MatchError(os.ErrPermission))
		}
	})
})

var _ = Describe("a probe at a terminal", func() {
	It("asks for the serial number, and does nothing for another answer", func() {
		s := newStation(few)
		s.write("blank.img", "")
		path := filepath.Join(s.dir, "blank.img")
		Expect(os.Truncate(path, 64<<20)).To(Succeed())
		for answer, code := range map[string]int{"yes\n": exitBlocked, "blank.img\n": exitDone} {
			d := s.sit("doctor", "--probe-capacity", path)
			Eventually(d.screen).Should(ContainSubstring("type the serial number of the drive: "))
			d.types(answer)
			Expect(d.leaves()).To(Equal(code), d.screen())
		}
	})
})
