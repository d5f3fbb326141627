package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/cargomedia/s3export/specs/secret"
)

// maxSecret bounds what is read of a secret; the service takes far less.
const maxSecret = 64 << 10

// execTimeout bounds a program that gives a secret.
const execTimeout = 30 * time.Second

// secretsManager fetches a secret by its name or ARN.
type secretsManager func(ctx context.Context, name string) (string, error)

// secretReader reads secrets from their sources.
type secretReader struct {
	getenv func(string) string
	aws    secretsManager
}

// read implements reconciler.Secrets.
func (r *secretReader) read(ctx context.Context, s secret.Source) (secret.Value, error) {
	if v, ok := s.Literal(); ok {
		return v, nil
	}
	text, remedy, err := r.text(ctx, s)
	if err == nil && strings.TrimSuffix(strings.TrimSuffix(text, "\n"), "\r") == "" {
		err = errors.New("it is empty")
	}
	if err != nil {
		return secret.Value{}, &secret.Error{Source: s.Name(), Problem: bare(err), Remedy: remedy, Err: err}
	}
	return secret.NewValue(strings.TrimSuffix(strings.TrimSuffix(text, "\n"), "\r")), nil
}

func (r *secretReader) text(ctx context.Context, s secret.Source) (text, remedy string, err error) {
	switch {
	case s.Env != "":
		if text = r.getenv(s.Env); text == "" {
			err = errors.New("the variable is not set, or empty")
		}
		return text, "set the environment variable " + s.Env + " for this process", err
	case s.File != "":
		text, err = readFile(s.File)
		return text, "put the secret into the file, readable for this user only (chmod 600)", err
	case s.Credential != "":
		dir := r.getenv("CREDENTIALS_DIRECTORY")
		if dir == "" {
			return "", "run under systemd with LoadCredential=" + s.Credential + ":…, or use another source", errors.New("CREDENTIALS_DIRECTORY is not set")
		}
		text, err = readFile(filepath.Join(dir, filepath.Base(s.Credential)))
		return text, "add LoadCredential=" + s.Credential + ":… to the unit", err
	case len(s.Exec) > 0:
		text, err = runSecret(ctx, s.Exec)
		return text, "run the program by hand and see what it says", err
	case s.SecretsManager != "":
		text, err = r.aws(ctx, s.SecretsManager)
		return text, "check the name of the secret and the right secretsmanager:GetSecretValue", err
	}
	return "", "name a source in the spec", errors.New("no source")
}

// bare is an error's message without what the source says already.
func bare(err error) string {
	if p, ok := errors.AsType[*os.PathError](err); ok {
		return p.Err.Error()
	}
	return err.Error()
}

func readFile(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer func() { _ = f.Close() }()
	data, err := io.ReadAll(io.LimitReader(f, maxSecret+1))
	if err == nil && len(data) > maxSecret {
		err = fmt.Errorf("it has more than %d bytes", maxSecret)
	}
	return string(data), err
}

// runSecret runs a program that prints a secret. What it prints on stderr is not
// repeated, since nobody knows what is in it.
func runSecret(ctx context.Context, argv []string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, execTimeout)
	defer cancel()
	var out bytes.Buffer
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...) //nolint:gosec // the operator names the program
	cmd.Stdout = &limited{w: &out, left: maxSecret}
	err := cmd.Run()
	if notFound, ok := errors.AsType[*exec.Error](err); ok {
		err = notFound.Err
	}
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		err = fmt.Errorf("it had not ended after %s", execTimeout)
	}
	if err != nil {
		return "", fmt.Errorf("program %q: %w", argv[0], err)
	}
	return out.String(), nil
}

// limited is a writer that refuses more than left bytes.
type limited struct {
	w    io.Writer
	left int
}

func (l *limited) Write(p []byte) (int, error) {
	if len(p) > l.left {
		return 0, errors.New("it prints too much to be a secret")
	}
	l.left -= len(p)
	return l.w.Write(p)
}
