package verify

import (
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"
)

// Draw says which objects are compared by content: exactly one of All, Count, Share,
// Bytes, Confidence with MaxBad, and Rolling. Shares are parts of 1 and are not changed.
// A sample is kept in memory until it is read; of those whose size is not a Count, one
// ends at 1,000,000 objects, and the report says how many were drawn.
type Draw struct {
	All   bool  // every object; the others are then ignored
	Count int64 // this many, at least 1; memory grows with it
	// Share of the objects, more than 0 and less than 1: each with this probability, at
	// least one.
	Share *big.Rat
	// Bytes that the objects have together at most, at least one object.
	Bytes int64
	// Confidence, from 0.5 and less than 1, with which MaxBad, more than 0 and at most
	// 0.5, is to be ruled out, if none of the sample is bad: the least number of objects
	// is drawn that does it.
	Confidence, MaxBad *big.Rat
	// Rolling takes an arc of the circle of a Ledger.
	Rolling *Rolling
	// Seed decides the draw, but for Rolling. It comes from the system's randomness and
	// is journaled before Run is called.
	Seed Seed
	// Reproduction says that a person chose the seed.
	Reproduction bool
}

// Rolling is a turn around the circle of a Ledger.
type Rolling struct {
	Ledger Ledger // of what was covered before
	Arc    Arc    // from Ledger.Next
}

// drawnMax bounds a sample whose size is not a Count. Its smallest ranks are a uniform
// sample as well.
const drawnMax = 1_000_000

func (d Draw) check() error {
	const op = "starting the verification"
	kinds := 0
	for _, is := range []bool{d.Count != 0, d.Share != nil, d.Bytes != 0, d.Confidence != nil || d.MaxBad != nil, d.Rolling != nil} {
		if is {
			kinds++
		}
	}
	switch {
	case d.All:
		return nil
	case kinds > 1:
		return problem(op, "a sample of several kinds", "report this as a defect")
	case kinds == 0, d.Count < 0, d.Bytes < 0, d.Share != nil && !between(d.Share, 0, 1):
		return problem(op, "a sample of "+d.amount(), "ask for a sample of at least 1, or for all")
	case d.Confidence == nil && d.MaxBad == nil:
		return nil
	case d.Confidence == nil || d.MaxBad == nil || d.Confidence.Cmp(big.NewRat(1, 2)) < 0 || !between(d.Confidence, 0, 1) ||
		d.MaxBad.Cmp(big.NewRat(1, 2)) > 0 || !between(d.MaxBad, 0, 1):
		return problem(op, "a confidence or a share that cannot be asked for", "ask for 50 % to 99.99 % confidence that at most 0.001 % to 50 % are bad")
	case d.most() > drawnMax:
		return problem(op, fmt.Sprintf("this would need a sample of %s", thousands(d.most())), "ask for less, or for all")
	}
	return nil
}

func between(r *big.Rat, least, most int64) bool {
	return r.Cmp(big.NewRat(least, 1)) > 0 && r.Cmp(big.NewRat(most, 1)) < 0
}

// amount is what was asked for, as it is written in a spec.
func (d Draw) amount() string {
	switch {
	case d.All:
		return "all"
	case d.Share != nil:
		return percentText(d.Share)
	case d.Bytes != 0:
		return sizeText(d.Bytes)
	case d.Confidence != nil && d.MaxBad != nil:
		return "confidence=" + percentText(d.Confidence) + ",maxBad=" + percentText(d.MaxBad)
	case d.Rolling != nil:
		return rollingText
	}
	return strconv.FormatInt(d.Count, 10)
}

const rollingText = "rolling"

// most is how many objects the sample can have, in a population of any size.
func (d Draw) most() int64 {
	switch {
	case d.Count > 0:
		return d.Count
	case d.Confidence != nil:
		c, _ := d.Confidence.Float64()
		b, _ := d.MaxBad.Float64()
		return int64(math.Ceil(math.Log1p(-c)/math.Log1p(-b))) + 1
	}
	return drawnMax
}

// percentText writes a share of 1 in percent, to nine decimals.
func percentText(share *big.Rat) string {
	return trimmed(new(big.Rat).Mul(share, big.NewRat(100, 1))) + "%"
}

func trimmed(r *big.Rat) string {
	const decimals = 9
	return strings.TrimSuffix(strings.TrimRight(r.FloatString(decimals), "0"), ".")
}

// sizeText writes an amount exactly, in the largest unit in which it has at most two
// decimals.
func sizeText(bytes int64) string {
	const decimals = 100
	for i, names := range []string{"TiB TB", "GiB GB", "MiB MB", "KiB kB"} {
		for _, name := range strings.Fields(names) {
			unit := int64(math.Pow(1000, float64(4-i)))
			if strings.Contains(name, "i") {
				unit = 1 << (10 * (4 - i))
			}
			r := big.NewRat(bytes, unit)
			if bytes >= unit && new(big.Rat).Mul(r, big.NewRat(decimals, 1)).IsInt() {
				return trimmed(r) + name
			}
		}
	}
	return strconv.FormatInt(bytes, 10) + "B"
}

// words says in a sentence what was asked for, given its text; empty for a number.
func words(asked string) string {
	confidence, maxBad, terms := strings.Cut(strings.TrimPrefix(asked, "confidence="), ",maxBad=")
	switch {
	case asked == "":
		return ""
	case asked == rollingText:
		return "a rolling sample"
	case terms:
		return "a sample for " + spaced(confidence) + " confidence in at most " + spaced(maxBad) + " bad"
	}
	return "a sample of " + spaced(asked)
}

// maxBad returns the share of bad files that was to be ruled out, given the text of what
// was asked for.
func maxBad(asked string) (*big.Rat, bool) {
	_, text, ok := strings.Cut(asked, ",maxBad=")
	if !ok {
		return nil, false
	}
	share, ok := new(big.Rat).SetString(strings.TrimSuffix(text, "%"))
	if !ok {
		return nil, false
	}
	return share.Quo(share, big.NewRat(100, 1)), true
}

// spaced puts a space between a number and its unit.
func spaced(quantity string) string {
	number := strings.TrimRight(quantity, "%KMGTkiB")
	return number + " " + quantity[len(number):]
}
