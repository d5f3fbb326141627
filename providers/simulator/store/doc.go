// Package store keeps the simulator's buckets and objects: what S3 remembers,
// without how it is spoken to.
//
// Objects live in memory. A bucket can be seeded from a plain folder, whose files
// stay on disk and are read when somebody asks for them; later writes stay in
// memory and never touch the folder. Contents are immutable, so a copy and a
// finished multipart upload share their bytes with where they came from.
//
// Keys of a bucket are kept in the byte order of UTF-8, in short sorted runs: a
// page of a listing costs its own length, whatever the bucket holds. A B-tree from
// a module was the alternative; nothing else in the program needs one.
//
// A bucket with versions keeps those of a key in a list that hangs on the newest
// one; keys whose newest version is a delete marker have an index of their own, so
// that a listing of objects does not meet them. Buckets without versions pay nothing
// for it.
//
// It must not know: HTTP, XML, signatures, jobs.
package store
