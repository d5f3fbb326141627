package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/providers/simulator/store"
)

var _ = Describe("a drive that was filled here", Label("root"), func() {
	var s *station
	BeforeEach(func() {
		needRoot()
		s = newStation(few)
		Expect(putDemoParts(s.store, "film.mov", 11<<20, 5<<20)).To(Succeed())
		Expect(s.store.CreateBucket("again", store.BucketOptions{})).To(Succeed())
		s.pulled("photos-a", 64<<20)
		s.expect(0, "s3export apply -f photos-a.yaml", "verification passed")
	})

	It("gives its objects back by the name of the backup, and by its image", func() {
		s3 := "--region us-east-1 --s3-endpoint " + s.server.Endpoint()
		s.expect(0, "s3export restore photos-a --to s3://again "+s3, "13 objects restored", "13 compared with the SHA-256 of the copy", "13 under the ETag of the original")
		s.expect(0, "s3export restore photos-a --to s3://again "+s3, "13 there already")
		s.expect(0, "s3export restore --image photos-a.img --to back --include '2026/*'", "12 objects restored")
		text, err := os.ReadFile(filepath.Join(s.dir, "back", demoBucket, "2026/img-00.jpg"))
		Expect(err).NotTo(HaveOccurred())
		Expect(text).To(Equal(content("2026/img-00.jpg", 400)))
		s.expect(0, "s3export restore-test photos-a --sample 5 --report tested.json", "restore test passed: 5 of 13 objects drawn")
		Expect(filepath.Join(s.dir, "tested.txt")).To(BeARegularFile())
	})

	It("gives them back by its record where the drive says nothing of itself", func() {
		s.onDrive("photos-a", func(dir string) { Expect(os.RemoveAll(filepath.Join(dir, ".s3export"))).To(Succeed()) })
		s.expect(2, "s3export restore --image photos-a.img --to back", "does not say what it holds")
		s.expect(0, "s3export restore photos-a --to back", "13 objects restored", "13 compared with the SHA-256 of the copy")
	})

	It("needs its drive for that", func() {
		Expect(os.Rename(filepath.Join(s.dir, "photos-a.img"), filepath.Join(s.dir, "elsewhere.img"))).To(Succeed())
		s.expect(4, "s3export restore photos-a --to back", "which is not here", "--root")
	})

	It("is not taken for another backup's", func() {
		Expect(putDemo(s.store, "2026/img-99.jpg", []byte("new"))).To(Succeed()) // the same copy would do
		s.pulled("photos-b", 64<<20)
		s.expect(0, "s3export apply -f photos-b.yaml")
		s.expect(4, "s3export restore photos-a --image photos-b.img --to back", "holds run photos-b/1")
		Expect(filepath.Join(s.dir, "back")).NotTo(BeADirectory())
	})

	It("is taken up where its station is gone, and proven as before", func() {
		Expect(os.RemoveAll(filepath.Join(s.dir, "state"))).To(Succeed())
		Expect(os.Remove(filepath.Join(s.dir, "photos-a.yaml"))).To(Succeed())
		s.expect(2, "s3export verify photos-a", "never applied")
		s.expect(0, "s3export adopt --image photos-a.img --region us-east-1 --s3-endpoint "+s.server.Endpoint()+" --spec new.yaml",
			"run 1 taken up", "s3export verify photos-a")
		s.expect(0, "s3export plan -f new.yaml", "1. ")
		s.expect(0, "s3export verify photos-a --sample all", "verification passed: all 13 present with the right size; content of all 13 compared, 0 bad")
		s.expect(0, "s3export apply -f new.yaml", "Verified")
		s.expect(0, "s3export get drives", "photos-a")
		s.expect(0, "s3export restore-test photos-a --sample 3", "restore test passed")

		s.expect(2, "s3export adopt --image photos-a.img --spec new.yaml", "already")
		out := s.expect(0, "s3export adopt --image photos-a.img", "known here already")
		Expect(out).To(ContainSubstring("image: " + filepath.Join(s.dir, "photos-a.img")))
	})

	It("is taken up again after its spec was applied without its record", func() {
		Expect(os.RemoveAll(filepath.Join(s.dir, "state"))).To(Succeed())
		s.expect(4, "s3export plan -f photos-a.yaml", "DeviceHasData", "s3export adopt --image "+filepath.Join(s.dir, "photos-a.img"))
		s.expect(4, "s3export apply -f photos-a.yaml", "DeviceHasData", "s3export adopt --image ")
		s.expect(0, "s3export adopt --image photos-a.img", "run 1 taken up")
		s.expect(0, "s3export apply -f photos-a.yaml", "Verified")
	})

	It("is taken up from where it is mounted, and from no other folder", func() {
		Expect(os.RemoveAll(filepath.Join(s.dir, "state"))).To(Succeed())
		s.onDrive("photos-a", func(dir string) {
			Expect(os.CopyFS(filepath.Join(s.dir, "copy"), os.DirFS(dir))).To(Succeed())
			Expect(os.CopyFS(filepath.Join(dir, "copy"), os.DirFS(filepath.Join(s.dir, "copy")))).To(Succeed())
			for _, root := range []string{"copy", "mnt/copy"} {
				s.expect(4, "s3export adopt --image photos-a.img --root "+root, root, "leave --root out")
			}
			Expect(filepath.Join(s.dir, "state")).NotTo(BeADirectory())
			s.expect(0, "s3export adopt --image photos-a.img --root mnt", "run 1 taken up from mnt")
		})
	})

	It("is taken up, and gives its objects back, where it is encrypted", func() {
		_, err := exec.LookPath("cryptsetup")
		control, none := os.Open("/dev/mapper/control")
		if none == nil {
			_ = control.Close()
		}
		if none != nil || err != nil {
			Skip("SKIPPED: encrypted drives are made with cryptsetup and dm-crypt")
		}
		s.write("vault", "a pass phrase\n")
		s.pulled("vaulted", 96<<20)
		text, err := os.ReadFile(filepath.Join(s.dir, "vaulted.yaml"))
		Expect(err).NotTo(HaveOccurred())
		s.write("vaulted.yaml", strings.Replace(string(text), "size: 96MiB", "size: 96MiB, encryption: {luks2: {keys: [{name: vault, secret: {file: ./vault}}]}}", 1))
		s.expect(0, "s3export apply -f vaulted.yaml", "verification passed")
		s.expect(0, "s3export restore vaulted --to back --include '2026/*'", "12 objects restored")
		Expect(os.RemoveAll(filepath.Join(s.dir, "state"))).To(Succeed())
		s.expect(4, "s3export adopt --image vaulted.img", "what to do:")
		out := s.expect(0, "s3export adopt --image vaulted.img --password-from file:vault --s3-endpoint "+s.server.Endpoint()+" --region us-east-1 > taken.yaml; cat taken.yaml")
		Expect(out).To(ContainSubstring("name: vault\n"))
		s.expect(0, "s3export verify vaulted -f taken.yaml --sample all", "content of all 13 compared, 0 bad")
	})

	It("is not taken up in place of another backup", func() {
		record := filepath.Join(s.dir, "state/backups/photos-a/record.json")
		text, err := os.ReadFile(record)
		Expect(err).NotTo(HaveOccurred())
		other := strings.ReplaceAll(string(text), `"digest": "`, `"digest": "0`)
		Expect(os.WriteFile(record, []byte(other), 0o600)).To(Succeed())
		s.expect(4, "s3export adopt --image photos-a.img", "recorded here already", "--name")
		Expect(os.ReadFile(record)).To(BeEquivalentTo(other))
	})
})
