// Package specs is the desired state: the Backup document that operators commit
// to git, its strict loading, its defaults and its rules.
//
// Load turns files into Documents. A Document is resolved, validated and
// immutable; the rest of the program sees nothing else. Every problem of every
// document is found at once and carries its file, line, column, field and remedy.
//
// A file is read in five steps: it is split into documents (split.go); each is
// compared node by node with the Go types (walk.go), because the decoder would
// take 02134 for 1116 and Serial for serial without a word; it is decoded by
// sigs.k8s.io/yaml; it gets its defaults (defaults.go); its rules are checked
// (validate.go). What the second step finds is made harmless in the nodes, so that
// the later steps can find the rest. Messages show no value from where a secret
// may stand.
//
// It must not know: AWS clients, disks, status, what to do next.
package specs
