package verify

import (
	"bytes"
	"context"
	"iter"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/cargomedia/s3export/verify/digest"
	"github.com/cargomedia/s3export/verify/spill"
)

// ahead is what was read of small files while the listing was still under way. Their
// ETags are MD5s, but for exceptions, so the MD5 is what will be asked.
type ahead struct {
	mu   sync.Mutex
	sums *spill.Sorter
	zip  *zip // nil until the first is asked for
}

// aheadMost is the size from which on an ETag may be that of two parts (S3 User Guide,
// multipart upload limits).
const aheadMost = 5 << 20

// worthReadingAhead reports whether a listing is to come that takes its time, and all
// files are to be read anyway. Where checksums were told beforehand they decide, and
// which ones they are is not known before the listing.
func (r *run) worthReadingAhead() bool {
	q := r.request
	_, told := q.Source.(testified)
	return q.Draw.All && q.Source != nil && !told && q.Population.Known == LiveListing && q.Log == nil
}

// readAhead lists, walks and reads at the same time. Afterwards the request's
// population and the walk are what was found.
func (r *run) readAhead(ctx context.Context) error {
	temp := spill.Options{Dir: r.request.Runtime.Temp, Memory: queueMemory}
	listed, walked := spill.NewSpool(temp), spill.NewSpool(temp)
	r.ahead = &ahead{sums: newSorter(temp.Dir, byPath)}
	r.spools = append(r.spools, listed, walked)

	group, within := errgroup.WithContext(ctx)
	group.Go(func() error { return spoolListing(listed, r.request.Population.Objects(within)) })
	group.Go(func() error {
		files, err := r.spoolWalk(within, walked)
		if files == nil || err != nil {
			return err
		}
		defer func() { _ = files.Close() }()
		return r.hashAhead(within, files)
	})
	if err := group.Wait(); err != nil {
		return err
	}
	r.request.Population.Objects = func(ctx context.Context) iter.Seq2[Expected, error] { return unspoolListing(ctx, listed) }
	r.walk = newReplay(ctx, r.request.Tree, walked)
	return nil
}

func spoolListing(to *spill.Spool, objects iter.Seq2[Expected, error]) error {
	var record packer
	for e, err := range objects {
		if err != nil {
			return err
		}
		record = record[:0]
		record.expected(&e)
		if err := to.Add(record); err != nil {
			return err
		}
	}
	return nil
}

func unspoolListing(ctx context.Context, from *spill.Spool) iter.Seq2[Expected, error] {
	return func(yield func(Expected, error) bool) {
		for record, err := range from.Records(ctx) {
			var e Expected
			if err == nil {
				u := unpacker{rest: record}
				e, err = u.expected(), u.err()
			}
			if !yield(e, err) || err != nil {
				return
			}
		}
	}
}

// spoolWalk keeps the walk, and returns the files to be read ahead by place.
func (r *run) spoolWalk(ctx context.Context, to *spill.Spool) (*spill.Sorter, error) {
	files := newSorter(r.request.Runtime.Temp, bytes.Compare)
	w := walkSpool{run: r, to: to, files: files}
	for i, root := range roots(r.request.Population.Ranges) {
		w.root = int64(i)
		if err := r.request.Tree.Walk(ctx, root, w.entry); err != nil {
			_ = files.Close()
			if ctx.Err() != nil || gone(err) {
				return nil, err
			}
			return nil, walkError(root, err)
		}
	}
	return files, nil
}

// walkSpool keeps entries as they are walked.
type walkSpool struct {
	run    *run
	to     *spill.Spool
	files  *spill.Sorter
	root   int64
	record packer
}

func (w *walkSpool) entry(e Entry) error {
	if gone(e.Err) {
		return e.Err
	}
	w.record = w.record[:0]
	w.record.num(w.root)
	w.record.walked(&e)
	if err := w.to.Add(w.record); err != nil || !w.run.readsAhead(&e) {
		return err
	}
	if h := w.run.hashedBefore(&e); h != nil {
		return w.run.ahead.add(h)
	}
	key := placeKey(e.Place)
	w.record = append(w.record[:0], key[:]...)
	w.record.entry(&e)
	return w.files.Add(w.record)
}

func (r *run) readsAhead(e *Entry) bool {
	return e.Regular && e.Err == nil && e.Size > 0 && e.Size < aheadMost &&
		slices.ContainsFunc(r.request.Population.Ranges, func(x Range) bool { return x.holds(e.Path) })
}

