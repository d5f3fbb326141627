package device

import (
	"cmp"
	"fmt"
	"strings"
)

// MinSize is the smallest device that is formatted, in bytes: below it, the table
// and a journal of the smallest kind leave no room for data.
const MinSize = 16 << 20

// Claim is the right to erase one device with one content. Only State.Claim makes
// one, and Format checks it again under the device's lock: same identity, same
// size, same fingerprint, still not in use. The zero Claim allows nothing.
type Claim struct {
	selector    Selector
	identity    Identity
	path        string
	fingerprint string
	erasable    []VolumeID
}

// Selector says which device is claimed.
func (c Claim) Selector() Selector { return c.selector }

// Identity is what the device was when it was inspected.
func (c Claim) Identity() Identity { return c.identity }

// Path is where the device was when it was inspected.
func (c Claim) Path() string { return c.path }

// Fingerprint is that of the content that may be erased.
func (c Claim) Fingerprint() string { return c.fingerprint }

// Covers reports whether the claim was made for the volume v, with which the
// device may then be formatted.
func (c Claim) Covers(v VolumeID) bool { return len(c.erasable) > 0 && c.erasable[0] == v }

// Renew makes the claim again from what is seen now, or says what has changed.
// Format calls it under the device's lock.
func (c Claim) Renew(now State) (Claim, *Refusal) {
	changed := func(what string) (Claim, *Refusal) {
		return Claim{}, &Refusal{DeviceChanged, fmt.Sprintf("%s has changed since it was inspected: %s", c.path, what),
			"look at it again with `s3export plan`, then apply"}
	}
	switch {
	case len(c.erasable) == 0:
		return Claim{}, &Refusal{DeviceChanged, "there is no claim on the device", "inspect the device first"}
	case now.Presence != Present:
		return changed(fmt.Sprintf("it is %s now", strings.ToLower(string(now.Presence))))
	case now.Identity != c.identity:
		return changed("it is another device")
	case now.Content.Fingerprint != c.fingerprint:
		return changed("its content is different")
	}
	return now.Claim(c.erasable[0], c.erasable[1:]...)
}

// Refusal is why a device may not be written: a constant reason, what was found,
// and what a person can do.
type Refusal struct {
	Reason  Reason
	Message string
	Remedy  string
}

// Error returns the message.
func (r *Refusal) Error() string { return r.Message }

// Claim returns the right to make the volume v on the device. It is given only for
// a device that is here, is the one that was asked for, is free, and holds nothing,
// or only an empty or half-made volume v, or any volume of replaces. There is no
// flag that widens it.
func (s State) Claim(v VolumeID, replaces ...VolumeID) (Claim, *Refusal) {
	if r := s.Missing(); r != nil {
		return Claim{}, r
	}
	if r := s.Fit(true); r != nil {
		return Claim{}, r
	}
	if r := s.failing(); r != nil {
		return Claim{}, r
	}
	if s.Identity.Size < MinSize {
		return Claim{}, &Refusal{DeviceTooSmall,
			fmt.Sprintf("%s has only %s", s.Path, FormatSize(s.Identity.Size)),
			"use a device of at least " + FormatSize(MinSize)}
	}
	if r := s.erasable(v, replaces); r != nil {
		return Claim{}, r
	}
	if r := s.sound(); r != nil {
		return Claim{}, r
	}
	return Claim{
		selector: s.Selector, identity: s.Identity, path: s.Path, fingerprint: s.Content.Fingerprint,
		erasable: append([]VolumeID{v}, replaces...),
	}, nil
}

// ClaimBlank returns the right to write to a device that holds nothing at all.
func (s State) ClaimBlank() (Claim, *Refusal) { return s.Claim(noVolume()) }

// noVolume is a volume that no device holds: NewVolumeID derives UUIDs. So what it may
// erase is blank.
func noVolume() VolumeID { return VolumeID{PartitionGUID: "none", UUID: "none"} }

// erasable is the heart of the claim: what may be on a device that is erased.
func (s State) erasable(v VolumeID, replaces []VolumeID) *Refusal {
	if v.PartitionGUID == "" || v.UUID == "" {
		return &Refusal{DeviceForeign, "the content of " + s.Path + " cannot be compared: no volume was given", "inspect the device first"}
	}
	for _, old := range replaces {
		switch s.Relation(old) {
		case OursEmpty, OursLoaded, HalfMade:
			return nil
		case Blank, Foreign:
		}
	}
	switch s.Relation(v) {
	case Blank, OursEmpty, HalfMade:
		return nil
	case OursLoaded:
		return &Refusal{DeviceHasData,
			fmt.Sprintf("%s holds this run's volume with files on it", s.Path),
			"if its record is lost, take the copy up again with `s3export adopt " + s.flag() + "`; else keep it and use another device, or name the run that it may replace in spec.device.replaces"}
	case Foreign:
	}
	return s.foreign()
}

// flag names the device to a command.
func (s State) flag() string {
	if s.Identity.Kind == Image {
		return "--image " + ShellQuote(s.Path)
	}
	return "--device " + ShellQuote(s.Path)
}

// sound refuses a device that may be erased but should not be trusted with a copy.
func (s State) sound() *Refusal {
	missing := s.Content.Missing
	if fs := s.Content.FileSystem; fs != nil {
		missing = max(missing, fs.Missing)
	}
	if missing > 0 {
		return &Refusal{DeviceShrank,
			fmt.Sprintf("%s is %s shorter than when its table was made", s.Path, FormatSize(missing)),
			"connect it as it was connected then (another bridge may hide a part of it); if it stays short, the drive is not to be trusted: use another one"}
	}
	return nil
}

