package ext4_test

import (
	"fmt"
	"regexp"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/device/ext4"
)

// hashedNames have all lengths around the pieces that are hashed, and bytes that
// may be signed.
func hashedNames() []string {
	var names []string
	for _, n := range []int{1, 2, 3, 4, 5, 7, 8, 15, 16, 17, 31, 32, 33, 47, 64, 65, 100, 254, 255} {
		names = append(names, strings.Repeat("abcdefghijklmnopq", 15)[:n], strings.Repeat("ü\xff\x80y", 52)[:n])
	}
	for i := range 2000 {
		names = append(names, fmt.Sprintf("photos-%d-é-%d", i*7919%1000, i))
	}
	return names
}

var _ = Describe("The index of a directory", Label("slow"), func() {
	It("has the hashes that e2fsprogs has", func() {
		names := hashedNames()[:40]
		path := image("1M", "", "-O", "^has_journal", "-E", "hash_seed=0f0e0d0c-0b0a-4908-8706-050403020100")
		f := open(path)
		for version, algorithm := range []string{"legacy", "half_md4", "tea"} {
			var commands []string
			for _, name := range names {
				commands = append(commands, "dx_hash -s 0f0e0d0c-0b0a-4908-8706-050403020100 -h "+algorithm+" "+name)
			}
			found := regexp.MustCompile(`is (0x[0-9a-f]+) \(`).FindAllStringSubmatch(debugfs(path, commands...), -1)
			Expect(found).To(HaveLen(len(names)))
			for i, name := range names {
				hash, ok := f.NameHash(uint8(version), name)
				Expect(ok).To(BeTrue())
				Expect(fmt.Sprintf("%#x", hash)).To(Equal(found[i][1]), "%s of %q", algorithm, name)
			}
		}
		_, ok := f.NameHash(6, "siphash")
		Expect(ok).To(BeFalse())
	})

	DescribeTable("leads to each name", func(algorithm string, flags int) {
		source := GinkgoT().TempDir()
		many := mkdir(source, "many")
		for _, name := range hashedNames() {
			write(many, name, nil)
		}
		path := image("8M", source, "-O", "^has_journal", "-N", "4096")
		_, err := run("tune2fs", "-E", "hash_alg="+algorithm, path)
		Expect(err).NotTo(HaveOccurred())
		debugfs(path, fmt.Sprintf("set_super_value flags %d", flags))
		_, err = run("e2fsck", "-fyD", path)
		Expect(err == nil || strings.Contains(err.Error(), "exit status 1")).To(BeTrue(), "%v", err)

		f := open(path)
		dir, err := f.Lookup("many")
		Expect(err).NotTo(HaveOccurred())
		for _, name := range hashedNames() {
			Expect(f.IndexFinds(dir, name)).To(BeTrue(), "%q", name)
			e, err := f.Lookup("many/" + name)
			Expect(err).NotTo(HaveOccurred())
			Expect(e.Type).To(Equal(ext4.Regular))
		}
		Expect(f.IndexFinds(dir, "nothing")).To(BeFalse())
	},
		Entry("by half_md4, signed", "half_md4", 1),
		Entry("by half_md4, unsigned", "half_md4", 2),
		Entry("by tea, signed", "tea", 1),
		Entry("by tea, unsigned", "tea", 2),
		Entry("by the legacy hash, signed", "legacy", 1),
		Entry("by the legacy hash, unsigned", "legacy", 2),
	)

	It("is not needed: a name that it hides is found", func() {
		source := GinkgoT().TempDir()
		many := mkdir(source, "many")
		for _, name := range hashedNames() {
			write(many, name, nil)
		}
		path := image("8M", source, "-O", "^has_journal,^metadata_csum", "-N", "4096")
		_, err := run("e2fsck", "-fyD", path)
		Expect(err == nil || strings.Contains(err.Error(), "exit status 1")).To(BeTrue(), "%v", err)
		debugfs(path, "set_super_value hash_seed 11111111-2222-4333-8444-555555555555")
		f := open(path)
		dir, err := f.Lookup("many")
		Expect(err).NotTo(HaveOccurred())
		hidden := 0
		for _, name := range hashedNames()[:200] {
			if !f.IndexFinds(dir, name) {
				hidden++
			}
			_, err := f.Lookup("many/" + name)
			Expect(err).NotTo(HaveOccurred())
		}
		Expect(hidden).To(BeNumerically(">", 100))
	})
})
