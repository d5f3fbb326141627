package manifest

import (
	"fmt"
	"strings"

	"github.com/cargomedia/s3export/specs/wording"
)

const defaultRecovery = "EXPORT-RECOVERY"

// checkPaths warns of operations that can write the same path of the drive: only
// one of the files can stay, and verification finds the other one missing.
func checkPaths(c *checker, m Manifest, _ Setting) {
	spans := make([]span, len(m.Operations))
	for i, o := range m.Operations {
		spans[i] = spanOf(o)
		for j := range i {
			if !spans[i].meets(spans[j]) {
				continue
			}
			earlier := m.Operations[j]
			if earlier.ExportBucket == o.ExportBucket && earlier.directory() == o.directory() {
				c.warn(operationAt(i), fmt.Sprintf("selects keys again that %s selects: they are loaded twice", operationAt(j)),
					"let the ranges meet at one key: endMarker is exported, beginMarker is not")
			} else {
				c.warn(operationAt(i)+".targetDirectory",
					fmt.Sprintf("a key here and one of %s can become the same file, and only the later one stays", operationAt(j)),
					"give each bucket a directory of its own that is not inside another's")
			}
			break
		}
	}
}

// span is a range of paths on the drive, in byte order.
type span struct{ first, prefix, through string }

func spanOf(o Operation) span {
	below := o.directory()
	if below != "" {
		below += "/"
	}
	s := span{prefix: below + o.Prefix}
	s.first = s.prefix
	if o.BeginMarker != "" {
		s.first = max(s.first, below+o.BeginMarker+"\x00")
	}
	if o.EndMarker != "" {
		s.through = below + o.EndMarker
	}
	return s
}

// meets reports whether a path is in both: then the later of their firsts is.
func (s span) meets(o span) bool {
	first := max(s.first, o.first)
	return s.reaches(first) && o.reaches(first)
}

func (s span) reaches(path string) bool {
	return strings.HasPrefix(path, s.prefix) && (s.through == "" || path <= s.through)
}

// directory is Directory without slashes at its ends; "" is the root of the drive.
func (o Operation) directory() string { return strings.Trim(o.Directory(), "/") }

// checkRecovery: files of the recovery directory are no copies under their own
// names, so they are kept apart from those that are.
func checkRecovery(c *checker, m Manifest, _ Setting) {
	const field = "recoveryDirectory"
	checkDirectory(c, field, m.RecoveryDirectory)
	recovery := strings.Trim(m.RecoveryDirectory, "/")
	if recovery == "" {
		recovery = defaultRecovery
	}
	for i, o := range m.Operations {
		if d := o.directory(); isWithin(d, recovery) || isWithin(recovery, d) {
			c.warn(field, fmt.Sprintf("%s, where files go that cannot keep their names, and the directory of %s are one inside the other",
				wording.Quote(recovery), operationAt(i)), "name another directory")
			return
		}
	}
}

func isWithin(path, dir string) bool { return path == dir || strings.HasPrefix(path, dir+"/") }