// failing refuses a device that cannot be read everywhere: what is not known is not
// blank.
func (s State) failing() *Refusal {
	c := s.Content
	if len(c.Unreadable) == 0 {
		return nil
	}
	return &Refusal{DeviceFailing,
		fmt.Sprintf("%s cannot be read everywhere: %s of what was looked at, the first at byte %d", s.Path, FormatSize(lengths(c.Unreadable)), c.Unreadable[0].Offset),
		"use another drive; `smartctl -a` and `dmesg` say what is wrong with this one"}
}

func lengths(ranges []ByteRange) int64 {
	var sum int64
	for _, r := range ranges {
		sum += r.Length
	}
	return sum
}

// foreign refuses a device whose content is not ours, and names the way out that
// a person can take.
func (s State) foreign() *Refusal {
	found := s.Content.Found
	if found == "" {
		found = "data that are not ours"
	}
	return &Refusal{DeviceForeign, s.Path + " is not blank: it holds " + found,
		"use another one; or, if nothing on it is needed any more, clear it by hand: " + s.clearing()}
}

// clearing is the command after which the device is blank. It names nothing but the
// device itself: a pattern for its partitions may match other disks (sda* is also
// sdaa). File systems that keep copies of themselves all over have to be overwritten
// as a whole.
func (s State) clearing() string {
	path, edge := ShellQuote(s.Path), FormatSize(scanEdge)
	switch fs := s.Content.FileSystem; {
	case s.Identity.Kind == Image:
		return fmt.Sprintf("`truncate -s 0 %s && truncate -s %d %s`", path, s.Identity.Size, path)
	case s.Content.Unknown:
		return fmt.Sprintf("`blkdiscard --zeroout %s` (overwrites all of it: hours on a large drive)", path)
	case s.Identity.Size <= scanAll, fs == nil && len(s.Content.Partitions) > 0, fs != nil && hasCopies(fs.Type):
		return fmt.Sprintf("`wipefs --all %s && blkdiscard --zeroout %s` (overwrites all of it: hours on a large drive)", path, path)
	}
	return fmt.Sprintf("`wipefs --all %s && blkdiscard --zeroout --length %s %s && blkdiscard --zeroout --offset %d %s`",
		path, strings.ReplaceAll(edge, " ", ""), path, s.Identity.Size-scanEdge, path)
}

// hasCopies reports whether a file system keeps copies of its superblock at places that
// are looked at.
func hasCopies(fs string) bool {
	switch fs {
	case Ext4, "ext3", "ext2", "btrfs", "xfs", "ZFS":
		return true
	}
	return false
}

// Fit says what keeps the device from being read, or with write from being
// written, whatever is on it. Nil for one that is not Present.
func (s State) Fit(write bool) *Refusal {
	if s.Presence != Present {
		return nil
	}
	if s.Mismatch != "" {
		return &Refusal{DeviceMismatch, fmt.Sprintf("%s is not the device that was asked for: %s", s.Path, s.Mismatch),
			"plug in the right device, or correct spec.device"}
	}
	if !write {
		return nil
	}
	switch u := s.Use; {
	case u.System:
		return &Refusal{DeviceSystem, fmt.Sprintf("%s is in use by this system%s", s.Path, mountedAt(u.Mounted)),
			"select another device; this one is never written"}
	case len(u.Mounted) > 0:
		return &Refusal{DeviceMounted, s.Path + " is mounted" + mountedAt(u.Mounted),
			"unmount it with `umount " + ShellQuote(u.Mounted[0]) + "`"}
	case len(u.Holders) > 0:
		return &Refusal{DeviceInUse, fmt.Sprintf("%s is in use: %s", s.Path, strings.Join(u.Holders, ", ")),
			"end what uses it (a loop device with `losetup -d`, LVM with `vgchange -an`, a mapping with `dmsetup remove`), or let it end (`fuser -v " + ShellQuote(s.Path) + "` shows processes), then try again"}
	case u.ReadOnly:
		return &Refusal{DeviceReadOnly, s.Path + " is read-only", readOnlyRemedy(s)}
	}
	return nil
}

// Missing refuses a device that is not Present; nil for one that is.
func (s State) Missing() *Refusal {
	switch s.Presence {
	case Present:
		return nil
	case Absent:
		if s.Selector.Image != "" {
			return &Refusal{DeviceAbsent, "there is no such file", "correct the path, or put the image there"}
		}
		return &Refusal{DeviceAbsent, "the device is not here", "plug it in"}
	case Ambiguous:
		return &Refusal{DeviceAmbiguous, "several devices match: " + strings.Join(s.Matches, "; "),
			"unplug all but the right one, or select it by a name that only it has"}
	case Unknown:
	}
	return &Refusal{cmp.Or(s.Reason, DeviceUnreadable), s.Problem, s.Remedy}
}

func readOnlyRemedy(s State) string {
	if s.Identity.Kind == Image {
		return "make the file writable with `chmod u+w " + ShellQuote(s.Path) + "`"
	}
	return "move the write-protect switch, or use `blockdev --setrw " + ShellQuote(s.Path) + "`"
}

func mountedAt(points []string) string {
	if len(points) == 0 {
		return ""
	}
	return " at " + strings.Join(points, ", ")
}

// ShellQuote returns a text as one word of a POSIX shell, for a remedy that a person
// can type: as it is where it needs no quotes. It does not make control characters
// visible.
func ShellQuote(s string) string {
	if s != "" && strings.IndexFunc(s, func(r rune) bool {
		return !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-+:=@%,", r)
	}) < 0 {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
