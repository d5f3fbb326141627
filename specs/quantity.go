package specs

// Size is a device size as written: plain bytes ("512110190592"), or a number
// with a unit of 1000 (kB, MB, GB, TB) or 1024 (KiB, MiB, GiB, TiB).
type Size string

// Sample is a sample size as written: a positive number of files, or "all".
type Sample string

// Duration is a time as written: Go's notation plus d for days, such as 90d.
type Duration string
