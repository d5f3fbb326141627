package verify_test

import (
	"bytes"
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/cargomedia/s3export/verify"
	"github.com/cargomedia/s3export/verify/fake"
)

// oracle decides what Run must find by looking at everything at once. It knows the
// rules for presence, size and plain MD5s, of a closed baseline.
type oracle struct {
	ranges     []verify.Range
	start, end map[[2]string]string // bucket and key to content
	tree       map[string]string
	log        saidByLog
}

type subject struct {
	path, bucket, key string
	states            []string
	history           string
	moved             bool // by the log
}

func (s *subject) there(o *oracle) bool { _, ok := o.tree[s.path]; return ok }

func (o *oracle) subjects() []*subject {
	found := map[string]*subject{}
	for when, listing := range []map[[2]string]string{o.start, o.end} {
		for id, content := range listing {
			for _, r := range o.ranges {
				if id[0] != r.Bucket || !strings.HasPrefix(id[1], r.Prefix) || strings.HasSuffix(id[1], "/") && content == "" && !awkwardName(strings.TrimSuffix(id[1], "/")) {
					continue
				}
				path := strings.TrimPrefix(r.Directory+"/"+id[1], "/")
				if r.Directory == "" {
					path = id[1]
				}
				name := path + "\x00" + id[0] + "\x00" + id[1]
				s := found[name]
				if s == nil {
					s = &subject{path: path, bucket: id[0], key: id[1], history: []string{"deleted", "created"}[when]}
					found[name] = s
				}
				if when == 1 && len(s.states) > 0 && s.history == "deleted" {
					s.history = "changed"
					if s.states[0] == content {
						s.history = "stable"
					}
				}
				if !slices.Contains(s.states, content) {
					s.states = append(s.states, content)
				}
			}
		}
	}
	var all []*subject
	for _, s := range found {
		o.log.move(o, s)
		all = append(all, s)
	}
	return all
}

func awkwardName(key string) bool {
	for name := range strings.SplitSeq(strings.TrimSuffix(key, "/"), "/") {
		if name == "" {
			return true
		}
	}
	return strings.HasSuffix(key, "/")
}

func (o *oracle) decide(s *subject, all []*subject) string {
	copied, there := o.tree[s.path]
	switch o.log.claim(s, all, there) {
	case "taken":
		return "unverifiable NameTaken"
	case "failed":
		return "missingOnDevice FailedByService"
	}
	switch {
	case there && slices.Contains(s.states, copied):
		return "match"
	case there && s.history != "stable":
		return "unverifiable ChangedDuringLoad"
	case there && !slices.ContainsFunc(s.states, func(c string) bool { return len(c) == len(copied) }):
		return "differ SizeDiffers"
	case there:
		return "differ ContentDiffers"
	case awkwardName(s.key) && !s.moved:
		return "unverifiable Renamed"
	case s.history == "created":
		return "changedAfterExport CreatedDuringLoad"
	case s.history == "deleted":
		return "changedAfterExport DeletedDuringLoad"
	}
	for _, t := range all {
		if t.there(o) && (strings.HasPrefix(t.path, s.path+"/") || strings.HasPrefix(s.path, t.path+"/")) {
			return "unverifiable NameTaken"
		}
	}
	return "missingOnDevice NotThere"
}

func (o *oracle) findings() []string {
	var out []string
	all := o.subjects()
	expected := map[string]bool{}
	for _, s := range all {
		expected[s.path] = true
		if verdict := o.decide(s, all); verdict != "match" {
			out = append(out, fmt.Sprintf("%q %s/%q %s", s.path, s.bucket, s.key, verdict))
		}
	}
	for path := range o.tree {
		below, inside := false, false
		for _, r := range o.ranges {
			under := r.Directory == "" || strings.HasPrefix(path, r.Directory+"/")
			below = below || under || o.log.walks(o, path)
			inside = inside || under && strings.HasPrefix(strings.TrimPrefix(strings.TrimPrefix(path, r.Directory), "/"), r.Prefix)
		}
		if expected[path] || !below {
			continue
		}
		reason := "OutsideRange"
		if inside {
			reason = "Unknown"
		}
		out = append(out, fmt.Sprintf("%q /%q extra %s", path, "", reason))
	}
	slices.Sort(out)
	return out
}

var (
	drawKey     = rapid.StringMatching(`[ab/-]{1,5}`)
	drawContent = rapid.SampledFrom([]string{"", "x", "y", "xy"})
	drawRange   = rapid.Custom(func(t *rapid.T) verify.Range {
		return verify.Range{
			Bucket:    rapid.SampledFrom([]string{"p", "q"}).Draw(t, "bucket"),
			Prefix:    rapid.SampledFrom([]string{"", "", "a"}).Draw(t, "prefix"),
			Directory: rapid.SampledFrom([]string{"", "a", "a-b", "a/b", "c"}).Draw(t, "directory"),
		}
	})
)

func drawListing(t *rapid.T, name string) map[[2]string]string {
	out := map[[2]string]string{}
	for range rapid.IntRange(0, 12).Draw(t, name) {
		out[[2]string{rapid.SampledFrom([]string{"p", "q"}).Draw(t, "bucket"), drawKey.Draw(t, "key")}] = drawContent.Draw(t, "content")
	}
	return out
}

