package chain

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"time"

	"github.com/cargomedia/s3export/verify"
	"github.com/cargomedia/s3export/verify/page"
)

// perDay is how many reports of one day a folder can have.
const perDay = 9999

// Keep adds a report and its page to a folder, under the first name of its day that is
// free, and returns that name. write writes a file as a whole. A kill in between leaves a
// report without a page, which is well. Two that keep reports in one folder at a time
// fork the chain.
func Keep(fsys fs.FS, r verify.Report, write func(name string, content func(io.Writer) error) error) (string, error) {
	last, err := Last(fsys)
	if err != nil {
		return "", err
	}
	r.Before = last
	name, err := free(fsys, r.Ended)
	if err != nil {
		return "", err
	}
	if err := write(name, r.Encode); err != nil {
		return "", err
	}
	return name, write(pageOf(name), func(w io.Writer) error { return page.Write(w, r) })
}

// free returns the first name of a day that neither a report nor a page has.
func free(fsys fs.FS, day time.Time) (string, error) {
	for n := 1; n <= perDay; n++ {
		name := fmt.Sprintf("%s-%d.json", day.UTC().Format("2006-01-02"), n)
		_, err := fs.Stat(fsys, name)
		_, errPage := fs.Stat(fsys, pageOf(name))
		if errors.Is(err, fs.ErrNotExist) && errors.Is(errPage, fs.ErrNotExist) {
			return name, nil
		}
	}
	return "", &verify.Error{Op: "keeping the report", Err: fmt.Errorf("%d reports of one day are there", perDay), Remedy: "name another folder"}
}
