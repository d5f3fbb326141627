package verify

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"

	"github.com/cargomedia/s3export/verify/digest"
)

// rung is how far up the ladder of evidence a candidate has come: each one costs more
// than those before it.
type rung int

const (
	rungNone     rung = iota
	rungKnown         // a checksum that somebody has told of already
	rungListing       // the listing's ETag, with part sizes that it allows
	rungStored        // a checksum that the service keeps: one request
	rungPartSize      // the same, or the ETag, with the true part size: one request
	rungParts         // the true sizes of all parts: one request for each 1,000
	rungTop
)

// ladder finds the cheapest way to prove content. It is safe for concurrent use.
type ladder struct {
	source    Source // nil: what the listing says is all there is
	knowledge Knowledge
	requests  *counters
	// askFirst: an ETag has been another than the listing let hope for, so that asking
	// is cheaper than reading twice.
	askFirst atomic.Bool
}

const (
	// largeBytes is the size from which on a request costs less than the MD5 that it
	// saves.
	largeBytes = 64 << 20
	// guessMost bounds the part sizes that are tried at once without asking.
	guessMost = 3
	// cheapGuessMost is that of checksums which cost next to nothing.
	cheapGuessMost = 12
)

// climb goes up until there is something to compute or the candidate is decided. It is
// called again when what was computed is not equal.
func (l *ladder) climb(ctx context.Context, one *candidate) {
	for one.out == "" && len(one.trials) == 0 {
		switch one.rung {
		case rungNone:
			l.known(one)
		case rungKnown:
			l.listing(one)
		case rungListing:
			l.stored(ctx, one)
		case rungStored:
			l.partSize(ctx, one)
		case rungPartSize, rungParts, rungTop:
			l.end(one)
		}
	}
}

// known uses what was told beforehand. It decides: who has told it has read it.
func (l *ladder) known(one *candidate) {
	one.rung = rungKnown
	k := one.state.Known
	if k == nil || !k.Algorithm.Computable() {
		return
	}
	one.try(rungTop, &trial{wanted: digest.Wanted{Algorithm: k.Algorithm}, want: k.Sum, witness: k.Witness})
}

// listing uses the ETag alone.
func (l *ladder) listing(one *candidate) {
	one.rung = rungListing
	large := one.state.Size >= largeBytes && one.state.Stored != ""
	switch {
	case !one.etag.ok:
	case l.source != nil && (large || one.etag.parts > 1 && (one.state.Stored != "" || l.askFirst.Load())):
	case one.etag.parts == 0:
		one.trials = one.md5Trials()
	default:
		sizes := digest.Candidates(one.state.Size, one.etag.parts)
		if l.source == nil || len(sizes) <= guessMost {
			one.trials = one.md5Trials(sizes...)
		}
	}
}

// stored asks for what the service keeps. Where the listing says that there is nothing
// for a multipart upload, its part size is asked for at once.
func (l *ladder) stored(ctx context.Context, one *candidate) {
	one.rung = rungStored
	switch {
	case l.source == nil && !one.etag.ok:
		one.decide(Unverifiable, NoChecksum, "")
	case l.source == nil:
		one.decide(Unverifiable, SourceNotAsked, "")
	case one.etag.ok && one.etag.parts > 1 && one.state.Stored == "":
	default:
		l.askStored(ctx, one)
	}
}

func (l *ladder) askStored(ctx context.Context, one *candidate) {
	head, ok := l.head(ctx, one, Ask{Checksums: true})
	if !ok {
		return
	}
	c := best(head.Checksums)
	switch {
	case c == nil:
	case !c.Composite:
		one.try(rungTop, c.trial(digest.Layout{}))
	case one.etag.parts > 0:
		one.kept = c
		sizes := digest.Candidates(one.state.Size, one.etag.parts)
		if len(sizes) > guesses(c.Algorithm) || l.askFirst.Load() {
			return
		}
		for _, size := range sizes {
			one.trials = append(one.trials, c.trial(digest.Layout{Parts: one.etag.parts, Size: size}))
		}
	}
}

func (c *Checksum) trial(layout digest.Layout) *trial {
	return &trial{wanted: digest.Wanted{Algorithm: c.Algorithm, Layout: layout}, want: c.Sum, witness: WitnessStored}
}

func guesses(a digest.Algorithm) int {
	if methodOf(a).class() == ErrorDetecting {
		return cheapGuessMost
	}
	return 1
}

