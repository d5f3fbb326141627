package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// build is what the binary knows of itself.
type build struct {
	Version  string `json:"version"`
	Revision string `json:"revision,omitempty"`
	Modified bool   `json:"modified,omitempty"`
	Go       string `json:"go"`
	Platform string `json:"platform"`
}

func buildInfo() build {
	b := build{Version: "unknown", Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return b
	}
	b.Version = info.Main.Version
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			b.Revision = s.Value
		case "vcs.modified":
			b.Modified = s.Value == "true"
		}
	}
	return b
}

// String returns the line that reports carry.
func (b build) String() string {
	text := "s3export " + b.Version
	if b.Revision != "" {
		text += " (" + b.Revision[:min(12, len(b.Revision))] + ")"
	}
	return text
}

// userAgent is what services see of us.
func userAgent() string { return "s3export/" + buildInfo().Version }

func (a *app) versionCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Args:  noArgs,
		RunE: func(*cobra.Command, []string) error {
			b := buildInfo()
			if a.output == "json" || a.output == "yaml" {
				return encode(a.stdout, a.output, b)
			}
			_, err := fmt.Fprintf(a.stdout, "%s, %s, %s\n", b, b.Go, b.Platform)
			return err
		},
	}
	a.outputFlag(c, "text", "json", "yaml")
	return c
}
