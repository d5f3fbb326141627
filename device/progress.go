package device

import (
	"regexp"
	"strconv"
	"strings"
)

// FormatProgress says how far mkfs is: on a disk of some terabytes it writes for
// minutes.
type FormatProgress struct {
	Stage       string // as mkfs calls it, such as "Writing inode tables"
	Done, Total int64  // groups of blocks; Total 0: not counted
}

// WithProgress returns the same disks, which tell how far a format is, about once a
// second.
func (d *Disks) WithProgress(tell func(FormatProgress)) *Disks {
	c := *d
	c.progress = tell
	return &c
}

// watchMkfs reads the progress that mke2fs prints (e2fsprogs, lib/ext2fs/progress.c):
// a stage, and "done/total" that is deleted with backspaces before the next one.
func (d *Disks) watchMkfs() func(string) {
	if d.progress == nil {
		return nil
	}
	return func(words string) {
		if p, ok := parseMkfs(words); ok {
			d.progress(p)
		}
	}
}

func parseMkfs(words string) (FormatProgress, bool) {
	words = strings.TrimRight(words, "\n")
	line := words[strings.LastIndexByte(words, '\n')+1:]
	stage, rest, _ := strings.Cut(line, ":")
	if !regexp.MustCompile(`^[A-Z][ -~]+$`).MatchString(stage) || strings.Contains(rest, "done") {
		return FormatProgress{}, false
	}
	p := FormatProgress{Stage: stage}
	if all := regexp.MustCompile(`(\d+)/(\d+)`).FindAllStringSubmatch(rest, -1); len(all) > 0 {
		last := all[len(all)-1]
		p.Done, _ = strconv.ParseInt(last[1], 10, 64)
		p.Total, _ = strconv.ParseInt(last[2], 10, 64)
	}
	return p, p.Done <= p.Total
}

// withoutProgress drops what mke2fs says of stages that went well, of the layout and of
// its configuration, which is empty on purpose; and backspaces.
func withoutProgress(words string) string {
	var kept []string
	for line := range strings.Lines(words) {
		line = regexp.MustCompile(`[\d/ ]*\x08+[ \x08]*`).ReplaceAllString(line, "")
		if !regexp.MustCompile(`done\s*$|^mke2fs |^Creating filesystem|^Filesystem UUID|^Superblock backups|^[\d, \t]+\n?$|mke2fs\.conf`).MatchString(line) {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, "")
}
