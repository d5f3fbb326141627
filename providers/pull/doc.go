// Package pull copies objects of S3 onto a directory, which is the root of a mounted drive.
// Contents are compared with what S3 keeps of them before they get their names, and a copy
// that was ended in any way goes on where it was.
//
// It must not know: spec files, phases, baselines, devices. Who calls it says which objects
// are left, in the byte order of their paths, and keeps a ledger of what it is told.
//
// # Who does what
//
//	dispatch  walks the items and hands out jobs in order, as memory allows
//	work      N of them: fetch a small object into memory, look at a large one, or fetch a
//	          range of a large one into its file
//	place     the one writer: writes small objects and begins large ones in order
//	carrier   one for each large object under way; its trail takes the checksums in order
//	keeper    gives names in order, and tells the caller
//
// Each waits only for what comes earlier in the order of items, so none waits for itself.
// Errors travel with their objects to the keeper: all that comes before is kept first.
//
// # What is durable when
//
// A file is written below Staging and gets its name later. A batch goes through these steps:
//
//  1. its contents are written, each with a line in the journal
//  2. syncfs
//  3. each file is renamed to its path
//  4. syncfs, which is step 2 of the next batch
//  5. keep: the caller writes its ledger, and fsyncs it
//  6. the journal forgets it
//
// Step 2 before 3: ext4 allocates late, and without it a name could outlive its content in
// a power cut. Step 4 before 5: the ledger may lie on another disk, and would then know a
// file whose name was lost. The price is that keep comes a batch later, and nothing else:
// there is one syncfs a batch. Those while a large object comes (writeBytes) make nothing
// durable that a step waits for; they only have the drive write meanwhile.
//
// A kill between 1 and 3 leaves the file in Staging, one between 3 and 5 under its name;
// both have a line in the journal. The object comes again, since the ledger has not got it.
// It is then looked for in both places and believed when its content has the SHA-256 of the
// line. So neither the journal nor its order on the medium has to be trusted, after a power
// cut either. A kill between 5 and 6 leaves a line that nobody asks for.
//
// A large file is allocated when it is begun. Beside it lie what S3 said of it (a sidecar)
// and a map of its pieces with their CRC32C. On the way, and again after a kill, the trail
// reads each piece in order, compares it with the map and hashes it. A piece that is not
// what was written, as after a power cut, is fetched again; the rest is not. What was
// fetched of another state of the object is thrown away.
//
// # Decisions
//
//   - Ranges need not fit the parts of an upload: the trail hashes the file in order. It
//     reads the page cache, at several times the speed of a network, and has the workers do
//     nothing but copy. They are cut at parts where that is possible, as S3 serves them best.
//   - Only the names are in order, and the beginning of files. Large files are filled by all
//     workers at once, as they are allocated before.
//   - The SHA-256 of a large file under way is not kept: a resumed copy reads what is there.
//   - An ETag that does not fit is no mismatch where a stored checksum fits: there are
//     servers whose ETags only look like an MD5.
//   - Links on the drive are refused, though os.Root would keep them inside: what they lead
//     to would be written under two names.
package pull
