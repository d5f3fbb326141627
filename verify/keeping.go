package verify

import "errors"

// keeping is what is known of the versions that a bucket keeps, and of how it answers.
type keeping struct {
	answered bool // the next questions are asked side by side
	never    bool // it does not tell
	many     bool // it keeps versions
	plain    int  // answers of an object that has but one state

	failed int   // questions, one after the other
	err    error // of the last of them
}

// failedMost bounds the questions in a row that fail: each may take minutes, and the first
// ones are asked one at a time.
const failedMost = 3

// plainMost is how many objects with a single state make a bucket one without versions: in
// a bucket that began to keep them late, many are as they were before.
const plainMost = 100

// none reports whether it keeps no versions, as far as one can see.
func (k *keeping) none() bool { return !k.many && k.plain >= plainMost }

// take takes in an answer, and returns what it says. An error is one of the moment.
func (k *keeping) take(all []Object, err error) ([]Object, error) {
	switch {
	case errors.Is(err, ErrDenied), errors.Is(err, ErrNotSupported):
		k.never, k.failed = k.never || !k.answered, 0 // later on it is of that object alone
		return nil, nil
	case err != nil:
		k.failed, k.err = k.failed+1, err
		return nil, err
	case len(all) == 1 && unversioned(all[0]):
		k.plain++
	case len(all) > 0:
		k.many = true
	}
	k.answered, k.failed = true, 0
	return all, nil
}

// unversioned reports whether an object may be the only state that there is of it.
func unversioned(o Object) bool {
	return !o.Deleted && (o.VersionID == "" || o.VersionID == "null")
}
