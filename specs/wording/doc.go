// Package wording has the words that messages about a file have in common: the
// known word that was probably meant, a list for a remedy, a value of the user's.
//
// It must not know: specs, manifests, what is wrong.
package wording
