package device

// For tests of the package from outside.
const (
	LinuxData = linuxData
	ScanAll   = scanAll
)

// FindTool finds a tool as Disks does.
func FindTool(name string) (string, error) { return tools{}.find(name) }
