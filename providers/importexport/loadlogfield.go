package importexport

import "strings"

// splitLog cuts a line into fields, of which some may be quoted as in CSV: quotes
// around the whole field, and doubled inside. A quote elsewhere is itself. open: the
// line ends inside of quotes.
func splitLog(text string, separator byte) (fields []string, open bool) {
	if strings.IndexByte(text, '"') < 0 {
		return strings.Split(text, string(separator)), false
	}
	for {
		field, rest, more := cutField(text, separator)
		if !more && rest != "" {
			return nil, true
		}
		fields = append(fields, field)
		if !more {
			return fields, false
		}
		text = rest
	}
}

// cutField returns the first field, what follows its separator, and whether there
// was one. A field whose quotes do not end is the rest, without a separator.
func cutField(text string, separator byte) (field, rest string, more bool) {
	bare := strings.TrimLeft(text, " ")
	if !strings.HasPrefix(bare, `"`) {
		return strings.Cut(text, string(separator))
	}
	var out strings.Builder
	for left := bare[1:]; ; {
		i := strings.IndexByte(left, '"')
		if i < 0 {
			return "", text, false
		}
		out.WriteString(left[:i])
		left = left[i+1:]
		switch {
		case left == "":
			return out.String(), "", false
		case left[0] == separator:
			return out.String(), left[1:], true
		case left[0] == '"':
			left = left[1:]
		}
		out.WriteByte('"')
	}
}
