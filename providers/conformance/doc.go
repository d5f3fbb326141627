// Package conformance is the suite that every service with jobs passes: the fake
// and the real clients against their simulators. Each sentence of the contract that
// package reconciler relies on is a spec here; a contract that nothing here checks
// is not one.
//
// A test calls Jobs inside a Describe, with a Harness that makes a fresh service
// for each spec.
package conformance
