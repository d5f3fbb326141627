package s3_test

import (
	"crypto/sha256"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/types"
)

// aws runs the stock AWS CLI against a service, with settings of its own.
type awsCLI struct {
	path, url, home string
}

func newCLI(path, url string) awsCLI {
	GinkgoHelper()
	found, err := exec.LookPath(path)
	if err != nil {
		Skip("no " + path + " on this machine: the AWS CLI is not tried")
	}
	return awsCLI{path: found, url: url, home: GinkgoT().TempDir()}
}

func (c awsCLI) try(args ...string) (string, error) {
	cmd := exec.CommandContext(ctx(), c.path, append([]string{"--endpoint-url", c.url, "--region", "us-east-1"}, args...)...)
	// A shim in front of the CLI may need the real HOME, so only AWS's files move.
	cmd.Env = append(os.Environ(), "AWS_ACCESS_KEY_ID="+keyID, "AWS_SECRET_ACCESS_KEY="+secret, "AWS_SESSION_TOKEN=",
		"AWS_CONFIG_FILE="+filepath.Join(c.home, "config"), "AWS_SHARED_CREDENTIALS_FILE="+filepath.Join(c.home, "credentials"),
		"AWS_PAGER=", "AWS_EC2_METADATA_DISABLED=true", "AWS_MAX_ATTEMPTS=1")
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func (c awsCLI) run(args ...string) string {
	GinkgoHelper()
	out, err := c.try(args...)
	Expect(err).NotTo(HaveOccurred(), "aws %s: %s", strings.Join(args, " "), out)
	return out
}

func (c awsCLI) fails(matcher types.GomegaMatcher, args ...string) {
	GinkgoHelper()
	out, err := c.try(args...)
	Expect(err).To(HaveOccurred())
	Expect(out).To(matcher)
}

func randomBytes(n int) []byte {
	b := make([]byte, n)
	source := rand.NewChaCha8([32]byte{1})
	_, err := source.Read(b)
	Expect(err).NotTo(HaveOccurred())
	return b
}

// tree makes a folder with a file of 30 MiB and some that are awkward.
func tree() string {
	GinkgoHelper()
	dir := GinkgoT().TempDir()
	write(filepath.Join(dir, "large.bin"), randomBytes(30*mib))
	write(filepath.Join(dir, "a b+c%20.txt"), []byte("hello"))
	write(filepath.Join(dir, "sub", "é.txt"), []byte("world"))
	write(filepath.Join(dir, "empty"), nil)
	return dir
}

func expectSameTree(a, b string) {
	GinkgoHelper()
	for _, name := range []string{"large.bin", "a b+c%20.txt", "sub/é.txt", "empty"} {
		Expect(sha(filepath.Join(a, name))).To(Equal(sha(filepath.Join(b, name))), name)
	}
}

var _ = DescribeTable("the AWS CLI syncs a tree up and down", Label("cli"), func(path string) {
	s := start()
	cli := newCLI(path, s.url)
	up, down := tree(), GinkgoT().TempDir()
	cli.run("s3", "sync", "--quiet", up, "s3://photos/up")
	uploaded, err := s.store.Head(bucket, "up/large.bin")
	Expect(err).NotTo(HaveOccurred())
	Expect(uploaded.ETag).To(HaveSuffix("-4"))
	Expect(uploaded.PartSizes).To(Equal([]int64{8 * mib, 8 * mib, 8 * mib, 6 * mib}))
	cli.run("s3", "sync", "--quiet", "s3://photos/up", down)
	expectSameTree(up, down)
	Expect(cli.run("s3", "sync", up, "s3://photos/up")).To(BeEmpty(), "a second sync has nothing to do")
},
	Entry("the one on PATH", "aws"),
	Entry("Debian's", "/usr/bin/aws"),
)

var _ = It("serves the AWS CLI's other words", Label("cli"), func() {
	s := start()
	cli := newCLI("aws", s.url)
	large := randomBytes(9 * mib)
	file := filepath.Join(GinkgoT().TempDir(), "large.bin")
	write(file, large)
	cli.run("s3", "mb", "s3://trees")
	cli.run("s3", "cp", "--quiet", file, "s3://trees/up/large.bin")
	Expect(cli.run("s3", "ls", "s3://trees/up/")).To(ContainSubstring("9437184 large.bin"))
	cli.run("s3", "mv", "--quiet", "s3://trees/up/large.bin", "s3://trees/up/moved.bin")
	cli.run("s3", "cp", "--quiet", "s3://trees/up/moved.bin", file+".back")
	Expect(os.ReadFile(file + ".back")).To(Equal(large))
	cli.fails(ContainSubstring("BucketNotEmpty"), "s3", "rb", "s3://trees")
	cli.run("s3", "rm", "--recursive", "--quiet", "s3://trees/up")
	cli.run("s3", "rb", "s3://trees")
	Expect(s.store.HasBucket("trees")).To(BeFalse())
})

func write(path string, content []byte) {
	GinkgoHelper()
	Expect(os.MkdirAll(filepath.Dir(path), 0o755)).To(Succeed())
	Expect(os.WriteFile(path, content, 0o600)).To(Succeed())
}

func sha(path string) [32]byte {
	GinkgoHelper()
	content, err := os.ReadFile(path)
	Expect(err).NotTo(HaveOccurred())
	return sha256.Sum256(content)
}
