package device

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Transport says how a disk is connected.
type Transport string

// The transports. Empty: not known.
const (
	USB    Transport = "usb"
	ATA    Transport = "ata" // SATA as well: the kernel drives both alike
	NVMe   Transport = "nvme"
	MMC    Transport = "mmc" // SD cards and eMMC
	SAS    Transport = "sas"
	SCSI   Transport = "scsi"
	Virtio Transport = "virtio"
	Loop   Transport = "loop" // an image file as a block device
)

// Hardware is what the kernel tells of a disk beside its identity. It is for people to
// tell disks apart, and no part of what a Claim compares.
type Hardware struct {
	Vendor    string    `json:"vendor,omitempty"`
	Transport Transport `json:"transport,omitempty"`
	// LogicalSector and PhysicalSector in bytes; 0: not known.
	LogicalSector  int64 `json:"logicalSector,omitempty"`
	PhysicalSector int64 `json:"physicalSector,omitempty"`
	Removable      bool  `json:"removable,omitempty"`  // its medium can be taken out
	Rotational     bool  `json:"rotational,omitempty"` // as it says; USB bridges often do not know
	// ByID and ByPath are the names of the whole disk in /dev/disk, sorted; empty
	// where no udev runs.
	ByID   []string `json:"byID,omitempty"`
	ByPath []string `json:"byPath,omitempty"`
	// Partitions that the kernel has found, in the order of their numbers.
	Partitions []PartitionNode `json:"partitions,omitempty"`
}

// PartitionNode is a partition as the kernel names it: sdb1, nvme0n1p1, mmcblk0p1,
// loop0p1.
type PartitionNode struct {
	Path   string `json:"path"`
	Number int    `json:"number"` // from 1
	Size   int64  `json:"size"`   // bytes
}

// hardware reads sysfs, Documentation/ABI/stable/sysfs-block.
func (d *Disks) hardware(name string) Hardware {
	return Hardware{
		Vendor:         d.vendor(name),
		Transport:      d.transport(name),
		LogicalSector:  d.number(name, "queue/logical_block_size"),
		PhysicalSector: d.number(name, "queue/physical_block_size"),
		Removable:      d.attribute(name, "removable") == "1",
		Rotational:     d.attribute(name, "queue/rotational") == "1",
		ByID:           d.links(d.byID, name),
		ByPath:         d.links(d.byPath(), name),
		Partitions:     d.partitionNodes(name),
	}
}

func (d *Disks) number(name, file string) int64 {
	n, err := strconv.ParseInt(d.attribute(name, file), 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// transport goes by the drivers of disks that have names of their own, and by the way
// to the others.
func (d *Disks) transport(name string) Transport {
	for prefix, t := range map[string]Transport{"nvme": NVMe, "mmcblk": MMC, "loop": Loop, "vd": Virtio} {
		if strings.HasPrefix(name, prefix) {
			return t
		}
	}
	if d.usbDevice(name) != "" {
		return USB
	}
	at := d.origin(name)
	for _, way := range []struct {
		mark string
		is   Transport
	}{{`/ata\d+/`, ATA}, {`/end_device-[\d:]+/`, SAS}, {`/host\d+/`, SCSI}} {
		if regexp.MustCompile(way.mark).MatchString(at) {
			return way.is
		}
	}
	return ""
}

func (d *Disks) byPath() string { return filepath.Join(d.dev, "disk/by-path") }

// links lists the names of a whole disk in a directory of udev's links.
func (d *Disks) links(dir, disk string) []string {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil
	}
	ofPartition := regexp.MustCompile(`-part[0-9]+$`)
	var names []string
	for _, e := range entries {
		target, err := filepath.EvalSymlinks(filepath.Join(dir, e.Name()))
		if err == nil && target == d.node(disk) && !ofPartition.MatchString(e.Name()) {
			names = append(names, e.Name())
		}
	}
	slices.Sort(names)
	return names
}

func (d *Disks) partitionNodes(disk string) []PartitionNode {
	var nodes []PartitionNode
	for _, p := range d.partitions(disk) {
		n := d.number(disk, p+"/partition")
		nodes = append(nodes, PartitionNode{d.node(p), int(n), d.number(disk, p+"/size") * 512})
	}
	slices.SortFunc(nodes, func(a, b PartitionNode) int { return a.Number - b.Number })
	return nodes
}

// socket says where a disk is plugged in: by udev's link, else by the number of the
// USB port; empty where neither is known.
func (d *Disks) socket(name string) string {
	if links := d.links(d.byPath(), name); len(links) > 0 {
		return links[0]
	}
	if dir := d.usbDevice(name); dir != "" {
		return "USB port " + path.Base(dir)
	}
	return ""
}

// words describe a disk so that a person can tell it from another with the same serial
// number.
func (d *Disks) words(name string) string {
	i := d.identity(name)
	words := []string{fmt.Sprintf("serial %q", i.Serial), "", d.model(name), d.socket(name)}
	if i.Size > 0 {
		words[1] = FormatSize(i.Size)
	}
	words = slices.DeleteFunc(words, func(w string) bool { return w == "" })
	return fmt.Sprintf("%s (%s)", d.node(name), strings.Join(words, ", "))
}

// model is what a disk calls itself, with its vendor's name.
func (d *Disks) model(name string) string {
	model := firstOf(d.attribute(name, "device/model"), d.attribute(name, "device/name"))
	vendor := d.vendor(name)
	if strings.HasPrefix(model, vendor) {
		return model
	}
	return strings.TrimSpace(vendor + " " + model)
}

// vendor is the name of a vendor; empty for a number, and for the "ATA" that libata
// says of all its disks.
func (d *Disks) vendor(name string) string {
	v := d.attribute(name, "device/vendor")
	if v == "ATA" || strings.HasPrefix(v, "0x") {
		return ""
	}
	return v
}
