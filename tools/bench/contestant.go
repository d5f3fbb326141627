package main

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// contestant is a way to compare a folder or image with a bucket.
type contestant struct {
	name    string
	tool    string // looked up in PATH; empty for our own
	corpora string // those on which it makes sense
	device  bool   // reads the image, not the folder
	floor   bool   // compares nothing: says what the machine can do
	version string
	args    func(r ring) []string
}

// ring is where contestants meet.
type ring struct {
	self, product, endpoint, image, folder string
	corpus                                 corpus
}

const (
	rcloneCheck    = "rclone check --fast-list --checkers 16"
	rcloneDownload = "rclone check --download"
)

// rival is the contestant that others are held against: the one that compares all
// content, which rclone check does not where objects came in parts.
func (c corpus) rival() string {
	if c.name == "L" {
		return rcloneDownload
	}
	return rcloneCheck
}

func contestants() []contestant {
	all := "S,M,L"
	return []contestant{
		{name: "s3export verify --image --sample all", corpora: all, device: true, args: func(r ring) []string { return r.verifyImage("all") }},
		{name: "s3export verify --root --sample all", corpora: all, args: func(r ring) []string {
			return []string{r.product, "verify", "--root", r.folder, "--bucket", r.corpus.bucket(), "--s3-endpoint", r.endpoint, "--sample", "all", "-o", "json"}
		}},
		{name: rcloneCheck, tool: "rclone", corpora: all, args: func(r ring) []string {
			return []string{"rclone", "check", "bench:" + r.corpus.bucket(), r.folder, "--fast-list", "--checkers", "16"}
		}},
		{name: rcloneDownload, tool: "rclone", corpora: "L", args: func(r ring) []string {
			return []string{"rclone", "check", "bench:" + r.corpus.bucket(), r.folder, "--download"}
		}},
		{name: "s5cmd --dry-run sync --size-only", tool: "s5cmd", corpora: all, args: func(r ring) []string {
			return []string{"s5cmd", "--endpoint-url", r.endpoint, "--dry-run", "sync", "--size-only", "s3://" + r.corpus.bucket() + "/*", r.folder + "/"}
		}},
		{name: "mc diff", tool: "mc", corpora: all, args: func(r ring) []string {
			return []string{"mc", "diff", "bench/" + r.corpus.bucket(), r.folder}
		}},
		{name: "aws s3 sync --dryrun --size-only", tool: "aws", corpora: all, args: func(r ring) []string {
			return []string{"aws", "--endpoint-url", r.endpoint, "s3", "sync", "--dryrun", "--size-only", "s3://" + r.corpus.bucket(), r.folder}
		}},
		{name: "floor: read the image's files, 4 at once", corpora: "L,M", device: true, floor: true, args: func(r ring) []string {
			return []string{r.self, "read", "-image", r.image, "-dir", r.corpus.name, "-readers", "4"}
		}},
		{name: "floor: crypto/md5 of the image's files, one a core", corpora: "L,M", device: true, floor: true, args: func(r ring) []string {
			return []string{r.self, "read", "-image", r.image, "-dir", r.corpus.name, "-md5"}
		}},
	}
}

func (r ring) verifyImage(sample string) []string {
	return []string{r.product, "verify", "--image", r.image, "--target-directory", r.corpus.name, "--bucket", r.corpus.bucket(),
		"--s3-endpoint", r.endpoint, "--sample", sample, "-o", "json"}
}

// present returns those whose tool is there, with its version, and the names of the
// others.
func present(ctx context.Context) (there []contestant, absent []string) {
	for _, c := range contestants() {
		if c.tool == "" {
			there = append(there, c)
			continue
		}
		if _, err := exec.LookPath(c.tool); err != nil {
			absent = append(absent, c.name)
			continue
		}
		argument := "--version"
		if c.tool == "s5cmd" {
			argument = "version"
		}
		out, err := exec.CommandContext(ctx, c.tool, argument).Output()
		if err == nil {
			c.version, _, _ = strings.Cut(strings.TrimSpace(string(out)), "\n")
		}
		there = append(there, c)
	}
	return there, absent
}

// environment says to each tool where the server is, in its own words, and keeps their
// configurations out.
func (s *server) environment(endpoint, dir string) []string {
	scheme, host, _ := strings.Cut(endpoint, "://")
	return []string{
		"AWS_ACCESS_KEY_ID=" + s.key, "AWS_SECRET_ACCESS_KEY=" + s.secret, "AWS_REGION=" + region, "AWS_DEFAULT_REGION=" + region,
		"AWS_EC2_METADATA_DISABLED=true", "AWS_CA_BUNDLE=", "AWS_CONFIG_FILE=" + os.DevNull, "AWS_SHARED_CREDENTIALS_FILE=" + os.DevNull,
		"RCLONE_CONFIG=" + filepath.Join(dir, "rclone.conf"), "RCLONE_CONFIG_BENCH_TYPE=s3", "RCLONE_CONFIG_BENCH_PROVIDER=Other",
		"RCLONE_CONFIG_BENCH_ENDPOINT=" + endpoint, "RCLONE_CONFIG_BENCH_ENV_AUTH=true", "RCLONE_CONFIG_BENCH_FORCE_PATH_STYLE=true",
		"RCLONE_CONFIG_BENCH_REGION=" + region,
		"MC_CONFIG_DIR=" + filepath.Join(dir, "mc"), "MC_HOST_bench=" + scheme + "://" + s.key + ":" + s.secret + "@" + host,
	}
}
