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
//	Many        16 buffers of 2 KiB     1.1    (so left to crypto/md5)
//	            16 buffers of 4 KiB     1.8
//	            16 buffers of 16 KiB    2.3
//	            16 buffers of 64 KiB    2.8
//	            8 of 16 KiB             2.1
//	            4 of 16 KiB             1.2    (so left to crypto/md5)
//	            256 of 1 to 64 KiB      2.4
//	Interleave  1 stream                0.7    (so left to crypto/md5)
//	            4 streams               1.3    (so left to crypto/md5)
//	            8 streams               2.4
//	            16 streams              2.5
//	Streams     8 in 8 goroutines       1.5
//	            16 in 16 goroutines     2.4
//
// An object's parts are therefore best read by one goroutine, some bytes of each of
// eight or more in turn; and files that fit into memory are best gathered for Many.
package digest
