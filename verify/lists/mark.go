package lists

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/cargomedia/s3export/verify"
)

// Mark is what stands before a path in a combined list: those of `rclone check
// --combined`, with S3 as the source and the drive as the destination, and one more.
type Mark byte

// The marks.
const (
	Same       Mark = '='
	OnlySource Mark = '+' // in S3, missing on the drive
	OnlyDevice Mark = '-' // on the drive, not in S3
	Different  Mark = '*'
	Failed     Mark = '!' // an error on the way
	Undecided  Mark = '?' // not rclone's: there, but could not be compared
)

// MarkOf returns the mark of an outcome, whether or not a person has accepted it. One
// that is not of the set is Undecided.
func MarkOf(o verify.Outcome) Mark {
	switch o {
	case verify.Match:
		return Same
	case verify.MissingOnDevice:
		return OnlySource
	case verify.MissingOnSource, verify.Extra:
		return OnlyDevice
	case verify.Differ:
		return Different
	case verify.Failure:
		return Failed
	case verify.Unverifiable, verify.ChangedAfterExport:
		return Undecided
	}
	return Undecided
}

// Path returns a path as it stands in a list: as it is, or as a string in quotes of Go
// (C's escapes, and \u) where it holds a character that cannot be printed, such as a
// line break, or bytes that are no UTF-8, or begins with a quote. So a line is always a
// path, and one that begins with a quote is always to be unquoted (strconv.Unquote).
func Path(path string) string {
	if strings.HasPrefix(path, `"`) || !utf8.ValidString(path) {
		return strconv.Quote(path)
	}
	for _, r := range path {
		if !strconv.IsPrint(r) {
			return strconv.Quote(path)
		}
	}
	return path
}

// Sum returns a line of SHA256SUMS as GNU coreutils writes and reads it: a line whose
// name holds a backslash or a line break begins with a backslash, and has these
// escaped. All other bytes are as they are. The path has no NUL.
func Sum(hex, path string) string {
	if path == "-" {
		path = "./-" // which is standard input else
	}
	escaped := strings.NewReplacer(`\`, `\\`, "\n", `\n`, "\r", `\r`).Replace(path)
	line := hex + "  " + escaped + "\n"
	if escaped != path {
		line = `\` + line
	}
	return line
}
