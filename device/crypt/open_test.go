package crypt_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/device/crypt"
)

var _ = Describe("opening", func() {
	const password = "correct horse battery staple"
	container := func() []byte { return create(random(64<<10), []byte(password)) }
	refused := func(err error) crypt.Error {
		GinkgoHelper()
		var e *crypt.Error
		Expect(errors.As(err, &e)).To(BeTrue(), "%v", err)
		Expect(e.Remedy).NotTo(BeEmpty())
		return *e
	}

	It("finds TrueCrypt before it tries VeraCrypt", func() {
		started := time.Now()
		v, err := open(container(), crypt.Secret{Password: []byte(password)})
		Expect(err).NotTo(HaveOccurred())
		Expect(v.Info().Format).To(Equal(crypt.TrueCrypt))
		Expect(time.Since(started)).To(BeNumerically("<", 10*time.Second))
	})

	It("refuses a wrong password of TrueCrypt within seconds", func() {
		started := time.Now()
		_, err := open(container(), crypt.Secret{Password: []byte("wrong"), Format: crypt.TrueCrypt})
		e := refused(err)
		Expect(e.Reason).To(Equal(crypt.WrongPassword))
		Expect(e.Message).To(Equal("no TrueCrypt header opens with this password"))
		Expect(time.Since(started)).To(BeNumerically("<", 10*time.Second))
	})

	It("needs every key file", func() {
		s := crypt.Secret{Password: []byte(password), Keyfiles: [][]byte{[]byte("key")}, Format: crypt.TrueCrypt}
		_, err := open(container(), s)
		Expect(refused(err).Reason).To(Equal(crypt.WrongPassword))
	})

	It("refuses a password of VeraCrypt that is wrong, with the hash and PIM that are given", func() {
		_, err := open(container(), crypt.Secret{Password: []byte("wrong"), Hash: "sha256", PIM: 1})
		Expect(refused(err)).To(And(HaveField("Reason", crypt.WrongPassword), HaveField("Remedy", ContainSubstring("PIM"))))
	})

	It("stops when its context ends, also within a derivation of minutes", func() {
		ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
		defer cancel()
		c, started := container(), time.Now()
		_, err := crypt.Open(ctx, bytes.NewReader(c), int64(len(c)), crypt.Secret{Password: []byte("wrong"), PIM: 2_000_000})
		Expect(err).To(MatchError(context.DeadlineExceeded))
		Expect(time.Since(started)).To(BeNumerically("<", 5*time.Second))
	})

	DescribeTable("tells at once what is not encrypted", func(image []byte) {
		_, err := open(image, crypt.Secret{Password: []byte(password)})
		Expect(refused(err).Reason).To(Equal(crypt.NotEncrypted))
	},
		Entry("nothing", nil),
		Entry("less than a header", random(511)),
		Entry("zeros", make([]byte, 1<<20)),
		Entry("text", []byte(strings.Repeat("All work and no play makes Jack a dull boy. ", 20_000))),
	)

	It("tells at once that an ext4 file system is not encrypted", func() {
		_, err := open(ext4Image("hello"), crypt.Secret{Password: []byte(password)})
		Expect(refused(err).Reason).To(Equal(crypt.NotEncrypted))
	})

	It("looks for LUKS only, where that is asked for", func() {
		_, err := open(container(), crypt.Secret{Password: []byte(password), Format: crypt.LUKS2})
		Expect(refused(err).Reason).To(Equal(crypt.NotEncrypted))
	})

	DescribeTable("refuses what cannot be", func(s crypt.Secret, reason crypt.Reason) {
		_, err := open(container(), s)
		Expect(refused(err).Reason).To(Equal(reason))
	},
		Entry("a password that TrueCrypt does not take", crypt.Secret{Password: make([]byte, 65), Format: crypt.TrueCrypt}, crypt.WrongPassword),
		Entry("a password that nothing takes", crypt.Secret{Password: make([]byte, 129)}, crypt.WrongPassword),
		Entry("Streebog", crypt.Secret{Hash: "streebog"}, crypt.Unsupported),
		Entry("a format that there is not", crypt.Secret{Format: "BitLocker"}, crypt.Unsupported),
	)

	It("keeps a volume that is cut short apart from a wrong password", func() {
		c := container()
		_, err := open(c[:len(c)-300<<10], crypt.Secret{Password: []byte(password), Format: crypt.TrueCrypt})
		Expect(refused(err).Reason).To(Equal(crypt.Corrupt))
	})

	It("names no secret in any error, and a Secret prints as nothing", func() {
		const secret = "sEcReT-pAsSwOrD"
		c := create(random(4096), []byte(secret))
		broken := bytes.Clone(c)
		copy(broken[100:], random(412))
		clear(broken[len(broken)-128<<10:])
		long := strings.Repeat(secret, 10)
		key := [][]byte{[]byte(secret)}
		var said []string
		for _, s := range []crypt.Secret{
			{Password: []byte(secret), Format: crypt.TrueCrypt},
			{Password: []byte("x"), Keyfiles: key, Format: crypt.TrueCrypt},
			{Password: []byte(long)},
			{Password: []byte(secret), Hash: "md5"},
			{Password: []byte(secret), PIM: 31337, Format: crypt.TrueCrypt},
			{Password: []byte(secret), PIM: -31337},
			{Password: []byte(secret), Format: crypt.LUKS1},
		} {
			for _, image := range [][]byte{c[:128<<10], broken, make([]byte, 4096)} {
				_, err := open(image, s)
				Expect(err).To(HaveOccurred())
				said = append(said, fmt.Sprintf("%v %+v %#v", err, err, err))
			}
			text, err := json.Marshal(s)
			Expect(err).NotTo(HaveOccurred())
			said = append(said, string(text), fmt.Sprintf("%v %+v %#v %s", s, s, s, s))
		}
		said = append(said, fmt.Sprint(crypt.CreateTrueCrypt(context.Background(), io.Discard, section(random(512)), []byte(long), source(1))))
		for _, text := range said {
			Expect(text).NotTo(Or(ContainSubstring(secret), ContainSubstring("31337")))
		}
	})
})
