package reconciler

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"

	"github.com/cargomedia/s3export/specs"
)

// PaperworkFact says that the papers of the parcel are on disk, beside the label.
type PaperworkFact struct {
	Directory string   `json:"directory"`
	Files     []string `json:"files"` // names in the directory
	// Digest of what they were made from, to make them anew when it changes.
	Digest string `json:"digest"`
}

// PaperError says that the papers of the parcel cannot be made of what the spec says.
type PaperError struct {
	Problem string
	Remedy  string // never empty
}

// Error returns the problem.
func (e *PaperError) Error() string { return e.Problem }

// papersPossible asks for what the papers will need, by name, before anything is
// made: a parcel without its invoice stays at the border.
func (c *deciding) papersPossible() bool {
	if !c.seen.Traits.HasLabel || !c.want.Spec.Phase.Includes(specs.Labeled) || c.run.Paperwork != nil || c.beyondOurHands() {
		return true
	}
	gaps := c.want.InvoiceGaps()
	if len(gaps) == 0 {
		return true
	}
	var fields, remedies []string
	for _, g := range gaps {
		fields = append(fields, g.Field)
		remedies = append(remedies, g.Remedy)
	}
	return c.block(PaperworkIncomplete, "the parcel crosses a border and needs a pro-forma invoice, for which the spec lacks "+strings.Join(fields, ", "), strings.Join(remedies, "; "))
}

// papers makes the papers of the parcel, once its job is known.
func (c *deciding) papers() bool {
	if !c.seen.Traits.HasLabel || c.beyondOurHands() {
		return true
	}
	digest := papersOf(c.want, c.run)
	if p := c.run.Paperwork; p == nil || !c.foreseen() && p.Digest != digest {
		c.do(MakePaperwork{})
	}
	return true
}

// papersOf returns the digest of what the papers are made from.
func papersOf(want specs.Document, run Run) string {
	from := struct {
		Name, Run string
		Device    specs.Device
		Paperwork specs.Paperwork
		Sender    any
		Manifest  any
		Job, ID   string
	}{Name: want.Metadata.Name, Run: want.Spec.Run, Device: want.Spec.Device, Paperwork: want.Spec.Paperwork, Sender: want.Sender()}
	if run.Job != nil {
		from.Job, from.ID = string(run.Job.ID), run.Job.DeviceID
	}
	if m := want.Manifest; m != nil {
		from.Manifest = []any{m.ReturnAddress, m.Customs, m.PinCode != nil, m.TrueCryptPassword != nil}
	}
	data, err := json.Marshal(from)
	if err != nil {
		return "" // cannot happen: texts and lists of them
	}
	sum := sha256.Sum256(data)
	return "sha256:" + hex.EncodeToString(sum[:])[:32]
}
