package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/specs/secret"
)

var _ = Describe("a secret", func() {
	var (
		dir    string
		env    map[string]string
		reader *secretReader
	)
	BeforeEach(func() {
		dir, env = GinkgoT().TempDir(), map[string]string{}
		reader = &secretReader{
			getenv: func(name string) string { return env[name] },
			aws: func(_ context.Context, name string) (string, error) {
				if name != "prod/pin" {
					return "", errors.New("no such secret")
				}
				return "4711\n", nil
			},
		}
	})
	write := func(name, text string) string {
		GinkgoHelper()
		path := filepath.Join(dir, name)
		Expect(os.WriteFile(path, []byte(text), 0o600)).To(Succeed())
		return path
	}
	read := func(s secret.Source) (string, error) {
		v, err := reader.read(context.Background(), s)
		return v.Reveal(), err
	}
	refused := func(s secret.Source, problem string) {
		GinkgoHelper()
		text, err := read(s)
		Expect(text).To(BeEmpty())
		e, ok := errors.AsType[*secret.Error](err)
		Expect(ok).To(BeTrue(), "%v", err)
		Expect(e.Error()).To(Equal("secret " + s.Name() + ": " + problem))
		Expect(e.Remedy).NotTo(BeEmpty())
		Expect(e.Error() + e.Remedy).NotTo(ContainSubstring("4711"))
	}

	It("is read from each kind of source, without one final line break", func() {
		env["PIN"], env["CREDENTIALS_DIRECTORY"] = "4711", dir
		write("photos-pin", "4711\r\n")
		for _, s := range []secret.Source{
			{Env: "PIN"},
			{File: write("pin", "4711\n")},
			{Credential: "photos-pin"},
			{Exec: []string{"sh", "-c", "echo 4711"}},
			{SecretsManager: "prod/pin"},
			secret.Literal(secret.NewValue("4711")),
		} {
			text, err := read(s)
			Expect(err).NotTo(HaveOccurred(), s.Name())
			Expect(text).To(Equal("4711"), s.Name())
		}
	})

	It("keeps every other byte", func() {
		text, err := read(secret.Source{File: write("pin", " 47 11\t\n\n")})
		Expect(err).NotTo(HaveOccurred())
		Expect(text).To(Equal(" 47 11\t\n"))
	})

	It("that is empty, or only a line break, is none", func() {
		refused(secret.Source{File: write("empty", "")}, "it is empty")
		refused(secret.Source{File: write("newline", "\r\n")}, "it is empty")
		refused(secret.Source{Exec: []string{"true"}}, "it is empty")
		refused(secret.Source{Env: "PIN"}, "the variable is not set, or empty")
	})

	It("that is too large is refused, not cut off", func() {
		long := strings.Repeat("4711", maxSecret/4)
		text, err := read(secret.Source{File: write("long", long)})
		Expect(err).NotTo(HaveOccurred())
		Expect(text).To(HaveLen(maxSecret))
		refused(secret.Source{File: write("longer", long+"x")}, "it has more than 65536 bytes")
		_, err = read(secret.Source{Exec: []string{"cat", write("longer", long+"x")}})
		Expect(err).To(MatchError(ContainSubstring("too much to be a secret")))
		Expect(err.Error()).NotTo(ContainSubstring("4711"))
	})

	It("that is not there is named, and what to do about it", func() {
		refused(secret.Source{File: filepath.Join(dir, "nowhere")}, "no such file or directory")
		refused(secret.Source{File: dir}, "is a directory")
		refused(secret.Source{Credential: "photos-pin"}, "CREDENTIALS_DIRECTORY is not set")
		env["CREDENTIALS_DIRECTORY"] = dir
		refused(secret.Source{Credential: "photos-pin"}, "no such file or directory")
		refused(secret.Source{SecretsManager: "prod/other"}, "no such secret")
		refused(secret.Source{}, "no source")
	})

	It("of a credential stays in the credentials' directory", func() {
		env["CREDENTIALS_DIRECTORY"] = filepath.Join(dir, "credentials")
		write("outside", "4711")
		refused(secret.Source{Credential: "../outside"}, "no such file or directory")
	})

	It("of a program that fails does not show in the error", func() {
		refused(secret.Source{Exec: []string{"sh", "-c", "echo 4711; echo 4711 >&2; exit 3"}}, `program "sh": exit status 3`)
		refused(secret.Source{Exec: []string{"no-such-program"}}, `program "no-such-program": executable file not found in $PATH`)
	})

	It("of a program is not waited for when the command is interrupted", func() {
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		_, err := reader.read(ctx, secret.Source{Exec: []string{"sleep", "60"}})
		Expect(err).To(HaveOccurred())
	})
})
