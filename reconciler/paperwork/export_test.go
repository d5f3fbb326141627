package paperwork

// The parts of the bar code that a test reads back.
var (
	Code128  = code128
	Patterns = patterns
)
