package device

import "fmt"

// Name returns what a person calls the device: its serial number, else its WWN,
// else its model.
func (i Identity) Name() string {
	switch {
	case i.Serial != "":
		return i.Serial
	case i.WWN != "":
		return i.WWN
	case i.Model != "":
		return i.Model
	default:
		return "unnamed device"
	}
}

// FormatSize prints a size in bytes with a unit of 1000, as drives are sold, or of
// 1024 where that is a round number.
func FormatSize(n int64) string {
	for _, u := range []struct {
		name string
		size int64
	}{{"TiB", 1 << 40}, {"GiB", 1 << 30}, {"MiB", 1 << 20}} {
		if n >= u.size && n%u.size == 0 {
			return fmt.Sprintf("%d %s", n/u.size, u.name)
		}
	}
	for _, u := range []struct {
		name string
		size float64
	}{{"TB", 1e12}, {"GB", 1e9}, {"MB", 1e6}, {"kB", 1e3}} {
		if float64(n) >= u.size {
			return fmt.Sprintf("%.1f %s", float64(n)/u.size, u.name)
		}
	}
	return fmt.Sprintf("%d bytes", n)
}

// Same reports whether two identities are the same device: every field that both
// know is equal, and at least one of serial, WWN and backing is known to both.
func (i Identity) Same(o Identity) bool {
	known := false
	for _, f := range [][2]string{{i.Serial, o.Serial}, {i.WWN, o.WWN}} {
		if f[0] == "" || f[1] == "" {
			continue
		}
		if f[0] != f[1] {
			return false
		}
		known = true
	}
	if !known && i.Backing != "" {
		known = i.Backing == o.Backing
	}
	return known && i.Kind == o.Kind && i.Size == o.Size
}
