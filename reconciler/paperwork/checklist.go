package paperwork

// checklist leads a person through the parcel, on one page.
func checklist(s *sheet, f Forms) {
	s.begin()
	last := cell{label: "DATE", value: []string{day(f.Date)}, share: 0.27}
	if !f.ArriveBy.IsZero() {
		last.label, last.value, last.font = "MUST BE AT AWS BY", []string{day(f.ArriveBy)}, bold(10)
	}
	s.row(
		cell{label: "JOB ID", value: []string{f.Job}, share: 0.16, font: mono(12)},
		cell{label: "SERIAL NUMBER", value: []string{f.DeviceID}, share: 0.29, font: mono(10)},
		cell{label: "BACKUP / RUN", value: []string{f.subject()}, share: 0.28},
		last,
	)
	s.y += 5
	inParcel(s, f)
	onParcel(s, f)
	next := "3"
	if f.Customs != nil {
		forCustoms(s, f)
		next = "4"
	}
	afterwards(s, f, next)
}

func inParcel(s *sheet, f Forms) {
	s.section("1  In the parcel")
	s.item("The drive. Its serial number is the one above, and its sticker with the job ID is on it (sticker-"+f.Job+".pdf).", "")
	s.item("Its power supply and its power cable.", "")
	s.item("Its interface cable.", "")
	s.item("The packing slip (packing-slip-"+f.Job+".pdf).", "")
	s.item("Nothing else: no second drive and no other media.", "")
	s.item("No PIN and no password, neither on paper nor on a sticker. AWS has them from the manifest. Keep your own copy: nobody can recover a lost one.", "")
	s.y += 3
}

func onParcel(s *sheet, f Forms) {
	s.section("2  On the parcel")
	s.item("The shipping label, printed twice: one on the parcel, one for the driver.", "")
	s.item("The job ID "+f.Job+" (the large sticker of sticker-"+f.Job+".pdf).", "")
	s.item("No label or bar code of an earlier journey.", "")
	s.y += 3
}

func forCustoms(s *sheet, f Forms) {
	s.section("3  For customs")
	s.item("Three copies of the pro-forma invoice (proforma-invoice-"+f.Job+".pdf), with AWS's address from the shipping label written in, "+
		"each signed, in a pouch outside on the parcel.", "")
	s.item("The customs form of the carrier. Duties and taxes: "+f.Invoice.Incoterm+", as on the invoice.", "")
	s.y += 3
}

func afterwards(s *sheet, f Forms, number string) {
	s.section(number + "  When the driver has taken it")
	s.item("Write down the tracking number, and record it:",
		"s3export record "+f.Backup+" shipped --carrier UPS --tracking NUMBER")
	s.y += 3
	s.section("What happens next")
	s.note("The carrier's tracking may end days before AWS reports the drive, because parcels go through a sorting center first. " +
		"AWS formats the drive, loads it and sends it to the return address. " +
		"To see where it is, and what to do when it is back:")
	s.y--
	s.typed("s3export describe " + f.Backup)
	s.y += 4
	s.row(
		cell{label: "PACKED BY", share: 0.3, least: 14},
		cell{label: "DATE", share: 0.25, least: 14},
		cell{label: "CARRIER AND TRACKING NUMBER", share: 0.45, least: 14},
	)
}
