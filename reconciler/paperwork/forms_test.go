package paperwork_test

import (
	"crypto/sha256"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/gomonobold"
	"golang.org/x/image/font/gofont/goregular"

	"github.com/cargomedia/s3export/reconciler/paperwork"
	"github.com/cargomedia/s3export/specs/manifest"
)

func on(paper paperwork.Paper, f paperwork.Forms) paperwork.Forms {
	f.Paper = paper
	return f
}

func names(f paperwork.Forms) []string {
	GinkgoHelper()
	forms, err := paperwork.Make(f)
	Expect(err).NotTo(HaveOccurred())
	var all []string
	for _, form := range forms {
		all = append(all, form.Name)
	}
	return all
}

var _ = Describe("the forms", func() {
	It("have an invoice only with customs", func() {
		Expect(names(domestic())).To(Equal([]string{"packing-slip-EX1ID.pdf", "sticker-EX1ID.pdf", "checklist-EX1ID.pdf"}))
		Expect(names(abroad())).To(Equal([]string{
			"packing-slip-53TX4.pdf", "sticker-53TX4.pdf", "checklist-53TX4.pdf", "proforma-invoice-53TX4.pdf",
		}))
	})

	for name, f := range map[string]paperwork.Forms{"domestic": domestic(), "abroad": abroad()} {
		for paper, size := range map[paperwork.Paper][2]float64{paperwork.A4: {595.28, 841.89}, paperwork.Letter: {612, 792}} {
			It("say what they have to, and nothing lies on anything: "+name+" on "+string(paper), func() {
				forms, err := paperwork.Make(on(paper, f))
				Expect(err).NotTo(HaveOccurred())
				var all strings.Builder
				for _, form := range forms {
					expectOrder(form.Name, form.PDF)
					for _, p := range pages(form.PDF) {
						Expect([2]float64{p.width, p.height}).To(Equal(size))
					}
					all.WriteString("==== " + form.Name + "\n" + said(form.PDF))
				}
				expectGolden("testdata/"+name+"-"+string(paper)+".txt", all.String())
			})
		}
	}

	It("are A4 when nothing is said", func() {
		Expect(made(on("", domestic()))).To(Equal(made(on(paperwork.A4, domestic()))))
	})

	It("take one page each, the invoice three times the same", func() {
		for name, pdf := range made(abroad()) {
			all := pages(pdf)
			if name != "proforma-invoice-53TX4.pdf" {
				Expect(all).To(HaveLen(1), name)
				continue
			}
			Expect(all).To(HaveLen(3))
			text := strings.Split(said(pdf), "-- page ")[1:]
			for i, n := range []string{"1", "2", "3"} {
				Expect(text[i]).To(ContainSubstring("Copy " + n + " of 3\n"))
				same := strings.NewReplacer("Copy "+n, "Copy 1", n+" --", "1 --").Replace(text[i])
				Expect(same).To(Equal(text[0]))
			}
		}
	})

	It("can be read by a scanner", func() {
		f := abroad()
		for _, id := range []string{"WD-WCC4E0000002", "S", "IMG-photos-full", "012345678901234567890123456789"} {
			f.DeviceID = id
			forms := made(f)
			for form, want := range map[string][]string{
				"sticker-53TX4.pdf": {"53TX4", id, "53TX4"}, "packing-slip-53TX4.pdf": {"53TX4", id},
			} {
				var got []string
				for _, c := range pages(forms[form])[0].codes() {
					Expect(c.module).To(BeNumerically(">=", 4*72.0/600-0.02), "four dots of a printer")
					Expect(c.y2-c.y1).To(BeNumerically(">", 18), "a quarter of an inch high")
					t, err := read(c.widths)
					Expect(err).NotTo(HaveOccurred())
					got = append(got, t)
				}
				Expect(got).To(Equal(want))
			}
		}
	})

	It("leave the white around a bar code that scanners want, also at the edge of the sticker", func() {
		f := abroad()
		for length := 1; length <= 40; length += 4 {
			f.DeviceID = strings.Repeat("W", length)
			pdf := made(f)["sticker-53TX4.pdf"]
			expectOrder("sticker", pdf)
			p := pages(pdf)[0]
			left := p.width/2 - 42.1*72/25.4
			for _, c := range p.codes()[:len(p.codes())-1] {
				Expect(c.withQuietZone().x1).To(BeNumerically(">", left), "%d characters", length)
				Expect(c.withQuietZone().x2).To(BeNumerically("~", p.width-left, 0.5), "%d characters", length)
			}
		}
	})

	It("say that a serial number is too long for a bar code", func() {
		f := abroad()
		f.DeviceID = strings.Repeat("W", 60)
		Expect(said(made(f)["sticker-53TX4.pdf"])).To(ContainSubstring("too long for a bar code\n"))
	})

	It("leave to be written what is not known", func() {
		f := abroad()
		f.Invoice.TaxNumber, f.Invoice.Currency, f.Invoice.NetWeight, f.Run = "", "EUR", "", ""
		f.From, f.ReturnAddress, f.Customs = nil, manifest.Address{Name: "Jane Roe"}, &manifest.Customs{}
		f.Email, f.ArriveBy, f.Device = "", time.Time{}, paperwork.Device{}
		for name, pdf := range made(f) {
			expectOrder(name, pdf)
		}
		text := said(made(f)["proforma-invoice-53TX4.pdf"])
		Expect(text).To(ContainSubstring("TOTAL VALUE\nEUR\n"), "the dollars of the manifest are no euros")
		Expect(text).NotTo(ContainSubstring("250"))
		f.Invoice.Value = "230.00"
		Expect(said(made(f)["proforma-invoice-53TX4.pdf"])).To(ContainSubstring("TOTAL VALUE\nEUR 230.00\n"))
	})

	DescribeTable("describe the goods",
		func(kind, want string) {
			f := abroad()
			f.Customs.DeviceType = kind
			Expect(said(made(f)["proforma-invoice-53TX4.pdf"])).To(ContainSubstring(want + " for"))
		},
		Entry(nil, "externalStorageDevice", "External drive"), Entry(nil, "sataDrive", "Internal SATA drive"),
		Entry(nil, "usbFlashDrive", "USB flash drive"), Entry(nil, "", "Drive"),
	)

	It("say when a license is needed, and when data are not encrypted", func() {
		f := abroad()
		f.Customs.RequiresExportLicense, f.Customs.EncryptedData = manifest.Yes, manifest.No
		Expect(said(made(f)["proforma-invoice-53TX4.pdf"])).To(And(
			ContainSubstring("An export license is required."), ContainSubstring("The data are not encrypted.")))
	})

	It("know no address of AWS", func() {
		for _, pdf := range made(abroad()) {
			Expect(said(pdf)).NotTo(MatchRegexp(`(?i)seattle|rainier|duluth|WA 98`))
		}
	})
})

