// Package crypt opens encrypted volumes without root and without device-mapper:
// TrueCrypt 6 and 7, VeraCrypt, LUKS1 and LUKS2, each from an io.ReaderAt to an
// io.ReaderAt of the plain bytes. It never writes to what it reads.
//
// Secrets come in as values and stay in memory: no error, no Info and no String of
// this package holds one, and nothing is logged.
//
// It must not know: devices, file systems, jobs, where a secret comes from.
package crypt
