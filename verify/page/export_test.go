package page

// What tests of the inside need.
var (
	Size   = size
	Spot   = spot
	Count  = count
	Span   = span
	Quoted = quoted
)
