package machine_test

import (
	"os"
	"path/filepath"
	"strconv"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// disk is a drive that can be plugged into the machine and pulled out.
type disk struct {
	e        *emulator
	name     string // of its parts in the emulator
	path     string // file with what it holds
	plug     object // how it is plugged in
	inserted bool
}

// newDisk makes a blank drive that is not plugged in.
func (e *emulator) newDisk(size int64, plug object) *disk {
	GinkgoHelper()
	e.disks++
	d := &disk{e: e, name: "disk" + strconv.Itoa(e.disks), plug: plug}
	d.path = filepath.Join(GinkgoT().TempDir(), d.name)
	Expect(os.WriteFile(d.path, nil, 0o600)).To(Succeed())
	Expect(os.Truncate(d.path, size)).To(Succeed())
	e.must("object-add", object{"qom-type": "throttle-group", "id": d.group()})
	DeferCleanup(func() { e.must("object-del", object{"id": d.group()}) })
	return d
}

// usbDisk is a drive with a USB plug.
func (e *emulator) usbDisk(size int64, serial string) *disk {
	GinkgoHelper()
	return e.newDisk(size, object{"driver": "usb-storage", "bus": "usb.0", "serial": serial, "removable": true})
}

// scsiDisk is a drive in a bay.
func (e *emulator) scsiDisk(size int64, serial, wwn string) *disk {
	GinkgoHelper()
	n, err := strconv.ParseUint(wwn, 0, 64)
	Expect(err).NotTo(HaveOccurred())
	return e.newDisk(size, object{"driver": "scsi-hd", "bus": "scsi.0", "serial": serial, "wwn": n})
}

func (e *emulator) must(command string, arguments object) {
	GinkgoHelper()
	Expect(e.qmp.do(command, arguments, nil)).To(Succeed())
}

func (d *disk) group() string { return d.name + "-limits" }

// insert plugs the drive in; at the end of the spec it is out again.
func (d *disk) insert() {
	GinkgoHelper()
	d.e.must("blockdev-add", object{"node-name": d.name, "driver": "throttle", "throttle-group": d.group(),
		"file": object{"driver": "raw", "file": object{"driver": "file", "filename": d.path}}})
	device := object{"id": d.name, "drive": d.name}
	for k, v := range d.plug {
		device[k] = v
	}
	d.e.must("device_add", device)
	d.inserted = true
	DeferCleanup(d.pull)
}

// pull unplugs the drive, whoever is at work on it. Its file then holds what it held.
func (d *disk) pull() {
	GinkgoHelper()
	if !d.inserted {
		return
	}
	d.inserted = false
	d.e.must("device_del", object{"id": d.name})
	Expect(d.e.qmp.await("DEVICE_DELETED", d.name)).To(Succeed())
	d.e.must("blockdev-del", object{"node-name": d.name})
	d.slow(0)
}

// slow lets the drive read and write so many bytes a second; 0: as fast as it can.
func (d *disk) slow(bytes int64) {
	GinkgoHelper()
	d.e.must("qom-set", object{"path": "/objects/" + d.group(), "property": "limits", "value": object{"bps-total": bytes}})
}

// written is how many bytes were written to the drive since it was plugged in.
func (d *disk) written() int64 { return d.counted().Written }

// read is how many bytes were read from it.
func (d *disk) read() int64 { return d.counted().Read }

type counted struct {
	Read    int64 `json:"rd_bytes"`
	Written int64 `json:"wr_bytes"`
}

func (d *disk) counted() counted {
	GinkgoHelper()
	var all []struct {
		Node  string  `json:"node-name"`
		Stats counted `json:"stats"`
	}
	Expect(d.e.qmp.do("query-blockstats", nil, &all)).To(Succeed())
	for _, s := range all {
		if s.Node == d.name {
			return s.Stats
		}
	}
	Fail(d.name + " is not plugged in")
	return counted{}
}
