package page

import "github.com/cargomedia/s3export/verify"

func classWord(c verify.Class) string {
	switch c {
	case verify.Exact:
		return "Exact"
	case verify.Cryptographic:
		return "Cryptographic"
	case verify.Legacy:
		return "Legacy"
	case verify.ErrorDetecting:
		return "Error-detecting"
	}
	return plain(string(c))
}

// classWorth says against what a class protects.
func classWorth(c verify.Class) string {
	switch c {
	case verify.Exact:
		return "No checksum is involved; nothing can slip through."
	case verify.Cryptographic:
		return "No other content with the same checksum can be made, not even on purpose."
	case verify.Legacy:
		return "Finds every accident. Somebody who made both contents could make two with the same checksum."
	case verify.ErrorDetecting:
		return "Finds accidents, such as rot and bad cables. It does not protect against forgery."
	}
	return ""
}

func methodWord(m verify.Method) string {
	switch m {
	case verify.BySize:
		return "size"
	case verify.ByEmptiness:
		return "both are empty"
	case verify.ByMD5:
		return "MD5 of the whole content"
	case verify.ByMultipartMD5:
		return "MD5 of each uploaded part"
	case verify.ByCRC32:
		return "CRC-32"
	case verify.ByCRC32C:
		return "CRC-32C"
	case verify.ByCRC64NVME:
		return "CRC-64/NVME"
	case verify.BySHA1:
		return "SHA-1"
	case verify.BySHA256:
		return "SHA-256"
	case verify.BySHA512:
		return "SHA-512"
	case verify.ByDownload:
		return "byte for byte with a download"
	}
	return plain(string(m))
}

func witnessWord(w verify.Witness) string {
	switch w {
	case verify.WitnessETag:
		return "the ETag in S3's list of objects"
	case verify.WitnessStored:
		return "the checksum that S3 keeps with the object"
	case verify.WitnessBaseline:
		return "an earlier proof, which has read the content"
	case verify.WitnessCopied:
		return "the copying, which has read the object and compared it with what S3 keeps"
	case verify.WitnessBatch:
		return "a checksum report of S3 Batch Operations"
	case verify.WitnessInventory:
		return "an S3 Inventory"
	case verify.WitnessContent:
		return "the object itself"
	case "":
		return "the list of objects"
	}
	return plain(string(w))
}

func againstWord(k verify.Knowledge) string {
	switch k {
	case verify.LiveListing:
		return "what the bucket holds now"
	case verify.StartBaseline:
		return "the list of objects that was taken before the load"
	case verify.ClosedBaseline:
		return "the lists of objects that were taken before and after the load"
	}
	return plain(string(k))
}

func verdictWord(v verify.Verdict) string {
	switch v {
	case verify.Pass:
		return "✓ passed"
	case verify.Fail:
		return "✗ failed"
	case verify.Incomplete:
		return "? not proven"
	case "":
		return "? interrupted"
	}
	return plain(string(v))
}

// glossary explains the words of the page.
func glossary() []fact {
	return []fact{
		{Name: "Object", Value: "A file as S3 keeps it. Its name is its key; keys are kept in a bucket."},
		{Name: "Passed", Value: "All that was to be compared was compared, and nothing speaks against the copy."},
		{Name: "Failed", Value: "At least one file differs from its object or is missing."},
		{Name: "Not proven", Value: "Nothing is known to be wrong, but something could not be compared. It is neither passed nor failed."},
		{Name: "Load", Value: "The time in which the objects were copied to the drive."},
		{Name: "Baseline", Value: "The list of what the load was to copy, taken before it and again after it, and kept."},
		{Name: "Checksum", Value: "A short number computed from content. Where two of them differ, the contents differ."},
		{Name: "ETag", Value: "A mark that S3 gives each object. For many it is a checksum of the content, for some it is not."},
		{Name: "Part", Value: "Large objects are uploaded in parts, and S3 keeps checksums of the parts."},
		{Name: "Sample", Value: "Objects drawn at random, whose content is compared in place of all."},
		{Name: "Seed", Value: "The number that decides which objects are drawn. With it and the list anybody can repeat the draw."},
		{Name: "Confidence", Value: "How seldom a statement that rests on a draw is wrong: 95 % means at most once in 20 draws."},
		{Name: "Accepted", Value: "A person has decided, for a reason and until a day, that such findings do not count against the copy."},
		{Name: "SHA-256", Value: "A checksum that names content for good. `sha256sum FILE` prints that of a file."},
	}
}
