// Command bench compares s3export with the tools that people use in its place, on one
// drive and one bucket, in one run. It builds the corpora, the drive and the server
// by itself; docs/benchmarks.md says what is measured, and how.
//
//	make bench
//	make bench BENCHFLAGS='-scale 0.01 -runs 1'
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
)

// options are the flags.
type options struct {
	dir       string
	scale     float64
	runs      int
	corpora   string
	parts     string
	product   string
	image     string
	endpoint  string
	serverPID int
	objects   int
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out io.Writer) error {
	if len(args) > 0 {
		switch args[0] {
		case "measure":
			return measureMain(args[1:])
		case "read":
			return readMain(ctx, args[1:])
		case "list":
			return listMain(ctx, args[1:], out)
		}
	}
	o, err := parse(args)
	if err != nil {
		return err
	}
	if o.dir == "" {
		if o.dir, err = temporary(); err != nil {
			return err
		}
		defer func() { _ = os.RemoveAll(o.dir) }() //nolint:gosec // made here
	}
	fmt.Fprintf(out, "work directory %s, scale %g: about %.1f GB\n", o.dir, o.scale, 20*o.scale+0.5)
	l, err := newLab(ctx, o, out)
	if err != nil {
		return err
	}
	defer l.close(ctx)
	return l.all(ctx)
}

func parse(args []string) (options, error) {
	var o options
	f := flag.NewFlagSet("bench", flag.ContinueOnError)
	f.StringVar(&o.dir, "dir", "", "work directory; about 20 GB at full size (default: a temporary one in bin/ or $TMPDIR, removed at the end)")
	f.Float64Var(&o.scale, "scale", 1, "size of the corpora; 0.01 is for a quick look at whether all of it works")
	f.IntVar(&o.runs, "runs", 3, "runs of each contestant, interleaved; the median counts")
	f.StringVar(&o.corpora, "corpora", "S,M,L", "which: S 100,000 files of 1 to 64 KiB, M 2,000 of 1 MiB, L 3 GiB of multipart objects")
	f.StringVar(&o.parts, "parts", "race,requests,flip,list,travel,sample,memory,fill", "what to measure")
	f.StringVar(&o.product, "s3export", "bin/s3export", "the program")
	f.StringVar(&o.image, "image", "", "measure this ext4 image, which holds the corpora in folders S, M, L, and build none")
	f.StringVar(&o.endpoint, "endpoint", "", "measure against this server, which holds them in buckets bench-s, bench-m, bench-l, and start none (credentials: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY)")
	f.IntVar(&o.serverPID, "server-pid", 0, "process of the server of -endpoint, to tell its share of the CPU")
	f.IntVar(&o.objects, "objects", 1_000_000, "objects of the larger look at memory, before scale; the smaller has a tenth")
	if err := f.Parse(args); err != nil {
		return o, err
	}
	if o.scale <= 0 || o.runs < 1 || f.NArg() > 0 {
		return o, fmt.Errorf("-scale and -runs are positive, and there are no arguments")
	}
	if (o.image == "") != (o.endpoint == "") {
		return o, fmt.Errorf("-image and -endpoint belong together: both hold the same corpora")
	}
	var err error
	if o.product, err = filepath.Abs(o.product); err != nil {
		return o, err
	}
	if _, err := os.Stat(o.product); err != nil {
		return o, fmt.Errorf("%w; build it with: make build", err)
	}
	return o, nil
}

// wants reports whether a comma-separated list has the word.
func wants(list, word string) bool {
	return strings.Contains(","+list+",", ","+word+",")
}

// temporary makes a work directory below bin/, where that is, else where temporary
// files are.
func temporary() (string, error) {
	parent := ""
	if info, err := os.Stat("bin"); err == nil && info.IsDir() && os.Getenv("TMPDIR") == "" {
		parent = "bin"
	}
	dir, err := os.MkdirTemp(parent, "bench-")
	if err != nil {
		return "", err
	}
	return filepath.Abs(dir)
}
