package manifest

import (
	_ "embed"
	"iter"
	"strings"
	"unicode"

	"github.com/cargomedia/s3export/specs/wording"
)

//go:embed countries.txt
var countryList string

// Country is a country or territory that an address can be in.
type Country struct {
	Code string // two letters of ISO 3166-1, such as CH
	Name string // in English
	EU   bool   // a member of the European Union, or one of its outermost regions
}

// CountryOf returns the country that a text means: a code of two or three letters,
// the English name, or another common spelling. Case, dots, spaces and accents do
// not count, so U.S.A. and usa are the same.
func CountryOf(text string) (Country, bool) {
	letters := lettersOf(text)
	if letters == "" {
		return Country{}, false
	}
	for c, spellings := range countries() {
		for spelling := range spellings {
			if hasLetters(spelling, letters) {
				return c, true
			}
		}
	}
	return Country{}, false
}

// Area is what a parcel stays within without customs: "EU" for all of its members,
// "US" also for Puerto Rico, else the code of the country.
func (c Country) Area() string {
	switch {
	case c.EU:
		return areaEU
	case c.Code == "PR":
		return areaUS
	}
	return c.Code
}

const (
	areaEU = "EU"
	areaUS = "US"
)

// FacilityArea returns the Area in which the service loads drives from buckets of a
// region, empty where that is not known.
// Source: Developer Guide: facilities in the US, the EU (Ireland) and Singapore.
func FacilityArea(region string) string {
	switch {
	case strings.HasPrefix(region, "us-"):
		return areaUS
	case strings.HasPrefix(region, "eu-"):
		return areaEU
	case region == "ap-southeast-1":
		return "SG"
	}
	return ""
}

// nearCountry returns the name of the country that was probably meant, or the
// empty string.
func nearCountry(text string) string {
	names := map[string]string{} // of each spelling's letters
	var known []string
	for c, spellings := range countries() {
		for spelling := range spellings {
			letters := lettersOf(spelling)
			if len(letters) > 3 { // a code is near to all others
				known = append(known, letters)
				names[letters] = c.Name
			}
		}
	}
	return names[wording.Near(lettersOf(text), known)]
}

// countries yields the table, each country with its spellings: codes and names.
func countries() iter.Seq2[Country, iter.Seq[string]] {
	return func(yield func(Country, iter.Seq[string]) bool) {
		for line := range strings.Lines(countryList) {
			if strings.HasPrefix(line, "#") {
				continue
			}
			codes, names := line[:len("AA AAA EU")], strings.TrimSpace(line[len("AA AAA EU"):])
			name, _, _ := strings.Cut(names, ";")
			c := Country{Code: codes[:2], Name: name, EU: codes[7:] == areaEU}
			if !yield(c, spellingsOf(codes, names)) {
				return
			}
		}
	}
}

func spellingsOf(codes, names string) iter.Seq[string] {
	return func(yield func(string) bool) {
		if !yield(codes[:2]) || !yield(codes[3:6]) {
			return
		}
		for name := range strings.SplitSeq(names, ";") {
			if !yield(name) {
				return
			}
		}
	}
}

// lettersOf returns the letters of a name, in capitals and without accents; "&" is
// "and", and an article at the beginning is left out.
func lettersOf(name string) string {
	letters := strings.Map(plainLetter, strings.ReplaceAll(name, "&", "and"))
	if rest, ok := strings.CutPrefix(letters, "THE"); ok && len(rest) > 3 {
		return rest
	}
	return letters
}

// hasLetters reports lettersOf(name) == letters for names of the table, without
// making a text of each.
func hasLetters(name, letters string) bool {
	at := 0
	for _, r := range name {
		if r = plainLetter(r); r < 0 {
			continue
		}
		if at >= len(letters) || rune(letters[at]) != r {
			return false
		}
		at++
	}
	return at == len(letters)
}

// plainLetter returns a letter's capital without its accent, and -1 for what is
// neither letter nor digit. Letters of other scripts stay as they are.
func plainLetter(r rune) rune {
	switch {
	case 'A' <= r && r <= 'Z' || '0' <= r && r <= '9':
		return r
	case 'a' <= r && r <= 'z':
		return r - 'a' + 'A'
	case r <= unicode.MaxASCII || !unicode.IsLetter(r):
		return -1
	}
	r = unicode.ToUpper(r)
	for _, plain := range []string{"AÀÁÂÃÄÅ", "CÇČ", "EÈÉÊËĚ", "IÌÍÎÏİ", "NÑ", "OÒÓÔÕÖŐØ", "SŠ", "UÙÚÛÜŮ", "YÝ", "ZŽ"} {
		if strings.ContainsRune(plain, r) {
			return rune(plain[0])
		}
	}
	return r
}
