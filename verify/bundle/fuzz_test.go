package bundle_test

import (
	"errors"
	"testing"
	"testing/fstest"

	"github.com/cargomedia/s3export/verify"
	"github.com/cargomedia/s3export/verify/bundle"
)

// Whatever backup.json holds, there is a remedy.
func FuzzOpen(f *testing.F) {
	f.Add([]byte(`{"formatVersion": 1, "baselineDigest": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "continueAfter": {"bucket": "b", "key": "k"}}`))
	f.Add([]byte(`{"formatVersion": 2}`))
	f.Add([]byte(`null`))
	f.Fuzz(func(t *testing.T, text []byte) {
		_, err := bundle.Open(fstest.MapFS{".s3export/backup.json": {Data: text}, ".s3export/baseline.jsonl.gz": {}})
		if e, ok := errors.AsType[*verify.Error](err); !ok || e.Remedy == "" {
			t.Errorf("%q: %v has no remedy", text, err)
		}
	})
}
