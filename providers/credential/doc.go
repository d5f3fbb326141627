// Package credential marks the errors of AWS's chain of credentials as such, and
// says them in words that fit on a line: the SDK's name each link of the chain.
//
// It must not know: what the credentials are for.
package credential
