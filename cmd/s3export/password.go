package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/cargomedia/s3export/device"
	"github.com/cargomedia/s3export/specs/secret"
)

// keyFrom is the key of the flags of verify.
func (a *app) keyFrom(ctx context.Context, f verifyFlags) (device.Key, error) {
	if f.passwordFrom == "" {
		return device.PasswordKey("", f.container), nil
	}
	password, err := a.passwordFrom(ctx, f.passwordFrom)
	return device.PasswordKey(password.Reveal(), f.container), err
}

// passwordFrom reads a password from where a flag says it is. Never is the flag's
// text itself the password, which everybody on the host could read.
func (a *app) passwordFrom(ctx context.Context, flag string) (secret.Value, error) {
	if flag == "-" {
		return a.readPassword(ctx, "Password of the copy")
	}
	kind, rest, _ := strings.Cut(flag, ":")
	var s secret.Source
	switch kind {
	case "env":
		s.Env = rest
	case "file":
		s.File = a.path(rest)
	case "credential":
		s.Credential = rest
	}
	if rest == "" || s.Name() == "" {
		return secret.Value{}, usage(fmt.Errorf("--password-from names no source: write env:NAME, file:PATH, credential:NAME or -; what was given is not repeated, it may be the password"))
	}
	return (&secretReader{getenv: a.getenv}).read(ctx, s)
}

// typed has a password that was typed stand for that of the spec.
func (a *app) typed(read func(context.Context, secret.Source) (secret.Value, error)) func(context.Context, secret.Source) (secret.Value, error) {
	return func(ctx context.Context, s secret.Source) (secret.Value, error) {
		if p := a.old.password; p != nil {
			return *p, nil
		}
		return read(ctx, s)
	}
}
