package reconciler

import "time"

// Hold is what the backup waits for or is blocked by.
type Hold struct {
	Kind     HoldKind  `json:"kind"`
	Reason   Reason    `json:"reason"`
	Message  string    `json:"message"`
	Remedy   string    `json:"remedy,omitempty"`
	Ends     string    `json:"ends,omitempty"`
	Since    time.Time `json:"since"`
	NextLook time.Time `json:"nextLook,omitzero"`
	Stalled  Reason    `json:"stalled,omitempty"` // a wait that takes too long
}

// HoldKind tells a wait from a block.
type HoldKind string

// The kinds of Hold.
const (
	HoldWaiting HoldKind = "Waiting"
	HoldBlocked HoldKind = "Blocked"
)

// Trouble counts the tries of a step that goes wrong.
type Trouble struct {
	Step     string    `json:"step"`
	Attempts int       `json:"attempts"`
	Since    time.Time `json:"since"`
	Message  string    `json:"message"`
}
