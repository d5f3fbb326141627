package verify

import "errors"

// keeping is what is known of the versions that a bucket keeps, and of how it answers.
type keeping struct {
	answered bool // the next questions are asked side by side
	never    bool // it does not tell
	many     bool // it keeps several of an object
	one      bool // of each object

	failed int   // questions, one after the other
	err    error // of the last of them
}

// failedMost bounds the questions in a row that fail: each may take minutes, and the first
// ones are asked one at a time.
const failedMost = 3

// take takes in an answer, and returns what it says. An error is one of the moment.
func (k *keeping) take(all []Object, err error) ([]Object, error) {
	switch {
	case errors.Is(err, ErrDenied), errors.Is(err, ErrNotSupported):
		k.never, k.failed = k.never || !k.answered, 0 // later on it is of that object alone
		return nil, nil
	case err != nil:
		k.failed, k.err = k.failed+1, err
		return nil, err
	case len(all) > 1, len(all) == 1 && !unversioned(all[0]):
		k.many, k.one = true, false
	case len(all) == 1:
		k.one = !k.many
	}
	k.answered, k.failed = true, 0
	return all, nil
}

// unversioned reports whether an object may be the only state that there is of it.
func unversioned(o Object) bool { return o.VersionID == "" || o.VersionID == "null" }
