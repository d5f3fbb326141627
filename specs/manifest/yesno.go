package manifest

import (
	"encoding/json"
	"fmt"
	"strings"
)

// UnmarshalJSON takes true, false and the texts yes, no, true and false, without
// regard to case; null leaves y as it is. Other texts are kept, for the rules to
// refuse.
func (y *YesNo) UnmarshalJSON(data []byte) error {
	var v any
	if err := json.Unmarshal(data, &v); err != nil {
		return fmt.Errorf("reading yes or no: %w", err)
	}
	switch v := v.(type) {
	case nil:
	case bool:
		*y = No
		if v {
			*y = Yes
		}
	case string:
		*y = parseYesNo(v)
	default:
		return &Problem{Message: "neither yes nor no", Remedy: "write yes or no"}
	}
	return nil
}

// IsValid reports whether y is yes, no or not set.
func (y YesNo) IsValid() bool { return y == "" || y == Yes || y == No }

func parseYesNo(text string) YesNo {
	switch strings.ToLower(text) {
	case "yes", "true":
		return Yes
	case "no", "false":
		return No
	}
	return YesNo(text)
}
