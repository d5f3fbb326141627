package specs

import (
	"regexp"
	"strconv"
	"time"
)

// The limits of pull. Days are those for which a restored object may be kept.
const (
	maxConcurrency = 64
	minBandwidth   = 1000 // bytes a second
	maxRestoreDays = 365
	minRefresh     = time.Hour
	// maxRefreshedRun leaves room in a run's 32 bytes for .YYYYMMDD-NN, which a run that
	// begins by itself has behind it.
	maxRefreshedRun = 20
)

func checkPull(r *resolver, field string, p Pull) {
	if p.S3Endpoint == "" || p.Region == "" {
		checkRegion(r, field+".region", p.Region)
	} else if !regexp.MustCompile(`^[A-Za-z0-9][-A-Za-z0-9_]{0,62}$`).MatchString(p.Region) {
		// Servers that are not AWS have regions such as auto, garage or fr-par.
		r.problem(field+".region", quote(p.Region)+" is no region", "write the one that the server is set up with, or remove it")
	}
	checkProfile(r, field+".profile", p.Profile)
	checkEndpoint(r, field+".s3Endpoint", p.S3Endpoint)
	atMost(r, field+".concurrency", p.Concurrency, maxConcurrency)
	bandwidth, _, err := p.Bandwidth.Parse()
	r.parsed(field+".bandwidth", err)
	if err == nil && p.Bandwidth != "" && bandwidth < minBandwidth {
		r.problem(field+".bandwidth", quote(string(p.Bandwidth))+" is less than 1 kB in a second", "write what may be fetched in a second, such as 200MB")
	}
	oneOf(r, field+".prune", p.Prune, PruneNever, PruneExtra)
	oneOf(r, field+".replaced", p.Replaced, ReplacedKeep, ReplacedDrop)
	_, _, err = p.Guard.Parse()
	r.parsed(field+".guard", err)
	if p.Restore != nil {
		oneOf(r, field+".restore.tier", p.Restore.Tier, TierStandard, TierBulk, TierExpedited)
		atMost(r, field+".restore.days", p.Restore.Days, maxRestoreDays)
	}
}

// atMost reports a number that is too large; the walker lets none through that is too
// small.
func atMost(r *resolver, field string, number, most int) {
	if number > most {
		r.problem(field, strconv.Itoa(number)+" is too many", "write a number from 1 to "+strconv.Itoa(most))
	}
}

func checkRefresh(r *resolver, b Backup) {
	f := b.Spec.Refresh
	if f == nil || b.Spec.Provider.ImportExport != nil {
		return
	}
	const field = "spec.refresh.maxAge"
	switch age, err := f.MaxAge.Parse(); {
	case err != nil:
		r.parsed(field, err)
	case f.MaxAge == "":
		r.problem(field, "missing", "write the age after which the copy is made anew, such as 35d")
	case age < minRefresh:
		r.problem(field, quote(string(f.MaxAge))+" is less than an hour", "write 1h or more, such as 35d")
	}
	if len(b.Spec.Run) > maxRefreshedRun {
		r.problem("spec.run", quote(b.Spec.Run)+" has more than 20 characters, and refresh puts the day of a new run behind it",
			"shorten it: the new runs are called RUN.YYYYMMDD")
	}
}
