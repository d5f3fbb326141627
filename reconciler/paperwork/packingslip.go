package paperwork

// packingSlip goes into the parcel. What it holds is what AWS's own form asked for:
// job, device, contact and return address.
func packingSlip(s *sheet, f Forms) {
	s.begin()
	s.note("AWS Import/Export Disk, export job. One slip for each drive, inside the parcel.")
	s.row(cell{label: "JOB ID", value: []string{f.Job}, share: 1, font: mono(26), room: 14, code: f.Job, least: 20})
	s.row(cell{label: "DEVICE IDENTIFIER (SERIAL NUMBER)", value: []string{f.DeviceID}, share: 1, font: mono(14), room: 14, code: f.DeviceID, least: 20})
	s.row(
		cell{label: "DATE", value: []string{day(f.Date)}, share: 0.25},
		cell{label: "DRIVE", value: []string{drive(f)}, share: 0.25},
		cell{label: "SENDER'S REFERENCE (BACKUP / RUN)", value: []string{f.subject()}, share: 0.5},
	)
	contact := withPhone(f.sender())
	if f.Email != "" {
		contact = append(contact, "E-mail "+f.Email)
	}
	s.row(
		cell{label: "SENDER AND CONTACT", value: contact, share: 0.5, room: addressRoom},
		cell{label: "RETURN ADDRESS", value: withPhone(f.ReturnAddress), share: 0.5, room: addressRoom},
	)
	s.y += 7
	s.section("In this parcel")
	s.item("1 drive, serial number "+f.DeviceID, "")
	s.item("Power supply", "")
	s.item("Power cable", "")
	s.item("Interface cable", "")
	s.y += 2
	s.note("Tick what is enclosed. No other media are in this parcel.")
}

const addressRoom = 42

// drive describes the drive in a few words.
func drive(f Forms) string {
	if f.Device.Size == "" {
		return "1 drive"
	}
	return "1 drive, " + f.Device.Size
}
