package device_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/device"
)

// sfdiskTable is what sfdisk -J says of a disk.
type sfdiskTable struct {
	Table struct {
		Label      string `json:"label"`
		ID         string `json:"id"`
		SectorSize int64  `json:"sectorsize"`
		Partitions []struct {
			Start int64  `json:"start"`
			Size  int64  `json:"size"`
			Type  string `json:"type"`
			UUID  string `json:"uuid"`
			Name  string `json:"name"`
		} `json:"partitions"`
	} `json:"partitiontable"`
}

func sfdisk(path string) sfdiskTable {
	GinkgoHelper()
	var t sfdiskTable
	Expect(json.Unmarshal([]byte(oracle("sfdisk", "-J", path)), &t)).To(Succeed())
	return t
}

// asSfdisk is what we have read, as sfdisk says it.
func asSfdisk(c device.Content) []string {
	var lines []string
	for _, p := range c.Partitions {
		lines = append(lines, fmt.Sprintf("%d+%d %s %s %q", p.Start/512, p.Size/512, p.Type, p.GUID, p.Name))
	}
	return lines
}

func (t sfdiskTable) lines() []string {
	var lines []string
	for _, p := range t.Table.Partitions {
		lines = append(lines, fmt.Sprintf("%d+%d %s %s %q", p.Start, p.Size, strings.ToLower(p.Type), strings.ToLower(p.UUID), p.Name))
	}
	return lines
}

var _ = Describe("a table", func() {
	d := device.New(device.Options{LockWait: lockWait})
	v := device.NewVolumeID("photos-a", "1")

	It("of ours has the bytes of its golden, which sgdisk and sfdisk read as we do", func() {
		path := newImage(64 << 20)
		format(d, path, v)
		oracle("sgdisk", "-v", path)
		Expect(oracle("sgdisk", "-i", "1", path)).To(And(ContainSubstring("Partition name: 's3x-photos-a'"), ContainSubstring(strings.ToUpper(v.PartitionGUID))))
		table := sfdisk(path)
		Expect(table.Table.Label).To(Equal("gpt"))
		Expect(strings.ToLower(table.Table.ID)).To(Equal(inspect(d, imageOf(path)).Content.DiskGUID))
		Expect(table.lines()).To(Equal(asSfdisk(inspect(d, imageOf(path)).Content)))
		Expect(table.lines()).To(Equal([]string{`2048+126976 ` + device.LinuxData + ` ` + v.PartitionGUID + ` "s3x-photos-a"`}))

		disk, err := os.ReadFile(path)
		Expect(err).NotTo(HaveOccurred())
		got := dump(disk, 0, 34*512) + dump(disk, 64<<20-33*512, 64<<20)
		golden := filepath.Join("testdata", "gpt.golden")
		if os.Getenv("UPDATE_GOLDEN") != "" {
			Expect(os.MkdirAll("testdata", 0o755)).To(Succeed())
			Expect(os.WriteFile(golden, []byte(got), 0o644)).To(Succeed())
		}
		want, err := os.ReadFile(golden)
		Expect(err).NotTo(HaveOccurred())
		Expect(got).To(Equal(string(want)))
	})

	DescribeTable("of another tool is read as that tool reads it", func(lay func(path string)) {
		path := newImage(200 << 20)
		lay(path)
		c := inspect(d, imageOf(path)).Content
		table := sfdisk(path)
		Expect(strings.ToLower(table.Table.ID)).To(Equal(c.DiskGUID))
		Expect(asSfdisk(c)).To(Equal(table.lines()))

		By("from its backup as well")
		poke(path, 0, bytes.Repeat([]byte{0}, 34*512))
		Expect(asSfdisk(inspect(d, imageOf(path)).Content)).To(Equal(table.lines()))
	},
		Entry("sgdisk, one partition", func(path string) { oracle("sgdisk", "-n", "1:0:0", "-c", "1:data", path) }),
		Entry("sgdisk, many, with gaps and names", func(path string) {
			oracle("sgdisk", "-n", "1:2048:+10M", "-n", "3:+5M:+20M", "-t", "3:ef00", "-c", "3:ä ö 😀", "-n", "7:0:0", "-t", "7:0700", path)
		}),
		Entry("sgdisk, a short array", func(path string) { oracle("sgdisk", "-S", "4", "-n", "2:0:0", path) }),
		Entry("sgdisk, unaligned", func(path string) { oracle("sgdisk", "-a", "1", "-n", "1:34:0", path) }),
		Entry("sfdisk", func(path string) {
			script := filepath.Join(filepath.Dir(path), "script")
			Expect(os.WriteFile(script, []byte("label: gpt\nstart=4096, size=8192, name=\"one\"\nname=two, type=linux\n"), 0o600)).To(Succeed())
			tool, err := device.FindTool("sfdisk")
			if err != nil {
				Skip("sfdisk is not installed")
			}
			oracle("sh", "-c", tool+" -q "+path+" < "+script)
		}),
	)
})

// dump prints a range of a disk in lines of 16 bytes, those of zeros left out.
func dump(disk []byte, from, to int) string {
	var out strings.Builder
	for at := from; at < to; at += 16 {
		if line := disk[at : at+16]; !bytes.Equal(line, make([]byte, 16)) {
			fmt.Fprintf(&out, "%08x  %s\n", at, hex.EncodeToString(line))
		}
	}
	return out.String()
}
