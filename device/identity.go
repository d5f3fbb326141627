package device

// Kind tells image files from block devices.
type Kind string

// The kinds.
const (
	Image Kind = "Image"
	Block Kind = "Block"
)

// Selector says which device is meant. Exactly one of Serial, WWN, ByID and Image
// is set, but an Image also carries the Serial that it answers to.
type Selector struct {
	Serial string
	WWN    string
	ByID   string // name of a link in /dev/disk/by-id
	Image  string // absolute path of a file that is used as a disk
	Size   SizeCheck
}

// SizeCheck is the second check of a selector. The zero value checks nothing.
type SizeCheck struct {
	Bytes     int64
	Tolerance float64 // 0: exactly; 0.02: within 2 %
}

// Identity is what a device is, whatever its path is today. An empty field is not
// known.
type Identity struct {
	Kind   Kind   `json:"kind"`
	Serial string `json:"serial,omitempty"`
	WWN    string `json:"wwn,omitempty"`
	Model  string `json:"model,omitempty"`
	Size   int64  `json:"size"` // bytes
	// Backing is the backing file of a loop device or the path of an image:
	// which file it is, so that two paths to one file are one device.
	Backing string `json:"backing,omitempty"`
}
