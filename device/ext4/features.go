package ext4

import "fmt"

// Feature bits of the superblock, from fs/ext4/ext4.h.
const (
	compatDirIndex     = 0x20
	compatSparseSuper2 = 0x200

	incompatFileType   = 0x2
	incompatRecover    = 0x4
	incompatMetaBG     = 0x10
	incompatExtents    = 0x40
	incompat64Bit      = 0x80
	incompatMMP        = 0x100
	incompatFlexBG     = 0x200
	incompatEAInode    = 0x400
	incompatCsumSeed   = 0x2000
	incompatLargeDir   = 0x4000
	incompatInlineData = 0x8000
	incompatEncrypt    = 0x10000

	roSparseSuper   = 0x1
	roGDTCsum       = 0x10
	roBigalloc      = 0x200
	roMetadataCsum  = 0x400
	roOrphanPresent = 0x10000

	// Encryption is refused where it is met: a volume may have the bit and plain files.
	incompatRead = incompatFileType | incompatRecover | incompatMetaBG | incompatExtents |
		incompat64Bit | incompatMMP | incompatFlexBG | incompatEAInode | incompatCsumSeed |
		incompatLargeDir | incompatInlineData | incompatEncrypt
)

// incompatName names an incompatible feature bit as e2fsprogs does.
func incompatName(bit uint32) string {
	switch bit {
	case 0x1:
		return "compression"
	case 0x8:
		return "journal_dev"
	case 0x1000:
		return "dirdata"
	case 0x20000:
		return "casefold"
	default:
		return fmt.Sprintf("FEATURE_I%#x", bit)
	}
}

func unreadFeatures(incompat uint32) []string {
	var names []string
	for bit := uint32(1); bit != 0; bit <<= 1 {
		if incompat&bit&^uint32(incompatRead) != 0 {
			names = append(names, incompatName(bit))
		}
	}
	return names
}
