package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/device"
	"github.com/cargomedia/s3export/providers"
	"github.com/cargomedia/s3export/reconciler"
	"github.com/cargomedia/s3export/reconciler/journal"
	"github.com/cargomedia/s3export/specs"
	"github.com/cargomedia/s3export/specs/secret"
	"github.com/cargomedia/s3export/verify"
)

// kindsOfErrors are those that reach a person, each wrapped as on its way.
func kindsOfErrors() map[string]error {
	wrapped := func(err error) error { return fmt.Errorf("backup %q: %w", "photos-a", err) }
	return map[string]error{
		"Usage":            usage(errors.New("unknown flag")),
		"Interrupted":      &interrupted{wrapped(context.Canceled)},
		"InvalidSpec":      &specs.FieldError{File: "a.yaml", Line: 3, Column: 1, Field: "spec.phase", Problem: "missing", Remedy: "write one"},
		"Locked":           wrapped(&journal.LockedError{What: `backup "photos-a"`, Holder: "process 7 on x"}),
		"FileTrouble":      wrapped(&reconciler.FileError{Op: "writing", Path: "/x", Remedy: "make room", Err: &fs.PathError{Op: "write", Path: "/x", Err: errors.New("no space left on device")}}),
		"SecretUnreadable": wrapped(&secret.Error{Source: "env:PIN", Problem: "not set", Remedy: "set it"}),
		"Unreachable":      wrapped(&providers.Error{Kind: providers.Unreachable, Op: "ListJobs", Message: "nobody answers", Remedy: "start it"}),
		"DeviceForeign":    wrapped(&device.Error{Reason: device.DeviceForeign, Op: "format", Device: "/dev/x", Message: "not blank", Remedy: "take another"}),
		"Error":            wrapped(errors.New("something else")),
	}
}

var _ = Describe("an error", func() {
	It("is JSON with -o json: kind, reason, message, remedy, exit code", func() {
		codes := map[string]int{"Usage": 2, "Interrupted": 130, "InvalidSpec": 2, "SecretUnreadable": 4}
		for reason, err := range kindsOfErrors() {
			var out bytes.Buffer
			a := &app{environment: environment{stderr: &out}, output: "json"}
			code := a.report(err)
			Expect(code).To(Equal(max(codes[reason], 1)), reason)
			var p map[string]any
			d := json.NewDecoder(&out)
			Expect(d.Decode(&p)).To(Succeed(), reason)
			Expect(d.More()).To(BeFalse(), "one line")
			Expect(p).To(And(
				HaveKeyWithValue("kind", "Error"), HaveKeyWithValue("reason", reason), HaveKeyWithValue("exitCode", BeNumerically("==", code)),
				HaveKeyWithValue("message", Not(BeEmpty())), HaveKeyWithValue("remedy", Not(BeEmpty()))))
			if reason == "InvalidSpec" {
				Expect(p["problems"]).To(HaveLen(1))
			}
		}
	})

	It("is a message and what to do in text, without layers of wrapping", func() {
		for reason, err := range kindsOfErrors() {
			var out bytes.Buffer
			(&app{environment: environment{stderr: &out}, output: "table"}).report(err)
			Expect(out.String()).To(ContainSubstring("error: "), reason)
			if reason != "InvalidSpec" { // whose problems have a remedy each
				Expect(out.String()).To(MatchRegexp(`(?m)^  what to do: .+$`), reason)
			}
			Expect(out.String()).NotTo(ContainSubstring("context canceled"))
			Expect(out.String()).NotTo(ContainSubstring(`"/x": write /x`))
		}
	})
})

var _ = Describe("an error of a verification", func() {
	cannot := func(err error) error {
		return fmt.Errorf("what x.img says of itself: %w", &verify.Error{Op: "reading", Remedy: "copy to the drive again", Err: err})
	}

	It("says what to do", func() {
		p := problemOf(cannot(errors.New("it has no format")))
		Expect(p.Message).To(Equal("what x.img says of itself: reading: it has no format"))
		Expect(p.Remedy).To(Equal("copy to the drive again"))
		Expect(p.ExitCode).To(Equal(exitError))
	})

	It("leaves that to its cause where that knows better", func() {
		p := problemOf(cannot(&providers.Error{Kind: providers.Unreachable, Op: "ListObjectsV2", Remedy: "start it"}))
		Expect(p.Reason).To(Equal("Unreachable"))
		Expect(p.Remedy).To(Equal("start it"))
	})
})

var _ = DescribeTable("-o json in a command line that could not be read", func(want bool, args ...string) {
	Expect(wantsJSON(args)).To(Equal(want))
},
	Entry(nil, true, "apply", "-o", "json"), Entry(nil, true, "apply", "--output", "json", "--nonsense"),
	Entry(nil, true, "-ojson"), Entry(nil, true, "-o=json"), Entry(nil, true, "--output=json"),
	Entry(nil, false, "-o", "yaml"), Entry(nil, false, "apply", "json"), Entry(nil, false, "-o"), Entry(nil, false),
)
