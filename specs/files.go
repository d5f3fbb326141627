package specs

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Files returns the spec files that args mean, as kubectl's -f does: files, "-",
// directories (with Options.Recursive also those below) and patterns. Within a
// directory or pattern they are sorted; a file that is meant twice is returned
// once. Of a directory *.yaml, *.yml and *.json are taken, without names that
// begin with a dot or end in ~ or .tmp. The error joins *FieldError.
func Files(args []string, o Options) ([]string, error) {
	var files []string
	var problems []FieldError
	seen := map[string]bool{}
	for _, arg := range args {
		found, problem := expand(arg, o)
		if problem != nil {
			problem.File = arg
			problems = append(problems, *problem)
		}
		for _, file := range found {
			key, err := filepath.Abs(file)
			if err != nil || file == "-" {
				key = file
			}
			if !seen[key] {
				files = append(files, file)
			}
			seen[key] = true
		}
	}
	return files, join(problems)
}

func expand(arg string, o Options) ([]string, *FieldError) {
	if arg == "-" {
		return []string{arg}, nil
	}
	info, err := os.Stat(arg)
	switch {
	case errors.Is(err, fs.ErrNotExist) && strings.ContainsAny(arg, "*?["):
		return expandPattern(arg, o)
	case err != nil:
		return nil, &FieldError{Problem: fileProblem(err), Remedy: "correct the path", cause: err}
	case !info.IsDir():
		return []string{arg}, nil
	}
	files, err := directory(arg, o.Recursive)
	if err != nil {
		return nil, &FieldError{Problem: fileProblem(err), Remedy: "correct the path or its permissions", cause: err}
	}
	if len(files) == 0 {
		return nil, &FieldError{
			Problem: "the directory holds no *.yaml, *.yml or *.json",
			Remedy:  "give another one, or -R to look into the directories below",
		}
	}
	return files, nil
}

func expandPattern(pattern string, o Options) ([]string, *FieldError) {
	matches, err := filepath.Glob(pattern)
	if err != nil {
		return nil, &FieldError{Problem: "is no pattern", Remedy: "close the brackets", cause: err}
	}
	if len(matches) == 0 {
		return nil, &FieldError{Problem: "matches no file", Remedy: "correct the pattern"}
	}
	slices.Sort(matches)
	var files []string
	for _, m := range matches {
		found, problem := expand(m, o)
		if problem != nil {
			return nil, problem
		}
		files = append(files, found...)
	}
	return files, nil
}

// directory lists the spec files of a directory, sorted. Links to files are
// followed, links to directories are not, so that there is no loop.
func directory(dir string, recursive bool) ([]string, error) {
	entries, err := os.ReadDir(dir) // sorted
	if err != nil {
		return nil, err
	}
	var files []string
	for _, e := range entries {
		path := filepath.Join(dir, e.Name())
		switch {
		case strings.HasPrefix(e.Name(), "."):
		case e.IsDir() && recursive:
			below, err := directory(path, true)
			if err != nil {
				return nil, err
			}
			files = append(files, below...)
		case !e.IsDir() && IsSpecName(e.Name()) && !leadsToDirectory(path, e):
			files = append(files, path)
		}
	}
	return files, nil
}

// IsSpecName reports whether a directory's file of this name is read as a spec:
// *.yaml, *.yml and *.json, except what editors leave behind.
func IsSpecName(name string) bool {
	if strings.HasPrefix(name, ".") {
		return false
	}
	switch filepath.Ext(name) { // "x.yaml~" and "x.yaml.tmp" have other extensions
	case ".yaml", ".yml", ".json":
		return true
	}
	return false
}

func leadsToDirectory(path string, e fs.DirEntry) bool {
	if e.Type()&fs.ModeSymlink == 0 {
		return false
	}
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}
