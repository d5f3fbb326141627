// Package page writes a verify.Report as one page for people: self-contained HTML
// that is read on a telephone, on a desk and on paper, without script, network or
// color.
//
// The page says nothing that the report does not say; what it leaves out for length is
// counted. The same report gives the same bytes, so that a page can be checked against
// the report beside it. Its markup is well-formed XML.
//
// It must not know: how a verification is run, where reports are kept.
package page
