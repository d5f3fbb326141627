package verify

import (
	"fmt"
	"math/big"
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
	if r.Sample.All || r.Sample.Drawn == r.Totals.Objects {
		return r.everythingClause() + r.coveredClause()
	}
	compared, what := thousands(r.Compared()), thousands(r.Sample.Drawn)
	switch asked := words(r.Sample.Asked); {
	case asked != "":
		what = fmt.Sprintf("%s (%s of %s)", asked, what, thousands(r.Totals.Objects))
	case r.Compared() != r.Sample.Drawn:
		what = "a sample of " + what
	}
	if r.Compared() != r.Sample.Drawn {
		what = compared + " of " + what
	}
	return fmt.Sprintf("content of %s compared, %s bad%s%s", what, thousands(r.Sample.Bad), r.boundClause(), r.coveredClause())
}

func (r Report) everythingClause() string {
	of := "all " + thousands(r.Totals.Objects)
	if !r.Full() {
		of = thousands(r.Compared()) + " of " + thousands(r.Totals.Objects)
	}
	return fmt.Sprintf("content of %s compared, %s bad", of, thousands(r.Count(Differ)+r.Count(MissingOnDevice)))
}

// coveredClause says what a rolling sample has come to.
func (r Report) coveredClause() string {
	if t := r.Sample.Rolling; t != nil {
		return "; rolling: " + coveredText(t.Share, t.Since)
	}
	return ""
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
	share := "fewer than " + percent(limit, r.Totals.Objects) + " %"
	if asked, ok := maxBad(r.Sample.Asked); ok && big.NewRat(limit-1, r.Totals.Objects).Cmp(asked) <= 0 {
		share = "at most " + spaced(percentText(asked))
	}
	confidence := strconv.FormatFloat(rounded(r.Confidence()), 'f', -1, 64)
	return fmt.Sprintf(": %s of files are %s, %s %% confidence", share, what, confidence)
}

// BadLimit returns a number of bad files that the sample rules out with
// Confidence; there are fewer than that in the population. What stayed undecided
// counts as bad. False: nothing was drawn, everything was, or nothing is ruled out.
func (r Report) BadLimit() (int64, bool) {
	s, n := r.Sample, r.Totals.Objects
	if s.All || s.Drawn == 0 || s.Drawn >= n {
		return 0, false
	}
	limit := badLimit(n, s.Drawn, s.Bad+s.Undecided, r.Confidence())
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
		if n := r.unlisted(); n > 0 && o == Failure {
			parts = append(parts, thousands(n)+" of them not what is listed")
		}
	}
	switch r.Stopped {
	case StopTime:
		parts = append(parts, thousands(r.Totals.Pending)+" not come to, for the time was up")
	case StopDevice:
		parts = append(parts, thousands(r.Totals.Pending)+" not come to, for the drive has left")
	}
	if len(parts) == 0 {
		return ""
	}
	return "; " + strings.Join(parts, ", ")
}

// unlisted returns how many files differ from what is listed, and are no more than errors
// because nobody has told of other versions.
func (r Report) unlisted() int64 {
	var n int64
	for _, t := range r.Tallies {
		if t.Reason == VersionsNotTold {
			n += t.Files
		}
	}
	return n
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
