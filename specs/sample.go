package specs

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"regexp"
	"strconv"
	"strings"
)

// Sample says which objects are compared by content, as written: a number of files
// (100), a share of them (5%), an amount of data (50GiB), all, rolling (each proof
// takes the part of the drive that was longest unseen), or what is to be ruled out:
// {confidence: 99%, maxBad: 0.1%}, which has the text confidence=99%,maxBad=0.1%.
// The text is what flags take, what a plan keeps and what enters the digest.
type Sample string

// SampleKind is a kind of Sample.
type SampleKind int

// The kinds of samples.
const (
	SampleNone    SampleKind = iota // nothing was written
	SampleAll                       // every file
	SampleCount                     // Count files
	SampleShare                     // a Share of the files
	SampleBytes                     // as many files as have Bytes together
	SampleProof                     // as many as rule out MaxBad with Confidence
	SampleRolling                   // the part that was longest unseen
)

// SampleSize is what a Sample means. The shares are parts of 1 and exact, and not to
// be changed.
type SampleSize struct {
	Kind       SampleKind
	Count      int64    // at least 1
	Share      *big.Rat // more than 0, less than 1
	Bytes      int64    // at least 1
	Confidence *big.Rat // 50 % to 99.99 %
	MaxBad     *big.Rat // 0.001 % to 50 %
}

const (
	sampleProblem = "is no sample"
	sampleRemedy  = "write a number such as 100, a share such as 5%, an amount such as 50GiB, all, rolling, " +
		"or {confidence: 99%, maxBad: 0.1%}, as a flag confidence=99%,maxBad=0.1%"
)

// Percent is a share as written: a number with %.
type Percent string

// sampleTerms are the members of a Sample that says what is to be ruled out.
type sampleTerms struct {
	Confidence Percent `json:"confidence"`
	MaxBad     Percent `json:"maxBad"`
}

// Parse returns what the sample means. The empty Sample is SampleNone. Errors are
// *FieldError, several of them joined; their Field is relative to the sample.
func (s Sample) Parse() (SampleSize, error) {
	switch text := string(s); {
	case text == "":
		return SampleSize{}, nil
	case text == "all", isWhole(text):
		return SampleSize{Kind: SampleAll}, nil
	case text == "rolling":
		return SampleSize{Kind: SampleRolling}, nil
	case strings.Contains(text, "="):
		return s.parseTerms()
	case strings.HasSuffix(text, "%"):
		share := Percent(text).value()
		if share == nil || share.Sign() == 0 || share.Cmp(big.NewRat(1, 1)) > 0 {
			return SampleSize{}, &FieldError{Problem: quote(text) + " is not a share", Remedy: "write a number from 0 to 100 with % and without space, such as 5%"}
		}
		return SampleSize{Kind: SampleShare, Share: share}, nil
	case strings.HasSuffix(text, "B"):
		n, _, err := Size(text).Parse()
		return SampleSize{Kind: SampleBytes, Bytes: n}, err
	}
	const most = 1_000_000_000
	n, err := strconv.Atoi(string(s))
	if err != nil || n < 1 || n > most || strconv.Itoa(n) != string(s) {
		return SampleSize{}, &FieldError{Problem: quote(string(s)) + " " + sampleProblem, Remedy: sampleRemedy}
	}
	return SampleSize{Kind: SampleCount, Count: int64(n)}, nil
}

// isWhole finds the share that is everything.
func isWhole(text string) bool { return regexp.MustCompile(`^100(\.0+)?%$`).MatchString(text) }

// parseTerms reads confidence=99%,maxBad=0.1%, in any order.
func (s Sample) parseTerms() (SampleSize, error) {
	terms := map[string]Percent{}
	for part := range strings.SplitSeq(string(s), ",") {
		name, value, _ := strings.Cut(part, "=")
		_, twice := terms[name]
		if twice || name != "confidence" && name != "maxBad" {
			return SampleSize{}, &FieldError{Problem: quote(string(s)) + " " + sampleProblem, Remedy: sampleRemedy}
		}
		terms[name] = Percent(value)
	}
	// More of either asks for a sample of more than a million whatever the drive holds.
	confidence, problem := terms["confidence"].parse("a confidence", "50%", "99.99%")
	maxBad, other := terms["maxBad"].parse("a share of bad files", "0.001%", "50%")
	return SampleSize{Kind: SampleProof, Confidence: confidence, MaxBad: maxBad},
		errors.Join(within("confidence", problem), within("maxBad", other))
}

// within says of which member an error is.
func within(member string, err error) error {
	if e, ok := errors.AsType[*FieldError](err); ok {
		e.Field = member
	}
	return err
}

// parse returns a share of 1 from least to most.
func (p Percent) parse(what, least, most string) (*big.Rat, error) {
	if p == "" {
		return nil, &FieldError{Problem: "missing", Remedy: "write " + what + " from " + least + " to " + most}
	}
	value := p.value()
	if value == nil || value.Cmp(Percent(least).value()) < 0 || value.Cmp(Percent(most).value()) > 0 {
		return nil, &FieldError{Problem: quote(string(p)) + " is not " + what, Remedy: "write it from " + least + " to " + most + ", with % and without space"}
	}
	return value, nil
}

func (p Percent) value() *big.Rat {
	m := regexp.MustCompile(`^([0-9]{1,3}(?:\.[0-9]{1,9})?)%$`).FindStringSubmatch(string(p))
	if m == nil {
		return nil
	}
	value, ok := new(big.Rat).SetString(m[1])
	if !ok {
		return nil
	}
	return value.Quo(value, big.NewRat(100, 1))
}

// UnmarshalJSON reads a text, a number, or an object of confidence and maxBad. What is
// wrong with the values, Parse says.
func (s *Sample) UnmarshalJSON(data []byte) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	var written any
	if err := d.Decode(&written); err != nil {
		return err
	}
	switch v := written.(type) {
	case nil:
	case string:
		*s = Sample(v)
	case json.Number:
		*s = Sample(v)
	case map[string]any:
		for key := range v {
			if key != "confidence" && key != "maxBad" {
				return fmt.Errorf("reading a sample: unknown member %q; write confidence and maxBad", key)
			}
		}
		*s = Sample("confidence=" + scalarText(v["confidence"]) + ",maxBad=" + scalarText(v["maxBad"]))
	default:
		return fmt.Errorf("reading a sample: neither text nor object; %s", sampleRemedy)
	}
	return nil
}

// scalarText is empty for what is not there.
func scalarText(v any) string {
	if v == nil {
		return ""
	}
	return fmt.Sprint(v)
}
