// Package fake is an in-memory service that fills drives: a small real
// implementation of the job methods, for tests of what is built on them.
//
// Its traits are configured, so it plays a service that ships drives as well as one
// that has no jobs and leaves the copying to this host (Fill). Its clock moves when
// it is told to. Hooks run before and after each effect, so that a test can count
// the effects of a run and stop it just before or just after any one of them.
//
// It passes the suite of package conformance, which the real clients pass too.
//
// It must not know: disks, spec files, HTTP.
package fake
