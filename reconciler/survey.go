package reconciler

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cargomedia/s3export/device"
	"github.com/cargomedia/s3export/specs"
	"github.com/cargomedia/s3export/verify"
)

// Survey is what was found out about the source before anything is made: what the
// load selects, and whether the buckets can be used for it.
type Survey struct {
	verify.Survey
	Buckets []BucketSeen `json:"buckets,omitempty"`
	// Drift is what has become of the objects of the copy before; nil: there is none.
	Drift *verify.Drift `json:"drift,omitempty"`
}

// BucketSeen is a bucket of the load, or the one that takes the service's log.
type BucketSeen struct {
	Name   string `json:"name"`
	Region string `json:"region,omitempty"`
	Log    bool   `json:"log,omitempty"`
	// Problem that keeps the bucket from being used; empty when there is none.
	Problem string `json:"problem,omitempty"`
	Remedy  string `json:"remedy,omitempty"`
}

// Concern is something about the source that a person should know before a job is
// made, and what to do about it.
type Concern struct {
	Reason  Reason `json:"reason"`
	Message string `json:"message"`
	Remedy  string `json:"remedy"`
	// Stops: no job is made as long as it is so.
	Stops bool `json:"stops"`
	// Accepted: it would stop, but the spec accepts it.
	Accepted bool `json:"accepted,omitempty"`
}

// Reasons of concerns, besides the kinds of verify.Issue.
const (
	NothingSelected Reason = "NothingSelected"
	EmptyRange      Reason = "EmptyRange"
	TooLarge        Reason = "TooLargeForDrive"
	NearlyFull      Reason = "NearlyFull"
	BucketUnusable  Reason = "BucketUnusable"
	MultipleRegions Reason = "MultipleRegions"
)

// concerns says what is to be known of the source, the gravest first. size is that
// of the device in bytes, 0 when it is not known.
func concerns(want specs.Document, s Survey, size int64) []Concern {
	list := bucketConcerns(s)
	list = append(list, driftConcerns(want, s)...)
	list = append(list, roomConcerns(want, s, size)...)
	if want.Spec.Source != nil {
		list = append(list, unreadConcerns(want, s)...)
	} else {
		list = append(list, issueConcerns(s)...)
	}
	list = append(list, rangeConcerns(want, s)...)
	for i, c := range list {
		if c.Stops && want.Spec.Preflight.Accepts(string(c.Reason)) {
			list[i].Stops, list[i].Accepted = false, true
		}
	}
	slices.SortStableFunc(list, func(a, b Concern) int { return rank(a) - rank(b) })
	return list
}

func rank(c Concern) int {
	switch {
	case c.Stops:
		return 0
	case c.Accepted:
		return 1
	default:
		return 2
	}
}

func bucketConcerns(s Survey) []Concern {
	var list []Concern
	regions := map[string][]string{}
	for _, b := range s.Buckets {
		if b.Problem != "" {
			list = append(list, Concern{Reason: BucketUnusable, Stops: true, Message: b.Problem, Remedy: b.Remedy})
		}
		if b.Region != "" && !slices.Contains(regions[b.Region], b.Name) {
			regions[b.Region] = append(regions[b.Region], b.Name)
		}
	}
	if len(regions) < 2 {
		return list
	}
	var where []string
	for region, names := range regions {
		where = append(where, region+" ("+strings.Join(names, ", ")+")")
	}
	slices.Sort(where)
	return append(list, Concern{
		Reason: MultipleRegions, Stops: true,
		Message: "the buckets are in several regions: " + strings.Join(where, ", "),
		Remedy:  "make one backup for each region, each with a log bucket in its region: a job takes buckets of one region",
	})
}

// tight is how full, in percent, a drive is when it is said to be: what the service
// makes of it may differ a little from what we compute.
const tight = 95

