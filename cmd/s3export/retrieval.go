package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cargomedia/s3export/device"
	"github.com/cargomedia/s3export/reconciler"
	"github.com/cargomedia/s3export/specs"
	"github.com/cargomedia/s3export/verify"
	"github.com/cargomedia/s3export/verify/price"
)

// retrievalView is what it costs to make archived objects readable.
type retrievalView struct {
	Objects  int64          `json:"objects"`
	Bytes    int64          `json:"bytes"`
	Tier     string         `json:"tier"`
	Days     int            `json:"days"`
	Estimate price.Estimate `json:"estimate"`
	// Unpriced are classes of which the table does not know what the tier costs: AWS may
	// not have it for them.
	Unpriced []string `json:"unpriced,omitempty"`
}

// viewRetrieval returns what is to be restored; nil where nothing is.
func viewRetrieval(d specs.Document, s reconciler.Survey, prices price.Table) *retrievalView {
	if d.Spec.Provider.Pull == nil || d.Spec.Provider.Pull.Restore == nil {
		return nil
	}
	how := d.Spec.Provider.Pull.Restore
	v := &retrievalView{Tier: how.Tier, Days: how.Days}
	var uses []price.Use
	for _, r := range s.Ranges {
		for _, c := range r.Classes {
			if (verify.Object{StorageClass: c.Name}).Archived() {
				v.Objects, v.Bytes = v.Objects+c.Objects, v.Bytes+c.Bytes
				uses = append(uses, price.Restore(how.Tier, c.Name, c.Objects, c.Bytes)...)
			}
		}
	}
	if v.Objects == 0 {
		return nil
	}
	v.Estimate = prices.Estimate(uses)
	for _, l := range v.Estimate.Lines {
		if l.Amount == "" && !slices.Contains(v.Unpriced, l.Class) {
			v.Unpriced = append(v.Unpriced, l.Class)
		}
	}
	return v
}

// String says it in a line. Those that an older run has copied are not restored again,
// which is not known before the drive is read.
func (v retrievalView) String() string {
	unpriced := ""
	if len(v.Unpriced) > 0 {
		unpriced = fmt.Sprintf("; no price is known of %s with %s", strings.Join(v.Unpriced, " and "), v.Tier)
	}
	return fmt.Sprintf("%d %s (%s) with %s, readable for %d days: about %s at most, by the prices of %s as of %s%s",
		v.Objects, plural(int(v.Objects), "object"), device.FormatSize(v.Bytes), v.Tier, v.Days, v.Estimate.Total.Text(v.Estimate.Currency), v.Estimate.Region, v.Estimate.AsOf, unpriced)
}
