package paperwork

// section writes a heading over items.
func (s *sheet) section(text string) {
	f := bold(11)
	s.need(f.lineHeight() + 10) // never alone at the end of a page
	s.draw(block{f, []string{text}}, margin, s.y)
	s.y += f.lineHeight() + 1.5
}

// note writes a line or more of text.
func (s *sheet) note(text string) {
	set := s.fit([]string{text}, regular(9), box{w: s.inner(), h: 30}, 30)
	s.need(set.height())
	s.draw(set, margin, s.y)
	s.y += set.height() + 2.5
}

// item writes a text beside a box to tick, and below it a command to type, if any.
func (s *sheet) item(text, command string) {
	const tick, indent = 3.6, 7.0
	width := s.inner() - indent
	set := s.fit([]string{text}, regular(10), box{w: width, h: 15}, 30)
	typed := block{font: mono(9)}
	if command != "" {
		typed = s.fit([]string{command}, typed.font, box{w: width, h: 10}, 30)
	}
	height := set.height() + typed.height()
	s.need(height)
	s.frame(box{margin, s.y + 0.4, tick, tick}, 0.3)
	s.draw(set, margin+indent, s.y)
	s.draw(typed, margin+indent, s.y+set.height())
	s.y += height + 1.9
}

// typed writes a command to type.
func (s *sheet) typed(command string) {
	set := s.fit([]string{command}, mono(9), box{w: s.inner(), h: 10}, 30)
	s.need(set.height())
	s.draw(set, margin, s.y)
	s.y += set.height()
}
