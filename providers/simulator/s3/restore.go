package s3

import (
	"encoding/xml"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/cargomedia/s3export/providers/simulator/store"
)

type restoration struct {
	XMLName xml.Name `xml:"RestoreRequest"`
	Days    int
	Tier    string // of a select job, and the older place of the tier
	Type    string
	Job     struct{ Tier string } `xml:"GlacierJobParameters"`
}

// restoreObject answers RestoreObject: 202 when a copy was asked for, 200 when the
// end of one that is there was moved.
func (x *exchange) restoreObject() error {
	place, err := x.place()
	if err != nil {
		return err
	}
	b, err := x.body()
	if err != nil {
		return err
	}
	var wanted restoration
	if err := b.document(&wanted); err != nil {
		return err
	}
	tier := wanted.Job.Tier
	if tier == "" {
		tier = wanted.Tier
	}
	switch {
	case wanted.Type != "":
		return x.notImplemented("Type")
	case wanted.Days < 0:
		return malformedXML()
	}
	wasThere, err := x.store.Restore(place, store.RestoreRequest{Days: wanted.Days, Tier: tier})
	switch {
	case errors.Is(err, store.ErrNotArchived):
		o, err := x.store.Find(place)
		if err != nil {
			return err
		}
		return invalidState(o, x.now(), "Restore is not allowed for the object's current storage class")
	case err != nil:
		return err
	case wasThere:
		return x.status(http.StatusOK)
	}
	return x.status(http.StatusAccepted)
}

func (x *exchange) restoreRefusal(err error) *refusal {
	switch {
	case errors.Is(err, store.ErrRestoring):
		return newError(http.StatusConflict, "RestoreAlreadyInProgress", "Object restore is already in progress")
	case errors.Is(err, store.ErrNoSuchTier):
		return invalid("Retrieval option is not supported by this storage class")
	}
	return nil
}

// invalidState refuses what an object's class does not allow.
func invalidState(o store.Object, now time.Time, message string) *refusal {
	e := newError(http.StatusForbidden, "InvalidObjectState", message).with("StorageClass", storageClass(o.StorageClass))
	if tier := o.ArchiveTier(now); tier != "" {
		return e.with("AccessTier", tier)
	}
	return e
}

// setRestore writes what is known of the copy of an archived object.
func (x *exchange) setRestore(o store.Object) {
	now := x.now()
	until, restored := o.RestoredUntil(now)
	switch {
	case o.IsRestoring(now):
		x.set("x-amz-restore", `ongoing-request="true"`)
	case restored:
		x.set("x-amz-restore", fmt.Sprintf(`ongoing-request="false", expiry-date="%s"`, until.Format(http.TimeFormat)))
	}
	if tier := o.ArchiveTier(now); tier != "" {
		x.set("x-amz-archive-status", tier)
	}
}

// wantsRestoreStatus reports whether a listing is to tell of copies.
func (x *exchange) wantsRestoreStatus() bool {
	for name := range strings.SplitSeq(x.r.Header.Get("X-Amz-Optional-Object-Attributes"), ",") {
		if strings.TrimSpace(name) == "RestoreStatus" {
			return true
		}
	}
	return false
}

// restoreStatus writes the element of a listing, which objects without a copy do
// not have.
func (d *document) restoreStatus(o store.Object, now time.Time) {
	until, restored := o.RestoredUntil(now)
	if !restored && !o.IsRestoring(now) {
		return
	}
	d.open("RestoreStatus", "")
	d.flag("IsRestoreInProgress", !restored)
	if restored {
		d.time("RestoreExpiryDate", until)
	}
	d.close("RestoreStatus")
}
