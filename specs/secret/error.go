package secret

// Error is why a secret could not be read. It never holds the secret.
type Error struct {
	Source  string // Source.Name
	Problem string
	Remedy  string
	Err     error
}

// Error returns one line.
func (e *Error) Error() string { return "secret " + e.Source + ": " + e.Problem }

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }
