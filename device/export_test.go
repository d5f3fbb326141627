package device

// For tests of the package from outside.
const (
	LinuxData = linuxData
	ScanAll   = scanAll
)

// FindTool finds a tool as Disks does.
func FindTool(name string) (string, error) { return tools{}.find(name) }

// Locate finds a device without opening it, for fixtures that have no nodes.
func (d *Disks) Locate(s Selector) State { return d.locate(s) }

// MkfsArgs are the arguments that a partition at offset is formatted with.
func MkfsArgs(offset int64) []string { return mkfsArgs("", "", offset) }
