package main

import (
	"time"

	"github.com/spf13/cobra"
)

// verifyFlags are the flags of verify.
type verifyFlags struct {
	files
	root, image, device     string
	passwordFrom, container string
	bucket, prefix, target  string
	region, profile, server string
	sample, seed, report    string
	against, download       string
	inventory, checksums    string
	bandwidth, prices       string
	maxDuration             time.Duration
	restart, dryRun         bool
	lists                   listFlags
}

func (a *app) verifyCommand() *cobra.Command {
	var f verifyFlags
	c := &cobra.Command{
		Use:   "verify NAME… | verify --root DIR --bucket B | verify --image FILE --bucket B | verify --device DISK --bucket B",
		Short: "Prove that a drive, an image or a folder holds what S3 holds",
		Long: `With a NAME: takes a new proof of the backup's drive against its baseline,
whatever the last proof said, and keeps the report.

With --root, --image or --device and --bucket: compares any folder, image or disk with
any bucket, without spec, state or, but for disks, root. Presence and size of every
object are always compared; the content of a sample, or of all with --sample all. An
image or disk may be encrypted (TrueCrypt, VeraCrypt, LUKS, or a container file in it):
--password-from says where its password is.

Content is proven by the cheapest checksum that the service has: the MD5 of the
listing, a checksum that it keeps (CRC64NVME, SHA-256, …), the ETag over the parts of
an upload. Nothing is downloaded unless --download IfNeeded says so. What nothing can
prove makes the verification incomplete, never passed.

A verification that is interrupted goes on where it ended, with a NAME or --report:
run the same command again. --restart begins anew.

Exit codes: 0 passed, 5 failed, 6 incomplete (something could not be compared),
1 error, 2 usage.`,
		Example:           "  s3export verify photos-a\n  s3export verify --root /mnt/photos --bucket photos --sample all",
		ValidArgsFunction: a.completeNames,
		RunE: func(c *cobra.Command, args []string) error {
			if f.bucket != "" || f.root != "" || f.image != "" || f.device != "" {
				return a.verifyAnything(c.Context(), f, args)
			}
			docs, err := a.named(c.Context(), args, f.files)
			if err != nil {
				return err
			}
			return a.verifyBackups(c.Context(), docs, f)
		},
	}
	f.flags(c)
	f.declare(c)
	f.lists.flags(c)
	a.completeVerify(c)
	a.outputFlag(c, "table", "json", "yaml")
	return c
}

// declare declares what is verify's own.
func (f *verifyFlags) declare(c *cobra.Command) {
	c.Flags().StringVar(&f.root, "root", "", "folder that holds the copy")
	c.Flags().StringVar(&f.image, "image", "", "image file that holds the copy")
	c.Flags().StringVar(&f.device, "device", "", "disk that holds the copy, such as /dev/sdb or a link in /dev/disk/by-id")
	c.Flags().StringVar(&f.passwordFrom, "password-from", "", "where the password of an encrypted copy is: env:NAME, file:PATH, credential:NAME, or - to be asked (--image and --device)")
	c.Flags().StringVar(&f.container, "container", "", "name of the file at the root that holds the copy, where several may be it (--image and --device)")
	c.Flags().StringVar(&f.bucket, "bucket", "", "bucket that holds the originals")
	c.Flags().StringVar(&f.prefix, "prefix", "", "only keys that begin with this")
	c.Flags().StringVar(&f.target, "target-directory", "", "directory of the copy below the root")
	c.Flags().StringVar(&f.region, "region", "", "region of the bucket (default: AWS's own configuration)")
	c.Flags().StringVar(&f.profile, "profile", "", "profile of AWS's own configuration")
	c.Flags().StringVar(&f.server, "s3-endpoint", "", "URL of another S3 server")
	c.Flags().StringVar(&f.sample, "sample", "", "what to compare by content: a number of files, 5%, 50GiB, all, rolling (with NAME), or confidence=99%,maxBad=0.1% (default 100)")
	c.Flags().StringVar(&f.seed, "seed", "", "repeat the draw of an earlier report (32 hex digits)")
	c.Flags().StringVar(&f.report, "report", "", "keep the report in this directory, and go on there if it was interrupted (without NAME)")
	c.Flags().StringVar(&f.against, "against", "", "what to compare with: bucket, baseline (no network) or both (with NAME; default: the baseline, asking the bucket where that leaves something open)")
	c.Flags().StringVar(&f.download, "download", "", "Never, or IfNeeded: fetch objects that no checksum proves, and compare them byte for byte (default Never)")
	c.Flags().StringVar(&f.inventory, "inventory", "", "take the listing from this S3 Inventory: s3://BUCKET/…/manifest.json (without NAME)")
	c.Flags().StringVar(&f.checksums, "checksums", "", "use this report of S3 Batch Operations \"Compute checksum\": s3://BUCKET/…/manifest.json (without NAME)")
	c.Flags().StringVar(&f.bandwidth, "bandwidth", "", "read at most so much a second, such as 50MB")
	c.Flags().DurationVar(&f.maxDuration, "max-duration", 0, "end after this time, such as 6h; the next run goes on")
	c.Flags().BoolVar(&f.restart, "restart", false, "begin anew where an earlier run was interrupted")
	c.Flags().BoolVar(&f.dryRun, "dry-run", false, "say what would be read, asked and paid; lists, and reads no file (without NAME)")
	c.Flags().StringVar(&f.prices, "prices", "", "file with prices in place of AWS's list prices, for --dry-run")
}

// completeVerify offers the words that flags take.
func (*app) completeVerify(c *cobra.Command) {
	for flag, words := range map[string][]string{
		"against": {"bucket", "baseline", "both"}, "download": {"Never", "IfNeeded"}, "sample": {"100", "5%", "all", "rolling"},
	} {
		_ = c.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp)) // the flags are there
	}
}
