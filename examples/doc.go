// Package examples holds a spec for each story; every one of them is decoded and
// planned by a test. Demo is the one that the demo runs. host has files for udev and
// systemd.
//
// It must not know: anything; it is text.
package examples

import _ "embed" // Demo is a file

//go:embed demo/backup.yaml
var demo string

// Demo returns the spec of the demo.
func Demo() string { return demo }
