package verify

// Expected is a line of a baseline: an object that a load selects, and the path
// that it has on the drive. Lines are in the byte order of Path. An object that
// changed while the load ran has two lines with one Path.
type Expected struct {
	Object
	Path string `json:"path"`
	// Seen says when the listing held this object.
	Seen Seen `json:"seen"`
}

// Seen says when a baseline's listing held an object.
type Seen string

// The values of Seen.
const (
	AtStart Seen = "start" // when the job was made, and not when the load ended
	AtEnd   Seen = "end"   // when the load had ended, and not when the job was made
	AtBoth  Seen = "both"
)
