package price

import (
	"fmt"
	"math/big"
	"slices"
	"strings"
)

// Use is a quantity of an item.
type Use struct {
	Item     Item
	Class    string // storage class; empty is STANDARD
	Quantity int64  // in the unit of the item's rate
}

// Line is a part of an estimate.
type Line struct {
	Item     Item   `json:"item"`
	Class    string `json:"class,omitempty"` // where the price depends on it
	Unit     string `json:"unit"`
	Quantity int64  `json:"quantity"`
	// Price of Per units; with Amount it is empty where the table has none.
	Price  Decimal `json:"price,omitempty"`
	Per    int64   `json:"per,omitempty"`
	Amount Decimal `json:"amount,omitempty"` // exact, in the table's currency
	// Assumed: the table has no price for the class, and this is that of STANDARD.
	Assumed bool `json:"assumed,omitempty"`
}

// Estimate is what a verification would cost.
type Estimate struct {
	AsOf     string  `json:"asOf"`
	Region   string  `json:"region"`
	Currency string  `json:"currency"`
	Lines    []Line  `json:"lines"`
	Total    Decimal `json:"total"` // of all lines that have an amount
}

const standard = "STANDARD"

// Estimate returns what the uses cost, in their order; those of one item and class are
// added up first, so that a step counts once. A use of an item without a price gets a
// line without an amount: it is not free, it is not known.
func (t Table) Estimate(uses []Use) Estimate {
	e := Estimate{AsOf: t.AsOf, Region: t.Region, Currency: t.Currency, Lines: []Line{}}
	total := new(big.Rat)
	for _, u := range t.added(uses) {
		for _, line := range t.lines(u) {
			if amount := line.amount(); amount != nil {
				line.Amount = exact(amount)
				total.Add(total, amount)
			}
			e.Lines = append(e.Lines, line)
		}
	}
	e.Total = exact(total)
	return e
}

// added adds up the uses of one item and class, and leaves out empty ones. Where the
// class does not matter it is left out.
func (t Table) added(uses []Use) []Use {
	var sums []Use
	for _, u := range uses {
		if u.Class == "" {
			u.Class = standard
		}
		if rates, _ := t.rates(u); len(rates) > 0 && len(rates[0].Classes) == 0 {
			u.Class = ""
		}
		i := slices.IndexFunc(sums, func(s Use) bool { return s.Item == u.Item && s.Class == u.Class })
		switch {
		case u.Quantity <= 0:
		case i < 0:
			sums = append(sums, u)
		default:
			sums[i].Quantity += u.Quantity
		}
	}
	return sums
}

// rates returns the steps of the price of a use, and whether they are those of STANDARD
// for want of its own.
func (t Table) rates(u Use) (steps []Rate, assumed bool) {
	of := func(class string) (found []Rate) {
		for _, r := range t.Rates {
			if r.Item == u.Item && slices.Contains(r.orAny(), class) {
				found = append(found, r)
			}
		}
		return found
	}
	for _, class := range []string{u.Class, anyClass} {
		if steps = of(class); len(steps) > 0 {
			return steps, false
		}
	}
	return of(standard), true
}

// lines splits a use into the steps of its price.
func (t Table) lines(u Use) []Line {
	steps, assumed := t.rates(u)
	if len(steps) == 0 {
		return []Line{{Item: u.Item, Class: u.Class, Quantity: u.Quantity}}
	}
	var lines []Line
	left, begin := u.Quantity, int64(0)
	for i, r := range steps {
		n := left
		if r.UpTo > 0 && i < len(steps)-1 {
			n = min(left, r.UpTo-begin)
			begin = r.UpTo
		}
		if n > 0 {
			lines = append(lines, Line{
				Item: u.Item, Class: u.Class, Unit: r.Unit, Quantity: n, Price: r.Price, Per: r.Per, Assumed: assumed,
			})
		}
		left -= n
	}
	return lines
}

// amount returns nil where there is no price.
func (l Line) amount() *big.Rat {
	price := l.Price.rat()
	if price == nil || l.Per < 1 {
		return nil
	}
	return price.Mul(price, big.NewRat(l.Quantity, l.Per))
}

// exact writes an amount with all its decimals, those of a strange Per to the last that
// is read.
func exact(r *big.Rat) Decimal {
	text := r.FloatString(decimals)
	return Decimal(strings.TrimSuffix(strings.TrimRight(text, "0"), "."))
}

// Text says an amount as people read it: to the cent, rounded up, so that nothing that
// costs is shown as nothing; below a cent with the two digits that count.
func (d Decimal) Text(currency string) string {
	value := d.rat()
	if value == nil {
		return "not known"
	}
	decimals, scaled := 2, new(big.Rat).Mul(value, big.NewRat(100, 1))
	if scaled.Cmp(big.NewRat(1, 1)) < 0 {
		for scaled.Sign() > 0 && scaled.Cmp(big.NewRat(10, 1)) < 0 {
			decimals++
			scaled.Mul(scaled, big.NewRat(10, 1))
		}
	}
	whole, rest := new(big.Int).QuoRem(scaled.Num(), scaled.Denom(), new(big.Int))
	if rest.Sign() > 0 {
		whole.Add(whole, big.NewInt(1))
	}
	scale := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(decimals)), nil)
	return fmt.Sprintf("%s %s", currency, new(big.Rat).SetFrac(whole, scale).FloatString(decimals))
}
