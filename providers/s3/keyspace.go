package s3

import (
	"strings"
	"unicode/utf8"
)

// significant is how many varying places of keys carry a distance: enough for a few
// per mille, and their values fit into 64 bits by far.
const significant = 4

// maxKey is the length of keys in S3. Other servers may allow more; nothing is guessed
// from such ones.
const maxKey = 1024

// recentPages is over how many pages the density of keys is measured.
const recentPages = 8

// keyspace knows which bytes stand at which place of the keys seen so far, and so
// where keys may lie that were not seen yet. It takes keys for numbers of as many
// digits: right for counters, dates, digests and UUIDs, and for names about as good
// as a guess can be. A wrong guess costs a request, never a key.
type keyspace struct {
	places   []charset
	fixed    int // length of the prefix that all keys have
	pageSize int
	recent   []stretch // what was yielded last, for the density
}

// stretch is a page that was yielded.
type stretch struct {
	first, last string
	keys        int
}

// passed notes a page that was yielded.
func (k *keyspace) passed(objects []Object) {
	if len(objects) == 0 {
		return
	}
	k.recent = append(k.recent, stretch{objects[0].Key, objects[len(objects)-1].Key, len(objects)})
	if len(k.recent) > recentPages {
		k.recent = k.recent[1:]
	}
}

// learn takes a sample of the keys of a page.
func (k *keyspace) learn(objects []Object) {
	step := max(1, len(objects)/100)
	for i := 0; i < len(objects); i += step {
		key := objects[i].Key
		if len(key) > maxKey {
			continue
		}
		for len(k.places) < len(key) {
			k.places = append(k.places, charset{})
		}
		for j := range len(key) {
			k.places[j].add(key[j])
		}
	}
}

// digits returns for each place the bytes to expect there: of digits all ten, of
// letters the alphabet, and where the two are mixed anywhere, what is mixed there.
func (k *keyspace) digits(n int) []charset {
	var mixed charset
	for i := range k.places {
		p := &k.places[i]
		if p.hasAny('0', '9') && (p.hasAny('a', 'z') || p.hasAny('A', 'Z')) {
			mixed.union(p)
		}
	}
	out := make([]charset, n)
	for i := range out {
		p := &out[i]
		if i < len(k.places) {
			*p = k.places[i]
		}
		number, lower, upper := p.hasAny('0', '9'), p.hasAny('a', 'z'), p.hasAny('A', 'Z')
		switch {
		case number && mixed.size() > 0:
			p.union(&mixed)
		case number:
			p.addRange('0', '9')
		case lower:
			p.addRange('a', 'z')
		case upper:
			p.addRange('A', 'Z')
		case p.hasAny(0x80, 0xbf): // within a character of UTF-8
			p.addRange(0x80, 0xbf)
		case p.hasAny(0xc2, 0xdf): // the lead of two bytes, such as Greek or Cyrillic
			p.addRange(0xc2, 0xdf)
		case p.hasAny(0xe0, 0xef): // the lead of three, such as Chinese
			p.addRange(0xe0, 0xef)
		}
	}
	return out
}

// ahead returns a key that lies this many pages behind a key, if keys are there as
// dense as they were among those yielded last; false when that is past the end of
// what such keys can be. It is valid UTF-8.
func (k *keyspace) ahead(from string, pages int) (string, bool) {
	if len(k.recent) == 0 {
		return "", false
	}
	first, last, keys := k.recent[0].first, k.recent[len(k.recent)-1].last, 0
	for _, s := range k.recent {
		keys += s.keys
	}
	begin := 0
	for begin < len(first) && begin < len(last) && first[begin] == last[begin] {
		begin++
	}
	if first >= last || begin < k.fixed || begin >= len(from) || max(len(first), len(last), len(from)) > maxKey {
		return "", false
	}
	sets := k.digits(max(len(first), len(last), len(from)))
	places := varying(sets, begin)
	begins, ends := value(sets, places, first), value(sets, places, last)
	distance := ends - min(begins, ends)
	to := value(sets, places, from) + max(1, distance*uint64(pages*k.pageSize)/uint64(keys))
	key, carry := digitsOf(sets, places, to, from)
	for i := begin - 1; carry > 0; i-- {
		if i < k.fixed {
			return "", false
		}
		size := uint64(sets[i].size())
		if size < 2 {
			continue
		}
		at := sets[i].below(from[i]) + carry
		key[i], carry = sets[i].at(at%size), at/size
	}
	text, ok := validUTF8(key)
	return text, ok && text > from && strings.HasPrefix(text, from[:k.fixed])
}

// varying returns the first places from begin on that can differ.
func varying(sets []charset, begin int) []int {
	var places []int
	for i := begin; i < len(sets) && len(places) < significant; i++ {
		if i == begin || sets[i].size() > 1 {
			places = append(places, i)
		}
	}
	return places
}

// value reads the places of a key as a number. A key that ends before a place has
// the lowest digit there, as the one that is its begin sorts first.
func value(sets []charset, places []int, key string) uint64 {
	var v uint64
	for _, i := range places {
		v *= uint64(sets[i].size())
		if i < len(key) {
			v += min(sets[i].below(key[i]), uint64(sets[i].size())-1)
		}
	}
	return v
}

// digitsOf writes a number into the places of last and cuts off what follows them.
func digitsOf(sets []charset, places []int, v uint64, last string) (key []byte, carry uint64) {
	end := places[len(places)-1] + 1
	key = make([]byte, end)
	for i := copy(key, last); i < end; i++ {
		key[i] = sets[i].at(0)
	}
	for i := len(places) - 1; i >= 0; i-- {
		size := uint64(sets[places[i]].size())
		key[places[i]] = sets[places[i]].at(v % size)
		v /= size
	}
	return key, v
}

// validUTF8 returns the key with the first character that was put together wrongly
// completed to the least one of its lead byte, and cut off there.
func validUTF8(key []byte) (string, bool) {
	for i := 0; i < len(key); {
		r, n := utf8.DecodeRune(key[i:])
		if r != utf8.RuneError || n > 1 {
			i += n
			continue
		}
		least := leastRune(key[i])
		if least == 0 {
			return "", false
		}
		return string(utf8.AppendRune(key[:i:i], least)), true
	}
	return string(key), true
}

// leastRune returns the first character whose encoding begins with the byte, or 0.
func leastRune(lead byte) rune {
	switch {
	case lead >= 0xc2 && lead <= 0xdf:
		return rune(lead&0x1f) << 6
	case lead == 0xe0:
		return 0x800
	case lead > 0xe0 && lead <= 0xef:
		return rune(lead&0x0f) << 12
	case lead == 0xf0:
		return 0x10000
	case lead > 0xf0 && lead <= 0xf4:
		return rune(lead&0x07) << 18
	default:
		return 0
	}
}
