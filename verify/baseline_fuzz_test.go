package verify_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/cargomedia/s3export/verify"
)

func FuzzOpenBaseline(f *testing.F) {
	f.Add(`{"format":"s3export-baseline/v1","ranges":[{"bucket":"b","directory":""}]}` + "\n" +
		`{"path":"k","bucket":"b","key":"k","size":1,"etag":"","lastModified":"2026-01-01T00:00:00Z","seen":"start"}` + "\n" +
		`{"end":true,"lines":1,"bytes":1,"sha256":""}` + "\n")
	f.Add("")
	f.Fuzz(func(t *testing.T, text string) {
		paths, err := readAll(zip(text))
		if err != nil {
			if e, ok := errors.AsType[*verify.Error](err); !ok || e.Remedy == "" {
				t.Errorf("an error without a remedy: %v", err)
			}
			return
		}
		if got := strings.Count(text, "\n"); len(paths) > got {
			t.Errorf("%d objects of %d lines", len(paths), got)
		}
	})
}
