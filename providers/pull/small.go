package pull

import (
	"context"
	"errors"

	"github.com/cargomedia/s3export/providers"
	"github.com/cargomedia/s3export/providers/s3"
	"github.com/cargomedia/s3export/verify/digest"
)

// small is the most that is fetched in one piece and held in memory until its turn comes.
const small = 8 << 20

// bring fetches a small object into memory, or looks at a large one.
func (c *copying) bring(ctx context.Context, t *task) {
	defer close(t.ready)
	if copied, at, ok := c.journal.find(c.drive, t.item); ok {
		t.copied, t.final = copied, at == named
		var err error
		if t.page, err = c.journal.add(t.item, copied); err != nil {
			t.err = onDrive(t.item, err)
		}
		c.count.resumed.Add(copied.Size)
		return
	}
	item, changed := t.item, false
	if item.ETag == "" { // what cannot be asked for again cannot be resumed
		if item, t.err = c.renew(ctx, item); t.err != nil {
			t.err = c.settle(t, item, t.err)
			return
		}
	}
	for range mostChanges + 1 {
		err := c.attempt(ctx, t, item, changed)
		if !errors.Is(err, s3.ErrChanged) || aboutOne(err) {
			t.err = c.settle(t, item, err)
			return
		}
		if item, err = c.renew(ctx, item); err != nil {
			t.err = c.settle(t, item, err)
			return
		}
		changed = true
	}
	t.err = restless(t.item)
}

// settle makes a fact of an object that is gone.
func (c *copying) settle(t *task, item providers.Item, err error) error {
	if errors.Is(err, s3.ErrGone) && c.o.Pinned {
		return replaced(item)
	}
	if errors.Is(err, s3.ErrGone) {
		t.copied = providers.Copied{Item: t.item, Gone: true}
		return nil
	}
	if err != nil {
		return ofObject(item, err)
	}
	return nil
}

func (c *copying) attempt(ctx context.Context, t *task, item providers.Item, changed bool) error {
	if item.Size <= small {
		return c.fetchSmall(ctx, t, item, changed)
	}
	if was, ok := readState(c.drive.staging, item.Path); ok && same(was.Item, item) {
		was.Changed = changed
		t.looked = was
		return nil
	}
	l, err := c.look(ctx, item, changed)
	if err != nil {
		return err
	}
	t.looked = l
	return nil
}

func same(a, b providers.Item) bool {
	return a.Bucket == b.Bucket && a.Key == b.Key && a.Path == b.Path && a.Size == b.Size && a.ETag == b.ETag
}

// fetchSmall fetches once, and once more where the content is not what is kept of it.
func (c *copying) fetchSmall(ctx context.Context, t *task, item providers.Item, changed bool) error {
	for try := 0; ; try++ {
		l, content, err := c.get(ctx, item)
		if err != nil {
			return err
		}
		l.Changed = changed
		d, v, err := c.prove(ctx, l, content)
		switch {
		case err != nil:
			return err
		case v.differs && try > 0:
			return corrupt(item, v)
		case !v.differs:
			t.content, t.copied = content, l.copied(d.sha256, v.proven)
			return nil
		}
	}
}

// get fetches an object of its size into memory.
func (c *copying) get(ctx context.Context, item providers.Item) (*looked, []byte, error) {
	s := &stream{c: c, item: item, end: item.Size, whole: true}
	defer s.close(good)
	content := make([]byte, item.Size)
	if err := s.open(ctx); err != nil {
		return nil, nil, err
	}
	if s.head.Size >= 0 && s.head.Size != item.Size {
		return nil, nil, s3.ErrChanged // the listing said otherwise of this ETag
	}
	if err := s.fill(ctx, content); err != nil {
		return nil, nil, err
	}
	h := s.head
	l := &looked{Item: item, VersionID: h.VersionID, Encryption: h.Encryption, Checksums: h.Checksums, Attributes: h.Attributes}
	l.Item.ETag = h.ETag
	l.etag = parseETag(h.ETag, h.Encryption)
	return l, content, nil
}

// prove compares a content with what is kept of it. The parts of a multipart upload are
// guessed before they are asked for: a hit is a proof.
func (c *copying) prove(ctx context.Context, l *looked, content []byte) (digests, verdict, error) {
	if l.etag.parts == 0 {
		d, err := digestOf(l, content)
		return d, l.compare(d), err
	}
	if l.etag.usable {
		for _, first := range digest.Candidates(l.Item.Size, l.etag.parts) {
			l.Parts = evenly(l.Item.Size, max(first, 1))
			d, err := digestOf(l, content)
			if v := l.compare(d); err != nil || v.proven != "" {
				return d, v, err
			}
		}
	}
	l.Parts = nil
	if err := c.exact(ctx, l); err != nil {
		return digests{}, verdict{}, err
	}
	d, err := digestOf(l, content)
	return d, l.compare(d), err
}

func digestOf(l *looked, content []byte) (digests, error) {
	s, err := newSums(l, nil)
	if err != nil {
		return digests{}, err
	}
	defer s.close()
	s.write(content)
	return s.end(), nil
}

func corrupt(item providers.Item, v verdict) error {
	return &Error{
		Kind: Corrupt, Item: item, Message: "what came twice is not the object: S3 keeps " + v.want + ", it has " + v.have,
		Remedy: "look for what changes bytes on the way (a proxy, memory of this host), then run the same again; a download by hand shows whether S3 itself is wrong",
	}
}
