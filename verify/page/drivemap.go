package page

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/cargomedia/s3export/verify"
)

// driveMap is the drive from its beginning to its end, row by row. Across, all places
// are in percent, so that the picture fits every width and its text keeps its size.
type driveMap struct {
	Rows   []mapRow
	Height int
	Says   []string
	Places []place // where something is wrong
	More   string
}

type mapRow struct {
	From, To    string // To is empty where there is no room for two
	TextY, Axis int
	Width       string // of the slices that the row has
	Cells       []cell
}

type cell struct {
	X, Width string
	Y, H     int
	Bad      bool
	Mark     string
	MarkX    string
	MarkY    int
	Says     string
}

type place struct{ From, To, Says string }

// Heights are in pixels.
const (
	rowCells   = 64
	markHeight = 14
	barHeight  = 26
	textHeight = 14
	rowGap     = 8
	rowPitch   = markHeight + barHeight + textHeight + rowGap
	placesMax  = 20
	second     = int64(time.Second)
)

func newDriveMap(m *verify.DriveMap) *driveMap {
	if m == nil || len(m.Slices) == 0 {
		return nil
	}
	list := m.Slices[:min(len(m.Slices), slicesMax)]
	columns := min(rowCells, len(list))
	scale := scale{columns: columns, top: topRate(list), slice: m.SliceSize}
	out := &driveMap{}
	for first := 0; first < len(list); first += columns {
		row := newRow(len(out.Rows), first, m.SliceSize)
		last := min(first+columns, len(list))
		row.To, row.Width = spot(int64(last)*m.SliceSize), percent(last-first, columns)
		if 2*(last-first) < columns {
			row.From, row.To = row.From+" to "+row.To, ""
		}
		for i := first; i < last; i++ {
			if s := list[i]; s.Files > 0 || s.Errors > 0 {
				row.Cells = append(row.Cells, scale.cell(row, s, i))
			}
		}
		out.Rows = append(out.Rows, row)
	}
	out.Height = len(out.Rows) * rowPitch
	out.Says = mapSays(list, m.SliceSize)
	out.places(list, m.SliceSize)
	return out
}

// slicesMax bounds what a report can make the page draw.
const slicesMax = 512

func newRow(n, first int, slice int64) mapRow {
	axis := n*rowPitch + markHeight + barHeight
	return mapRow{From: spot(int64(first) * slice), Axis: axis, TextY: axis + textHeight - 2}
}

// scale is how large things are drawn.
type scale struct {
	columns int
	top     int64 // bytes a second of a full bar
	slice   int64 // bytes of a cell
}

func (g scale) cell(row mapRow, s verify.Slice, i int) cell {
	at, h := i%g.columns, g.height(s)
	c := cell{X: percent(at, g.columns), Width: fmt.Sprintf("%.3f%%", 90/float64(g.columns)), Y: row.Axis - h, H: h,
		MarkX: fmt.Sprintf("%.3f%%", (float64(at)+0.45)*100/float64(g.columns)), MarkY: row.Axis - barHeight - 3,
		Says: fmt.Sprintf("%s to %s: %s, %s", spot(int64(i)*g.slice), spot(int64(i+1)*g.slice), things(s.Files, "file"), rate(s.Bytes, s.Nanos))}
	if s.Differ > 0 {
		c.Mark = "≠"
	}
	if s.Errors > 0 {
		c.Mark = "✗"
	}
	if c.Mark != "" {
		c.Bad, c.Y, c.H, c.Says = true, row.Axis-barHeight, barHeight, c.Says+", "+wrong(s)
	}
	return c
}

// height of a bar is at least 1, so that what was read is seen.
func (g scale) height(s verify.Slice) int {
	if g.top == 0 {
		return 1
	}
	return max(1, int(float64(min(perSecond(s.Bytes, s.Nanos), g.top))/float64(g.top)*barHeight))
}

func percent(part, whole int) string {
	return fmt.Sprintf("%.3f%%", 100*float64(part)/float64(whole))
}

func wrong(s verify.Slice) string {
	switch {
	case s.Errors == 0:
		return things(s.Differ, "file") + " different"
	case s.Differ == 0:
		return things(s.Errors, "file") + " not readable"
	}
	return things(s.Errors, "file") + " not readable, " + things(s.Differ, "file") + " different"
}

// seen is how fast a slice was read.
type seen struct {
	rate  int64 // bytes a second
	index int
}

// rates returns those of all slices that were read, the slowest first.
func rates(list []verify.Slice) []seen {
	var all []seen
	for i, s := range list {
		if r := perSecond(s.Bytes, s.Nanos); r > 0 {
			all = append(all, seen{r, i})
		}
	}
	slices.SortFunc(all, func(a, b seen) int { return cmp.Or(cmp.Compare(a.rate, b.rate), a.index-b.index) })
	return all
}

// topRate is what a full bar stands for: not more than twice the middle, so that one
// place that came out of a cache does not flatten all others.
func topRate(list []verify.Slice) int64 {
	all := rates(list)
	if len(all) == 0 {
		return 0
	}
	return min(all[len(all)-1].rate, 2*all[len(all)/2].rate)
}

// mapSays puts the picture into words.
func mapSays(list []verify.Slice, slice int64) []string {
	var errors, differ int64
	for _, s := range list {
		errors += s.Errors
		differ += s.Differ
	}
	says := []string{fmt.Sprintf("%s not readable and %s different, each marked where it begins.", things(errors, "file"), things(differ, "file"))}
	all := rates(list)
	if len(all) == 0 {
		return says
	}
	slowest, top := all[0], topRate(list)
	return append(says, fmt.Sprintf("A bar of full height is %s or more; in the middle it was %s, and in the slowest place, from %s on, %s.",
		rate(top, second), rate(all[len(all)/2].rate, second), spot(int64(slowest.index)*slice), rate(slowest.rate, second)))
}

// places lists where something is wrong, for those who cannot see the picture.
func (d *driveMap) places(list []verify.Slice, slice int64) {
	more := int64(0)
	for i, s := range list {
		if s.Errors+s.Differ == 0 {
			continue
		}
		if len(d.Places) == placesMax {
			more++
			continue
		}
		d.Places = append(d.Places, place{spot(int64(i) * slice), spot(int64(i+1) * slice), wrong(s)})
	}
	if more > 0 {
		d.More = "and " + things(more, "more place")
	}
}
