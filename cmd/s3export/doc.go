// Command s3export brings offline copies of S3 buckets from a YAML file to a
// verified drive.
//
// This package holds flags, streams, rendering, exit codes and wiring: it is the
// only place that builds concrete clients, and the only one that reads the clock.
// stdout is the product, stderr is talk. exit.go is the one table of exit codes,
// wire.go puts a backup's parts together, and each command has a file of its own.
//
// It must not know any rule about phases.
package main
