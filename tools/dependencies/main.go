// Command dependencies checks the modules that the product and its tests use: each
// has a license that we may ship, their number stays within the budget, and each
// direct requirement has a line in CONTRIBUTING.md that says what it is for.
//
//	go -C tools run ./dependencies
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

const (
	product = "github.com/cargomedia/s3export"
	// budget is how many modules may be linked into the product.
	budget = 50
)

func main() {
	if err := run(context.Background(), os.Stdout, ".."); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, out io.Writer, root string) error {
	linked, err := modules(ctx, root, "./cmd/s3export")
	if err != nil {
		return err
	}
	tested, err := modules(ctx, root, "-test", "./...")
	if err != nil {
		return err
	}
	notes, err := os.ReadFile(filepath.Join(root, "CONTRIBUTING.md"))
	if err != nil {
		return err
	}
	problems := judge(linked, tested, string(notes))
	if len(problems) > 0 {
		return errors.Join(problems...)
	}
	fmt.Fprintf(out, "dependencies: %d modules linked (budget %d), %d with the tests; licenses and notes are fine\n",
		len(linked), budget, len(tested))
	return nil
}

// judge returns everything that is wrong. Modules in tested that are not in linked
// are used by tests alone.
func judge(linked, tested []module, notes string) []error {
	var problems []error
	if len(linked) > budget {
		problems = append(problems, fmt.Errorf("%d modules are linked, the budget is %d", len(linked), budget))
	}
	shipped := map[string]bool{}
	for _, m := range linked {
		shipped[m.Path] = true
	}
	for _, m := range tested {
		found, err := licensesOf(m.Dir)
		if err != nil {
			problems = append(problems, fmt.Errorf("%s: %w", m.Path, err))
		}
		for _, l := range found {
			if !l.allowed(shipped[m.Path]) {
				problems = append(problems, fmt.Errorf("%s %s: license %s may not be used here", m.Path, m.Version, l))
			}
		}
		if !m.Indirect && !noted(notes, m) {
			problems = append(problems, fmt.Errorf("%s %s has no line in CONTRIBUTING.md; add path, version, purpose and reason", m.Path, m.Version))
		}
	}
	return problems
}

// noted reports whether a table row of notes names both path and version of m.
func noted(notes string, m module) bool {
	for line := range strings.Lines(notes) {
		cells := strings.Split(line, "|")
		if len(cells) > 2 && strings.TrimSpace(cells[1]) == m.Path && strings.TrimSpace(cells[2]) == m.Version {
			return true
		}
	}
	return false
}

// module is a module as `go list` describes it.
type module struct {
	Path, Version, Dir string
	Indirect           bool
}

// modules returns the modules that the packages of patterns depend on, sorted by
// path, without the product itself.
func modules(ctx context.Context, root string, patterns ...string) ([]module, error) {
	cmd := exec.CommandContext(ctx, "go", append([]string{"list", "-deps", "-json=Module"}, patterns...)...)
	cmd.Dir, cmd.Stderr = root, os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("listing the dependencies of %q: %w", patterns, err)
	}
	seen := map[string]module{}
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var pkg struct{ Module *module }
		if err := dec.Decode(&pkg); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, fmt.Errorf("reading the list of dependencies: %w", err)
		}
		if pkg.Module != nil && pkg.Module.Path != product {
			seen[pkg.Module.Path] = *pkg.Module
		}
	}
	list := make([]module, 0, len(seen))
	for _, m := range seen {
		list = append(list, m)
	}
	slices.SortFunc(list, func(a, b module) int { return strings.Compare(a.Path, b.Path) })
	return list, nil
}
