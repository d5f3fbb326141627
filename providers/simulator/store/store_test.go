package store_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing/iotest"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/providers/simulator/store"
)

const mib = 1 << 20

func newStore() *store.Store {
	GinkgoHelper()
	s := store.New(clock)
	Expect(s.CreateBucket("photos", store.BucketOptions{})).To(Succeed())
	return s
}

func put(s *store.Store, key, content string) store.Object {
	GinkgoHelper()
	o, err := s.Put("photos", key, strings.NewReader(content), store.PutOptions{})
	Expect(err).NotTo(HaveOccurred())
	return o
}

func read(s *store.Store, bucket, key string) string {
	GinkgoHelper()
	r, _, err := s.Open(bucket, key)
	Expect(err).NotTo(HaveOccurred())
	defer r.Close()
	content, err := io.ReadAll(r)
	Expect(err).NotTo(HaveOccurred())
	return string(content)
}

var _ = DescribeTable("a bucket's name", func(name string, valid bool) {
	err := store.New(clock).CreateBucket(name, store.BucketOptions{})
	if valid {
		Expect(err).NotTo(HaveOccurred())
	} else {
		Expect(err).To(MatchError(store.ErrBucketName))
	}
},
	Entry(nil, "photos", true), Entry(nil, "my.photos-2", true), Entry(nil, "abc", true), Entry(nil, strings.Repeat("a", 63), true),
	Entry(nil, "ab", false), Entry(nil, strings.Repeat("a", 64), false), Entry(nil, "Photos", false), Entry(nil, "a_b", false),
	Entry(nil, "-ab", false), Entry(nil, "ab-", false), Entry(nil, "a..b", false), Entry(nil, "192.168.1.1", false), Entry(nil, "", false),
	Entry(nil, "a/b", false), Entry(nil, "abc\n", false),
)

var _ = Describe("objects", func() {
	It("are replaced, and a reader keeps what it opened", func() {
		s := newStore()
		put(s, "k", "old")
		r, _, err := s.Open("photos", "k")
		Expect(err).NotTo(HaveOccurred())
		put(s, "k", "new")
		Expect(io.ReadAll(r)).To(Equal([]byte("old")))
		Expect(read(s, "photos", "k")).To(Equal("new"))
		Expect(s.Delete("photos", "k")).To(Succeed())
		Expect(s.Delete("photos", "k")).To(Succeed())
		_, err = s.Head("photos", "k")
		Expect(err).To(MatchError(store.ErrNoSuchKey))
	})

	It("are not written when the body fails, also early by ErrUnexpectedEOF", func() {
		s := newStore()
		for _, cause := range []error{errors.New("broken"), io.ErrUnexpectedEOF} {
			body := io.MultiReader(strings.NewReader("half"), iotest.ErrReader(cause))
			_, err := s.Put("photos", "k", body, store.PutOptions{Size: 8})
			Expect(err).To(MatchError(cause))
			_, err = s.Head("photos", "k")
			Expect(err).To(MatchError(store.ErrNoSuchKey))
		}
	})

	It("hold conditions", func() {
		s := newStore()
		_, err := s.Put("photos", "k", strings.NewReader(""), store.PutOptions{IfMatch: "x"})
		Expect(err).To(MatchError(store.ErrNoSuchKey))
		o := put(s, "k", "old")
		_, err = s.Put("photos", "k", strings.NewReader(""), store.PutOptions{IfAbsent: true})
		Expect(err).To(MatchError(store.ErrPrecondition))
		_, err = s.Put("photos", "k", strings.NewReader(""), store.PutOptions{IfMatch: "x"})
		Expect(err).To(MatchError(store.ErrPrecondition))
		_, err = s.Put("photos", "k", strings.NewReader("new"), store.PutOptions{IfMatch: o.ETag})
		Expect(err).NotTo(HaveOccurred())
	})

	DescribeTable("have the bytes that were written, whatever the size and the hint", func(size int, hint int64) {
		s := newStore()
		content := bytes.Repeat([]byte("0123456789abcde"), size/15+1)[:size]
		o, err := s.Put("photos", "k", iotest.HalfReader(bytes.NewReader(content)), store.PutOptions{Size: hint})
		Expect(err).NotTo(HaveOccurred())
		Expect(o.Size).To(BeEquivalentTo(size))
		Expect(bytes.Equal([]byte(read(s, "photos", "k")), content)).To(BeTrue())
		r, _, err := s.Open("photos", "k")
		Expect(err).NotTo(HaveOccurred())
		Expect(r.Seek(int64(size/2), io.SeekStart)).To(BeEquivalentTo(size / 2))
		rest, err := io.ReadAll(r)
		Expect(err).NotTo(HaveOccurred())
		Expect(bytes.Equal(rest, content[size/2:])).To(BeTrue())
	},
		Entry(nil, 0, int64(0)), Entry(nil, 1, int64(1)), Entry(nil, 511, int64(0)), Entry(nil, 512, int64(512)), Entry(nil, 100000, int64(3)),
		Entry(nil, 9*mib, int64(9*mib)), Entry(nil, 9*mib+1, int64(0)), Entry(nil, 5, int64(1)<<40),
	)
})

