// Package ext4 reads ext2, ext3 and ext4 file systems from an io.ReaderAt, without
// root and without a mount. It never writes.
//
// It is the ground of verification, so wrong bytes without an error are the worst
// it could do. It follows the kernel's view of a file system, checks every
// structure that it passes (bounds, order, checksums where the file system has
// them), and refuses by name what it does not know. Names are raw bytes.
//
// # What is read
//
// Blocks of 1 to 64 KiB; extents of all depths, also unwritten ones; indirect
// blocks; holes; inline_data; directories plain and with dir_index (their index
// blocks are verified and skipped); short and long symbolic links; 64bit, flex_bg,
// meta_bg, sparse_super, sparse_super2, bigalloc, large_file, huge_file, dir_nlink,
// large_dir, extra_isize (times to the nanosecond, to the year 2446), ea_inode,
// mmp, filetype or not; uninit_bg (crc16), metadata_csum and metadata_csum_seed
// (crc32c of superblock, group descriptors, inodes, extent blocks, directory and
// index blocks).
//
// The index of a directory (half_md4, tea and legacy hashes) says where Lookup looks
// first; it is never what says that a name is not there.
//
// # What is refused
//
// The incompatible features compression, journal_dev, dirdata, casefold and any
// unknown one; encrypted, compressed and verity files by themselves. A file system
// that is mounted, has a journal to replay or orphans to clean up (Dirty): replaying
// a journal is the kernel's and e2fsck's work. A device that ends before its file
// system (Short), unless OpenShort is asked. A damaged superblock: backups are not
// tried, e2fsck is the tool for that. Unknown read-only-compatible features do not
// concern a reader, by their definition.
//
// # What is bad on the device
//
// Errors of the device keep to their place. A ReadError names the bytes that could
// not be read; ReadAt returns all that come before them, to the sector. A bad sector
// among metadata costs the inodes or names of its 4 KiB, and is not tried again as
// long as the cache keeps it. A walk goes on behind all of this.
//
// # Speed
//
// ReadFiles takes files in the order of the device and reads small neighbors at once. What
// a walk has seen of an inode goes along with its entry, so that none is read twice: on
// 100,000 files of up to 64 KiB that had been written in no order, the head had 1.4 GB to
// go in place of 125, and reads were 1,719 in place of 4,165.
// On 20,000 files of 32 KiB on average that the page cache does not hold, walking and
// reading took a fifth of the time of a loop mount, and a quarter of its CPU time.
// When the page cache has all of it, copying is what takes the time, and hashing more
// than that: a third of the CPU time without SHA-256, two thirds with it.
// BenchmarkAgainstKernel tells for your machine.
//
// # Bounds
//
// No size field of the file system decides how much memory is taken. An FS keeps a
// cache of 4 MiB. A walk needs at most about 24 MiB (what awaits the garbage
// collector not counted) however large the file system: a listing of 4 MiB (a larger
// directory is read in several passes, in order), the listings of the directories
// above it, at most 12 MiB (dropped and read again beyond that), and 4 bytes for each
// subdirectory of one directory while it is first read. ReadFiles takes 2 MiB and 300
// bytes for each of its entries. All of a process that walks and reads 1,000,000
// files stays under 64 MB. An open file takes a few hundred bytes. Paths end at 32
// KiB, lists of extents at 1,048,576: beyond that the answer is TooLarge. Work is
// bounded by what the device has, never by what its file system says it has: all
// directories together are not larger than the device, and no file has more extents
// than it has blocks. A directory is entered only from the parent that its ".." names
// and by one name only, and the one where a walk began not again, so that no image
// makes a walk go round.
//
// # Sources
//
// The kernel's fs/ext4/ext4.h, ext4_extents.h, hash.c and xattr.h, and its
// Documentation/filesystems/ext4. Field names in comments are theirs. Rejected:
// go-diskfs and go-ext4-filesystem, which returned wrong bytes for sparse,
// preallocated and inline files.
//
// It must not know: devices, jobs, backups.
package ext4
