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
// equals nothing, whatever the ETag. Then its content, by the cheapest of these that
// proves it equal; the next is tried only where it does not:
//
//	rung                                   asked        of which objects
//	a checksum that somebody has told      nothing      those in an amended baseline, or a report of
//	                                                    Batch Operations; unequal is differ
//	MD5, the ETag of a single upload       nothing      32 hex digits, but not 64 MiB and more of which
//	                                                    the service keeps a checksum
//	MD5 over parts of sizes that the ETag  nothing      hex-N without a kept checksum, of at most 3
//	allows                                              possible sizes; of any number without a source
//	a checksum that the service keeps      1 HEAD       all that are left; of the whole before one over
//	                                                    parts, CRC64NVME and SHA-256 before the others
//	the same, or MD5, over parts of the    1 HEAD       hex-N
//	true size
//	the parts as they are told, the        1 request    uneven parts; and parts that differ, to say
//	checksum of each                       per 1,000    which
//	their sizes, where they are not        1 HEAD a     uneven parts; one HEAD tells that they are even
//	listed                                 part
//	another version                        1 request    what equals no state that is known
//	the original itself                    1 GET        what is still unverifiable, where Request.Download
//	                                                    allows it
//
// Small files are read and their MD5s computed while the listing is still under way:
// nearly all of them will be asked for just that. An MD5 that is not equal proves rot
// only once HEAD has said that the object is not encrypted. Guessing part sizes ends
// when it has gone wrong once. Where the parts are not listed, which S3 does only beside a
// checksum, the last one of an object that differs is asked for, and all of them where
// it says that they are uneven. A server that tells the first part alone does not let
// ⌈S/P⌉ = N prove that they are even; rot is far likelier than such an upload, so it is
// reported as rot, and as unverifiable UnevenParts where ⌈S/P⌉ ≠ N.
//
// What HEAD says, where the content is not known to be equal:
//
//	HEAD                                with a baseline             against the live bucket
//	aws:kms, aws:kms:dsse, customer     unverifiable EncryptedETag  the same, unless a checksum is kept
//	another number of parts, or none    unverifiable PartSizeUnknown  the same
//	ErrChanged                          unverifiable ChangedSince   changedAfterExport ChangedSince
//	ErrGone                             unverifiable DeletedSince   missingOnSource DeletedSince
//	any other error                     error SourceError           the same
//	no source at all                    unverifiable SourceNotAsked the same
//
// An MD5 that differs from a baseline's ETag is no proof of rot once the object is
// gone: nobody can say any more whether that ETag was an MD5.
//
// What equals no state that is known may be another version of the object:
//
//	versions                            a file that differs from what is known
//	one is equal                        match OldVersion; NewVersion where S3 holds it now
//	none is, or the bucket is gone      differ
//	ErrDenied, ErrNotSupported          differ
//	any other error, also of a HEAD     error VersionsNotTold
//
// VersionsNotTold is no differ: a copy of an older version is a good copy, and a fault of
// the network must not condemn a drive. The sentence counts these files apart from the
// other errors, since one thing is proven: they are not what is listed. An older version
// without content excuses nothing: a write that was cut short leaves an empty file too.
//
// # How a drive is read
//
// What is to be compared is sorted by Entry.Place outside of memory and read in that
// order, small neighbors together; the source is asked about the next files meanwhile.
// Results come in whatever order and are sorted by path before anybody is shown them.
// With Notes they are kept as they come, and the next run of the same request takes
// from there what is still of the same object and file, on the same file system, but for
// findings that the source may better when it answers.
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
// Where names are Encoded every key has a path of its own, see keyname, and none of the
// excuses about names is needed. Which one depends on the other keys: where a becomes a
// file, a/b is a%2Fb from then on, and another path in another listing.
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
