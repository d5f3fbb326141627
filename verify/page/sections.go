package page

// head begins the page. The style's bytes are those of the hash in the policy.
func (m markup) head(v *view) {
	m.put("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n")
	m.put("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-%s'; base-uri 'none'; form-action 'none'\"/>\n", v.StyleHash)
	m.put("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n<meta name=\"color-scheme\" content=\"light dark\"/>\n")
	m.put("<meta name=\"generator\" content=\"%s\"/>\n<title>%s %s. %s</title>\n", v.Format, v.Verdict.Mark, v.Verdict.Word, v.Title)
	m.put("<style>%s</style>\n</head>\n<body>\n<main>\n", v.Style)
	m.put("<header>\n<h1>%s</h1>\n<p class=\"soft\">The drive is the copy, S3 has the originals. Words are explained at the end.</p>\n</header>\n", v.Title)
}

func (m markup) verdict(v *view) {
	m.put("\n<section class=\"verdict %s\">\n<p class=\"word\"><span aria-hidden=\"true\">%s</span> %s</p>\n<p class=\"says\">%s</p>",
		v.Verdict.Class, v.Verdict.Mark, v.Verdict.Word, v.Verdict.Says)
	if len(v.Verdict.Why) > 0 {
		m.put("\n<ul>")
		m.each("\n<li>%s</li>", v.Verdict.Why)
		m.put("\n</ul>")
	}
	m.put("\n<p class=\"sentence\">%s</p>\n</section>\n", v.Sentence)
}

func (m markup) coverage(v *view) {
	m.put("\n<section>\n<h2>How much was checked</h2>\n<dl class=\"tiles\">")
	for _, f := range v.Coverage {
		m.put("\n<div><dt>%s</dt><dd><b>%s</b> <span>%s</span></dd></div>", f.Name, f.Value, f.Note)
	}
	m.put("\n</dl>")
	m.each("\n<p>%s</p>", v.Confidence)
	m.put("\n</section>")
	if len(v.Accepted) == 0 {
		return
	}
	m.put("\n\n<section>\n<h2>Accepted by a person</h2>\n<p>These findings do not count against the copy, because a person has decided so.</p>\n<table>\n")
	m.put("<thead><tr><th>What</th><th>Objects</th><th>Reason</th><th>Until</th><th class=\"n\">Findings</th></tr></thead>\n<tbody>")
	for _, a := range v.Accepted {
		m.put("\n<tr><td data-label=\"What\">%s</td><td data-label=\"Objects\" class=\"name\"><bdi>%s</bdi></td>", a.What, a.Keys)
		m.put("<td data-label=\"Reason\"><bdi>%s</bdi></td><td data-label=\"Until\">%s</td><td data-label=\"Findings\" class=\"n\">%s</td></tr>", a.Reason, a.Until, a.Findings)
	}
	m.put("\n</tbody>\n</table>\n</section>")
}

func (m markup) compared(v *view) {
	m.put("\n\n<section>\n<h2>What was compared with what</h2>")
	if len(v.Compared) == 0 {
		m.put("\n<p>No content was compared with anything.</p>\n</section>\n")
		return
	}
	m.put("\n<table>\n<thead><tr><th>Evidence</th><th>Compared by</th><th>Original known from</th><th class=\"n\">Same</th><th class=\"n\">Different</th><th class=\"n\">On the drive</th></tr></thead>\n<tbody>")
	for _, c := range v.Compared {
		m.put("\n<tr><td data-label=\"Evidence\"><b>%s</b>", c.Class)
		m.when("<br/><span class=\"soft\">%s</span>", c.Worth)
		m.put("</td><td data-label=\"Compared by\">%s</td><td data-label=\"Original known from\">%s</td>", c.Method, c.Witness)
		m.put("<td data-label=\"Same\" class=\"n\">%s</td><td data-label=\"Different\" class=\"n\">%s</td><td data-label=\"On the drive\" class=\"n\">%s</td></tr>", c.Equal, c.Different, c.Bytes)
	}
	m.put("\n</tbody>\n</table>\n</section>\n")
}

func (m markup) findings(g *groups) {
	m.put("\n<section>\n<h2>Findings, and what to do</h2>")
	for _, one := range g.List {
		m.group(one)
	}
	if len(g.List) == 0 {
		m.put("\n<p>None: all that was compared is as it should be.</p>")
	}
	m.when("\n<p>The report itself leaves out %s beyond its limit; they are counted above, and in the lists.</p>", g.Omitted)
	m.put("\n</section>")
}

