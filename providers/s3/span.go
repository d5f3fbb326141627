package s3

import "strings"

// span is a range of keys that is listed by requests that follow each other.
type span struct {
	after  string // exclusive
	until  string // inclusive; empty: to the end
	token  string // of the next page, once there was one
	listed string // the last key that the server showed
	fresh  bool   // there was no page yet
	flying bool   // a request is under way
	done   bool
	guess  bool       // begins at a key that was guessed
	pages  [][]Object // fetched, not yet yielded

	last   string // of the newest page
	split  string // where to split, once looked for
	looked bool
}

// take adds an answer, and returns how many objects of it belong here.
func (s *span) take(p page, prefix string) int {
	objects := p.objects
	if n := len(objects); n > 0 {
		s.listed = objects[n-1].Key
	}
	// Servers that ignore start-after or prefix send more than they were asked for.
	for len(objects) > 0 && objects[0].Key <= s.after {
		objects = objects[1:]
	}
	s.done = !p.truncated
	for n := len(objects); n > 0 && s.until != "" && objects[n-1].Key >= s.until; n-- {
		s.done = true
		if objects[n-1].Key == s.until {
			break
		}
		objects = objects[:n-1]
	}
	objects = below(objects, prefix)
	s.fresh, s.token = false, p.next
	if len(objects) == 0 {
		return 0
	}
	s.pages = append(s.pages, objects)
	s.last = objects[len(objects)-1].Key
	s.split, s.looked = "", false
	return len(objects)
}

func below(objects []Object, prefix string) []Object {
	kept := objects[:0]
	for _, o := range objects {
		if strings.HasPrefix(o.Key, prefix) {
			kept = append(kept, o)
		}
	}
	return kept
}

// pop returns the first page that was fetched.
func (s *span) pop() []Object {
	p := s.pages[0]
	s.pages[0] = nil
	s.pages = s.pages[1:]
	return p
}

// lookForSplit finds the key that lies depth pages behind the last one seen, where
// the span seems to be much longer than that; empty otherwise. At the end of a
// listing shorter steps are taken.
func (s *span) lookForSplit(space *keyspace, depth int, isLast bool) string {
	if s.looked || s.last == "" {
		return s.split
	}
	s.looked = true
	for pages := depth; pages > 1; pages /= 2 {
		far, ok := space.ahead(s.last, pages+pages/2)
		if ok && (s.until == "" || far < s.until) {
			if key, ok := space.ahead(s.last, pages); ok && key < far {
				s.split = key
				return key
			}
		}
		if !isLast {
			break
		}
	}
	return ""
}
