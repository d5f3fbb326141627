package main

import (
	"strings"
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/specs"
)

var _ = Describe("the old tool's configuration", func() {
	DescribeTable("is read wherever it says something", func(text string, bucket, region, key, secret string) {
		c, err := decodeOldConfig("local.php", []byte("<?php\n"+text))
		Expect(err).NotTo(HaveOccurred())
		Expect([]string{c.Bucket, c.Region}).To(Equal([]string{bucket, region}))
		if key == "" {
			Expect(c.keys).To(BeNil())
			return
		}
		Expect(c.keys.id).To(Equal(key))
		Expect(c.keys.secret.Reveal()).To(Equal(secret))
	},
		Entry("an array", `return array('bucket' => 'b', 'region'=>'r', 'key' => "k", 'secret' => 's');`, "b", "r", "k", "s"),
		Entry("a short array, over several lines", "return [\n 'bucket'\n =>\n 'b' ];", "b", "", "", ""),
		Entry("members of an object", `$config->a->bucket = 'b'; $config->region='r';`, "b", "r", "", ""),
		Entry("members of an array", `$c['bucket'] = 'b'; $c["region"] = "r";`, "b", "r", "", ""),
		Entry("the same twice", `['bucket' => 'b']; ['bucket' => 'b'];`, "b", "", "", ""),
		Entry("whatever its case", `['Bucket' => 'b'];`, "b", "", "", ""),
		Entry("not in comments", "// 'bucket' => 'x'\n# 'bucket' => 'y'\n/* 'bucket' => 'z'\n */ ['bucket' => 'b'];", "b", "", "", ""),
		Entry("nor what is computed", `['bucket' => 'b', 'region' => getenv('R'), 'key' => "a$b", 'secret' => 's' . 't'];`, "b", "", "", ""),
		Entry("nor what is put together", `['bucket' => 'b' . '-1', 'region' => 'r'];`, "", "r", "", ""),
		Entry("with quotes and backslashes", `['key' => 'k\'k\\', 'secret' => "s\"\\/+=", 'bucket' => 'b'];`, "b", "", `k'k\`, `s"\/+=`),
		Entry("a key without its secret is none", `['key' => 'k', 'bucket' => 'b'];`, "b", "", "", ""),
	)

	It("shows no value in what is wrong with it", func() {
		_, err := decodeOldConfig("local.php", []byte("<?php ['key' => 'first-key', 'secret' => 'first-secret'];\n['key' => 'other-key', 'secret' => 'other-secret'];"))
		for _, p := range problemOf(err).Problems {
			Expect(p.Error()).To(HavePrefix("local.php:2: "))
			Expect(p.Error()).NotTo(Or(ContainSubstring("first-"), ContainSubstring("other-")))
		}
		Expect(problemOf(err).Problems).To(HaveLen(2))
	})
})

var _ = Describe("the configuration", func() {
	It("is strict, and takes no credentials", func() {
		c, err := decodeConfig("/etc/s3export/config.yaml", []byte("region: us-east-1\nbucket: photos\nstate: state\n"))
		Expect(err).NotTo(HaveOccurred())
		Expect(c.State).To(Equal("/etc/s3export/state"))
		for _, key := range []string{"key", "secret", "accessKeyId", "secretAccessKey", "aws_secret_access_key"} {
			_, err = decodeConfig("c.yaml", []byte(key+": 0123456789\n"))
			Expect(problemOf(err).ExitCode).To(Equal(exitUsage))
			Expect(problemOf(err).Problems).To(ConsistOf(And(HaveField("Line", 1), HaveField("Remedy", ContainSubstring("~/.aws/credentials")))))
			Expect(specs.Problems(err)[0].Error()).NotTo(ContainSubstring("0123456789"))
		}
	})
})

// FuzzOldConfig looks for programs that the scanner does not come to the end of, and
// for values in its messages.
func FuzzOldConfig(f *testing.F) {
	for _, seed := range []string{"<?php ['secret' => 'SECRET'];", "<?php /*", "<?php '", `<?php "\`, "<?php $a->secret = 'SECRET'; ['secret' => 'OTHER']", "<?php #\n->=>=='x'"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		c, err := decodeOldConfig("local.php", []byte(text))
		for _, v := range phpValues(text) {
			if strings.EqualFold(v.name, "secret") && len(v.text) > 8 && err != nil && strings.Contains(err.Error()+problemOf(err).Remedy, v.text) {
				t.Fatalf("the secret is in %q", err)
			}
		}
		if err == nil && c.keys != nil && c.keys.secret.IsEmpty() {
			t.Fatal("keys without a secret")
		}
	})
}