// The vectors of section 2 and 3 of S3's rules for ETags.
var _ = DescribeTable("the ETag", func(build func(s *store.Store) (store.Object, error), etag string) {
	o, err := build(newStore())
	Expect(err).NotTo(HaveOccurred())
	Expect(o.ETag).To(Equal(etag))
},
	Entry("of nothing", func(s *store.Store) (store.Object, error) {
		return s.Put("photos", "k", strings.NewReader(""), store.PutOptions{})
	}, "d41d8cd98f00b204e9800998ecf8427e"),
	Entry("of hello", func(s *store.Store) (store.Object, error) {
		return s.Put("photos", "k", strings.NewReader("hello"), store.PutOptions{})
	}, "5d41402abc4b2a76b9719d911017c592"),
	Entry("of hello in one part", func(s *store.Store) (store.Object, error) { return multipart(s, store.Upload{}, "hello") },
		"62109206880d38a4010a98e11243924a-1"),
	Entry("of three parts", func(s *store.Store) (store.Object, error) {
		return multipart(s, store.Upload{}, strings.Repeat("a", 8*mib), strings.Repeat("b", 8*mib), strings.Repeat("c", 1024))
	}, "efde99b38ea993a0c403b425ebad00f6-3"),
	Entry("of three parts in one write", func(s *store.Store) (store.Object, error) {
		content := strings.Repeat("a", 8*mib) + strings.Repeat("b", 8*mib) + strings.Repeat("c", 1024)
		return s.Put("photos", "k", strings.NewReader(content), store.PutOptions{PartSize: 8 * mib})
	}, "efde99b38ea993a0c403b425ebad00f6-3"),
	Entry("of their copy", func(s *store.Store) (store.Object, error) {
		_, err := multipart(s, store.Upload{}, strings.Repeat("a", 8*mib), strings.Repeat("b", 8*mib), strings.Repeat("c", 1024))
		Expect(err).NotTo(HaveOccurred())
		return s.Copy(store.Place{Bucket: "photos", Key: "k"}, store.Place{Bucket: "photos", Key: "copy"}, store.CopyOptions{})
	}, "408be152eef32f151bf0363d54ebc16d"),
)

// multipart uploads parts and completes the upload.
func multipart(s *store.Store, u store.Upload, contents ...string) (store.Object, error) {
	GinkgoHelper()
	u.Key = "k"
	u, err := s.CreateUpload("photos", u)
	Expect(err).NotTo(HaveOccurred())
	var parts []store.Part
	for i, content := range contents {
		var o store.PutOptions
		in := io.Reader(strings.NewReader(content))
		if h := store.NewHash(u.Algorithm); h != nil {
			in = io.TeeReader(in, h)
			o.Checksum = func() store.Checksum { return checksum(u.Algorithm, h) }
		}
		p, err := s.PutPart("photos", u, i+1, in, o)
		Expect(err).NotTo(HaveOccurred())
		parts = append(parts, p)
	}
	return s.CompleteUpload("photos", u, parts, store.PutOptions{})
}

var _ = Describe("a bucket with opaque ETags", func() {
	It("has ETags of the right form that are no MD5s, and the same each time", func() {
		md5 := put(newStore(), "k", "hello").ETag
		var seen []string
		for range 2 {
			s := store.New(clock)
			Expect(s.CreateBucket("photos", store.BucketOptions{Encryption: store.EncryptionKMS})).To(Succeed())
			o := put(s, "k", "hello")
			Expect(o.Encryption).To(Equal(store.EncryptionKMS))
			Expect(o.ETag).To(And(MatchRegexp(`^[0-9a-f]{32}$`), Not(Equal(md5))))
			many, err := multipart(s, store.Upload{}, "hello")
			Expect(err).NotTo(HaveOccurred())
			Expect(many.ETag).To(And(MatchRegexp(`^[0-9a-f]{32}-1$`), Not(Equal("62109206880d38a4010a98e11243924a-1"))))
			seen = append(seen, o.ETag)
		}
		Expect(seen[0]).To(Equal(seen[1]))
	})
})

