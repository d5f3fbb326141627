package specs

import (
	"errors"
	"io"
	"os"
)

// Load returns the documents of all files that args mean (see Files), in order.
// Like Decode it returns the valid documents and an error that joins a
// *FieldError for every problem of the others; a caller that must do all or
// nothing looks at the error first. Two documents of one name are both left out.
func Load(args []string, o Options) ([]Document, error) {
	if len(args) == 0 {
		return nil, &FieldError{Problem: "no spec file is given", Remedy: "name files or directories with -f, or - for standard input"}
	}
	files, err := Files(args, o)
	problems := Problems(err)
	var docs []Document
	for _, file := range files {
		found, err := loadFile(file, o)
		docs = append(docs, found...)
		problems = append(problems, Problems(err)...)
	}
	docs, twins := refuseTwins(docs)
	return docs, join(append(problems, twins...))
}

func loadFile(file string, o Options) ([]Document, error) {
	data, open, err := readSpec(file, o)
	if err != nil {
		return nil, &FieldError{File: file, Problem: fileProblem(err), Remedy: "correct the path or its permissions", cause: err}
	}
	docs, err := Decode(file, data, o)
	if open {
		for i := range docs {
			docs[i].Warnings = append(docs[i].Warnings, FieldError{
				File: file, Problem: "everybody may write this file", Remedy: "chmod o-w it: who writes it decides what is erased",
			})
		}
	}
	return docs, err
}

// readSpec reads a spec file, which may be a pipe, one byte over the bound at
// most. open tells that everybody may write it.
func readSpec(file string, o Options) (data []byte, open bool, err error) {
	if file == "-" {
		if o.Stdin == nil {
			return nil, false, errors.New("there is no standard input")
		}
		data, err = io.ReadAll(io.LimitReader(o.Stdin, MaxFile+1))
		return data, false, err
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, false, err
	}
	defer func() { _ = f.Close() }() // it was only read
	info, err := f.Stat()
	if err != nil {
		return nil, false, err
	}
	data, err = io.ReadAll(io.LimitReader(f, MaxFile+1))
	return data, info.Mode().IsRegular() && info.Mode().Perm()&0o002 != 0, err
}