func roomConcerns(want specs.Document, s Survey, size int64) []Concern {
	if size == 0 {
		return nil
	}
	room := device.RoomOn(size)
	offered := verify.Room{Bytes: room.Bytes, Inodes: room.Inodes}
	need := fmt.Sprintf("%s in %d files need %s", device.FormatSize(selected(s)), s.Need.Files, device.FormatSize(s.Need.Bytes))
	switch {
	case !offered.Holds(s.Need):
		return []Concern{{
			Reason: TooLarge, Stops: true,
			Message: fmt.Sprintf("%s, and the drive of %s holds %s and %d files: the load would end in the middle", need, device.FormatSize(size), device.FormatSize(room.Bytes), room.Inodes),
			Remedy:  "spread it over several drives: `s3export plan --split -f " + device.ShellQuote(want.File) + "` prints the specs; or use a larger drive",
		}}
	case s.Need.Bytes > room.Bytes/100*tight:
		return []Concern{{
			Reason:  NearlyFull,
			Message: fmt.Sprintf("%s of the %s that the drive holds", need, device.FormatSize(room.Bytes)),
			Remedy:  "new objects may not fit any more: use a larger drive if the buckets grow",
		}}
	}
	return nil
}

func selected(s Survey) (bytes int64) {
	for _, r := range s.Ranges {
		bytes += r.Bytes
	}
	return bytes
}

func issueConcerns(s Survey) []Concern {
	var list []Concern
	for _, i := range s.Issues {
		c := Concern{Reason: Reason(i.Kind)}
		which := fmt.Sprintf("%s (%s, such as %s)", objects(i.Objects), device.FormatSize(i.Bytes), examples(i))
		switch i.Kind {
		case verify.IssueArchived:
			c.Stops = true
			c.Message = which + " in an archive class will not be exported"
			c.Remedy = "restore them (`aws s3api restore-object`) and apply again; or leave them out of the operations; or, if the drive need not hold them, accept it: spec.preflight.accept: [ArchivedObjects]"
		case verify.IssueCustomerKey:
			c.Stops = true
			c.Message = fmt.Sprintf("%d of %d objects that were looked at, such as %s, under a key that only you have (SSE-C), which the service cannot read", i.Objects, s.Probed, examples(i))
			c.Remedy = "copy them to keys without SSE-C and export those; or leave them out of the operations; or accept it: spec.preflight.accept: [CustomerKeys]"
		case verify.IssueUnnameable:
			c.Message = which + " with keys that cannot be names of files"
			c.Remedy = "nothing: the service puts them into its recovery directory, and its log says where"
		case verify.IssueColliding:
			c.Message = which + " with keys that lead to a path that another key has, or need a directory where another key is a file"
			c.Remedy = "give each operation a targetDirectory of its own where buckets share one; the service puts the rest into its recovery directory, and its log says where"
		}
		list = append(list, c)
	}
	return list
}

func examples(i verify.Issue) string {
	quoted := make([]string, len(i.Examples))
	for k, e := range i.Examples {
		quoted[k] = fmt.Sprintf("%q", e)
	}
	return strings.Join(quoted, ", ")
}

func objects(n int64) string {
	if n == 1 {
		return "1 object"
	}
	return fmt.Sprintf("%d objects", n)
}

func rangeConcerns(want specs.Document, s Survey) []Concern {
	words := struct{ one, all, remedy string }{"operation", "operations", "exportBucket, prefix, beginMarker and endMarker of the operations"}
	if want.Spec.Source != nil {
		words.one, words.all, words.remedy = "range", "ranges", "bucket, prefix, after and through in spec.source.ranges"
	}
	var list []Concern
	some := false
	for i, r := range s.Ranges {
		if r.Objects > 0 {
			some = true
			continue
		}
		list = append(list, Concern{
			Reason:  EmptyRange,
			Message: fmt.Sprintf("%s %d (%s) selects nothing", words.one, i+1, r.Range),
			Remedy:  "correct " + words.remedy + ", or remove the " + words.one,
		})
	}
	if some {
		return list
	}
	return []Concern{{
		Reason: NothingSelected, Stops: true, Message: "the " + words.all + " select no object at all",
		Remedy: "correct " + words.remedy,
	}}
}
