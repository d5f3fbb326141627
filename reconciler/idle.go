package reconciler

import "slices"

// idle reports whether nothing was done for the run, or may have been.
func (r Run) idle() bool {
	return r.Volume == nil && r.Baseline == nil && r.Job == nil && r.Signature == nil && r.Load == nil && r.Canceled == nil &&
		(r.Intent == nil || r.Intent.Action == nameGiveUpLost)
}

// Idle reports whether that is so of all runs: the backup was only wished for.
func (r Record) Idle() bool {
	return !slices.ContainsFunc(r.Runs, func(run Run) bool { return !run.idle() })
}
