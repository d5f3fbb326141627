// Package crypt opens encrypted volumes without root and without device-mapper:
// TrueCrypt 5 to 7, VeraCrypt, LUKS1 and LUKS2, each from an io.ReaderAt to an
// io.ReaderAt of the plain bytes. It never writes to what it reads.
//
// # TrueCrypt and VeraCrypt
//
// Read are volumes with XTS, which TrueCrypt has had since 5.0: headers of version 3 to 5,
// AES, Serpent and Twofish in all eight chains, PBKDF2 with SHA-512, RIPEMD-160 and
// Whirlpool, with VeraCrypt also SHA-256 and BLAKE2s, PIM, key files, hidden volumes, and
// the copies of damaged headers. Not read are the older modes CBC and LRW, the hash
// Streebog and the ciphers Camellia and Kuznyechik, for which there is no well-kept
// library, Argon2, and encrypted systems. A TrueCrypt volume can also be made.
//
// The sources are TrueCrypt's User's Guide ("Volume Format Specification", "Encryption
// Algorithms", "Keyfiles"), VeraCrypt's documentation, and cryptsetup's lib/tcrypt, with
// whose test images this was compared.
//
// # LUKS
//
// Read are LUKS1 and LUKS2 with AES, Serpent and Twofish, in XTS (plain, plain64) and CBC
// (plain, plain64, ESSIV with SHA-256), with sectors of 512 to 4096 bytes; key slots with
// PBKDF2 (SHA-1, SHA-256, SHA-512, RIPEMD-160), Argon2i and Argon2id; and the second header
// of LUKS2 where the first one is damaged. Tokens are passed over. Refused by name are
// authenticated encryption, several segments, a change of encryption that did not end,
// whatever else a header requires, and headers that are detached from their data. What a
// header may ask for is bounded: 4 GiB of memory, and minutes.
//
// The sources are the LUKS1 On-Disk Format Specification 1.2.3, the LUKS2 On-Disk Format
// Specification 1.1.3, and the kernel's dm-crypt; cryptsetup and qemu-img make the volumes
// that this is compared with.
//
// # Secrets
//
// Secrets come in as values and stay in memory: no error, no Info and no String of
// this package holds one, and nothing is logged.
//
// It must not know: devices, file systems, jobs, where a secret comes from.
package crypt
