package specs

import (
	"fmt"
	"math"
	"math/big"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Size is a device size as written: plain bytes ("512110190592"), or a number
// with a unit of 1000 (kB, MB, GB, TB) or 1024 (KiB, MiB, GiB, TiB).
type Size string

// Parse returns the size in bytes, at least 1, and whether it is meant exactly:
// plain bytes are, a number with a unit is not. The empty Size is 0.
func (s Size) Parse() (bytes int64, exact bool, err error) {
	if s == "" {
		return 0, false, nil
	}
	m := regexp.MustCompile(`^([0-9]{1,18})(\.[0-9]{1,9})?([kMGT]B|[KMGT]iB)?$`).FindStringSubmatch(string(s))
	if m == nil || m[2] != "" && m[3] == "" {
		return 0, false, sizeError(s, "is no size")
	}
	value, ok := new(big.Rat).SetString(m[1] + m[2])
	if !ok {
		return 0, false, sizeError(s, "is no size")
	}
	value.Mul(value, new(big.Rat).SetInt64(unit(m[3])))
	whole := new(big.Int).Quo(value.Num(), value.Denom())
	if !whole.IsInt64() || whole.Sign() <= 0 {
		return 0, false, sizeError(s, "is out of range")
	}
	return whole.Int64(), m[3] == "", nil
}

func sizeError(s Size, problem string) error {
	return &FieldError{
		Problem: quote(string(s)) + " " + problem,
		Remedy:  "write bytes, or a number and a unit without space: 4TB, 931.5GiB (kB MB GB TB KiB MiB GiB TiB)",
	}
}

func unit(name string) int64 {
	base := int64(1000)
	if strings.Contains(name, "i") {
		base = 1024
	}
	factor := int64(1)
	if name != "" {
		for range strings.Index("KMGT", strings.ToUpper(name[:1])) + 1 {
			factor *= base
		}
	}
	return factor
}

// acceptable is what a spec can accept of its source.
func acceptable() []string {
	return []string{"ArchivedObjects", "CustomerKeys", "TooLargeForDrive", "SourceShrank", "SourceChanged", UnreadableObjects}
}

// Accepts reports whether a job may be made although there is something of that name
// in the source.
func (p Preflight) Accepts(name string) bool {
	return slices.Contains(acceptable(), name) && slices.Contains(p.Accept, name)
}

// Duration is a time as written: Go's notation plus d for days, such as 90d.
type Duration string

// Parse returns the duration, more than 0; a day has 24 hours. The empty Duration
// is 0.
func (d Duration) Parse() (time.Duration, error) {
	if d == "" {
		return 0, nil
	}
	m := regexp.MustCompile(`^(?:([0-9]{1,6})d)?((?:[0-9.]+[a-zµμ]+)*)$`).FindStringSubmatch(string(d))
	if m == nil {
		return 0, durationError(d, "is no duration")
	}
	var rest time.Duration
	if m[2] != "" {
		var err error
		if rest, err = time.ParseDuration(m[2]); err != nil {
			return 0, durationError(d, "is no duration")
		}
	}
	days, _ := strconv.Atoi("0" + m[1])
	const day = 24 * time.Hour
	if time.Duration(days) > (math.MaxInt64-rest)/day {
		return 0, durationError(d, "is too long")
	}
	total := time.Duration(days)*day + rest
	if total <= 0 {
		return 0, durationError(d, "is not more than 0")
	}
	return total, nil
}

func durationError(d Duration, problem string) error {
	return &FieldError{
		Problem: fmt.Sprintf("%s %s", quote(string(d)), problem),
		Remedy:  "write days or hours, such as 90d or 36h",
	}
}
