// Package spill sorts and keeps records of bytes with bounded memory: what does not
// fit goes to one temporary file, which has no name and is gone with the process,
// however that ends. Small amounts never touch a disk.
//
// It must not know: what a record means.
//
// # The file
//
// A run is what memory held when it was full. It is written as frames:
//
//	4 bytes  length of the payload, little endian
//	4 bytes  CRC-32C of the frame's offset in the file, that length and the payload
//	payload  records, each behind its length as an unsigned varint
//
// A frame ends with the record that fills it. A bit that the temporary disk flips, a
// frame that it loses and one that it puts elsewhere are errors, never a wrong order.
package spill
