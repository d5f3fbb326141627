package paperwork

import "strings"

// The stickers, in millimeters: one lies on a drive of 3.5 inches, which has 102 by
// 147, the other is read from a distance.
const (
	driveWidth, driveHeight   = 90.0, 50.0
	parcelWidth, parcelHeight = 150.0, 75.0
)

// sticker draws one sticker for the drive and one for the parcel.
func sticker(s *sheet, f Forms) {
	s.begin()
	s.note("Cut along the marks. The small one goes on the drive where it covers no vents, screws or serial number, the large one on the parcel.")
	s.y += 8
	d := box{(s.width - driveWidth) / 2, s.y, driveWidth, driveHeight}
	s.marks(d)
	driveSticker(s, f, d)
	p := box{(s.width - parcelWidth) / 2, s.y + driveHeight + 24, parcelWidth, parcelHeight}
	s.marks(p)
	parcelSticker(s, f, p)
}

func driveSticker(s *sheet, f Forms, b box) {
	const pad = 3.0
	name := f.Device.Name
	if name == "" {
		name = f.Backup
	}
	x, y, w := b.x+pad, b.y+pad, b.w-2*pad
	s.put([]string{name}, bold(17), box{x, y, w, 7.6})
	s.put([]string{about(f)}, regular(7.5), box{x, y + 7.4, w, 3.4})
	s.line(x, y+11.2, x+w, y+11.2, thinLine)

	const jobWidth = 31
	s.write(x, y+13.9, "JOB ID", regular(5.5))
	s.put([]string{f.Job}, mono(18), box{x, y + 14.2, jobWidth, 8})
	s.barcode(f.Job, box{x + jobWidth, y + 12.4, w - jobWidth, 9}, atRight)

	s.write(x, y+24.6, "SERIAL NUMBER", regular(5.5))
	s.put([]string{f.DeviceID}, mono(11.5), box{x, y + 24.9, w, 5.2})
	s.barcode(f.DeviceID, box{x, y + 30.2, w, 7.4}, atRight)

	s.put([]string{"Return to: " + short(f)}, regular(6.5), box{x, y + 38.4, w, 5.8})
}

func parcelSticker(s *sheet, f Forms, b box) {
	const pad = 6.0
	x, y, w := b.x+pad, b.y+pad, b.w-2*pad
	s.put([]string{"AWS Import/Export"}, bold(16), box{x, y, w, 7.2})
	s.line(x, y+8.5, x+w, y+8.5, thinLine)
	s.write(x, y+13.5, "JOB ID", regular(8))
	s.put([]string{f.Job}, mono(76), box{x, y + 10.5, w, 34})
	s.barcode(f.Job, box{x, y + 43, w, 12.5}, inMiddle)
	s.put([]string{"Return to: " + short(f)}, regular(8), box{x, y + 56.8, w, 7})
}

// about says what else there is to know of the drive, below its name.
func about(f Forms) string {
	parts := []string{f.subject()}
	if f.Device.Name == "" {
		parts[0] = "run " + f.Run
	}
	if f.Device.Size != "" {
		parts = append(parts, f.Device.Size)
	}
	if f.Device.Location != "" {
		parts = append(parts, "home: "+f.Device.Location)
	}
	return strings.Join(parts, "  ·  ")
}

// short returns the return address in one line, which does not break in the phone
// number.
func short(f Forms) string {
	a := f.ReturnAddress
	var parts []string
	for _, part := range postal(a) {
		if part = strings.TrimSpace(part); part != "" {
			parts = append(parts, part)
		}
	}
	if a.PhoneNumber != "" {
		parts = append(parts, strings.Join(strings.Fields("Phone "+a.PhoneNumber), string(noBreak)))
	}
	return strings.Join(parts, ", ")
}

// marks draws cut marks outside of a box, so that none of them stays on the sticker.
func (s *sheet) marks(b box) {
	const gap, length = 1.0, 5.0
	for _, x := range []float64{b.x, b.x + b.w} {
		s.line(x, b.y-gap-length, x, b.y-gap, hairLine)
		s.line(x, b.y+b.h+gap, x, b.y+b.h+gap+length, hairLine)
	}
	for _, y := range []float64{b.y, b.y + b.h} {
		s.line(b.x-gap-length, y, b.x-gap, y, hairLine)
		s.line(b.x+b.w+gap, y, b.x+b.w+gap+length, y, hairLine)
	}
}