var _ = Describe("a seed folder", func() {
	var dir string
	BeforeEach(func() {
		dir = GinkgoT().TempDir()
		for name, content := range map[string]string{"one/a-b": "1", "one/a/b": "hello", "one/a//b": "", "two-2/é": "x", "file": "no bucket"} {
			path := filepath.Join(dir, filepath.FromSlash(name))
			Expect(os.MkdirAll(filepath.Dir(path), 0o755)).To(Succeed())
			if !strings.Contains(name, "//") {
				Expect(os.WriteFile(path, []byte(content), 0o600)).To(Succeed())
			}
		}
		Expect(os.Symlink("a-b", filepath.Join(dir, "one", "link"))).To(Succeed())
		old := time.Date(2020, 1, 2, 3, 4, 5, 6, time.UTC)
		Expect(os.Chtimes(filepath.Join(dir, "one", "a", "b"), old, old)).To(Succeed())
	})

	It("becomes buckets, read when asked for, in the order of S3", func() {
		s := store.New(clock)
		Expect(s.LoadDir(dir)).To(Succeed())
		Expect(keysOf(s, "one", "", "")).To(Equal([]string{"a-b", "a/b"}))
		Expect(keysOf(s, "two-2", "", "")).To(Equal([]string{"é"}))
		o, err := s.Head("one", "a/b")
		Expect(err).NotTo(HaveOccurred())
		Expect(o.ETag).To(Equal("5d41402abc4b2a76b9719d911017c592"))
		Expect(o.LastModified).To(Equal(time.Date(2020, 1, 2, 3, 4, 5, 0, time.UTC)))
		Expect(read(s, "one", "a/b")).To(Equal("hello"))
	})

	It("is never written to", func() {
		s := store.New(clock)
		Expect(s.LoadDir(dir)).To(Succeed())
		_, err := s.Put("one", "a/b", strings.NewReader("changed"), store.PutOptions{})
		Expect(err).NotTo(HaveOccurred())
		Expect(s.Delete("one", "a-b")).To(Succeed())
		Expect(read(s, "one", "a/b")).To(Equal("changed"))
		Expect(os.ReadFile(filepath.Join(dir, "one", "a", "b"))).To(Equal([]byte("hello")))
		Expect(filepath.Join(dir, "one", "a-b")).To(BeAnExistingFile())
	})

	It("says so when a file was changed behind its back", func() {
		s := store.New(clock)
		Expect(s.LoadDir(dir)).To(Succeed())
		Expect(os.WriteFile(filepath.Join(dir, "one", "a-b"), []byte("longer"), 0o600)).To(Succeed())
		_, _, err := s.Open("one", "a-b")
		Expect(err).To(MatchError(store.ErrSeedChanged))
	})

	It("goes into a bucket that is there already, and refuses a name that is none", func() {
		s := store.New(clock)
		Expect(s.CreateBucket("one", store.BucketOptions{Region: "eu-west-1", Encryption: store.EncryptionKMS})).To(Succeed())
		Expect(s.LoadDir(dir)).To(Succeed())
		o, err := s.Head("one", "a/b")
		Expect(err).NotTo(HaveOccurred())
		Expect(o.ETag).To(And(HaveLen(32), Not(Equal("5d41402abc4b2a76b9719d911017c592"))))
		Expect(os.Mkdir(filepath.Join(dir, "Not_A_Bucket"), 0o755)).To(Succeed())
		Expect(store.New(clock).LoadDir(dir)).To(MatchError(store.ErrBucketName))
	})
})

func keysOf(s *store.Store, bucket, prefix, after string) []string {
	GinkgoHelper()
	keys := []string{}
	for o, err := range s.Objects(bucket, prefix, after) {
		Expect(err).NotTo(HaveOccurred())
		keys = append(keys, o.Key)
	}
	return keys
}

var _ = It("ends the objects of a bucket that is not there with an error", func() {
	for _, err := range newStore().Objects("none", "", "") {
		Expect(err).To(MatchError(store.ErrNoSuchBucket))
		return
	}
	Fail("nothing was yielded")
})

var _ = Describe("A customer's key", func() {
	It("opens its object and no other, and nothing opens without it", func() {
		s := newStore()
		attributes := store.Attributes{Encryption: store.EncryptionCustomer, CustomerKeyMD5: "k"}
		_, err := s.Put("photos", "secret", strings.NewReader("x"), store.PutOptions{Attributes: attributes})
		Expect(err).NotTo(HaveOccurred())
		put(s, "open", "x")
		for _, c := range []struct {
			key, sum string
			want     error
		}{
			{"secret", "k", nil}, {"secret", "", store.ErrNeedsKey}, {"secret", "o", store.ErrOtherKey}, {"open", "", nil}, {"open", "k", store.ErrTakesNoKey},
		} {
			r, _, err := s.OpenWith(store.Place{Bucket: "photos", Key: c.key}, c.sum)
			if c.want != nil {
				Expect(err).To(MatchError(c.want))
				continue
			}
			Expect(err).NotTo(HaveOccurred())
			Expect(r.Close()).To(Succeed())
		}
		_, err = s.Copy(store.Place{Bucket: "photos", Key: "secret"}, store.Place{Bucket: "photos", Key: "copy"}, store.CopyOptions{})
		Expect(err).To(MatchError(store.ErrNeedsKey))
		_, _, err = s.Open("photos", "secret")
		Expect(err).To(MatchError(store.ErrNeedsKey))
	})
})
