package machine

import "time"

// Port is the name of the virtio serial port on which host and guest talk: lines of
// JSON, requests one way and events the other.
const Port = "s3export.machine"

// ModuleList is the file in the guest that lists the paths of kernel modules, in the
// order in which they are to be loaded.
const ModuleList = "/modules"

// Request asks the guest to start a command, or to send a signal to one that runs.
type Request struct {
	// ID is the caller's choice. Events of the command carry it.
	ID   int      `json:"id"`
	Argv []string `json:"argv,omitempty"`
	// Env is what the command has beside PATH and HOME.
	Env   []string `json:"env,omitempty"`
	Stdin []byte   `json:"stdin,omitempty"`
	// Signal goes to the command that was started with this ID; one that has ended
	// is left alone.
	Signal int `json:"signal,omitempty"`
}

// Event is something that a command has written, or its end. The first event of all,
// with ID 0, says that the guest is ready.
type Event struct {
	ID int `json:"id"`
	// Uptime is the guest's monotonic clock, which is that of its kernel's and udev's
	// messages.
	Uptime time.Duration `json:"uptime"`
	Stdout []byte        `json:"stdout,omitempty"`
	Stderr []byte        `json:"stderr,omitempty"`
	End    *End          `json:"end,omitempty"`
}

// End is how a command ended; its last event.
type End struct {
	ExitCode int `json:"exitCode"` // -1: killed by a signal, or never started
	// Problem says why it could not be started or waited for.
	Problem string `json:"problem,omitempty"`
}
