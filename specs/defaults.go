package specs

import (
	"slices"

	"github.com/cargomedia/s3export/specs/manifest"
)

// The defaults of the file. Those of AWS, such as serviceLevel standard, are left
// to AWS.
const (
	defaultRun             = "1"
	defaultSample          = Sample("100")
	defaultPaper           = "A4"
	defaultManifestVersion = "2.0"
	defaultFileSystem      = "EXT4"
	defaultCurrency        = "USD" // that of the manifest's deviceValue
	defaultIncoterm        = "DDP" // the shipper pays, so that AWS is not asked to
	defaultConcurrency     = 16
	defaultMaxDeleted      = Percent("1%")
	defaultMaxChanged      = Percent("20%")
	defaultTier            = "Standard"
	defaultRestoreDays     = 14
	defaultReason          = "Temporary export. The drive is sent to be loaded with data that belong to the shipper, and comes back to the shipper. " +
		"It is not sold, and the data on it have no commercial value."
)

// withDefaults returns b with its defaults; b itself is not changed.
func withDefaults(b Backup) Backup {
	fill(&b.Spec.Run, defaultRun)
	fill(&b.Spec.Device.Format, FormatIfBlank)
	fill(&b.Spec.Paperwork.Paper, defaultPaper)
	fill(&b.Spec.Verify.Sample, defaultSample)
	if b.Spec.Paperwork.Invoice != nil {
		i := b.Spec.Paperwork.Invoice.withDefaults()
		b.Spec.Paperwork.Invoice = &i
	}
	if b.Spec.Manifest != nil {
		m := *b.Spec.Manifest
		fill(&m.ManifestVersion, defaultManifestVersion)
		fill(&m.FileSystem, defaultFileSystem)
		m.Operations = withDirectories(m)
		b.Spec.Manifest = &m
	}
	if b.Spec.Provider.Pull != nil {
		p := b.Spec.Provider.Pull.withDefaults()
		b.Spec.Provider.Pull = &p
		if b.Spec.Source != nil {
			b.Spec.Source = &Source{Ranges: withBucketDirectories(b.Spec.Source.Ranges)}
		}
	}
	return b
}

func (p Pull) withDefaults() Pull {
	fillNumber(&p.Concurrency, defaultConcurrency)
	fill(&p.Prune, PruneNever)
	fill(&p.Replaced, ReplacedKeep)
	p.Guard = p.Guard.withDefaults()
	if p.Restore != nil {
		r := *p.Restore
		fill(&r.Tier, defaultTier)
		fillNumber(&r.Days, defaultRestoreDays)
		p.Restore = &r
	}
	return p
}

func (g Guard) withDefaults() Guard {
	fill(&g.MaxDeleted, defaultMaxDeleted)
	fill(&g.MaxChanged, defaultMaxChanged)
	return g
}

func (i Invoice) withDefaults() Invoice {
	fill(&i.Currency, defaultCurrency)
	fill(&i.Incoterm, defaultIncoterm)
	fill(&i.Reason, defaultReason)
	return i
}

// withDirectories says the default of targetDirectory aloud, because the reference
// is not certain of it and verification depends on it.
func withDirectories(m manifest.Manifest) []manifest.Operation {
	operations := slices.Clone(m.Operations)
	for i := range operations {
		operations[i].TargetDirectory = operations[i].Directory()
	}
	return operations
}

// withBucketDirectories says the default of directory aloud.
func withBucketDirectories(ranges []Range) []Range {
	ranges = slices.Clone(ranges)
	for i := range ranges {
		fill(&ranges[i].Directory, ranges[i].Bucket)
	}
	return ranges
}

func fill[T ~string](field *T, value T) {
	if *field == "" {
		*field = value
	}
}

func fillNumber(field *int, value int) {
	if *field == 0 {
		*field = value
	}
}
