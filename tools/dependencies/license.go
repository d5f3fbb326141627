package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// license is an SPDX identifier.
type license string

const (
	apache    license = "Apache-2.0"
	bsd       license = "BSD"
	gpl       license = "GPL"
	isc       license = "ISC"
	mit       license = "MIT"
	mpl       license = "MPL-2.0"
	unlicense license = "Unlicense"
	unknown   license = "unknown"
)

// allowed reports whether a module with this license may be used: shipped inside
// the binary, or by tests alone.
func (l license) allowed(shipped bool) bool {
	switch l {
	case apache, bsd, isc, mit, unlicense:
		return true
	case mpl:
		return !shipped
	case gpl, unknown:
		return false
	default:
		return false
	}
}

// licensesOf reads the license files of the module in dir. A file that holds
// several licenses gives all of them.
func licensesOf(dir string) ([]license, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var found []license
	for _, e := range entries {
		name := strings.ToUpper(e.Name())
		if e.IsDir() || !strings.HasPrefix(name, "LICEN") && !strings.HasPrefix(name, "COPYING") {
			continue
		}
		text, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			return nil, err
		}
		found = append(found, classify(string(text))...)
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("no license file in %q", dir)
	}
	return found, nil
}

// phrases are sentences by which a license is known, in lower case with single spaces.
func phrases() map[license][]string {
	return map[license][]string{
		apache:    {"apache license version 2.0", "apache license, version 2.0"},
		bsd:       {"redistribution and use in source and binary forms"},
		isc:       {"permission to use, copy, modify, and distribute this software for any purpose with or without fee", "permission to use, copy, modify, and/or distribute this software for any purpose with or without fee"},
		mit:       {"permission is hereby granted, free of charge, to any person obtaining a copy"},
		mpl:       {"mozilla public license version 2.0", "mozilla public license, version 2.0"},
		unlicense: {"this is free and unencumbered software released into the public domain"},
		gpl:       {"gnu general public license version", "gnu lesser general public license version", "gnu affero general public license version"},
	}
}

// classify names the licenses whose sentences occur in text.
func classify(text string) []license {
	text = strings.Join(strings.Fields(strings.ToLower(text)), " ")
	var found []license
	for l, known := range phrases() {
		for _, phrase := range known {
			if strings.Contains(text, phrase) {
				found = append(found, l)
				break
			}
		}
	}
	if len(found) == 0 {
		return []license{unknown}
	}
	return found
}
