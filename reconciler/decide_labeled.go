package reconciler

// labeled brings the shipping label onto disk, as long as the drive has not
// traveled yet.
func (c *deciding) labeled() bool {
	if !c.seen.Traits.HasLabel || c.run.Label != nil || c.beyondOurHands() {
		return true
	}
	c.do(FetchLabel{ID: c.jobID()})
	return true
}
