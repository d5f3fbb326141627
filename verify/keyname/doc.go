// Package keyname gives every S3 key a path that ext4 can hold, and reads paths back.
// No two keys have one path, and nothing else than the path is needed to know the key,
// but for names that are too long.
//
// It must not know: buckets, listings, drives.
//
// # The rule
//
// A path is its key with some bytes written as %XX, in capital hex digits; to read it is
// to replace each %XX by its byte. Most keys have nothing that must be written so:
//
//	written as %XX                             key            path
//	control characters, bytes that are no      a<LF>b         a%0Ab
//	UTF-8
//	a percent sign before two hex digits       100%25         100%2525
//	a slash that would leave a name empty      a//b, /a       a/%2Fb, %2Fa
//	a slash at the end                         a/             a%2F
//	the slash behind a key that is a file      a and a/b      a and a%2Fb
//	names that are one dot or two              a/../b         a/%2E%2E/b
//	the first byte of what is ours, or the     .s3export/a    %2Es3export/a
//	file system's, at the top
//	a percent sign before ~, at the begin of   %~a            %25~a
//	a name
//
// A name that comes to more than 255 bytes is %~ and the SHA-256 of what it stands for, in
// hex. That cannot be read back: an index has to tell the key.
//
// An empty object whose key ends with a slash is the directory of that name, without the
// slash at its end; where that is taken by a file, or ends with another slash, it is a
// directory whose name ends with %2F.
//
// A key of 1,024 bytes, the longest of S3, comes to at most 3,072: a byte is written in
// three at most, and a digest takes the place of more than it has. So a path and the
// directory that it lies in stay below the 4,096 bytes of linux/limits.h.
package keyname
