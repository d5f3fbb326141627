// Package convert makes a spec of a manifest that was written for AWS's own tools,
// or for others that s3export replaces.
//
// What a manifest does not say is guessed and said; what nobody can guess is left
// for a person. What is left is found by validating the result as any spec is, so
// the two never differ: a spec with nothing to fill in is valid. A secret never
// enters the result: its option becomes a source, with a note on how to put the
// secret there.
//
// The YAML is written by hand (render.go), because comments have to stand beside
// what they are about, also where an option is missing.
//
// It must not know: AWS clients, disks, the command line.
package convert