// grow adds a file, unless the names on the drive leave no room for it.
func grow(tree map[string]string, path, content string) {
	if slices.Contains(strings.Split(path, "/"), "") {
		return
	}
	for have := range tree {
		if strings.HasPrefix(have, path+"/") || strings.HasPrefix(path, have+"/") {
			return
		}
	}
	tree[path] = content
}

func drawOracle(t *rapid.T) *oracle {
	o := &oracle{ranges: rapid.SliceOfN(drawRange, 1, 4).Draw(t, "ranges"), start: drawListing(t, "start"), tree: map[string]string{}}
	o.end = drawListing(t, "end")
	for id, content := range o.start {
		if rapid.IntRange(0, 9).Draw(t, "stays") > 0 {
			o.end[id] = content
		}
	}
	for _, s := range sorted(o.subjects()) {
		if rapid.IntRange(0, 9).Draw(t, "copied") > 1 {
			grow(o.tree, s.path, s.states[len(s.states)-1])
		} else if rapid.Bool().Draw(t, "damaged") {
			grow(o.tree, s.path, drawContent.Draw(t, "damage"))
		}
	}
	for range rapid.IntRange(0, 3).Draw(t, "extras") {
		grow(o.tree, drawKey.Draw(t, "extra"), "extra")
	}
	return o
}

func sorted(all []*subject) []*subject {
	slices.SortFunc(all, func(a, b *subject) int {
		return strings.Compare(a.path+"\x00"+a.bucket+"\x00"+a.key, b.path+"\x00"+b.bucket+"\x00"+b.key)
	})
	return all
}

func sourceOf(listing map[[2]string]string) *fake.Source {
	src := fake.NewSource()
	for id, content := range listing {
		src.Put(id[0], id[1], []byte(content), fake.Modified(longAgo))
	}
	return src
}

func (o *oracle) run(t *rapid.T, draw verify.Draw) verify.Report {
	ctx := context.Background()
	end := sourceOf(o.end)
	var start, closed bytes.Buffer
	if _, _, err := verify.TakeBaseline(ctx, sourceOf(o.start), o.ranges, &start, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := verify.CloseBaseline(ctx, &start, livePopulation(end, o.ranges), &closed, nil); err != nil {
		t.Fatal(err)
	}
	baseline := closed.Bytes()
	b, err := verify.OpenBaseline(&closed)
	if err != nil {
		t.Fatal(err)
	}
	l := newLoad()
	r := l.request(b.Population())
	for path, content := range o.tree {
		l.tree.Files[path] = []byte(content)
	}
	r.Source, r.Layout, r.Draw = end, verify.Layout{}, draw
	if o.log.lines != nil {
		r.Population, r.Log = again(baseline), o.log.loadLog(t, o.ranges)
	}
	report, err := verify.Run(ctx, r)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

func TestRunProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) { drawOracle(t).agrees(t) })
}

// agrees checks a run against the oracle.
func (o *oracle) agrees(t *rapid.T) {
	report := o.run(t, verify.Draw{All: true})
	var got []string
	for _, f := range report.Findings {
		outcome, reason := f.Outcome, f.Reason
		if outcome == verify.Unverifiable && reason == verify.DeletedSince || reason == verify.ChangedSince {
			reason = verify.ChangedDuringLoad // the source could not be asked about the older state
		}
		got = append(got, fmt.Sprintf("%q %s/%q %s %s", f.Path, f.Bucket, f.Key, outcome, reason))
	}
	slices.Sort(got)
	if want := o.findings(); !slices.Equal(got, want) {
		t.Fatalf("got  %s\nwant %s\n%+v", strings.Join(got, "\n     "), strings.Join(want, "\n     "), o)
	}
	if all := int64(len(o.subjects())); report.Totals.Objects != all {
		t.Fatalf("%d objects, not %d", report.Totals.Objects, all)
	}
	if report.Totals.Files > int64(len(o.tree)) {
		t.Fatalf("%d files, of %d", report.Totals.Files, len(o.tree))
	}
}

// A sample finds a part of what a full comparison finds: all that needs no reading.
func TestSampleProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		o := drawOracle(t)
		full := o.run(t, verify.Draw{All: true})
		k := rapid.Int64Range(1, 20).Draw(t, "k")
		part := o.run(t, verify.Draw{Count: k, Seed: seedOf(rapid.Uint64().Draw(t, "seed"))})
		if want := min(k, full.Totals.Objects); part.Sample.Drawn != want {
			t.Fatalf("drawn %d, not %d", part.Sample.Drawn, want)
		}
		if part.Totals.Sized != full.Totals.Sized || part.Totals.Objects != full.Totals.Objects {
			t.Fatalf("%+v, not %+v", part.Totals, full.Totals)
		}
		for _, f := range part.Findings {
			if !slices.ContainsFunc(full.Findings, func(g verify.Finding) bool { return reflect.DeepEqual(f, g) }) {
				t.Fatalf("%+v only in the sample", f)
			}
		}
		for _, f := range full.Findings {
			read := f.Evidence.Method == verify.ByMD5
			if !read && !slices.ContainsFunc(part.Findings, func(g verify.Finding) bool { return reflect.DeepEqual(f, g) }) {
				t.Fatalf("%+v not in the sample", f)
			}
		}
	})
}
