package store_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"pgregory.net/rapid"

	"github.com/cargomedia/s3export/providers/simulator/store"
)

// naive is the rules of versioning in the plainest form: all versions of a key, the
// newest first, as "id" or "id marker".
type naive struct {
	status store.Versioning
	keys   map[string][]naiveVersion
}

type naiveVersion struct {
	id     string
	marker bool
}

func (n *naive) write(key, id string, marker bool) {
	kept := n.keys[key]
	switch n.status {
	case store.Unversioned:
		kept = nil
	case store.VersioningEnabled:
	case store.VersioningSuspended:
		kept = without(kept, store.NullVersion)
	}
	n.keys[key] = append([]naiveVersion{{id, marker}}, kept...)
}

func without(versions []naiveVersion, id string) []naiveVersion {
	return slices.DeleteFunc(slices.Clone(versions), func(v naiveVersion) bool { return v.id == id })
}

// entries lists as ListObjectVersions does, without pages.
func (n *naive) entries(q store.Query) []string {
	var all []string
	for key, versions := range n.keys {
		if !strings.HasPrefix(key, q.Prefix) {
			continue
		}
		if head, _, found := strings.Cut(key[len(q.Prefix):], q.Delimiter); q.Delimiter != "" && found && len(versions) > 0 {
			all = append(all, q.Prefix+head+q.Delimiter)
			continue
		}
		for i, v := range versions {
			all = append(all, fmt.Sprintf("%s#%02d %s %v %v", key, i, v.id, v.marker, i == 0))
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// versionsOf lists by pages, and checks that each but the last is full.
func versionsOf(t *rapid.T, s *store.Store, q store.VersionQuery) []string {
	var all []string
	place := map[string]int{}
	for {
		page, err := s.Versions("photos", q)
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range page.Versions {
			all = append(all, fmt.Sprintf("%s#%02d %s %v %v", v.Key, place[v.Key], v.VersionID, v.IsMarker, v.IsLatest))
			place[v.Key]++
		}
		all = append(all, page.CommonPrefixes...)
		if !page.Truncated {
			slices.Sort(all)
			return all
		}
		if n := len(page.Versions) + len(page.CommonPrefixes); n != q.Max {
			t.Fatalf("a truncated page of %d entries, %d were asked for", n, q.Max)
		}
		q.After, q.AfterVersion = page.Last, page.LastVersion
	}
}

func TestVersions(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := store.New(clock)
		if err := s.CreateBucket("photos", store.BucketOptions{}); err != nil {
			t.Fatal(err)
		}
		n := &naive{keys: map[string][]naiveVersion{}}
		key := rapid.SampledFrom([]string{"a", "a/b", "a/c", "a-b", "b/", "b/é"})
		t.Repeat(map[string]func(*rapid.T){
			"status": func(t *rapid.T) {
				n.status = rapid.SampledFrom([]store.Versioning{store.VersioningEnabled, store.VersioningSuspended}).Draw(t, "status")
				check(t, s.SetVersioning("photos", n.status))
			},
			"put": func(t *rapid.T) {
				k := key.Draw(t, "key")
				o, err := s.Put("photos", k, strings.NewReader(k), store.PutOptions{})
				check(t, err)
				n.write(k, idOr(o.VersionID), false)
			},
			"delete": func(t *rapid.T) {
				k := key.Draw(t, "key")
				d, err := s.Remove(store.Place{Bucket: "photos", Key: k})
				check(t, err)
				if n.status == store.Unversioned {
					delete(n.keys, k)
				} else {
					n.write(k, d.VersionID, true)
				}
			},
			"delete a version": func(t *rapid.T) {
				k := key.Draw(t, "key")
				id := store.NullVersion
				if have := n.keys[k]; len(have) > 0 {
					id = rapid.SampledFrom(have).Draw(t, "version").id
				}
				_, err := s.Remove(store.Place{Bucket: "photos", Key: k, Version: id})
				check(t, err)
				n.keys[k] = without(n.keys[k], id)
			},
			"": func(t *rapid.T) { agree(t, s, n) },
		})
	})
}

func agree(t *rapid.T, s *store.Store, n *naive) {
	q := store.Query{
		Prefix:    rapid.SampledFrom([]string{"", "a", "a/", "b/"}).Draw(t, "prefix"),
		Delimiter: rapid.SampledFrom([]string{"", "/"}).Draw(t, "delimiter"),
		Max:       rapid.IntRange(1, 5).Draw(t, "max"),
	}
	if got, want := versionsOf(t, s, store.VersionQuery{Query: q}), n.entries(q); !slices.Equal(got, want) {
		t.Fatalf("%+v: %q, want %q", q, got, want)
	}
	current := map[string]bool{}
	for key, versions := range n.keys {
		current[key] = len(versions) > 0 && !versions[0].marker
		if !current[key] {
			delete(current, key)
		}
	}
	if got, want := listed(s, q), expected(current, q); !slices.Equal(got, want) {
		t.Fatalf("now %+v: %q, want %q", q, got, want)
	}
}

func idOr(id string) string {
	if id == "" {
		return store.NullVersion
	}
	return id
}

func check(t *rapid.T, err error) {
	if err != nil {
		t.Fatal(err)
	}
}

var _ = Describe("a bucket with versions", func() {
	version := func(s *store.Store, id string) string {
		GinkgoHelper()
		r, o, err := s.OpenWith(store.Place{Bucket: "photos", Key: "k", Version: id}, "")
		Expect(err).NotTo(HaveOccurred())
		defer r.Close()
		Expect(o.VersionID).To(Equal(id))
		content := make([]byte, o.Size)
		_, err = r.Read(content)
		Expect(err).NotTo(HaveOccurred())
		return string(content)
	}

	It("keeps each version, that from before included, until it is removed by its id", func() {
		s := newStore()
		put(s, "k", "before")
		Expect(s.SetVersioning("photos", store.VersioningEnabled)).To(Succeed())
		one, two := put(s, "k", "one").VersionID, put(s, "k", "two").VersionID
		Expect([]bool{store.IsVersionID(one), store.IsVersionID(two), one == two}).To(Equal([]bool{true, true, false}))
		Expect([]string{version(s, store.NullVersion), version(s, one), version(s, two)}).To(Equal([]string{"before", "one", "two"}))
		marker, err := s.Remove(store.Place{Bucket: "photos", Key: "k"})
		Expect(err).NotTo(HaveOccurred())
		Expect(marker.Marker).To(BeTrue())
		_, err = s.Head("photos", "k")
		Expect(err).To(MatchError(store.ErrNoSuchKey))
		_, err = s.Find(store.Place{Bucket: "photos", Key: "k", Version: marker.VersionID})
		Expect(err).To(MatchError(store.ErrIsMarker))
		Expect(s.DeleteBucket("photos")).To(MatchError(store.ErrBucketNotEmpty))
		for _, id := range []string{marker.VersionID, two, store.NullVersion, one} {
			gone, err := s.Remove(store.Place{Bucket: "photos", Key: "k", Version: id})
			Expect(err).NotTo(HaveOccurred())
			Expect(gone).To(Equal(store.Deleted{VersionID: id, Marker: id == marker.VersionID}))
		}
		_, err = s.Find(store.Place{Bucket: "photos", Key: "k", Version: one})
		Expect(err).To(MatchError(store.ErrNoSuchVersion))
		Expect(s.DeleteBucket("photos")).To(Succeed())
	})

	It("goes on after a version that is gone meanwhile", func() {
		s := newStore()
		Expect(s.SetVersioning("photos", store.VersioningEnabled)).To(Succeed())
		var ids []string
		for i := range 5 {
			ids = append(ids, put(s, "k", fmt.Sprint(i)).VersionID)
		}
		q := store.VersionQuery{Query: store.Query{Max: 2}}
		page, err := s.Versions("photos", q)
		Expect(err).NotTo(HaveOccurred())
		Expect(page.LastVersion).To(Equal(ids[3]))
		_, err = s.Remove(store.Place{Bucket: "photos", Key: "k", Version: ids[3]})
		Expect(err).NotTo(HaveOccurred())
		q.Max, q.After, q.AfterVersion = 10, page.Last, page.LastVersion
		page, err = s.Versions("photos", q)
		Expect(err).NotTo(HaveOccurred())
		Expect(page.Versions).To(HaveExactElements(HaveField("VersionID", ids[2]), HaveField("VersionID", ids[1]), HaveField("VersionID", ids[0])))
	})

	It("holds conditions against what is seen", func() {
		s := newStore()
		Expect(s.SetVersioning("photos", store.VersioningEnabled)).To(Succeed())
		put(s, "k", "x")
		_, err := s.Put("photos", "k", strings.NewReader(""), store.PutOptions{IfAbsent: true})
		Expect(err).To(MatchError(store.ErrPrecondition))
		Expect(s.Delete("photos", "k")).To(Succeed())
		_, err = s.Put("photos", "k", strings.NewReader(""), store.PutOptions{IfAbsent: true})
		Expect(err).NotTo(HaveOccurred())
	})

	It("lists more than a page of versions", func() {
		s := newStore()
		Expect(s.SetVersioning("photos", store.VersioningEnabled)).To(Succeed())
		for i := range 1201 {
			put(s, fmt.Sprintf("%d", i%3), "x")
		}
		n := 0
		for v, err := range s.AllVersions("photos", "") {
			Expect(err).NotTo(HaveOccurred())
			Expect(v.IsMarker).To(BeFalse())
			n++
		}
		Expect(n).To(Equal(1201))
		for _, err := range s.AllVersions("none", "") {
			Expect(err).To(MatchError(store.ErrNoSuchBucket))
		}
	})
})
