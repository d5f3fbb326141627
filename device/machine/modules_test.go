package machine_test

import (
	"debug/elf"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
)

// modules are the files of a kernel's modules, by name.
type modules map[string]string

func findModules(root string) (modules, error) {
	m := modules{}
	return m, filepath.WalkDir(filepath.Join(root, "lib/modules"), func(file string, _ fs.DirEntry, err error) error {
		if name, is := strings.CutSuffix(filepath.Base(file), ".ko"); is {
			m[moduleName(name)] = file
		}
		return err
	})
}

// moduleName is the name as modules call each other, whatever the file is called.
func moduleName(name string) string { return strings.ReplaceAll(name, "-", "_") }

// inOrder returns the files of the modules and of those they need, each after what it
// needs.
func (m modules) inOrder(names ...string) ([]string, error) {
	var files []string
	seen := map[string]bool{}
	var add func(name string) error
	add = func(name string) error {
		if seen[name] {
			return nil
		}
		seen[name] = true
		file := m[name]
		if file == "" {
			return fmt.Errorf("the kernel has no module %s", name)
		}
		needs, err := moduleNeeds(file)
		if err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		for _, need := range needs {
			if err := add(moduleName(need)); err != nil {
				return err
			}
		}
		files = append(files, file)
		return nil
	}
	for _, name := range names {
		if err := add(name); err != nil {
			return nil, err
		}
	}
	return files, nil
}

// moduleNeeds reads what a module says of itself: strings with a NUL at their ends, of
// which one is "depends=a,b" (include/linux/module.h).
func moduleNeeds(file string) ([]string, error) {
	f, err := elf.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	section := f.Section(".modinfo")
	if section == nil {
		return nil, fmt.Errorf("no section .modinfo")
	}
	info, err := section.Data()
	if err != nil {
		return nil, err
	}
	for _, line := range strings.Split(string(info), "\x00") {
		if needs, is := strings.CutPrefix(line, "depends="); is && needs != "" {
			return strings.Split(needs, ","), nil
		}
	}
	return nil, nil
}
