package store

import (
	"fmt"
	"slices"
	"time"
)

// The tiers of Intelligent-Tiering that must be restored before they are read.
const (
	ArchiveAccess     = "ARCHIVE_ACCESS"
	DeepArchiveAccess = "DEEP_ARCHIVE_ACCESS"
)

// intelligent is the class whose objects move between tiers by themselves.
const intelligent = "INTELLIGENT_TIERING"

// Archive is what became of an archived object. It is not changed: a restore makes
// another.
type Archive struct {
	// Status is ArchiveAccess, DeepArchiveAccess, or "" for the archived classes, which
	// say it themselves.
	Status string
	// Ready is when a copy can be read that was asked for, Expiry when it goes away
	// again. Both are zero without one; Expiry also for the tiers, whose objects stay.
	Ready, Expiry time.Time
}

// RestoreRequest is how an object is to be restored.
type RestoreRequest struct {
	Days int    // that the copy stays; 0 for objects of Intelligent-Tiering
	Tier string // Standard, Expedited or Bulk; "" is Standard
}

// IsArchived reports whether an object must be restored before it can be read.
func (o Object) IsArchived(now time.Time) bool {
	if o.archiveStatus() == "" {
		return false
	}
	a := o.Archive
	if a == nil || a.Ready.IsZero() || now.Before(a.Ready) {
		return true
	}
	return !a.Expiry.IsZero() && !now.Before(a.Expiry)
}

// IsRestoring reports whether a copy was asked for that is not there yet.
func (o Object) IsRestoring(now time.Time) bool {
	return o.Archive != nil && now.Before(o.Archive.Ready)
}

// RestoredUntil returns when the copy goes away that can be read now; false when
// there is none that does.
func (o Object) RestoredUntil(now time.Time) (time.Time, bool) {
	a := o.Archive
	if a == nil || a.Expiry.IsZero() || now.Before(a.Ready) || !now.Before(a.Expiry) {
		return time.Time{}, false
	}
	return a.Expiry, true
}

// ArchiveTier returns the tier of Intelligent-Tiering that keeps an object from
// being read; "" for none.
func (o Object) ArchiveTier(now time.Time) string {
	if o.StorageClass != intelligent || !o.IsArchived(now) {
		return ""
	}
	return o.archiveStatus()
}

// archiveStatus returns what is slow about an object's class or tier.
func (o Object) archiveStatus() string {
	switch o.StorageClass {
	case "GLACIER":
		return ArchiveAccess
	case "DEEP_ARCHIVE":
		return DeepArchiveAccess
	case intelligent:
		if o.Archive != nil {
			return o.Archive.Status
		}
	}
	return ""
}

// restoreTime returns how long a restore takes: the longest that is documented as
// typical. Source: "Understanding archive retrieval options" of the Amazon S3 User
// Guide.
func restoreTime(status, tier string) (time.Duration, bool) {
	times := map[string]time.Duration{"Expedited": 5 * time.Minute, "": 5 * time.Hour, "Standard": 5 * time.Hour, "Bulk": 12 * time.Hour}
	if status == DeepArchiveAccess {
		times = map[string]time.Duration{"": 12 * time.Hour, "Standard": 12 * time.Hour, "Bulk": 48 * time.Hour}
	}
	d, known := times[tier]
	return d, known
}

// Restore asks for a copy of an archived object, which the clock brings. Of one
// that is there it moves the end, and says so. Refusals: those of Find,
// ErrNotArchived, ErrRestoring, ErrNoSuchTier.
func (s *Store) Restore(p Place, r RestoreRequest) (wasThere bool, err error) {
	now := s.time()
	return wasThere, s.amend(p, func(o *Object) error {
		status := o.archiveStatus()
		takes, known := restoreTime(status, r.Tier)
		_, wasThere = o.RestoredUntil(now)
		switch {
		case status == "" || o.StorageClass == intelligent && !o.IsArchived(now):
			return fmt.Errorf("%q: %w", o.Key, ErrNotArchived)
		case o.IsRestoring(now):
			return fmt.Errorf("%q: %w", o.Key, ErrRestoring)
		case !known || (r.Days > 0) == (o.StorageClass == intelligent):
			return fmt.Errorf("%q: %w", o.Key, ErrNoSuchTier)
		}
		made := &Archive{Ready: now.Add(takes)}
		if wasThere {
			made.Ready = now
		}
		if o.StorageClass == intelligent {
			made.Status = status
		} else {
			made.Expiry = midnight(made.Ready.AddDate(0, 0, r.Days))
		}
		o.Archive = made
		return nil
	})
}

// midnight returns the first midnight at or after t: S3 rounds the end of a copy up
// to it.
func midnight(t time.Time) time.Time {
	day := t.UTC().Truncate(24 * time.Hour)
	if day.Before(t) {
		day = day.AddDate(0, 0, 1)
	}
	return day
}

// SetArchiveStatus moves an object of Intelligent-Tiering to a tier that must be
// restored, as S3 does with objects that nobody reads. An object of another class
// is ErrNotArchived, another tier ErrNoSuchTier.
func (s *Store) SetArchiveStatus(p Place, status string) error {
	return s.amend(p, func(o *Object) error {
		switch {
		case o.StorageClass != intelligent:
			return fmt.Errorf("%q: %w", o.Key, ErrNotArchived)
		case !slices.Contains([]string{ArchiveAccess, DeepArchiveAccess}, status):
			return fmt.Errorf("%q: %w", status, ErrNoSuchTier)
		}
		o.Archive = &Archive{Status: status}
		return nil
	})
}

// amend puts another entry in the place of one, with the object that change made.
func (s *Store) amend(p Place, change func(*Object) error) error {
	b, err := s.bucket(p.Bucket)
	if err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	old, err := b.find(p)
	if err != nil {
		return err
	}
	e := *old
	if err := change(&e.object); err != nil {
		return err
	}
	newest := b.newest(p.Key)
	link := &newest
	for *link != old {
		link = &(*link).older
	}
	*link = &e
	b.show(p.Key, newest)
	return nil
}
