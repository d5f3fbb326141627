package spill_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/cargomedia/s3export/verify/spill"
)

func FuzzPayload(f *testing.F) {
	f.Add([]byte("\x05hello\x00\x02ab"))
	f.Add([]byte("\x06hello"))
	f.Add([]byte("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"))
	f.Add([]byte{})
	path := filepath.Join(f.TempDir(), "file")
	f.Fuzz(func(t *testing.T, payload []byte) {
		file, err := os.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		all, err := spill.ReadPayload(file, payload)
		if err != nil && !errors.Is(err, spill.ErrDamaged) {
			t.Fatal(err)
		}
		size := 0
		for _, record := range all {
			size += len(record)
		}
		if size > len(payload) {
			t.Errorf("%d bytes of %d", size, len(payload))
		}
	})
}
