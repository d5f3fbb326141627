package paperwork

import (
	"fmt"
	"time"

	"github.com/cargomedia/s3export/specs"
	"github.com/cargomedia/s3export/specs/manifest"
)

// Forms is what the forms of one parcel say. Only Job, DeviceID, Backup, Date and
// ReturnAddress are needed; what else is empty is left out or left to fill in by hand.
type Forms struct {
	// Job is the service's id of the job: letters, digits, dots, hyphens and
	// underscores, because it is part of the forms' names.
	Job string
	// DeviceID is the manifest's deviceId, mostly the serial number of the drive:
	// printable ASCII, because it becomes a bar code.
	DeviceID string
	// Device describes the drive.
	Device Device
	// Backup and Run name what the drive is for.
	Backup, Run string
	// Date stands on the forms, as a day in its own location, and in the PDFs.
	Date time.Time
	// ArriveBy is the day at whose end the job expires; zero leaves it out.
	ArriveBy time.Time
	// Paper is A4 (also when empty) or Letter.
	Paper Paper
	// From is the sender, nil when it is the return address.
	From *manifest.Address
	// ReturnAddress is where the drive comes back to.
	ReturnAddress manifest.Address
	// Email is the manifest's notificationEmail.
	Email string
	// Customs is nil when the parcel crosses no border: then there is no invoice.
	Customs *manifest.Customs
	// Invoice is Document.Invoice, with its defaults; it is used with Customs only.
	// What it lacks is left to fill in by hand.
	Invoice specs.Invoice
}

// Device describes a drive to people.
type Device struct {
	// Name is what the sticker says in the first place; empty: the backup's name.
	Name string
	// Location is where the drive lives when it is not in use.
	Location string
	// Size as people say it, such as 4TB.
	Size string
}

// Paper is a paper size, with the words of spec.paperwork.paper.
type Paper string

// The papers.
const (
	A4     Paper = "A4"
	Letter Paper = "Letter"
)

// Form is one file to print.
type Form struct {
	// Name of the file, such as sticker-EX1ID.pdf.
	Name string
	// PDF is its content.
	PDF []byte
}

// invoiceCopies is how many the old tool's instructions ask for.
const invoiceCopies = 3

// Make returns the forms of a parcel, in the order in which they are used; the same
// Forms give the same bytes. A text that cannot be printed is an error that joins a
// *FieldError for each such field, and no form is made.
func Make(f Forms) ([]Form, error) {
	if err := check(f); err != nil {
		return nil, fmt.Errorf("paperwork of job %q: %w", f.Job, err)
	}
	ruler := newDocument(f)
	var forms []Form
	for _, d := range designs(f) {
		pdf, err := render(f, d, ruler)
		if err != nil {
			return nil, fmt.Errorf("drawing the %s of job %q: %w", d.name, f.Job, err)
		}
		forms = append(forms, Form{Name: d.name + "-" + f.Job + ".pdf", PDF: pdf})
	}
	return forms, nil
}

// design is how one form is drawn.
type design struct {
	name   string // of the file, without job
	title  string
	copies int // equal ones in the file
	draw   func(*sheet, Forms)
}

func designs(f Forms) []design {
	all := []design{
		{"packing-slip", "Packing slip", 1, packingSlip},
		{"sticker", "Stickers", 1, sticker},
		{"checklist", "Parcel checklist", 1, checklist},
	}
	if f.Customs != nil {
		all = append(all, design{"proforma-invoice", "Pro-forma invoice", invoiceCopies, invoice})
	}
	return all
}

// sender returns who sends the parcel.
func (f Forms) sender() manifest.Address {
	if f.From != nil {
		return *f.From
	}
	return f.ReturnAddress
}

// subject names the backup and its run.
func (f Forms) subject() string {
	if f.Run == "" {
		return f.Backup
	}
	return f.Backup + " / " + f.Run
}

// day says a date so that it is the same on both sides of the Atlantic.
func day(t time.Time) string { return t.Format("2 January 2006") }

// postal returns an address line by line, without the phone number.
func postal(a manifest.Address) []string {
	place := a.PostalCode + " " + a.City
	if a.StateOrProvince != "" {
		place = a.City + ", " + a.StateOrProvince + " " + a.PostalCode
	}
	return []string{a.Name, a.Company, a.Street1, a.Street2, a.Street3, place, a.Country}
}

// withPhone is postal with the phone number, if there is one.
func withPhone(a manifest.Address) []string {
	if a.PhoneNumber == "" {
		return postal(a)
	}
	return append(postal(a), "Phone "+a.PhoneNumber)
}
