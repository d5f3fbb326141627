// Package digest computes the checksums that S3 keeps of an object from the bytes of
// a file: ETags and composite checksums of multipart uploads too, all that are
// wanted in one pass.
//
// It must not know: drives, listings, what a sum is compared with.
//
// # MD5 in lanes
//
// MD5 is the slow one: a CRC is computed 20 to 60 times as fast, SHA-256 with the
// processor's own instructions twice. One MD5 cannot be hurried, but several of them
// side by side can, in vector registers ([Lanes]). How many times as fast as
// crypto/md5 that is, by processor time, medians of interleaved runs on two cores
// with AVX-512 (go test -bench 'Many|Interleave|Streams' ./verify/digest):
//
//	Many        16 buffers of 2 KiB       1.0
//	            16 buffers of 4 KiB       1.5
//	            16 buffers of 16 KiB      2.3
//	            16 buffers of 64 KiB      2.7
//	            4 of 16 KiB               1.0
//	            8 of 16 KiB               1.9
//	            256 of 1 to 64 KiB        2.2
//	Interleave  1 to 4 streams            1.0
//	            8 streams                 2.0 to 2.4
//	            16 streams                2.0 to 2.5
//	Streams     1 to 4 goroutines         1.0
//	            8 goroutines              1.8 to 2.3
//	            16 goroutines             2.0
//
// 1.0 is where crypto/md5 itself is used: lanes were measured at 0.7 for one stream,
// 1.3 for four, 1.1 for buffers of 2 KiB and 1.2 for four larger ones. With AVX2 alone it
// is much the same. The lanes' goroutine is one for all: by the clock, goroutines that
// keep both cores busy gain 1.3 to 2.
//
// An object's parts are therefore best read by one goroutine, some bytes of each of
// eight or more in turn; and files that fit into memory are best gathered for Many.
package digest