var _ = Describe("the bytes", func() {
	It("are the same for the same forms, also side by side", func() {
		sums := func() [3][32]byte {
			return [3][32]byte{sha256.Sum256(goregular.TTF), sha256.Sum256(gobold.TTF), sha256.Sum256(gomonobold.TTF)}
		}
		want, before := made(abroad()), sums()
		var wait sync.WaitGroup
		for range 4 {
			wait.Go(func() {
				defer GinkgoRecover()
				Expect(made(abroad())).To(Equal(want))
				Expect(made(domestic())).NotTo(BeEmpty())
			})
		}
		wait.Wait()
		Expect(sums()).To(Equal(before), "the fonts are shared")
	})

	It("hold no other time than the one that was given", func() {
		for _, pdf := range made(abroad()) {
			Expect(regexp.MustCompile(`\(D:[^)]*\)`).FindAllString(string(pdf), -1)).To(Equal([]string{"(D:20261123120000)", "(D:20261123120000)"}))
		}
	})

	It("change with the day, which is that of its own place", func() {
		f := domestic()
		f.Date = time.Date(2026, 11, 23, 23, 30, 0, 0, time.FixedZone("", -8*3600))
		Expect(said(made(f)["packing-slip-EX1ID.pdf"])).To(ContainSubstring("23 November 2026"))
		Expect(made(f)).NotTo(Equal(made(domestic())))
	})
})

// The library's text could be right where a reader sees none: this asks another one.
var _ = It("is read by others: Greek, Cyrillic and Latin", func() {
	tool, err := exec.LookPath("pdftotext")
	if err != nil {
		Skip("pdftotext of poppler-utils is not here: nobody else reads the text")
	}
	file := filepath.Join(GinkgoT().TempDir(), "a.pdf")
	read := func(name string) string {
		GinkgoHelper()
		Expect(os.WriteFile(file, made(abroad())[name], 0o600)).To(Succeed())
		out, err := exec.Command(tool, "-layout", file, "-").CombinedOutput()
		Expect(err).NotTo(HaveOccurred(), string(out))
		return string(out)
	}
	Expect(read("packing-slip-53TX4.pdf")).To(And(
		ContainSubstring("Ελένη Παπαδοπούλου"), ContainSubstring("Эльвира Ёлкина"), ContainSubstring("3ος όροφος")))
	Expect(read("proforma-invoice-53TX4.pdf")).To(And(
		ContainSubstring("Łukasz Müller-Ørsted"), ContainSubstring("Россия"), ContainSubstring("USD 250.00")))
})

func expectGolden(path, got string) {
	GinkgoHelper()
	if os.Getenv("UPDATE_GOLDEN") == "1" {
		Expect(os.MkdirAll(filepath.Dir(path), 0o755)).To(Succeed())
		Expect(os.WriteFile(path, []byte(got), 0o644)).To(Succeed())
	}
	want, err := os.ReadFile(path)
	Expect(err).NotTo(HaveOccurred())
	Expect(got).To(Equal(string(want)), "run with UPDATE_GOLDEN=1 if this is right")
}
