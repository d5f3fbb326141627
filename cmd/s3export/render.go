package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"sigs.k8s.io/yaml"

	"github.com/cargomedia/s3export/specs"
	"github.com/cargomedia/s3export/verify"
)

// list is the JSON and YAML form of what a command says of several backups.
type list struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	ExitCode   int    `json:"exitCode"`
	Items      any    `json:"items"`
}

// outputFlag adds -o with the forms that the command has; the first is the
// default.
func (a *app) outputFlag(c *cobra.Command, forms ...string) {
	form := c.Flags().StringP("output", "o", forms[0], "output form: "+strings.Join(forms, ", "))
	_ = c.RegisterFlagCompletionFunc("output", cobra.FixedCompletions(forms, cobra.ShellCompDirectiveNoFileComp))
	c.PreRunE = func(*cobra.Command, []string) error {
		if !slices.Contains(forms, *form) {
			return usage(fmt.Errorf("output form %q is not one of %s", *form, strings.Join(forms, ", ")))
		}
		a.output = *form
		return nil
	}
}

// encode writes a value as JSON or YAML.
func encode(w io.Writer, form string, value any) error {
	data, err := jsonText(value, "  ")
	if err != nil {
		return err
	}
	if form == "yaml" {
		if data, err = yaml.JSONToYAML(data); err != nil {
			return err
		}
	}
	_, err = w.Write(data)
	return err
}

// jsonText returns the value as JSON with a final line break. Remedies hold
// commands to be copied, so & stays &.
func jsonText(value any, indent string) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", indent)
	err := e.Encode(value)
	return b.Bytes(), err
}

// show prints the views of a command and returns the exit error of all of them.
func (a *app) show(kind string, views []view, text func(io.Writer, view)) error {
	return a.showAs(kind, views, text, worst)
}

// showAs is show with another way to turn several exit codes into one.
func (a *app) showAs(kind string, views []view, text func(io.Writer, view), all func([]int) int) error {
	codes := make([]int, len(views))
	for i, v := range views {
		codes[i] = v.ExitCode
	}
	code := all(codes)
	switch a.output {
	case "json", "yaml":
		err := encode(a.stdout, a.output, list{APIVersion: specs.APIVersion, Kind: kind, ExitCode: code, Items: views})
		if err != nil {
			return err
		}
	case "name":
		for _, v := range views {
			_, _ = fmt.Fprintf(a.stdout, "backup/%s\n", v.Name)
		}
	default:
		for _, v := range views {
			text(a.out(v.ExitCode), v)
		}
	}
	return exit(code)
}

// textResult prints what apply did: a line per backup, what was done, and the next
// step of a person.
func textResult(w io.Writer, v view) {
	if v.Error != nil {
		_, _ = fmt.Fprintf(w, "backup/%s error: %s\n", v.Name, v.Error.Reason)
	} else {
		_, _ = fmt.Fprintf(w, "backup/%s %s (%s)\n", v.Name, v.verb(), v.Outcome.standing(v.Phase))
	}
	for _, s := range v.Steps {
		_, _ = fmt.Fprintf(w, "  done: %s\n", s.Text)
	}
	if v.Copied != nil {
		_, _ = fmt.Fprintf(w, "  copied: %s\n", copiedText(*v.Copied))
	}
	textProof(w, v.Proof)
	if v.Proof != nil && v.Proof.New && v.Outcome.Message == v.Proof.Summary {
		_, _ = fmt.Fprintf(w, "  what to do: %s\n", v.Outcome.Remedy)
		return
	}
	textOutcome(w, v.Outcome)
}

// textProof prints a proof that was just taken; of a bad one that holds, where to
// read on.
func textProof(w io.Writer, p *proofView) {
	if p == nil || !p.New && p.Verdict == verify.Pass {
		return
	}
	if !p.New {
		_, _ = fmt.Fprintf(w, "  report: %s\n", p.Report)
		return
	}
	for i, f := range p.Findings {
		if i == shownFindings {
			_, _ = fmt.Fprintln(w, "  … and more, all in the report")
			break
		}
		_, _ = fmt.Fprintf(w, "  %s\n", findingText(f))
	}
	_, _ = fmt.Fprintf(w, "  verification %s: %s\n  report: %s\n", verdictWord(p.Verdict), p.Summary, p.Report)
}

// textLabel prints where the label is, or why there is none.
func textLabel(w io.Writer, v view) {
	if v.Label != "" {
		_, _ = fmt.Fprintln(w, v.Label)
		return
	}
	textResult(w, v)
}

func textOutcome(w io.Writer, o outcomeView) {
	switch o.Kind {
	case "Waiting":
		word := "waiting"
		if o.Failed {
			word = "why"
		}
		_, _ = fmt.Fprintf(w, "  %s: %s\n", word, o.Message)
		if o.Since != nil {
			_, _ = fmt.Fprintf(w, "  since: %s\n", stamp(*o.Since))
		}
		_, _ = fmt.Fprintf(w, "  until: %s\n", o.Ends)
		if o.Remedy != "" {
			_, _ = fmt.Fprintf(w, "  what to do: %s\n", o.Remedy)
		}
	case "Blocked", "Error":
		_, _ = fmt.Fprintf(w, "  why: %s\n  what to do: %s\n", o.Message, o.Remedy)
	}
}

// textPlan prints what apply would do.
func textPlan(w io.Writer, v view) {
	if v.Error != nil {
		_, _ = fmt.Fprintf(w, "backup/%s: error: %s\n", v.Name, v.Error.Reason)
		textOutcome(w, v.Outcome)
		return
	}
	if len(v.Steps) == 0 {
		_, _ = fmt.Fprintf(w, "backup/%s: %s (%s)\n", v.Name, v.idle(), v.Outcome.standing(v.Phase))
		textSource(w, v.Source)
		textOutcome(w, v.Outcome)
		return
	}
	_, _ = fmt.Fprintf(w, "backup/%s: from %s to %s\n", v.Name, v.Phase, v.Wanted)
	textSource(w, v.Source)
	for i, s := range v.Steps {
		_, _ = fmt.Fprintf(w, "  %d. %-9s %s\n", i+1, s.Effect, s.Text)
	}
	switch v.Outcome.Kind {
	case "Waiting":
		_, _ = fmt.Fprintf(w, "  then wait: %s\n", v.Outcome.Message)
	case "Converged":
		_, _ = fmt.Fprintf(w, "  then: %s\n", v.Outcome.Message)
	}
	if v.Forbidden != nil {
		_, _ = fmt.Fprintf(w, "  but: %s\n  what to do: %s\n", v.Forbidden.Message, v.Forbidden.Remedy)
	}
	_, _ = fmt.Fprintf(w, "  plan %s: %s\n", v.Digest, countEffects(v.Steps))
}

func countEffects(steps []stepView) string {
	var parts []string
	for _, effect := range []string{"note", "remote", "overwrite", "erase"} {
		n := 0
		for _, s := range steps {
			if s.Effect == effect {
				n++
			}
		}
		parts = append(parts, fmt.Sprintf("%d %s", n, effect))
	}
	return strings.Join(parts, ", ")
}

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 UTC") }
