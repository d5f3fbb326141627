package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"golang.org/x/sys/unix"

	"github.com/cargomedia/s3export/reconciler"
)

// snapshot is all that may not change when something is refused: every file with
// its content (drives above all), every job at the service, every object. Of the
// records only what was done counts: how a backup stands may be written anew.
func (s *station) snapshot() string {
	GinkgoHelper()
	var b strings.Builder
	if !s.stopped {
		state, err := s.control().State(context.Background())
		Expect(err).NotTo(HaveOccurred())
		text, err := json.Marshal(state.Jobs)
		Expect(err).NotTo(HaveOccurred())
		fmt.Fprintf(&b, "jobs %s, %d parcels\n", text, len(state.Parcels))
	}
	for _, bucket := range s.store.Buckets() {
		for o, err := range s.store.Objects(bucket.Name, "", "") {
			Expect(err).NotTo(HaveOccurred())
			fmt.Fprintf(&b, "s3://%s/%s %s %s\n", bucket.Name, o.Key, o.ETag, o.LastModified)
		}
	}
	Expect(filepath.WalkDir(s.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name, _ := filepath.Rel(s.dir, path)
		if strings.HasPrefix(name, "state") && strings.HasPrefix(d.Name(), "baseline.start-") {
			return nil // a listing that was made to decide
		}
		switch d.Name() {
		case "lock":
		case "record.json":
			b.WriteString(facts(path))
		default:
			info, err := d.Info()
			if err != nil {
				return err
			}
			fmt.Fprintf(&b, "%s %d %s %s\n", name, info.Size(), info.ModTime().Format(time.RFC3339Nano), digestOf(path))
		}
		return nil
	})).To(Succeed())
	return b.String()
}

func (s *station) hasState() bool {
	_, err := os.Stat(filepath.Join(s.dir, "state"))
	return err == nil
}

// facts returns what a record says was done, or was about to be.
func facts(path string) string {
	GinkgoHelper()
	text, err := os.ReadFile(path)
	Expect(err).NotTo(HaveOccurred())
	var r reconciler.Record
	Expect(json.Unmarshal(text, &r)).To(Succeed())
	var b strings.Builder
	for _, run := range r.Runs {
		blank := reconciler.Run{Name: run.Name, StartedAt: run.StartedAt, Wanted: run.Wanted, Mark: run.Mark, LookedUp: run.LookedUp}
		run.Wanted, blank.Wanted = "", ""
		run.LookedUp, blank.LookedUp = nil, nil
		run.Journey, blank.Journey = nil, nil // what was seen of the parcel
		all, err := json.Marshal(run)
		Expect(err).NotTo(HaveOccurred())
		none, err := json.Marshal(blank)
		Expect(err).NotTo(HaveOccurred())
		if string(all) != string(none) {
			fmt.Fprintf(&b, "%s %s\n", r.Name, all)
		}
	}
	return b.String()
}

// digestOf returns a hash of a file's blocks that are not zero, and of where they
// are. The holes of a drive's image cost nothing.
func digestOf(path string) string {
	GinkgoHelper()
	f, err := os.Open(path)
	if os.IsPermission(err) {
		return "unreadable"
	}
	Expect(err).NotTo(HaveOccurred())
	defer func() { _ = f.Close() }()
	h := sha256.New()
	zero, block := make([]byte, 4096), make([]byte, 4096)
	for at, end := int64(0), int64(0); ; at += int64(len(block)) {
		if at >= end {
			at, err = f.Seek(at, unix.SEEK_DATA)
			if errors.Is(err, syscall.ENXIO) {
				return fmt.Sprintf("%x", h.Sum(nil))
			}
			Expect(err).NotTo(HaveOccurred())
			end, err = f.Seek(at, unix.SEEK_HOLE)
			Expect(err).NotTo(HaveOccurred())
			at -= at % int64(len(block))
		}
		n, err := f.ReadAt(block, at)
		Expect(err).To(Or(BeNil(), MatchError(io.EOF)))
		if !bytes.Equal(block[:n], zero[:n]) {
			fmt.Fprintf(h, "%d ", at)
			h.Write(block[:n])
		}
	}
}
