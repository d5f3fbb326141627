package device

// Relation says what a device's content is to a volume id.
type Relation string

// The relations.
const (
	Blank      Relation = "Blank"      // proven blank
	OursEmpty  Relation = "OursEmpty"  // our finished volume; lost+found and SIGNATURE at most
	OursLoaded Relation = "OursLoaded" // our finished volume, with files on it
	HalfMade   Relation = "HalfMade"   // our partition, no finished file system on it
	Foreign    Relation = "Foreign"    // everything else
)

// Ext4 is the FileSystem.Type of the only file system that we make.
const Ext4 = "ext4"

// names reports whether a file system is that of the volume, or the LUKS around it.
func (v VolumeID) names(fs FileSystem) bool {
	return fs.Type == Ext4 && fs.UUID == v.UUID || fs.Type == luks && fs.UUID == v.luksUUID()
}

// Relation compares what was seen with the volume v. Only the GUIDs of the GPT make
// a device ours: with our ext4 UUID it is finished; without a file system, or with
// the mark that Format takes away last, it is half-made. A file system with another
// UUID in our partition is Foreign, because a service formats a drive that it has
// loaded. One of ours that was not cleanly unmounted was being written to, so it counts
// as loaded, and so does an encrypted one: what is in it cannot be seen without its
// key.
func (s State) Relation(v VolumeID) Relation {
	switch c := s.Content; {
	case c.Blank:
		return Blank
	case v.PartitionGUID == "" || v.UUID == "":
		return Foreign
	case len(c.Partitions) == 0 && c.DiskGUID == v.diskGUID():
		return HalfMade
	case len(c.Partitions) != 1 || c.Partitions[0].GUID != v.PartitionGUID:
		return Foreign
	case c.FileSystem == nil:
		return HalfMade
	case !v.names(*c.FileSystem):
		return Foreign
	case c.Partitions[0].Name == UnfinishedName:
		return HalfMade
	case c.FileSystem.Type == luks:
		return OursLoaded
	case c.FileSystem.Dirty:
		return OursLoaded
	case c.FileSystem.Problem != "":
		return Foreign
	case c.FileSystem.HasFiles:
		return OursLoaded
	default:
		return OursEmpty
	}
}
