package specs

import (
	"fmt"
	"path/filepath"
	"strings"

	"go.yaml.in/yaml/v3"
)

// names are what documents call themselves, their drives, images and sets. They are held
// together, since a drive without a name has that of its backup.
type names map[string]bool

// taken returns all that stand in the file.
func (f *spreading) taken() names {
	taken := names{}
	for _, p := range f.pieces {
		taken.add(p.root)
		if items := at(p.root, "items"); items != nil {
			for _, item := range items.Content {
				taken.add(item)
			}
		}
	}
	return taken
}

func (t names) add(d *yaml.Node) {
	for _, n := range named(d) {
		t[n.Value] = true
	}
	if image := at(d, "spec", "device", "image"); image != nil {
		t[filepath.Clean(image.Value)] = true
	}
}

// free returns the first number from n on that makes names of d which are not taken.
func (t names) free(d *yaml.Node, n int) int {
	for ; ; n++ {
		free := true
		for _, node := range named(d) {
			free = free && !t[numbered(node.Value, n)]
		}
		if image := at(d, "spec", "device", "image"); free && (image == nil || !t[filepath.Clean(numberedFile(image.Value, n))]) {
			return n
		}
	}
}

// named returns where a document says its name, that of its drive and its set.
func named(d *yaml.Node) []*yaml.Node {
	var all []*yaml.Node
	for _, path := range [][]string{{"metadata", "name"}, {"spec", "device", "name"}, {"spec", "set"}} {
		if n := at(d, path...); n != nil {
			all = append(all, n)
		}
	}
	return all
}

func numbered(name string, n int) string { return fmt.Sprintf("%s-%d", name, n) }

func numberedFile(name string, n int) string {
	ext := filepath.Ext(name)
	return numbered(strings.TrimSuffix(name, ext), n) + ext
}

// numberDrive makes a document that of another drive.
func numberDrive(d *yaml.Node, n int) {
	for _, name := range named(d) {
		name.Value = numbered(name.Value, n)
	}
	if id := at(d, "spec", "manifest"); id != nil {
		drop(id, "deviceId")
	}
	device := at(d, "spec", "device")
	if device == nil {
		return
	}
	drop(device, "replaces")
	if image := child(device, "image"); image != nil {
		image.Value = numberedFile(image.Value, n)
		return
	}
	for _, key := range []string{"serial", "wwn", "byID"} {
		drop(device, key)
	}
	device.Style = 0
	device.HeadComment = fmt.Sprintf("fill in: the serial number of drive %d", n)
}

// drop takes a key out of a mapping.
func drop(n *yaml.Node, key string) {
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			n.Content = append(n.Content[:i:i], n.Content[i+2:]...)
			return
		}
	}
}
