package specs_test

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/specs"
)

type station struct {
	Region string `json:"region,omitempty"`
	Count  string `json:"count,omitempty"`
	On     bool   `json:"live,omitempty"`
}

var _ = Describe("DecodeStrict", func() {
	refuse := func(key string) (problem, remedy string) {
		if key == "secret" {
			return "is no place for a secret", "move it"
		}
		return "", ""
	}
	decode := func(text string) (station, error) {
		var s station
		err := specs.DecodeStrict("/etc/station.yaml", []byte(text), &s, refuse)
		return s, err
	}

	It("decodes what is written, in YAML and JSON", func() {
		want := station{Region: "us-east-1", Count: "012", On: true}
		Expect(decode("region: us-east-1\ncount: \"012\"\nlive: true\n")).To(Equal(want))
		Expect(decode(`{"region": "us-east-1", "count": "012", "live": true}`)).To(Equal(want))
	})

	It("takes a file that says nothing", func() {
		for _, text := range []string{"", "# nothing\n", "---\n", "{}", "null\n"} {
			Expect(decode(text)).To(Equal(station{}), text)
		}
	})

	DescribeTable("refuses with a place and a remedy", func(text, want string) {
		_, err := decode(text)
		Expect(err).To(HaveOccurred())
		all := ""
		for _, p := range specs.Problems(err) {
			all += p.Error() + "\n"
		}
		Expect(all).To(Equal(want))
	},
		Entry("an unknown key", "region: a\n\nregoin: b\n", "/etc/station.yaml:3:1: regoin: unknown key; did you mean region?\n"),
		Entry("a wrong case", "Region: a\n", "/etc/station.yaml:1:1: Region: unknown key, upper and lower case count; did you mean region?\n"),
		Entry("a key given twice", "region: a\nregion: b\n", "/etc/station.yaml:2:1: region: duplicate key, first given in line 1; keep one of them\n"),
		Entry("what YAML takes for a number", "count: 012\n", "/etc/station.yaml:1:8: count: YAML takes 012 for a number; put it in quotes: \"012\"\n"),
		Entry("a list", "- region\n", "/etc/station.yaml:1:1: members are wanted here; write lines of \"key: value\"\n"),
		Entry("a text", "region\n", "/etc/station.yaml:1:1: members are wanted here; write lines of \"key: value\"\n"),
		Entry("two documents", "region: a\n---\nregion: b\n", "/etc/station.yaml:3: more than one document; keep one of them\n"),
		Entry("all problems at once, without the value of one that is refused", "secret: 04711\nother: 1\n",
			"/etc/station.yaml:1:1: secret: is no place for a secret; move it\n/etc/station.yaml:2:1: other: unknown key; remove it, or write region, count or live\n"),
	)

	It("refuses what is no YAML", func() {
		_, err := decode("region: [a\n")
		Expect(specs.Problems(err)).To(ConsistOf(HaveField("Problem", ContainSubstring("not YAML"))))
	})
})
