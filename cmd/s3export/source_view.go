package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/cargomedia/s3export/device"
	"github.com/cargomedia/s3export/reconciler"
	"github.com/cargomedia/s3export/verify"
)

// sourceView is what was found of a load's source, and what is to be said of it.
type sourceView struct {
	reconciler.Survey
	Concerns []reconciler.Concern `json:"concerns,omitempty"`
	Restore  *retrievalView       `json:"restore,omitempty"`
}

// textSource prints a line for each operation, the room that all of it takes, and
// the concerns that stop nothing; those that do are the outcome's.
func textSource(w io.Writer, s *sourceView) {
	if s == nil {
		return
	}
	for _, r := range s.Ranges {
		_, _ = fmt.Fprintf(w, "  source    %s to %s/: %d %s, %s%s\n", r.Range, r.Directory, r.Objects, plural(int(r.Objects), "object"), device.FormatSize(r.Bytes), classLine(r.Classes))
	}
	_, _ = fmt.Fprintf(w, "  needs     %s in %d %s and %d %s on the drive\n", device.FormatSize(s.Need.Bytes),
		s.Need.Files, plural(int(s.Need.Files), "file"), s.Need.Directories, directories(s.Need.Directories))
	if s.Restore != nil {
		_, _ = fmt.Fprintf(w, "  restore   %s\n", s.Restore)
	}
	if s.ProbeProblem != "" {
		_, _ = fmt.Fprintf(w, "  note      single objects could not be looked at for SSE-C: %s\n", s.ProbeProblem)
	}
	for _, c := range s.Concerns {
		switch {
		case c.Stops:
		case c.Accepted:
			_, _ = fmt.Fprintf(w, "  accepted  %s\n", c.Message)
		default:
			_, _ = fmt.Fprintf(w, "  note      %s\n            %s\n", c.Message, c.Remedy)
		}
	}
}

// classLine counts storage classes where there is another than STANDARD.
func classLine(classes []verify.ClassCount) string {
	if len(classes) == 0 || len(classes) == 1 && classes[0].Name == "STANDARD" {
		return ""
	}
	var parts []string
	for _, c := range classes {
		parts = append(parts, fmt.Sprintf("%d %s", c.Objects, c.Name))
	}
	return " (" + strings.Join(parts, ", ") + ")"
}

func directories(n int64) string {
	if n == 1 {
		return "directory"
	}
	return "directories"
}
