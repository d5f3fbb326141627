// Package importexport translates AWS Import/Export Disk (API version 2010-06-01)
// into the vocabulary of package providers.
//
// The SDK has no client for this service, so Client is built on the SDK's own
// middleware: its query encoder, SigV4 signer, retries and error types, in the
// order that the golden testdata/stack.golden shows. Codes of the service are
// given their meaning in codes.go and nowhere else; a code that is not known is
// tolerated.
//
// Decisions:
//
//   - CreateJob has no idempotency token, so it is repeated only when the request
//     never left this host or was refused by throttling. Anything else that has no
//     clear answer is providers.OutcomeUnknown: the caller looks for its mark
//     before it tries again. All other operations are safe to repeat and are
//     repeated by the SDK's standard retryer.
//   - Whether a request left this host is not guessed from the kind of an error:
//     a trace of the connection says whether its header was written.
//   - FindJobs asks for each candidate's manifest, because the mark is nowhere
//     else; a job whose manifest cannot be read carries no mark of ours.
//   - Manifests hold passwords and addresses. They are in no error and no log: the
//     service's messages are redacted where they are read, and the text of a
//     malformed answer is never quoted.
//
// Sources: AWS Import/Export API Reference and Developer Guide; service model
// importexport-2010-06-01 of botocore.
//
// It must not know: disks, spec files, what to do next.
package importexport
