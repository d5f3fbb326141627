package verify

import "sync"

// PhaseOfWork says what a long step is doing.
type PhaseOfWork string

// The phases.
const (
	PhaseListing   PhaseOfWork = "listing"   // writing a baseline
	PhaseComparing PhaseOfWork = "comparing" // merging the population with the drive
	PhaseReading   PhaseOfWork = "reading"   // reading the drawn files
	PhaseCopying   PhaseOfWork = "copying"   // fetching objects onto the drive
)

// Step is how far the work has come.
type Step struct {
	Phase   PhaseOfWork
	Objects int64 // dealt with in this phase
	Bytes   int64 // listed, or read from the drive
	Of      int64 // objects of this phase; 0 when not known beforehand
	OfBytes int64 // bytes of this phase; 0 when not known beforehand
}

// Progress is told how far the work has come: every 1,000 objects or 64 MiB, and
// at the end of each phase. Calls come from several goroutines, never two at once,
// and must not block.
type Progress interface {
	Progress(s Step)
}

const (
	objectsPerStep = 1000
	bytesPerStep   = 64 << 20
)

type meter struct {
	mu   sync.Mutex
	sink Progress
	now  Step
	last Step
}

func newMeter(sink Progress, phase PhaseOfWork) *meter {
	return &meter{sink: sink, now: Step{Phase: phase}}
}

func (m *meter) add(objects, bytes int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.now.Objects += objects
	m.now.Bytes += bytes
	if m.now.Objects-m.last.Objects >= objectsPerStep || m.now.Bytes-m.last.Bytes >= bytesPerStep {
		m.tell()
	}
}

func (m *meter) tell() {
	m.last = m.now
	if m.sink != nil {
		m.sink.Progress(m.now)
	}
}

func (m *meter) done() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.tell()
}

// begin ends a phase and starts another.
func (m *meter) begin(phase PhaseOfWork, of, ofBytes int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.tell()
	m.now = Step{Phase: phase, Of: of, OfBytes: ofBytes}
	m.last = m.now
}
