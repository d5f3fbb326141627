package specs

import (
	"errors"
	"math/big"
	"strings"

	"github.com/cargomedia/s3export/specs/secret"
)

// Pull copies the source over the network onto the drive, which is attached to this
// host.
type Pull struct {
	// Region of the buckets, such as us-east-1; without it, what AWS's own files and
	// variables say.
	Region string `json:"region,omitempty"`
	// Profile of AWS's shared configuration files.
	Profile string `json:"profile,omitempty"`
	// S3Endpoint of the buckets, for the simulator and S3-compatible servers.
	S3Endpoint string `json:"s3Endpoint,omitempty"`
	// Concurrency is how many requests may be under way at once, 1 to 64. Default 16.
	Concurrency int `json:"concurrency,omitempty"`
	// Bandwidth is the most that is fetched in a second, such as 200MB. Without it there
	// is no limit.
	Bandwidth Size `json:"bandwidth,omitempty"`
	// Prune says what becomes of files on the drive whose objects are not in the source
	// any more: Never (the default) leaves them, Extra takes them away.
	Prune Prune `json:"prune,omitempty"`
	// Replaced says what becomes of files that are taken away or give way to a newer
	// content: Keep (the default) moves them to /.s3export/replaced/RUN as long as there
	// is room, Drop removes them.
	Replaced Replaced `json:"replaced,omitempty"`
	// Guard keeps a disaster in the source from being copied onto the drive.
	Guard Guard `json:"guard,omitempty"`
	// Restore has archived objects made readable first, which costs money.
	Restore *RestoreRequest `json:"restore,omitempty"`
}

// UnreadableObjects is the name in spec.preflight.accept of objects that are listed and not
// given.
const UnreadableObjects = "UnreadableObjects"

// Prune says what becomes of files whose objects are gone.
type Prune string

// The values of Prune.
const (
	PruneNever Prune = "Never"
	PruneExtra Prune = "Extra"
)

// Replaced says what becomes of files that are taken away.
type Replaced string

// The values of Replaced.
const (
	ReplacedKeep Replaced = "Keep"
	ReplacedDrop Replaced = "Drop"
)

// Guard is how much of a copy may be different in the source before a person has to
// look. Shares are of the objects of the copy before.
type Guard struct {
	// MaxDeleted is the share of objects that may be gone, such as 1% (the default).
	MaxDeleted Percent `json:"maxDeleted,omitempty"`
	// MaxChanged is the share of objects that may have another content, such as 20% (the
	// default).
	MaxChanged Percent `json:"maxChanged,omitempty"`
}

// Parse returns both as shares of 1, from 0 to 1, and exact. A share of 1 lets
// everything pass; one that is not written is its default. Errors are *FieldError,
// several of them joined; their Field is relative to the guard.
func (g Guard) Parse() (maxDeleted, maxChanged *big.Rat, err error) {
	g = g.withDefaults()
	maxDeleted, problem := g.MaxDeleted.parse("a share of the objects", "0%", "100%")
	maxChanged, other := g.MaxChanged.parse("a share of the objects", "0%", "100%")
	return maxDeleted, maxChanged, errors.Join(within("maxDeleted", problem), within("maxChanged", other))
}

// RestoreRequest says how archived objects are made readable.
type RestoreRequest struct {
	// Tier is Standard (the default), Bulk or Expedited.
	Tier string `json:"tier,omitempty"`
	// Days for which they stay readable, 1 to 365. Default 14.
	Days int `json:"days,omitempty"`
}

// Source says what is copied.
type Source struct {
	// Ranges of buckets.
	Ranges []Range `json:"ranges"`
}

// Range is a part of a bucket and the directory that it has on the drive.
type Range struct {
	// Bucket that the objects are in.
	Bucket string `json:"bucket"`
	// Prefix that keys begin with.
	Prefix string `json:"prefix,omitempty"`
	// After is the key after which the range begins; it is not in the range.
	After string `json:"after,omitempty"`
	// Through is the last key of the range.
	Through string `json:"through,omitempty"`
	// Directory on the drive. The default is the bucket's name.
	Directory string `json:"directory,omitempty"`
}

// Refresh says when a copy is made anew.
type Refresh struct {
	// MaxAge of a copy, such as 35d; when it is older and its drive is attached, a new
	// run begins by itself.
	MaxAge Duration `json:"maxAge,omitempty"`
}

// Restoration tiers: what an archive class is asked for, and how fast it answers.
// Source: RestoreObject in the API reference of S3, GlacierJobParameters.
const (
	TierStandard  = "Standard"
	TierBulk      = "Bulk"
	TierExpedited = "Expedited"
)

// Encryption of the drive: exactly one member.
type Encryption struct {
	// LUKS2 is the kernel's own disk encryption.
	LUKS2 *LUKS2 `json:"luks2,omitempty"`
}

// LUKS2 says which keys open the drive.
type LUKS2 struct {
	// Keys that open the drive, one key slot each; the first one is used.
	Keys []NamedKey `json:"keys"`
}

// NamedKey is a key and what people call it.
type NamedKey struct {
	// Name of the key, such as vault or escrow.
	Name string `json:"name"`
	// Secret is where the passphrase is read from.
	Secret *secret.Source `json:"secret"`
}

// Selects reports whether the key is in the range.
func (r Range) Selects(key string) bool {
	return strings.HasPrefix(key, r.Prefix) && key > r.After && (r.Through == "" || key <= r.Through)
}