// partSize asks for the part size of a multipart upload.
func (l *ladder) partSize(ctx context.Context, one *candidate) {
	one.rung = rungPartSize
	if one.etag.parts < 2 {
		if one.etag.ok && one.best.Method == "" && !encrypted(one.cipher) {
			one.trials = one.md5Trials(one.state.Size)
		}
		return
	}
	if encrypted(one.cipher) && one.kept == nil {
		return
	}
	head, ok := l.head(ctx, one, Ask{Part: 1})
	if !ok {
		return
	}
	one.trueSize = head.PartSize
	switch {
	case encrypted(head.Encryption) && one.kept == nil:
		l.askFirst.Store(true)
		if one.state.Stored == "" { // else it was asked for, and there was none
			l.askKept(ctx, one)
		}
	case head.Parts != one.etag.parts:
		one.decide(Unverifiable, PartSizeUnknown, "")
	case !layoutPossible(head.Parts, head.PartSize, one.state.Size):
		one.rung = rungParts
	default:
		l.tryPartSize(one)
	}
}

// askKept asks for what the service keeps of an object whose ETag is no MD5.
func (l *ladder) askKept(ctx context.Context, one *candidate) {
	l.askStored(ctx, one)
	if one.kept != nil && one.out == "" && len(one.trials) == 0 {
		l.tryPartSize(one)
	}
}

// tryPartSize computes with the true part size, unless that was done.
func (l *ladder) tryPartSize(one *candidate) {
	if one.best.Parts > 0 && one.best.PartSize == one.trueSize {
		return
	}
	if one.best.Parts > 0 {
		l.askFirst.Store(true)
	}
	if one.kept != nil {
		one.trials = []*trial{one.kept.trial(digest.Layout{Parts: one.etag.parts, Size: one.trueSize})}
		return
	}
	one.trials = one.md5Trials(one.trueSize)
}

// end decides what nothing has proven equal. Uneven parts are left to who can ask for
// all of them.
func (l *ladder) end(one *candidate) {
	uneven := one.trueSize > 0 && one.etag.parts > 2 && !layoutEven(one.etag.parts, one.trueSize, one.state.Size)
	switch {
	case encrypted(one.cipher) && one.best.Witness != WitnessStored && one.kept == nil:
		one.best = Evidence{Want: one.etag.text}
		one.decide(Unverifiable, EncryptedETag, one.encryption())
	case one.best.Parts != 1 && one.best.Parts > 0 && uneven, one.rung == rungParts:
		one.decide(Unverifiable, UnevenParts, "")
	case one.best.Method == "":
		one.best = Evidence{Want: one.etag.text}
		one.decide(Unverifiable, NoChecksum, "")
	default:
		one.decide(Differ, ContentDiffers, "")
	}
}

// head asks the source about a state; when it cannot help, the candidate is decided.
func (l *ladder) head(ctx context.Context, one *candidate, a Ask) (Head, bool) {
	l.requests.head.Add(1)
	head, err := l.source.Head(ctx, one.state.Object, a)
	if errors.Is(err, ErrDenied) && a.Checksums { // of a KMS key; the encryption is told all the same
		l.requests.head.Add(1)
		head, err = l.source.Head(ctx, one.state.Object, Ask{Part: a.Part})
		one.sealed = err == nil
	}
	switch {
	case err == nil:
		one.headed = true
		if head.Encryption != "" {
			one.cipher = head.Encryption
		}
		return head, true
	case errors.Is(err, ErrGone):
		one.decide(l.lost(MissingOnSource), DeletedSince, "")
	case errors.Is(err, ErrChanged):
		one.decide(l.lost(ChangedAfterExport), ChangedSince, "")
	default:
		one.decide(Failure, SourceError, one.doubt()+err.Error())
	}
	return Head{}, false
}

// lost is the outcome for an object that was listed and can no longer be asked
// about: with a baseline its listing stands, only its ETag's kind is unknown.
func (l *ladder) lost(live Outcome) Outcome {
	if l.knowledge == LiveListing {
		return live
	}
	return Unverifiable
}

// encrypted reports whether the ETag is no MD5 (S3 API reference, Object, ETag).
func encrypted(by string) bool {
	return by != "" && !strings.EqualFold(by, "AES256")
}

// best returns the kept checksum that costs least to compute: one of the whole before
// one of parts, CRC64NVME and SHA-256 before the others.
func best(kept []Checksum) *Checksum {
	order := []digest.Algorithm{digest.CRC64NVME, digest.SHA256, digest.CRC32C, digest.CRC32, digest.SHA512, digest.SHA1, digest.MD5}
	for _, composite := range []bool{false, true} {
		for _, a := range order {
			for i := range kept {
				if kept[i].Algorithm == a && kept[i].Composite == composite && len(kept[i].Sum) > 0 {
					return &kept[i]
				}
			}
		}
	}
	return nil
}
