// Package fake has a Tree and a Source in memory that behave like the real ones:
// byte order, true ETags of single and multipart uploads, If-Match, and faults on
// request. For tests of verify and of those who call it.
package fake
