// Package verify proves that a drive holds what S3 holds.
//
// The population is the baseline (the listing of what a load selected) and the
// drive together, merged in path order with memory that does not grow with the
// number of objects. Presence and size of every object are always compared;
// content is compared for a sample, drawn uniformly in one pass with a keyed hash
// and a seed that is known beforehand. Findings are of a closed set; counts,
// verdict and the closing sentence are methods on the Report, so they cannot
// disagree.
//
// It must not know: devices, jobs, the journal, providers. Where the copy is comes
// in as a Tree, where the originals are as a Source.
//
// # What decides an object that is there
//
// Its size first. Unequal sizes are unequal content, never sampled away; nothing
// equals nothing, whatever the ETag. Then its content, by the form of the ETag:
//
//	ETag              asked of the source       equal   not equal
//	32 hex            HEAD, when not equal      match   differ
//	hex-1             HEAD, when not equal      match   differ
//	hex-2             HEAD, before reading      match   differ: the parts are P and the rest
//	hex-N, ⌈S/P⌉ = N  HEAD, before reading      match   differ
//	hex-N, ⌈S/P⌉ ≠ N  HEAD, before reading      match   unverifiable UnevenParts
//	other             nothing                   unverifiable NoChecksum
//
// P is the first part's size, S the object's; the last part takes what is left, so
// that a larger last part can be a match too. Where N-1 parts of P do not fit into
// S, nothing is read: UnevenParts. With three or more parts of which the first
// alone is known, ⌈S/P⌉ = N does not prove that they are even. Rot is far likelier
// than such an upload, so it is reported as rot.
//
// What HEAD says, where it was asked and the content is not known to be equal:
//
//	HEAD                                with a baseline             against the live bucket
//	aws:kms, aws:kms:dsse, customer     unverifiable EncryptedETag  the same
//	another number of parts, or none    unverifiable PartSizeUnknown  the same
//	ErrChanged                          unverifiable ChangedSince   changedAfterExport ChangedSince
//	ErrGone                             unverifiable DeletedSince   missingOnSource DeletedSince
//	any other error                     error SourceError           the same
//	no source at all                    unverifiable SourceNotAsked the same
//
// An MD5 that differs from a baseline's ETag is no proof of rot once the object is
// gone: nobody can say any more whether that ETag was an MD5.
//
// # What the object's history changes
//
// In a closed baseline an object may have one state or two. Equal to any is a
// match; an undecided state outweighs an unequal one.
//
//	seen                        equal               not equal                       not there
//	both, or live               match Equal         differ                          missingOnDevice
//	start and end, unequal      match Equal or      unverifiable ChangedDuringLoad  missingOnDevice
//	                            ChangedSince
//	start only                  match DeletedSince  unverifiable ChangedDuringLoad  changedAfterExport DeletedDuringLoad
//	end only                    match Equal         unverifiable ChangedDuringLoad  changedAfterExport CreatedDuringLoad
//	end only or live, and newer match Equal         changedAfterExport              outside the population
//	than the load's end                             NewerThanLoad
//
// ChangedDuringLoad is not rot: weeks lie between the two listings, and the load may
// have read a state that was written and overwritten in between. A baseline that was
// never closed counts as "both".
//
// # What excuses an object that is not there
//
// In this order: newer than the load; the word of the service's log that it was not
// loaded, unless it came or went while the load ran (missingOnDevice
// FailedByService); a key that ext4 cannot hold (unverifiable Renamed); a directory
// above it that could not be listed (error DirectoryError); seen at one end only; an
// archive class (missingOnDevice Archived); a file in place of a directory of its
// path, or a directory in place of itself, that another key of the population has
// made (unverifiable NameTaken). Two keys that lead to one path are both NameTaken:
// the service has put one of them elsewhere.
//
// A file that no key leads to is extra; without a baseline, and inside of a range,
// it is missingOnSource.
//
// # What the service's log changes
//
//	the log says of an object       and the drive            then
//	it failed                       lacks it                 missingOnDevice FailedByService, with the log's code
//	it failed                       has it                   it is compared: the drive knows better
//	it failed, and another key      has one file there       the file is the other key's
//	leads to the same path
//	it lies under another path      has a file there         compared there, Finding.Path is that path
//	it lies under another path      has none there           as if its key led there: missingOnDevice NotThere
//	nothing                         lacks it, or one path    Renamed and NameTaken, as above
//	                                is of two keys
//
// The directories of such paths, as the recovery directory, are walked with the
// others. Directory markers stay outside the population wherever they lie. Of an
// object that two ranges select only its expected paths are understood: the log does
// not say which copy is meant. The log never makes a match: content decides.
//
// # The draw
//
// The objects whose HMAC-SHA256 under the seed is smallest, over bucket, key and path.
// How many:
//
//	asked        drawn
//	a number k   the k smallest
//	a share p    all below p of the range of the hash; the smallest in any case
//	B bytes      the smallest until the next one would make it more than B; the smallest
//	             in any case. Large objects are drawn a little less often
//	confidence,  the least n that, all good, rules out more bad ones; it depends on how
//	maxBad       many objects there are, so as many are kept as any population needs
//	rolling      those on the next arc of a circle that is fixed by the seed of a Ledger;
//	             the first behind it, if there are none
//
// It depends on seed and population alone and not on the drive: a drawn object that is
// missing is bad, and an object's bytes are those of the listing. Each kind is one pass,
// and the bound of a report holds for each (see badLimit). Rejected: drawing among the
// files of the drive, which cannot draw what is missing; reservoir sampling, whose draw
// depends on order; and filling up an amount of bytes with what still fits, which draws
// the small ones.
package verify
