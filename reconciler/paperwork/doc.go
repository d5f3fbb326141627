// Package paperwork makes the forms of a parcel to AWS Import/Export Disk as PDFs:
//
//	packing-slip-<job>.pdf      in the parcel, one for each drive
//	sticker-<job>.pdf           one for the drive, one for the parcel, with cut marks
//	checklist-<job>.pdf         what to pack, to put on the parcel and to do afterwards
//	proforma-invoice-<job>.pdf  three signed copies for customs, when there are any
//
// Make is a pure function: the same Forms give the same bytes. Everything that it
// prints is black on white, for A4 or Letter, in fonts that are embedded. Before
// anything is drawn, each text is held against the letters of these fonts
// (check.go), because a form with a box in place of a letter gets lost by mail.
//
// A form is drawn twice, so that each page can say how many there are (sheet.go).
// Texts are set smaller and in more lines until they fit (text.go); rows that do
// not fit on a page any more begin the next one (grid.go).
//
// The address of AWS stands on the shipping label alone and on no form of ours.
//
// It must not know: the journal, jobs and their states, clocks, files.
package paperwork
