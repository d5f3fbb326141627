// Package secret holds values that must never be shown and the sources they
// come from.
//
// A Value redacts itself in every formatting path, so a password that reaches a
// log line, an error, a report or a JSON document by mistake is printed as
// "<redacted>". A Source names where a Value is to be found; reading it is the
// business of cmd, because it may run a program or call AWS.
//
// It must not know: manifests, specs, files, AWS.
package secret
