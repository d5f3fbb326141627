// Package spill sorts and keeps more records than memory should hold.
//
// A Sorter holds records in memory up to a bound, writes what is beyond it to a
// temporary file in sorted runs, and merges them when they are read. A Spool keeps
// records in the order in which they came. The file has no name once it is open, so that
// nothing is left of it, whatever ends the process; it is made only where memory is not
// enough. Each run carries a checksum: a temporary disk that gives other bytes than it
// was given is an error, and never a wrong order.
//
// It must not know: what the records are.
package spill
