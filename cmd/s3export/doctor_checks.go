package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/aws/aws-sdk-go-v2/config"
	"golang.org/x/sys/unix"

	"github.com/cargomedia/s3export/device"
)

func (a *app) checkConfig() check {
	const name = "configuration"
	if err := a.configure(); err != nil {
		c := failed(name, err)
		if p := problemOf(err); len(p.Problems) > 0 {
			c.Message, c.Remedy = p.Problems[0].Error(), p.Remedy
		}
		return c
	}
	path, _ := a.configPath()
	if a.config.file == "" && a.config.keys == nil {
		return passed(name, "none is needed, there is none at "+path)
	}
	return passed(name, path)
}

func (a *app) checkUser() check {
	if a.root {
		return passed("user", "root")
	}
	return warned("user", "not root: image files need no more, but disks must be readable and writable to this user, and what only the kernel reads cannot be mounted",
		"run as root to prepare and read disks")
}

func (a *app) checkState() check {
	dir := a.stateDir()
	if err := canWriteBelow(dir); err != nil {
		return check{"state directory", checkFail, dir + " cannot be written: " + bare(err), "name another one with --state or S3EXPORT_STATE, or run as the user who owns it"}
	}
	return passed("state directory", dir)
}

// canWriteBelow reports why a directory, or the nearest one that is there above it,
// cannot be written. Nothing is made to find out.
func canWriteBelow(dir string) error {
	for ; ; dir = filepath.Dir(dir) {
		info, err := os.Stat(dir)
		switch {
		case errors.Is(err, fs.ErrNotExist) && dir != "/":
			continue
		case err != nil:
			return err
		case !info.IsDir():
			return &fs.PathError{Op: "open", Path: dir, Err: unix.ENOTDIR}
		}
		if err := unix.Access(dir, unix.W_OK|unix.X_OK); err != nil {
			return &fs.PathError{Op: "write to", Path: dir, Err: err}
		}
		return nil
	}
}

// checkHost looks at what drives are made and read with.
func (a *app) checkHost(ctx context.Context) ([]check, error) {
	h, err := a.disks().Host(ctx)
	if err != nil {
		return nil, err
	}
	var all []check
	for _, t := range h.Tools {
		all = append(all, checkTool(t))
	}
	mounts := passed("mounts", h.MountDir)
	if err := canWriteBelow(h.MountDir); err != nil || !a.root {
		mounts = warned("mounts", "nothing can be mounted below "+h.MountDir+": what only the kernel reads (xfs, btrfs, …) cannot be verified", "run as root; copies on ext4 and in containers need no mount")
	}
	return append(all, mounts,
		needed(h.KernelExt4, "kernel ext4", "the kernel mounts ext4", "the kernel has no ext4 yet; s3export does not need it, to mount a copy by hand does", "load it with `modprobe ext4`"),
		needed(h.Links, "udev links", "disks have names in /dev/disk/by-id", "there are no names in /dev/disk/by-id, so that spec.device.byID selects nothing", "select by serial or wwn; on a real machine install udev"),
		needed(h.Loops, "loop devices", "images can be attached", "images cannot be attached as disks; s3export does not need it", "load them with `modprobe loop`, if you want to mount an image by hand"),
	), nil
}

func checkTool(t device.Tool) check {
	switch {
	case t.Err != nil && t.ByHand:
		return passed(t.Name, "not there, and not needed: it opens by hand what s3export cannot")
	case t.Path != "" && t.Err != nil:
		return check{t.Name, checkFail, t.Err.Error(), "install it anew with `apt-get install --reinstall e2fsprogs`"}
	case t.Err != nil:
		return failed(t.Name, t.Err)
	}
	return passed(t.Name, fmt.Sprintf("%s (%s)", cmp.Or(t.Version, "of unknown version"), t.Path))
}

func needed(is bool, name, good, bad, remedy string) check {
	if is {
		return passed(name, good)
	}
	return warned(name, bad, remedy)
}

// checkCredentials says whether a source of AWS credentials is configured. None is
// asked, so nothing is said about whether they are good.
func (a *app) checkCredentials(ctx context.Context) check {
	const name = "AWS credentials"
	if a.config.keys != nil {
		return passed(name, "those of the old tool's configuration")
	}
	for _, variable := range []string{"AWS_ACCESS_KEY_ID", "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI"} {
		if a.getenv(variable) != "" {
			return passed(name, "by "+variable)
		}
	}
	profile := cmp.Or(a.getenv("S3EXPORT_PROFILE"), a.config.Profile, a.getenv("AWS_PROFILE"), "default")
	shared, err := config.LoadSharedConfigProfile(ctx, profile, func(o *config.LoadSharedConfigOptions) {
		o.CredentialsFiles = a.awsFile("AWS_SHARED_CREDENTIALS_FILE", "credentials")
		o.ConfigFiles = a.awsFile("AWS_CONFIG_FILE", "config")
	})
	if _, missing := errors.AsType[config.SharedConfigProfileNotExistError](err); err != nil && !missing {
		return check{name, checkFail, fmt.Sprintf("profile %q cannot be read: %v", profile, err), "correct ~/.aws/config and ~/.aws/credentials; `aws configure list` shows what AWS's own client makes of them"}
	}
	if err == nil && hasSource(shared) {
		return passed(name, fmt.Sprintf("profile %q", profile))
	}
	return warned(name, fmt.Sprintf("none in the environment or in profile %q; on EC2, the role of the instance is used", profile),
		"`aws configure` writes them to ~/.aws/credentials; or set AWS_PROFILE, or spec.provider.importExport.profile")
}

// awsFile is a file of AWS's own, wherever the environment says that it is.
func (a *app) awsFile(variable, name string) []string {
	return []string{cmp.Or(a.getenv(variable), filepath.Join(a.getenv("HOME"), ".aws", name))}
}

func hasSource(c config.SharedConfig) bool {
	return c.Credentials.HasKeys() || slices.ContainsFunc([]string{c.CredentialProcess, c.CredentialSource, c.RoleARN, c.SSOStartURL, c.SSOSessionName, c.WebIdentityTokenFile},
		func(s string) bool { return s != "" })
}

// checkDevices looks at the disks. That none can be listed is a finding, too.
func (a *app) checkDevices(ctx context.Context) ([]deviceView, check, error) {
	const name = "devices"
	views, err := a.deviceViews(ctx)
	if ctx.Err() != nil {
		return nil, check{}, ctx.Err()
	}
	if err != nil {
		return []deviceView{}, failed(name, err), nil
	}
	free, unread := 0, 0
	for _, v := range views {
		if slices.Contains(v.Uses, device.ForCopy) {
			free++
		}
		if v.Content == nil {
			unread++
		}
	}
	message := fmt.Sprintf("%d %s; a new copy may be made on %d", len(views), plural(len(views), "disk"), free)
	if unread > 0 {
		message += fmt.Sprintf("; %d could not be looked at", unread)
	}
	return views, passed(name, message), nil
}
