package specs

import (
	"cmp"
	"errors"
	"slices"
	"strconv"
	"strings"
)

// Error returns the problem as "file:line:col: field: problem; remedy"; parts that
// are not known are left out.
func (e *FieldError) Error() string {
	var b strings.Builder
	if e.File != "" {
		b.WriteString(e.File)
		for _, n := range []int{e.Line, e.Column} {
			if n > 0 {
				b.WriteString(":" + strconv.Itoa(n))
			}
		}
		b.WriteString(": ")
	}
	if e.Field != "" {
		b.WriteString(e.Field + ": ")
	}
	b.WriteString(e.Problem)
	if e.Remedy != "" {
		b.WriteString("; " + e.Remedy)
	}
	return b.String()
}

// Unwrap returns the cause, such as fs.ErrNotExist; nil for most problems.
func (e *FieldError) Unwrap() error { return e.cause }

// Problems returns the problems joined in an error of Decode or Load, in the order
// of their places. Another error becomes a problem without a place; nil gives nil.
func Problems(err error) []FieldError {
	all := collect(err)
	sortByPlace(all)
	return all
}

func collect(err error) []FieldError {
	if err == nil {
		return nil
	}
	var field *FieldError
	var joined interface{ Unwrap() []error }
	switch {
	case errors.As(err, &joined):
		var all []FieldError
		for _, e := range joined.Unwrap() {
			all = append(all, collect(e)...)
		}
		return all
	case errors.As(err, &field):
		return []FieldError{*field}
	}
	return []FieldError{{Problem: err.Error(), Remedy: "see the message"}}
}

// sortByPlace sorts by line and column and keeps the order of the files.
func sortByPlace(problems []FieldError) {
	order := map[string]int{}
	for _, p := range problems {
		if _, ok := order[p.File]; !ok {
			order[p.File] = len(order)
		}
	}
	slices.SortStableFunc(problems, func(a, b FieldError) int {
		return cmp.Or(cmp.Compare(order[a.File], order[b.File]), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
}

func join(problems []FieldError) error {
	errs := make([]error, len(problems))
	for i := range problems {
		errs[i] = &problems[i]
	}
	return errors.Join(errs...)
}
