package specs_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"sigs.k8s.io/yaml"

	"github.com/cargomedia/s3export/specs"
)

func asJSON(text, indent string) string {
	GinkgoHelper()
	var v any
	Expect(yaml.Unmarshal([]byte(text), &v)).To(Succeed())
	out, err := json.MarshalIndent(v, "", indent)
	if indent == "" {
		out, err = json.Marshal(v)
	}
	Expect(err).NotTo(HaveOccurred())
	return string(out)
}

func named(name string) string { return strings.Replace(minimal(), "photos-a", name, 1) }

var _ = Describe("Load", func() {
	var dir string
	write := func(path, text string) string {
		GinkgoHelper()
		path = filepath.Join(dir, path)
		Expect(os.MkdirAll(filepath.Dir(path), 0o755)).To(Succeed())
		Expect(os.WriteFile(path, []byte(text), 0o600)).To(Succeed())
		return path
	}
	load := func(o specs.Options, args ...string) []string {
		GinkgoHelper()
		docs, err := specs.Load(args, o)
		Expect(err).NotTo(HaveOccurred())
		var names []string
		for _, d := range docs {
			names = append(names, d.Metadata.Name)
		}
		return names
	}
	BeforeEach(func() { dir = GinkgoT().TempDir() })

	It("takes the spec files of a directory, sorted, without what editors leave", func() {
		write("b.yml", named("b"))
		write("a.yaml", named("a")+"---\n"+named("a2"))
		write("c.json", asJSON(named("c"), " "))
		for _, other := range []string{".hidden.yaml", "x.yaml~", "x.yaml.tmp", "x.tmp", "README", "..data/z.yaml", "sub/d.yaml"} {
			write(other, named("other"))
		}
		Expect(load(specs.Options{}, dir)).To(Equal([]string{"a", "a2", "b", "c"}))
		Expect(load(specs.Options{Recursive: true}, dir)).To(Equal([]string{"a", "a2", "b", "c", "other"}))
	})

	It("follows links to files, not to directories", func() {
		write("real/a.yaml", named("a"))
		Expect(os.Symlink("real/a.yaml", filepath.Join(dir, "link.yaml"))).To(Succeed())
		Expect(os.Symlink(".", filepath.Join(dir, "loop.yaml"))).To(Succeed())
		Expect(os.Symlink(".", filepath.Join(dir, "real", "up"))).To(Succeed())
		Expect(load(specs.Options{}, dir)).To(Equal([]string{"a"}))
		Expect(load(specs.Options{Recursive: true}, filepath.Join(dir, "real"))).To(Equal([]string{"a"}))
	})

	It("takes patterns, files and standard input, each file once", func() {
		write("a.yaml", named("a"))
		write("b.yaml", named("b"))
		write("odd[1].yaml", named("odd"))
		stdin := specs.Options{Stdin: strings.NewReader(named("in"))}
		Expect(load(stdin, filepath.Join(dir, "?.yaml"), "-", filepath.Join(dir, "a.yaml"), filepath.Join(dir, "odd[1].yaml"))).
			To(Equal([]string{"a", "b", "in", "odd"}))
	})

	It("refuses two documents of one name and says where both are", func() {
		a, b := write("a.yaml", named("x")), write("b.yaml", named("x"))
		docs, err := specs.Load([]string{dir}, specs.Options{})
		Expect(docs).To(BeEmpty())
		Expect(err).To(MatchError(And(ContainSubstring(a+":5"), ContainSubstring(b+":5"))))
	})

	It("returns the valid documents beside the problems of the others", func() {
		write("a.yaml", named("a"))
		write("b.yaml", strings.Replace(named("b"), "Verified", "Done", 1))
		docs, err := specs.Load([]string{dir}, specs.Options{})
		Expect(docs).To(HaveLen(1))
		Expect(specs.Problems(err)).To(HaveLen(1))
	})

	It("warns of a file that everybody may write", func() {
		path := write("a.yaml", named("a"))
		Expect(os.Chmod(path, 0o666)).To(Succeed())
		docs, err := specs.Load([]string{path}, specs.Options{})
		Expect(err).NotTo(HaveOccurred())
		Expect(docs[0].Warnings).To(ConsistOf(HaveField("Problem", "everybody may write this file")))
	})

	It("tells a file that may not be read", func() {
		if os.Geteuid() == 0 {
			Skip("root may read every file")
		}
		path := write("a.yaml", named("a"))
		Expect(os.Chmod(path, 0)).To(Succeed())
		_, err := specs.Load([]string{path}, specs.Options{})
		Expect(err).To(MatchError(ContainSubstring("may not be read by this user")))
	})

	DescribeTable("tells what is wrong with an argument",
		func(arg, problem string) {
			_, err := specs.Load([]string{filepath.Join(dir, arg)}, specs.Options{})
			Expect(err).To(MatchError(ContainSubstring(problem)))
			Expect(specs.Problems(err)[0].Remedy).NotTo(BeEmpty())
		},
		Entry("no such file", "a.yaml", "does not exist"),
		Entry("an empty directory", "", "holds no *.yaml"),
		Entry("a pattern for nothing", "*.yaml", "matches no file"),
		Entry("a broken pattern", "[", "is no pattern"),
	)

	It("wants an argument, and an input for -", func() {
		_, err := specs.Load(nil, specs.Options{})
		Expect(err).To(MatchError(ContainSubstring("no spec file is given")))
		_, err = specs.Load([]string{"-"}, specs.Options{})
		Expect(err).To(MatchError(ContainSubstring("no standard input")))
	})
})
