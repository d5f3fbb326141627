package verify

import (
	"context"
	"errors"
	"io"
)

// byDownload compares byte for byte with the original.
func (m *comparison) byDownload(ctx context.Context, f Finding, at *lookup) (Finding, error) {
	state := m.candidates[len(m.candidates)-1].state
	m.c.ladder.requests.get.Add(1)
	body, err := m.c.download.Download(ctx, state.Object, 0)
	if err != nil {
		return m.withoutDownload(f, err), nil
	}
	defer func() { _ = body.Close() }()
	side := &sideBySide{original: body, buf: make([]byte, bufferSize), differs: -1}
	if err := m.stream(ctx, at, ByteRange{Length: m.item.unit.entry.Size}, side); err != nil {
		return Finding{}, err
	}
	m.c.ladder.requests.downloaded.Add(side.at)
	side.end()
	if side.failed != nil {
		return m.withoutDownload(f, side.failed), nil
	}
	o, r := Match, m.history.equal(state)
	if side.differs >= 0 {
		o, r = m.history.unequal(ContentDiffers)
	}
	g := m.item.unit.finding(o, r)
	g.Evidence = Evidence{Method: ByDownload, Class: ByDownload.class(), Witness: WitnessContent}
	g.SHA256 = f.SHA256
	if side.differs >= 0 {
		g.Ranges = []ByteRange{{Offset: side.differs, Length: m.item.unit.entry.Size - side.differs}}
	}
	return g, nil
}

// withoutDownload leaves a finding as it is for a download that failed.
func (m *comparison) withoutDownload(f Finding, err error) Finding {
	why := "the download failed: " + err.Error()
	if final(err) {
		f.Detail = and(f.Detail, why)
	} else {
		m.unanswered = append(m.unanswered, why)
	}
	return f
}

// sideBySide compares what is written to it with the original.
type sideBySide struct {
	original io.Reader
	buf      []byte
	at       int64
	differs  int64 // first byte that differs; -1: none
	failed   error // of the download
}

// Write implements io.Writer. It never fails: the drive is read to its end all the same.
func (s *sideBySide) Write(p []byte) (int, error) {
	if s.failed == nil && s.differs < 0 {
		s.failed = s.compare(p)
	}
	return len(p), nil
}

// compare reads as much of the original. Its error is that of the download.
func (s *sideBySide) compare(p []byte) error {
	n, err := io.ReadFull(s.original, s.buf[:len(p)])
	for i := range n {
		if p[i] != s.buf[i] {
			s.differs = s.at + int64(i)
			return nil
		}
	}
	s.at += int64(n)
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// end sees that there is nothing behind what was compared: else it was another object.
func (s *sideBySide) end() {
	if s.failed != nil || s.differs >= 0 {
		return
	}
	n, err := io.ReadFull(s.original, s.buf[:1])
	switch {
	case n > 0:
		s.failed = errors.New("it is longer than the object that was listed")
	case !errors.Is(err, io.EOF):
		s.failed = err
	}
}
