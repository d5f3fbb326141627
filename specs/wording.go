package specs

import "github.com/cargomedia/s3export/specs/wording"

// Short names for what the messages of this package are full of.

func suggest(word string, known []string) string { return wording.Near(word, known) }

func among(words []string) string { return wording.Among(words) }

func quote(value string) string { return wording.Quote(value) }
