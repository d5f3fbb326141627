package simulator

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// maxDays keeps durations of days within a time.Duration.
const maxDays = 36500

// Duration is a time.Duration that is written as text, such as 90m or 3d.
type Duration time.Duration

// MarshalText writes whole days as days and all else as Go does.
func (d Duration) MarshalText() ([]byte, error) {
	const day = Duration(24 * time.Hour)
	if d != 0 && d%day == 0 {
		return []byte(strconv.FormatInt(int64(d/day), 10) + "d"), nil
	}
	return []byte(time.Duration(d).String()), nil
}

// UnmarshalText reads a duration, which is not negative.
func (d *Duration) UnmarshalText(text []byte) error {
	if days, ok := strings.CutSuffix(string(text), "d"); ok {
		n, err := strconv.Atoi(days)
		if err != nil || n < 0 || n > maxDays {
			return fmt.Errorf("%q is not a number of days", text)
		}
		*d = Duration(time.Duration(n) * 24 * time.Hour)
		return nil
	}
	v, err := time.ParseDuration(string(text))
	if err != nil || v < 0 {
		return fmt.Errorf("%q is not a duration such as 90m or 3d", text)
	}
	*d = Duration(v)
	return nil
}
