package page

import (
	"bufio"
	"fmt"
	"html"
)

// markup writes the page. Formats are ours and stand as they are; every text among the
// arguments is escaped. (html/template would do the same and costs the program 9 MB:
// templates call methods by name, so that the linker has to keep all that there are.)
type markup struct{ w *bufio.Writer }

func (m markup) put(format string, args ...any) {
	for i, a := range args {
		if text, ok := a.(string); ok {
			args[i] = html.EscapeString(text)
		}
	}
	_, _ = fmt.Fprintf(m.w, format, args...) // errors stay with the writer until it is flushed
}

// each puts one line for each text.
func (m markup) each(format string, texts []string) {
	for _, t := range texts {
		m.put(format, t)
	}
}

// when puts a text that there is.
func (m markup) when(format, text string) {
	if text != "" {
		m.put(format, text)
	}
}
