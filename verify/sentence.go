package verify

import (
	"fmt"
	"math/bits"
	"strconv"
	"strings"
)

// Sentence says in one line what was verified, and how much a sample is worth.
func (r Report) Sentence() string {
	n := r.Totals.Objects
	if n == 0 {
		return "nothing was verified: no object is in the population" + r.others()
	}
	presence := fmt.Sprintf("all %s present with the right size", thousands(n))
	if r.Totals.Sized < n {
		presence = fmt.Sprintf("%s of %s present with the right size", thousands(r.Totals.Sized), thousands(n))
	}
	return presence + "; " + r.contentClause() + r.others()
}

func (r Report) contentClause() string {
	compared, bad := r.Compared(), r.Sample.Bad
	of := "a sample of " + thousands(r.Sample.Drawn)
	everything := r.Sample.All || r.Sample.Drawn == r.Totals.Objects
	if everything {
		bad = r.Count(Differ) + r.Count(MissingOnDevice)
		of = thousands(r.Totals.Objects)
	}
	switch {
	case everything && r.Full():
		return fmt.Sprintf("content of all %s compared, %s bad", thousands(compared), thousands(bad))
	case everything:
		return fmt.Sprintf("content of %s of %s compared, %s bad", thousands(compared), of, thousands(bad))
	case compared == r.Sample.Drawn:
		return fmt.Sprintf("content of %s compared, %s bad%s", thousands(compared), thousands(bad), r.boundClause())
	}
	return fmt.Sprintf("content of %s of %s compared, %s bad%s", thousands(compared), of, thousands(bad), r.boundClause())
}

// boundClause counts what stayed undecided as bad, since it may be.
func (r Report) boundClause() string {
	limit, ok := r.BadLimit()
	if !ok {
		return ""
	}
	what := "bad"
	if r.Sample.Undecided > 0 {
		what = "bad or undecided"
	}
	return fmt.Sprintf(": fewer than %s %% of files are %s, %.0f %% confidence", percent(limit, r.Totals.Objects), what, 100*Confidence)
}

// BadLimit returns a number of bad files that the sample rules out with the
// Confidence; there are fewer than that in the population. What stayed undecided
// counts as bad. False: nothing was drawn, everything was, or nothing is ruled out.
func (r Report) BadLimit() (int64, bool) {
	s, n := r.Sample, r.Totals.Objects
	if s.All || s.Drawn == 0 || s.Drawn >= n {
		return 0, false
	}
	limit := badLimit(n, s.Drawn, s.Bad+s.Undecided)
	return limit, limit <= n
}

// others counts what is not as it should be, so that the sentence and the verdict
// say the same.
func (r Report) others() string {
	var parts []string
	for _, o := range Outcomes() {
		if n := r.Count(o); n > 0 && o.Verdict() != Pass {
			parts = append(parts, thousands(n)+" "+string(o))
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return "; " + strings.Join(parts, ", ")
}

// percent returns part of whole in percent, rounded up: to one decimal, or to two
// digits when it is 0.1 or less.
func percent(part, whole int64) string {
	const decimalsMax = 12
	for decimals, scale := 1, uint64(1000); ; decimals, scale = decimals+1, scale*10 {
		hi, lo := bits.Mul64(uint64(part), scale)
		q, rest := bits.Div64(hi, lo, uint64(whole))
		if rest > 0 {
			q++
		}
		if decimals == 1 && q > 1 || decimals > 1 && q >= 10 || decimals == decimalsMax {
			digits := fmt.Sprintf("%0*d", decimals+1, q)
			return digits[:len(digits)-decimals] + "." + digits[len(digits)-decimals:]
		}
	}
}

// thousands writes a number with commas.
func thousands(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
