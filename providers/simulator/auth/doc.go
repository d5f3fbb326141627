// Package auth checks the signatures of requests as AWS's services do: Signature
// Version 4 in the Authorization header, in a presigned query and over the chunks
// of a streamed body, and Signature Version 2 in the query forms of the older
// services and of S3.
//
// It is the other side of the SDK's signer and shares no code with it: a server
// has to take the canonical form from what came over the wire, from exactly the
// headers that the client chose to sign. The SDK and AWS's published examples are
// the oracles of its tests.
//
// Two rules of AWS are left out on purpose, because the simulator's clock is
// virtual and its one endpoint stands for all regions: the age of a signature is
// not looked at, and any region is accepted.
//
// It must not know: buckets, jobs, how an error is rendered.
package auth
