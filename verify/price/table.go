package price

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/big"
	"regexp"
	"slices"
	"time"
)

// Item is what is paid for.
type Item string

// The items that a verification uses. A table may hold more.
const (
	List      Item = "list"      // requests, each for up to 1,000 keys
	Head      Item = "head"      // requests, also for attributes
	Get       Item = "get"       // requests
	Retrieval Item = "retrieval" // bytes that a colder class gives back
	Egress    Item = "egress"    // bytes that leave AWS
	KMS       Item = "kms"       // requests that KMS gets for an object under its keys
)

// Table is what things cost in one region.
type Table struct {
	AsOf     string `json:"asOf"` // the day of which they are, such as 2026-11-23
	Region   string `json:"region"`
	Currency string `json:"currency"` // ISO 4217
	Rates    []Rate `json:"rates"`
}

// Rate is the price of an item. Several of one item and class are steps: each is for what
// the one before leaves over.
type Rate struct {
	Item    Item     `json:"item"`
	Classes []string `json:"classes,omitempty"` // storage classes as S3 names them; empty: any
	Unit    string   `json:"unit"`              // requests, bytes, objects or jobs
	Price   Decimal  `json:"price"`             // of Per units
	Per     int64    `json:"per"`
	// UpTo is the quantity with which a step ends; 0: it does not.
	UpTo int64 `json:"upTo,omitempty"`
}

//go:embed prices.json
var builtIn []byte

// Default returns the prices of us-east-1.
func Default() Table {
	table, err := Decode(builtIn)
	if err != nil {
		return Table{} // cannot happen: a test reads it
	}
	return table
}

// Decode reads a table from JSON. Unknown members, and prices that cannot be ones, are
// errors, all at once; each says what to write. AsOf, region and currency may be left out
// in a table for Override.
func Decode(text []byte) (Table, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	var t Table
	if err := d.Decode(&t); err != nil {
		return Table{}, fmt.Errorf("reading prices: %w; write rates: [{item, classes, unit, price, per, upTo}]", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return Table{}, errors.New("reading prices: something stands after the table; keep one table")
	}
	if err := t.check(); err != nil {
		return Table{}, err
	}
	return t, nil
}

func (t Table) check() error {
	var problems []error
	if _, err := time.Parse(time.DateOnly, t.AsOf); t.AsOf != "" && err != nil {
		problems = append(problems, fmt.Errorf("prices: asOf %q is no day; write one such as 2026-11-23", t.AsOf))
	}
	last := map[Item]map[string]int64{}
	for i, r := range t.Rates {
		if err := r.check(); err != nil {
			problems = append(problems, fmt.Errorf("prices: rates[%d] (%s): %w", i, r.Item, err))
			continue
		}
		if last[r.Item] == nil {
			last[r.Item] = map[string]int64{}
		}
		for _, class := range r.orAny() {
			before, seen := last[r.Item][class]
			if seen && (before == 0 || r.UpTo != 0 && r.UpTo <= before) {
				problems = append(problems, fmt.Errorf("prices: rates[%d] (%s): the step before does not end before this one; give the steps in order, each but the last with upTo", i, r.Item))
			}
			last[r.Item][class] = r.UpTo
		}
	}
	return errors.Join(problems...)
}

func (r Rate) check() error {
	switch {
	case r.Item == "":
		return errors.New("item is missing; write what it is the price of, such as head")
	case r.Per < 1:
		return errors.New("per is not at least 1; write for how many units the price is")
	case r.UpTo < 0:
		return errors.New("upTo is negative; leave it out where there is no end")
	case r.Price.rat() == nil:
		return fmt.Errorf(`price %q is no amount; write it in quotes with a dot, such as "0.005"`, string(r.Price))
	case !slices.Contains([]string{"requests", "bytes", "objects", "jobs"}, r.Unit):
		return fmt.Errorf("unit %q is not known; write requests, bytes, objects or jobs", r.Unit)
	}
	return nil
}

// anyClass stands for a rate that is for every class.
const anyClass = ""

func (r Rate) orAny() []string {
	if len(r.Classes) == 0 {
		return []string{anyClass}
	}
	return r.Classes
}

// Override returns the table with the rates of another one in place of all rates of the
// same items, and its day, region and currency where it names them.
func (t Table) Override(by Table) Table {
	for _, field := range []struct{ mine, other *string }{{&t.AsOf, &by.AsOf}, {&t.Region, &by.Region}, {&t.Currency, &by.Currency}} {
		if *field.other != "" {
			*field.mine = *field.other
		}
	}
	kept := slices.DeleteFunc(slices.Clone(t.Rates), func(r Rate) bool {
		return slices.ContainsFunc(by.Rates, func(other Rate) bool { return other.Item == r.Item })
	})
	t.Rates = append(kept, by.Rates...)
	return t
}

// Decimal is an amount as written, such as 0.005: at most 12 digits before the dot and 15
// after it.
type Decimal string

const decimals = 15

// rat returns the value, nil if it is none.
func (d Decimal) rat() *big.Rat {
	if !regexp.MustCompile(`^[0-9]{1,12}(\.[0-9]{1,15})?$`).MatchString(string(d)) {
		return nil
	}
	value, ok := new(big.Rat).SetString(string(d))
	if !ok {
		return nil
	}
	return value
}
