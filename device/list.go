package device

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"
)

// Listed is a disk that is plugged in, as List sees it.
type Listed struct {
	// State is that of an inspection. Its selector is the first name of the disk that no
	// other disk has: its serial number, its WWN, a link of udev's; without any, the
	// disk cannot be selected.
	State
	Hardware Hardware
	// Model is what the disk calls itself, its vendor's name included.
	Model string
}

// List inspects all disks that are plugged in, in the order of their names, several at a
// time. It writes nothing and opens nothing for writing. A disk that cannot be looked at
// is listed too, as Unknown, with its problem and remedy; so is a drive without a medium.
// Its errors are that of ctx, and *Error for a host whose disks cannot be listed.
func (d *Disks) List(ctx context.Context) ([]Listed, error) {
	names, err := d.drives()
	if err != nil {
		return nil, d.notListed(err)
	}
	slices.SortFunc(names, byName)
	all := make([]Listed, len(names))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(listedAtOnce)
	for i, name := range names {
		g.Go(func() (err error) {
			all[i], err = d.list(ctx, name)
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	return all, nil
}

// listedAtOnce bounds how many disks are read at once: they are waited for, one by one
// that adds up.
const listedAtOnce = 8

// Paths returns today's paths of all disks that are plugged in, in the order of List.
// Nothing is opened. Its errors are those of List.
func (d *Disks) Paths() ([]string, error) {
	names, err := d.drives()
	if err != nil {
		return nil, d.notListed(err)
	}
	slices.SortFunc(names, byName)
	paths := make([]string, len(names))
	for i, name := range names {
		paths[i] = d.node(name)
	}
	return paths, nil
}

func (d *Disks) notListed(err error) error {
	return &Error{Reason: DeviceUnreadable, Op: opList, Device: d.dev, Message: "the disks of this host cannot be listed", Err: err, Remedy: "check that /sys is mounted"}
}

func (d *Disks) list(ctx context.Context, name string) (Listed, error) {
	l := Listed{State: d.locateDisk(d.unique(name), name), Hardware: d.hardware(name), Model: d.model(name)}
	use := l.Use
	var err error
	if l.State, err = d.inspectLocated(ctx, l.State); err != nil {
		return l, err
	}
	if l.Presence != Present { // all that is known of it all the same
		l.Path, l.Identity, l.Use = d.node(name), d.identity(name), use
	}
	return l, nil
}

// unique returns a selector of this disk and no other, with its exact size; a zero one
// where there is none.
func (d *Disks) unique(name string) Selector {
	i := d.identity(name)
	candidates := []Selector{{Serial: i.Serial}, {WWN: i.WWN}}
	for _, link := range d.links(d.byID, name) {
		candidates = append(candidates, Selector{ByID: link})
	}
	for _, s := range candidates {
		if s == (Selector{}) {
			continue
		}
		names, state := d.matching(s)
		if state == nil && len(names) == 1 && names[0] == name {
			s.Size = SizeCheck{Bytes: i.Size}
			return s
		}
	}
	return Selector{}
}

// nameless refuses a disk that no selector means alone.
func nameless(path string) *Refusal {
	return &Refusal{DeviceAmbiguous, path + " has no name of its own: its serial number is missing, or another disk has it too",
		"unplug all others with that number, or connect it another way (some USB bridges keep the number to themselves)"}
}

// byName sorts sdb before sdaa and loop9 before loop10, as the kernel counts; what
// begins with the same two letters belongs together.
func byName(a, b string) int {
	return cmp.Or(strings.Compare(a[:min(2, len(a))], b[:min(2, len(b))]), len(a)-len(b), strings.Compare(a, b))
}

// Purpose is what a disk may be used for.
type Purpose string

// The purposes.
const (
	ForCopy  Purpose = "copy"   // it is blank: a new copy may be made on it
	ForProof Purpose = "verify" // there is something on it that can be compared
)

// Purposes says what the disk may be used for now, and what keeps a new copy from being
// made on it; nil for nothing. Disks of the running system are good for nothing.
func (l Listed) Purposes() ([]Purpose, *Refusal) {
	_, refusal := l.ClaimBlank()
	if l.Use.System { // also where it cannot be read
		here := l.State
		here.Presence = Present
		return nil, here.Fit(true)
	}
	switch {
	case refusal == nil && l.Selector == (Selector{}):
		return nil, nameless(l.Path)
	case refusal == nil:
		return []Purpose{ForCopy}, nil
	case l.Presence == Present && l.Content.FileSystem != nil && l.Selector != (Selector{}):
		return []Purpose{ForProof}, refusal
	}
	return nil, refusal
}
