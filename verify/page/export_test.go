package page

// What tests of the inside need.
var (
	Size   = size
	Count  = count
	Span   = span
	Quoted = quoted
)
