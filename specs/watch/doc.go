// Package watch turns a directory into the names of files that changed.
//
// A notification is a wake-up and nothing more: whatever it names, the whole
// directory is listed once things have been quiet for a moment, and the content is
// compared with the listing before. So atomic renames, rewriting in place, a git
// checkout, a swapped symbolic link and a lost watch all end the same way. A
// periodic re-list finds what no notification told.
//
// It is the only package that imports fsnotify. It must not know: what the files
// mean, backups, what to do next.
package watch