// aheadBatch is how many files are read in one go.
const aheadBatch = 4096

func (r *run) hashAhead(ctx context.Context, files *spill.Sorter) error {
	reading := &reading{tree: r.request.Tree, pace: r.pace, now: r.request.Runtime.Now, meter: r.meter, workers: r.request.Runtime.Workers}
	p, ctx := reading.begin(ctx)
	wanted := append([]digest.Wanted{{Algorithm: digest.MD5}}, r.comparer.extra...)
	var batch []task
	for record, err := range files.Sorted(ctx) {
		if err != nil {
			return p.finish(ctx, err)
		}
		u := unpacker{rest: record[len(placeKey(0)):]}
		batch = append(batch, &early{e: u.entry(), wanted: wanted, run: r})
		if len(batch) < aheadBatch {
			continue
		}
		if err := p.read(ctx, batch); err != nil {
			return p.finish(ctx, err)
		}
		batch = batch[:0]
	}
	return p.finish(ctx, p.read(ctx, batch))
}

// early is a file that is read ahead; a task of a reading.
type early struct {
	e      Entry
	wanted []digest.Wanted
	run    *run
}

func (t *early) entry() *Entry          { return &t.e }
func (t *early) wants() []digest.Wanted { return t.wanted }

// end keeps the checksums. What could not be read has none: it is read once more for its
// finding.
func (t *early) end(ctx context.Context, got outcome, _ lookup) error {
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case gone(got.err):
		return got.err
	}
	h := hashed{
		Path: t.e.Path, PathBytes: rawBytes(t.e.Path), Size: t.e.Size, ModTime: t.e.ModTime, Inode: t.e.Inode,
		MD5: got.sums.of(digest.Wanted{Algorithm: digest.MD5}), SHA256: got.sums.sha256(), Nanos: int64(got.spent),
	}
	if n := t.run.request.Runtime.Notes; n != nil {
		if err := n.keep(note{Ahead: &h}); err != nil {
			return err
		}
	}
	return t.run.ahead.add(&h)
}

// hashedBefore returns what an interrupted run has read of a file; nil: nothing, or it
// was another file.
func (r *run) hashedBefore(e *Entry) *hashed {
	if r.hashed == nil || e.Mounted || !r.hashed.to(e.Path) {
		return nil
	}
	rest := r.hashed.rest
	h := rest.hashed(e.Path)
	if rest.err() != nil || !h.of(e) {
		return nil
	}
	return &h
}

// add keeps the checksums of a file; it is safe for concurrent use.
func (a *ahead) add(h *hashed) error {
	if len(h.MD5) == 0 {
		return nil
	}
	var record packer
	record.hashed(h)
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.sums.Add(record)
}

func (a *ahead) close() {
	if a == nil {
		return
	}
	if a.zip != nil {
		a.zip.stop()
	}
	_ = a.sums.Close()
}

// result returns the finding of a unit of which what was read ahead equals a state. All
// else is for who can ask. Units come in the order of paths.
func (a *ahead) result(ctx context.Context, one item, c *comparer) (result, bool) {
	if a == nil {
		return result{}, false
	}
	if a.zip == nil {
		a.zip = newZip(a.sums.Sorted(ctx))
	}
	u := one.unit
	if !a.zip.to(u.path()) {
		return result{}, false
	}
	rest := a.zip.rest
	read := rest.hashed(u.path())
	if rest.err() != nil || !read.of(&u.entry) {
		return result{}, false
	}
	got := sums{{Wanted: digest.Wanted{Algorithm: digest.MD5}, Raw: read.MD5}}
	got = append(got, digest.Sum{ // an upload of one part
		Wanted: digest.Wanted{Algorithm: digest.MD5, Layout: digest.Layout{Parts: 1, Size: u.entry.Size}},
		Raw:    md5Of([][]byte{got[0].Raw}),
	})
	m := &comparison{c: c, item: one, history: u.history(c.ladder.knowledge, c.loadEnded), sha256: read.SHA256}
	spent := time.Duration(read.Nanos)
	for _, s := range u.states {
		if s.Size != u.entry.Size {
			continue
		}
		cand := c.candidate(s)
		m.candidates = append(m.candidates, cand)
		if !cand.etag.ok || cand.etag.parts > 1 {
			continue
		}
		if cand.trials = cand.md5Trials(u.entry.Size); cand.judge(got) {
			return result{item: one, finding: m.finding(), spent: spent, read: u.entry.Size}, true
		}
	}
	return result{}, false
}
