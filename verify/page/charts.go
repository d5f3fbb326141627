package page

func (m markup) driveMap(d *driveMap) {
	m.put("\n\n<section class=\"chart\">\n<h2>Map of the drive</h2>\n<p>From its first byte to the last place that was read. A bar says how fast a place was read; no bar, that nothing was read there. <b>✗</b> not readable, <b>≠</b> different.</p>\n")
	m.put("<svg width=\"100%%\" height=\"%d\" role=\"img\" aria-label=\"Map of the drive; the list below says where something is wrong\">", d.Height)
	for i := range d.Rows {
		m.row(&d.Rows[i])
	}
	m.put("\n</svg>")
	m.each("\n<p>%s</p>", d.Says)
	if len(d.Places) > 0 {
		m.put("\n<table>\n<thead><tr><th>From</th><th>To</th><th>Wrong</th></tr></thead>\n<tbody>")
		for _, p := range d.Places {
			m.put("\n<tr><td data-label=\"From\">%s</td><td data-label=\"To\">%s</td><td data-label=\"Wrong\">%s</td></tr>", p.From, p.To, p.Says)
		}
		m.put("\n</tbody>\n</table>")
	}
	m.when("\n<p class=\"soft\">%s.</p>", d.More)
	m.put("\n</section>")
}

func (m markup) row(r *mapRow) {
	m.put("\n<g>\n<line class=\"axis\" x1=\"0\" x2=\"%s\" y1=\"%d\" y2=\"%d\"/>\n<text class=\"tick\" x=\"0\" y=\"%d\">%s</text>", r.Width, r.Axis, r.Axis, r.TextY, r.From)
	if r.To != "" {
		m.put("\n<text class=\"tick end\" x=\"%s\" y=\"%d\">%s</text>", r.Width, r.TextY, r.To)
	}
	for _, c := range r.Cells {
		class := "bar"
		if c.Bad {
			class = "wrong"
		}
		m.put("\n<rect class=\"%s\" x=\"%s\" y=\"%d\" width=\"%s\" height=\"%d\"><title>%s</title></rect>", class, c.X, c.Y, c.Width, c.H, c.Says)
		if c.Mark != "" {
			m.put("<text class=\"mark\" x=\"%s\" y=\"%d\">%s</text>", c.MarkX, c.MarkY, c.Mark)
		}
	}
	m.put("\n</g>")
}

func (m markup) speed(s *speed) {
	m.put("\n\n<section class=\"chart\">\n<h2>Throughput over time</h2>\n<svg width=\"100%%\" height=\"%d\" role=\"img\" aria-label=\"%s\">\n", s.Height, s.Says)
	m.put("<text class=\"tick\" x=\"0\" y=\"11\">%s</text>\n<line class=\"axis\" x1=\"0\" x2=\"100%%\" y1=\"%d\" y2=\"%d\"/>", s.Top, s.Baseline, s.Baseline)
	for _, b := range s.Bars {
		m.put("\n<rect class=\"bar\" x=\"%s\" y=\"%d\" width=\"%s\" height=\"%d\"/>", b.X, b.Y, b.Width, b.H)
	}
	m.put("\n<text class=\"tick\" x=\"0\" y=\"%d\">begin</text>\n<text class=\"tick end\" x=\"100%%\" y=\"%d\">%s</text>\n</svg>\n<p>%s</p>\n</section>", s.TextY, s.TextY, s.End, s.Says)
}