func (m markup) group(g *group) {
	m.put("\n<section class=\"group %s\">\n<h3><span aria-hidden=\"true\">%s</span> %s: %s", g.Class, g.Mark, g.Outcome, g.Files)
	if g.Accepted {
		m.put(" (accepted)")
	}
	m.put("</h3>\n<p>%s <span class=\"soft code\">%s</span></p>", g.Reason, g.Code)
	m.when("\n<p><b>What to do:</b> %s.</p>", g.Remedy)
	if len(g.Shown) > 0 {
		m.put("\n<ul class=\"files\">")
		for _, f := range g.Shown {
			m.put("\n<li><bdi class=\"name\">%s</bdi>", f.Path)
			m.when(", which is <bdi class=\"name\">%s</bdi>", f.Object)
			m.when(" <span class=\"note\"><bdi>%s</bdi></span>", f.Note)
			m.put("</li>")
		}
		m.put("\n</ul>")
	}
	m.when("\n<p class=\"soft\">%s, in the report and its lists.</p>", g.More)
	m.put("\n</section>")
}

func (m markup) about(v *view) {
	m.put("\n\n<section>\n<h2>Who, when, where, with what</h2>\n<dl class=\"facts\">")
	for _, f := range v.About {
		m.put("\n<div><dt>%s</dt><dd><bdi>%s</bdi>", f.Name, f.Value)
		m.when(" <span class=\"soft\">(%s)</span>", f.Note)
		m.put("</dd></div>")
	}
	m.put("\n</dl>")
	if len(v.Requests) > 0 {
		m.put("\n<h3>Requests to S3</h3>\n<dl class=\"facts\">")
		for _, f := range v.Requests {
			m.put("\n<div><dt>%s</dt><dd>%s <span class=\"soft\">(%s)</span></dd></div>", f.Name, f.Value, f.Note)
		}
		m.put("\n</dl>")
	}
	m.put("\n</section>")
	if len(v.Earlier) > 0 {
		m.earlier(v)
	}
}

func (m markup) earlier(v *view) {
	m.put("\n\n<section>\n<h2>Earlier attempts of this run</h2>")
	if v.MoreBefore > 0 {
		m.put("\n<p class=\"soft\">%d before these are in the report.</p>", v.MoreBefore)
	}
	m.put("\n<table>\n<thead><tr><th class=\"n\">No.</th><th>Begun</th><th>Ended</th><th>Verdict</th><th>Seed</th></tr></thead>\n<tbody>")
	for _, a := range v.Earlier {
		m.put("\n<tr><td data-label=\"No.\" class=\"n\">%d</td><td data-label=\"Begun\">%s</td><td data-label=\"Ended\">%s</td>", a.Number, a.Started, a.Ended)
		m.put("<td data-label=\"Verdict\">%s</td><td data-label=\"Seed\" class=\"name\">%s</td></tr>", a.Verdict, a.Seed)
	}
	m.put("\n</tbody>\n</table>\n</section>")
}

// end closes the page: the chain, the words, and where people sign.
func (m markup) end(v *view) {
	m.put("\n\n<section>\n<h2>The chain of reports</h2>\n<dl class=\"facts\">\n<div><dt>This report</dt><dd class=\"name\">SHA-256 %s</dd></div>\n<div><dt>The one before</dt><dd class=\"name\">", v.Digest)
	if b := v.Before; b != nil {
		m.put("<bdi>%s</bdi>, SHA-256 <bdi>%s</bdi>", b.Name, b.SHA256)
	} else {
		m.put("none was kept")
	}
	m.put("</dd></div>\n</dl>\n<p class=\"soft\">Each report names the bytes of the one before it, so that none can be changed or taken away unseen. " +
		"<span class=\"code\">s3export report verify DIR</span> checks that, offline.</p>\n</section>\n")
	m.put("\n<section>\n<h2>Words</h2>\n<dl class=\"facts\">")
	for _, f := range v.Glossary {
		m.put("\n<div><dt>%s</dt><dd>%s</dd></div>", f.Name, f.Value)
	}
	m.put("\n</dl>\n</section>\n\n<section class=\"signatures\">\n<div>Checked by</div><div>Date</div><div>Signature</div>\n</section>\n</main>\n</body>\n</html>\n")
}
