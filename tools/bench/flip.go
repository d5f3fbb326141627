package main

import (
	"context"
	"os"
	"path/filepath"
)

// flips turns one bit of one file of each corpus on the drive, and asks who notices:
// who names the file, and with which exit code.
func (l *lab) flips(ctx context.Context) error {
	l.say("\n### One bit of one file is turned; size and time stay\n")
	l.say("| contestant | corpus | exit code before | exit code after | names the file |\n|---|---|---|---|---|")
	for _, c := range l.corpora {
		victim := c.files[len(c.files)/2]
		before, err := l.exits(ctx, c, "")
		if err != nil {
			return err
		}
		if err := l.turn(ctx, c, victim); err != nil {
			return err
		}
		after, err := l.exits(ctx, c, filepath.Base(victim.key))
		if turned := l.turn(ctx, c, victim); err == nil {
			err = turned
		}
		if err != nil {
			return err
		}
		for i, a := range after {
			says := "no"
			if a.named {
				says = "yes"
			}
			l.say("| %s | %s | %d | %d | %s |", a.name, c.name, before[i].exit, a.exit, says)
		}
	}
	return nil
}

type answer struct {
	name  string
	exit  int
	named bool
}

func (l *lab) exits(ctx context.Context, c corpus, victim string) ([]answer, error) {
	var answers []answer
	for _, one := range l.field {
		if one.floor || !wants(one.corpora, c.name) {
			continue
		}
		took, log, err := l.meet(ctx, one, l.ring(c, l.server.endpoint))
		if err != nil {
			return nil, err
		}
		answers = append(answers, answer{one.name, took.Exit, victim != "" && (contains(log, victim) || contains(log+".err", victim))})
	}
	return answers, nil
}

// turn changes a bit in the image, and in the tree where that is what folders are;
// a second time takes it back.
func (l *lab) turn(ctx context.Context, c corpus, f file) error {
	if err := l.drive.cold(ctx, false); err != nil {
		return err
	}
	image, files, err := openImage(l.drive.image)
	if err != nil {
		return err
	}
	defer func() { _ = image.Close() }()
	entry, err := files.Lookup(c.name + "/" + f.key) //nolint:contextcheck // it takes none
	if err != nil {
		return err
	}
	extents, err := files.Extents(entry)
	if err != nil {
		return err
	}
	if err := turnBit(l.drive.image, extents[0].Physical+777); err != nil || l.drive.root {
		return err
	}
	path := filepath.Join(l.drive.folder, c.name, f.key)
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	if err := turnBit(path, 777); err != nil {
		return err
	}
	return os.Chtimes(path, info.ModTime(), info.ModTime())
}

func turnBit(path string, at int64) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	var b [1]byte
	if _, err = f.ReadAt(b[:], at); err == nil {
		b[0] ^= 1
		_, err = f.WriteAt(b[:], at)
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	return err
}
