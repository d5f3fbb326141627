package verify_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync/atomic"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/verify"
)

// driveFiles are those on a drive of these tests, all of one size and time.
const driveFiles = 50

// twins are two images of the same file system, which differ in the content of ten files:
// as a drive and its copy of yesterday.
func twins(mkfs ...string) (load *load, good, bad string) {
	GinkgoHelper()
	if os.Geteuid() != 0 {
		Skip("needs root: file systems are mounted")
	}
	dir := GinkgoT().TempDir()
	good, bad = filepath.Join(dir, "good"), filepath.Join(dir, "bad")
	Expect(os.WriteFile(good, nil, 0o600)).To(Succeed())
	Expect(os.Truncate(good, 320<<20)).To(Succeed()) // the least that XFS takes
	command(append(mkfs, good)...)
	load = newLoad()
	at := filepath.Join(dir, "at")
	Expect(os.Mkdir(at, 0o755)).To(Succeed())
	fill := func(image string, files int, text string) {
		plug(image, at)
		for i := range files {
			key := fmt.Sprintf("%03d", i)
			write(at, "photos/"+key, text+key)
			Expect(os.Chtimes(filepath.Join(at, "photos", key), longAgo, longAgo)).To(Succeed())
			if image == good {
				load.both(key, text+key)
			}
		}
		unplug(at)
	}
	fill(good, driveFiles, "content ")
	command("cp", "--sparse=always", good, bad)
	fill(bad, 10, "tampered")
	return load, good, bad
}

func command(args ...string) {
	GinkgoHelper()
	program, err := exec.LookPath(args[0])
	if err != nil {
		Skip(args[0] + " is not installed")
	}
	out, err := exec.Command(program, args[1:]...).CombinedOutput()
	Expect(err).NotTo(HaveOccurred(), string(out))
}

func plug(image, at string) {
	GinkgoHelper()
	command("mount", "-o", "loop", image, at)
	DeferCleanup(func() { _ = exec.Command("umount", at).Run() })
}

func unplug(at string) {
	GinkgoHelper()
	command("umount", at)
}

var _ = Describe("a directory that is another drive after an interruption", Label("root"), func() {
	// sitting verifies a directory until the nth file is opened, and returns how many were.
	sitting := func(l *load, of verify.Population, root, notes string, files int64) (report verify.Report, opened int64, err error) {
		GinkgoHelper()
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		tree, err := verify.OpenDirTree(root, verify.DirOptions{})
		Expect(err).NotTo(HaveOccurred())
		defer func() { Expect(tree.Close()).To(Succeed()) }()
		var left, read, ticks atomic.Int64
		left.Store(files)
		r := l.request(of)
		r.Tree, r.Runtime.Workers = cutting{tree, &left, cancel, &read}, 1
		r.Runtime.Now = func() time.Time { return verified.Add(time.Duration(ticks.Add(1)) * 100 * time.Millisecond) }
		r.Runtime.Notes, err = verify.OpenNotes(notes, r.Runtime.Now)
		Expect(err).NotTo(HaveOccurred())
		report, err = verify.Run(ctx, r)
		Expect(r.Runtime.Notes.Close()).To(Succeed())
		return report, read.Load(), err
	}

	listed := func(l *load) verify.Population { return population(l.end(l.start())) }
	DescribeTable("is read anew", func(of func(*load) verify.Population, below string, goesOn bool, mkfs ...string) {
		l, good, bad := twins(mkfs...)
		dir := GinkgoT().TempDir()
		root, notes := filepath.Join(dir, "root"), filepath.Join(dir, "notes")
		Expect(os.MkdirAll(filepath.Join(root, below, "photos"), 0o755)).To(Succeed())
		l.ranges[0].Directory = filepath.Join(below, "photos")
		at := filepath.Join(root, below)

		plug(good, at)
		_, _, err := sitting(l, of(l), root, notes, driveFiles-10)
		Expect(err).To(MatchError(context.Canceled))
		kept, err := os.ReadFile(notes)
		Expect(err).NotTo(HaveOccurred())
		report, opened, err := sitting(l, of(l), root, notes, 0)
		Expect(err).NotTo(HaveOccurred())
		Expect(report.Verdict()).To(Equal(verify.Pass), report.Sentence())
		if goesOn {
			Expect(opened).To(BeNumerically("<", driveFiles/2), "the drive is the same")
		}

		unplug(at)
		plug(bad, at)
		Expect(os.WriteFile(notes, kept, 0o600)).To(Succeed())
		report, _, err = sitting(l, of(l), root, notes, 0)
		Expect(err).NotTo(HaveOccurred())
		Expect(report.Count(verify.Differ)).To(BeEquivalentTo(10), report.Sentence())
	},
		Entry("XFS", listed, "", true, "mkfs.xfs", "-q"),
		Entry("XFS, read ahead", (*load).live, "", true, "mkfs.xfs", "-q"),
		Entry("XFS, mounted below it", listed, "mounted", false, "mkfs.xfs", "-q"),
		Entry("ext4, mounted below it", listed, "mounted", false, "mkfs.ext4", "-q"),
		Entry("ext4, mounted below it and read ahead", (*load).live, "mounted", false, "mkfs.ext4", "-q"),
	)

	It("has the same name where that is made of a UUID, else another with each mount", func() {
		_, good, _ := twins("mkfs.ext4", "-q")
		name := func(mount func(at string)) string {
			at := GinkgoT().TempDir()
			mount(at)
			defer unplug(at)
			tree, err := verify.OpenDirTree(at, verify.DirOptions{})
			Expect(err).NotTo(HaveOccurred())
			defer func() { Expect(tree.Close()).To(Succeed()) }()
			return tree.FileSystem()
		}
		ext4 := func(at string) { plug(good, at) }
		Expect(name(ext4)).To(And(Equal(name(ext4)), HavePrefix("fsid ")))
		Expect(name(mountTmp)).To(And(Not(Equal(name(mountTmp))), HavePrefix("mount ")))
	})
})
