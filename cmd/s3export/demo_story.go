package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"

	"github.com/cargomedia/s3export/examples"
	"github.com/cargomedia/s3export/providers/simulator"
)

// demoSize is the size of the demo's drives: 256 MiB.
const demoSize = 256 << 20

// demoBackup returns the spec of the demo with its own endpoint, for another name
// and drive, without the comments.
func demoBackup(name, drive, endpoint, sample string) string {
	_, spec, _ := strings.Cut(examples.Demo(), "apiVersion:")
	return strings.NewReplacer("demo-a", name, "drive-a", drive, "http://127.0.0.1:8080", endpoint, "sample: 100", "sample: "+sample).
		Replace("apiVersion:" + spec)
}

// story is the demo's commands, run one after the other in a directory.
type story struct {
	a    *app
	dir  string
	self string
	env  []string
	info simulator.Info
}

// line is a command of the story and what is said before it.
type line struct {
	say     string
	command string
	exit    int
}

func newStory(a *app, dir string, info simulator.Info) (*story, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	s := &story{a: a, dir: dir, self: self, info: info}
	s.env = append(withoutAWS(os.Environ()),
		"AWS_SHARED_CREDENTIALS_FILE="+dir+"/credentials", "AWS_CONFIG_FILE="+dir+"/config",
		"AWS_EC2_METADATA_DISABLED=true", "S3EXPORT_STATE="+dir+"/state")
	files := map[string]string{
		"credentials": fmt.Sprintf("[default]\naws_access_key_id = %s\naws_secret_access_key = %s\n", info.AccessKeyID, info.SecretAccessKey),
		"config":      "[default]\n",
		"pin.txt":     "4321-8765\n",
	}
	for name, text := range files {
		if err := demoFile(dir, name, text); err != nil {
			return nil, err
		}
	}
	return s, errors.Join(s.backup("a", "100"), s.backup("b", "all"), s.backup("c", "100"))
}

// withoutAWS drops what would lead the story to a real account.
func withoutAWS(env []string) []string {
	var kept []string
	for _, e := range env {
		if !strings.HasPrefix(e, "AWS_") && !strings.HasPrefix(e, "S3EXPORT_") {
			kept = append(kept, e)
		}
	}
	return kept
}

// backup writes a spec and makes its drive.
func (s *story) backup(letter, sample string) error {
	text := demoBackup("photos-"+letter, "drive-"+letter, s.info.Endpoint, sample)
	return errors.Join(demoFile(s.dir, "backup-"+letter+".yaml", text), demoImage(s.dir, "drive-"+letter+".img"))
}

func (s *story) lines() []line {
	return []line{
		{say: "The wanted state, as it would be committed to git:", command: "cat backup-a.yaml"},
		{say: "What would happen? Looking changes nothing.", command: "s3export plan -f backup-a.yaml"},
		{say: "Do what can be done now: format the blank drive, create the job, sign the drive.", command: "s3export apply -f backup-a.yaml"},
		{say: "Where is the shipping label?", command: "s3export label photos-a"},
		{say: "The parcel leaves: the image file goes away as a drive would.", command: "s3export demo ship photos-a"},
		{say: "Applying again is always safe. Now it waits.", command: "s3export apply -f backup-a.yaml"},
		{say: "Days pass: the warehouse receives the drive and loads it.", command: "s3export demo advance photos-a --to loaded"},
		{command: "s3export apply -f backup-a.yaml"},
		{say: "The parcel comes back, and the drive is plugged in.", command: "s3export demo advance photos-a --to returned"},
		{say: "Now the proof: all names and sizes, the content of a sample.", command: "s3export apply -f backup-a.yaml"},
		{say: "Once more: nothing is left to do.", command: "s3export apply -f backup-a.yaml"},
		{say: "A second drive, which comes back with two rotten files:", command: "s3export apply -f backup-b.yaml"},
		{command: "s3export demo fault photos-b --corrupt 2"},
		{command: "s3export demo ship photos-b"},
		{command: "s3export demo advance photos-b --to returned"},
		{say: "Its spec asks for the content of all files to be compared.", command: "s3export apply -f backup-b.yaml", exit: exitFailed},
		{say: "What does one do then?", command: "s3export describe photos-b"},
		{command: "s3export get"},
	}
}

// tell runs the story. A command that ends otherwise than it should is an error.
func (s *story) tell(ctx context.Context) error {
	s.printf("s3export demo: from a YAML file to a verified drive.\n\n")
	s.printf("A simulator of AWS Import/Export and S3 listens at %s.\nTo type the commands yourself, run `s3export demo --keep` and then:\n\n%s\n", s.info.Endpoint, s.exports())
	for _, l := range s.lines() {
		if l.say != "" {
			s.printf("\n# %s\n", l.say)
		}
		s.printf("$ %s\n", l.command)
		code, err := s.run(ctx, strings.Fields(l.command))
		if err != nil {
			return err
		}
		if code != 0 {
			s.printf("(exit code %d)\n", code)
		}
		if code != l.exit {
			return fail(exitError, "DemoBroken", fmt.Sprintf("%q ended with exit code %d, not %d", l.command, code, l.exit), "report this with what was printed")
		}
	}
	return nil
}

func (s *story) exports() string {
	return fmt.Sprintf("  cd %s\n  export S3EXPORT_STATE=$PWD/state AWS_SHARED_CREDENTIALS_FILE=$PWD/credentials AWS_CONFIG_FILE=$PWD/config", s.dir)
}

// invite says how to go on by hand.
func (s *story) invite() {
	s.printf("\nEverything keeps running until Ctrl-C. In another terminal:\n\n%s\n  s3export plan -f backup-c.yaml\n", s.exports())
}

// run runs one command of the story in its directory, with its own streams.
func (s *story) run(ctx context.Context, words []string) (int, error) {
	if words[0] == "cat" {
		data, err := os.ReadFile(s.dir + "/" + words[1])
		s.printf("%s", data)
		return 0, err
	}
	cmd := exec.CommandContext(ctx, s.self, words[1:]...) //nolint:gosec // this very program
	cmd.Dir, cmd.Env = s.dir, s.env
	var talk bytes.Buffer
	cmd.Stdout, cmd.Stderr = s.a.stdout, io.MultiWriter(&talk)
	err := cmd.Run()
	if _, exited := errors.AsType[*exec.ExitError](err); err != nil && !exited {
		return 0, fmt.Errorf("running %q: %w", strings.Join(words, " "), err)
	}
	code := cmd.ProcessState.ExitCode()
	if code == exitError || code == exitUsage {
		s.printf("%s", talk.Bytes())
	}
	return code, ctx.Err()
}

func (s *story) printf(format string, args ...any) { _, _ = fmt.Fprintf(s.a.stdout, format, args...) }
