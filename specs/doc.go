// Package specs is the desired state: the Backup document that operators commit
// to git, its strict loading, its defaults and its rules.
//
// Load turns files into Documents. A Document is resolved, validated and
// immutable; the rest of the program sees nothing else. Every problem of every
// document is found at once and carries its file, line, column, field and remedy.
//
// It must not know: AWS clients, disks, status, what to do next.
package specs
