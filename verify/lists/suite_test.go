package lists_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"pgregory.net/rapid"

	"github.com/cargomedia/s3export/verify"
	"github.com/cargomedia/s3export/verify/lists"
)

func TestLists(t *testing.T) {
	RegisterFailHandler(Fail)
	RunSpecs(t, "verify/lists")
}

// awkward are names that break careless formats.
var awkward = []string{"plain", "with space", " leading", "trailing ", "a\nb", "\n", "a\rb", "end\r", `back\slash`, `\`, `a\nb`, `"quoted"`, "no\xffutf8",
	"*star", "-", "#hash", "über/ж/日本", "evil\u202egpj", "tab\there", "= path", `\*`, "é\u0301"}

var _ = Describe("the lists", func() {
	It("have a mark for every outcome, and a list for every mark", func() {
		var all, match, differ, device, s3, failed, open bytes.Buffer
		set := lists.Set{Combined: &all, Match: &match, Differ: &differ, MissingOnDevice: &device, MissingOnS3: &s3, Error: &failed, Unverifiable: &open}
		for _, o := range append(verify.Outcomes(), "new") {
			Expect(set.Finding(verify.Finding{Path: "p/" + string(o), Outcome: o})).To(Succeed())
		}
		Expect(all.String()).To(Equal("= p/match\n* p/differ\n+ p/missingOnDevice\n? p/changedAfterExport\n- p/missingOnSource\n? p/unverifiable\n! p/error\n- p/extra\n? p/new\n"))
		Expect(match.String()).To(Equal("p/match\n"))
		Expect(differ.String()).To(Equal("p/differ\n"))
		Expect(device.String()).To(Equal("p/missingOnDevice\n"))
		Expect(s3.String()).To(Equal("p/missingOnSource\np/extra\n"))
		Expect(failed.String()).To(Equal("p/error\n"))
		Expect(open.String()).To(Equal("p/changedAfterExport\np/unverifiable\np/new\n"))
	})

	It("are none, or any", func() {
		Expect((&lists.Set{}).Any()).To(BeFalse())
		Expect((&lists.Set{}).Finding(verify.Finding{SHA256: "00"})).To(Succeed())
		for _, field := range reflect.VisibleFields(reflect.TypeFor[lists.Set]()) {
			var one lists.Set
			reflect.ValueOf(&one).Elem().FieldByIndex(field.Index).Set(reflect.ValueOf(&bytes.Buffer{}))
			Expect(one.Any()).To(BeTrue(), field.Name)
		}
	})

	It("say when a list cannot be written", func() {
		boom := errors.New("no space left")
		for _, set := range []lists.Set{{Combined: broken{boom}}, {Match: broken{boom}}, {SHA256SUMS: broken{boom}}} {
			Expect(set.Finding(verify.Finding{Path: "p", Outcome: verify.Match, SHA256: "00"})).To(MatchError(boom))
		}
	})

	It("can share a writer, a line at a time", func() {
		var out bytes.Buffer
		set := lists.Set{Match: &out, Differ: &out}
		for _, o := range []verify.Outcome{verify.Match, verify.Differ, verify.Match} {
			Expect(set.Finding(verify.Finding{Path: string(o), Outcome: o})).To(Succeed())
		}
		Expect(out.String()).To(Equal("match\ndiffer\nmatch\n"))
	})
})

type broken struct{ err error }

func (b broken) Write([]byte) (int, error) { return 0, b.err }

var _ = DescribeTable("a path in a line", func(path, want string) { Expect(lists.Path(path)).To(Equal(want)) },
	Entry("as it is", `photos/a b\c"ü.jpg`, `photos/a b\c"ü.jpg`),
	Entry("with a line break", "a\nb", `"a\nb"`),
	Entry("that is no UTF-8", "a\xff", `"a\xff"`),
	Entry("that begins like a quoted one", `"a`, `"\"a"`),
	Entry("that turns the writing", "a\u202eb", `"a\u202eb"`),
)

var _ = It("every path is one line, and can be read back", func() {
	rapid.Check(GinkgoT(), func(t *rapid.T) {
		path := string(rapid.SliceOfN(rapid.SampledFrom([]byte("ab\"\\\n\r\x00\xff\xc3\xbc =")), 0, 12).Draw(t, "path"))
		line := lists.Path(path)
		if strings.ContainsAny(line, "\n\r\x00") {
			t.Fatalf("%q is no line", line)
		}
		back := line
		if strings.HasPrefix(line, `"`) {
			var err error
			if back, err = strconv.Unquote(line); err != nil {
				t.Fatal(err)
			}
		}
		if back != path {
			t.Fatalf("%q became %q", path, back)
		}
	})
})

var _ = Describe("SHA256SUMS", func() {
	It("is what sha256sum checks and writes", func() {
		tool, err := exec.LookPath("sha256sum")
		if err != nil {
			Skip("SKIPPED: needs sha256sum of coreutils")
		}
		dir := GinkgoT().TempDir()
		var sums bytes.Buffer
		set := lists.Set{SHA256SUMS: &sums}
		for _, name := range awkward {
			path := filepath.Join(dir, name)
			Expect(os.MkdirAll(filepath.Dir(path), 0o755)).To(Succeed())
			Expect(os.WriteFile(path, []byte("content of "+name), 0o600)).To(Succeed())
			sum := sha256.Sum256([]byte("content of " + name))
			Expect(set.Finding(verify.Finding{Path: name, Outcome: verify.Match, SHA256: hex.EncodeToString(sum[:])})).To(Succeed())
		}
		Expect(set.Finding(verify.Finding{Path: "not-read", Outcome: verify.Match})).To(Succeed())
		check := exec.Command(tool, "-c", "--strict", "--quiet")
		check.Dir, check.Stdin = dir, &sums
		lines := sums.String()
		out, err := check.CombinedOutput()
		Expect(err).NotTo(HaveOccurred(), "%s\n%s", out, lines)

		var args []string
		for _, name := range awkward {
			if name == "-" {
				name = "./-"
			}
			args = append(args, name)
		}
		theirs := exec.Command(tool, append([]string{"--"}, args...)...)
		theirs.Dir = dir
		out, err = theirs.Output()
		Expect(err).NotTo(HaveOccurred())
		Expect(lines).To(Equal(string(out)))
	})
})
