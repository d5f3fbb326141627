package device

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/moby/sys/mountinfo"
)

// blockUse says who uses a disk: mounts and swap of it, its partitions and
// whatever is mapped onto them. What cannot be found out is an error, because
// unknown must not look like unused.
func (d *Disks) blockUse(name string) (Use, error) {
	u := Use{ReadOnly: d.attribute(name, "ro") == "1"}
	family := append([]string{name}, d.partitions(name)...)
	for i := 0; i < len(family); i++ { // grows: holders have holders
		for _, h := range d.holders(name, family[i]) {
			if slices.Contains(family, h) {
				continue
			}
			family = append(family, h)
			u.Holders = append(u.Holders, d.holderName(h))
		}
	}
	if err := d.addMounts(&u, name, family); err != nil {
		return u, err
	}
	return u, d.addSwaps(&u, family)
}

// holders lists what is mapped onto a disk, a partition of it, or a mapping.
func (d *Disks) holders(disk, member string) []string {
	dir := path.Join("block", member, "holders")
	if _, err := fs.Stat(d.sys, dir); err != nil {
		dir = path.Join("block", disk, member, "holders")
	}
	entries, err := fs.ReadDir(d.sys, dir)
	if err != nil {
		return nil
	}
	names := make([]string, 0, len(entries))
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func (d *Disks) holderName(name string) string {
	if n := d.attribute(name, "dm/name"); n != "" {
		return fmt.Sprintf("%s (%s)", n, d.node(name))
	}
	return d.node(name)
}

func (d *Disks) addMounts(u *Use, disk string, family []string) error {
	mounts, err := d.mount()
	if err != nil {
		return fmt.Errorf("mount table: %w", err)
	}
	numbers, nodes := map[string]bool{}, map[string]bool{}
	for _, m := range family {
		nodes[d.node(m)] = true
		if n := firstOf(d.attribute(m, "dev"), d.attribute(disk, m+"/dev")); n != "" {
			numbers[n] = true
		}
	}
	for _, m := range mounts {
		if numbers[fmt.Sprintf("%d:%d", m.Major, m.Minor)] || nodes[m.Source] && m.Root == "/" {
			u.mounted(m)
		}
	}
	return nil
}

func (u *Use) mounted(m *mountinfo.Info) {
	u.Mounted = append(u.Mounted, m.Mountpoint)
	switch p := m.Mountpoint; {
	case p == "/", p == "/home", p == "/root", p == "/srv":
		u.System = true
	case isBelow(p, "/boot"), isBelow(p, "/usr"), isBelow(p, "/var"), isBelow(p, "/etc"), isBelow(p, "/nix"):
		u.System = true
	}
}

func isBelow(p, dir string) bool { return p == dir || strings.HasPrefix(p, dir+"/") }

func (d *Disks) addSwaps(u *Use, family []string) error {
	f, err := os.Open(d.swaps)
	if errors.Is(err, os.ErrNotExist) {
		return nil // a kernel without swap
	}
	if err != nil {
		return fmt.Errorf("swap areas: %w", err)
	}
	defer func() { _ = f.Close() }()
	in := bufio.NewScanner(f)
	for in.Scan() {
		fields := strings.Fields(in.Text())
		if len(fields) < 2 {
			continue
		}
		if slices.ContainsFunc(family, func(m string) bool { return d.node(m) == fields[0] }) {
			u.System = true
			u.Holders = append(u.Holders, "swap on "+fields[0])
		}
	}
	return in.Err()
}

// loopsOn lists the loop devices whose backing file is the given one.
func (d *Disks) loopsOn(id string) ([]string, error) {
	names, err := d.disks()
	if err != nil {
		if errors.Is(err, os.ErrNotExist) {
			return nil, nil // no sysfs, as in some containers: no loop devices either
		}
		return nil, err
	}
	return slices.DeleteFunc(names, func(n string) bool { return d.backing(n) != id }), nil
}
