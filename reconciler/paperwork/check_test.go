package paperwork_test

import (
	"errors"
	"math/rand/v2"
	"reflect"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/reconciler/paperwork"
	"github.com/cargomedia/s3export/specs"
)

// place is a text of the forms that comes from a spec.
type place struct {
	field string
	set   func(f *paperwork.Forms, text string)
}

// places returns all of them, found by reflection where the spec's types are used.
func places() []place {
	all := []place{
		{"metadata.name", func(f *paperwork.Forms, t string) { f.Backup = t }},
		{"spec.run", func(f *paperwork.Forms, t string) { f.Run = t }},
		{"spec.device.name", func(f *paperwork.Forms, t string) { f.Device.Name = t }},
		{"spec.device.location", func(f *paperwork.Forms, t string) { f.Device.Location = t }},
		{"spec.device.size", func(f *paperwork.Forms, t string) { f.Device.Size = t }},
		{"spec.manifest.notificationEmail", func(f *paperwork.Forms, t string) { f.Email = t }},
	}
	for _, group := range []struct {
		prefix string
		of     func(f *paperwork.Forms) any
	}{
		{"spec.manifest.returnAddress", func(f *paperwork.Forms) any { return &f.ReturnAddress }},
		{"spec.paperwork.from", func(f *paperwork.Forms) any { return f.From }},
		{"spec.manifest.customs", func(f *paperwork.Forms) any { return f.Customs }},
		{"spec.paperwork.invoice", func(f *paperwork.Forms) any { return &f.Invoice }},
	} {
		f := abroad()
		kind := reflect.TypeOf(group.of(&f)).Elem()
		for i := range kind.NumField() {
			name, _, _ := strings.Cut(kind.Field(i).Tag.Get("json"), ",")
			all = append(all, place{group.prefix + "." + name, func(f *paperwork.Forms, t string) {
				reflect.ValueOf(group.of(f)).Elem().Field(i).SetString(t)
			}})
		}
	}
	return all
}

func problems(err error) []*paperwork.FieldError {
	GinkgoHelper()
	var joined interface{ Unwrap() []error }
	Expect(errors.As(err, &joined)).To(BeTrue())
	var all []*paperwork.FieldError
	for _, e := range joined.Unwrap() {
		f, ok := errors.AsType[*paperwork.FieldError](e)
		Expect(ok).To(BeTrue(), e.Error())
		Expect(f.Remedy).NotTo(BeEmpty())
		all = append(all, f)
	}
	return all
}

var _ = Describe("a text that cannot be printed", func() {
	for _, p := range places() {
		It("names its field: "+p.field, func() {
			Expect(memberOf(p.field)).To(BeTrue(), "no such field in a spec")
			f := abroad()
			p.set(&f, "plain 山 text")
			forms, err := paperwork.Make(f)
			Expect(forms).To(BeEmpty())
			Expect(problems(err)).To(ConsistOf(And(HaveField("Field", p.field), HaveField("Rune", '山'))))
			Expect(err).To(MatchError(ContainSubstring(p.field + `: '山' (U+5C71) cannot be printed`)))
		})
	}

	DescribeTable("is told with what to do",
		func(text string, r rune, remedy string) {
			f := abroad()
			f.ReturnAddress.Name = text
			_, err := paperwork.Make(f)
			Expect(problems(err)).To(ConsistOf(And(HaveField("Rune", r), HaveField("Remedy", ContainSubstring(remedy)))))
		},
		Entry("a letter", "דנה", 'ד', "Latin, Greek or Cyrillic"),
		Entry("an accent by itself", "Ro\u0308e", '\u0308', "one character"),
		Entry("an emoji", "Roe 😀", '😀', "leave it out"),
		Entry("a control character", "Roe\x1b", '\x1b', "leave it out"),
		Entry("the mark of a direction", "\u200fRoe", '\u200f', "leave it out"),
		Entry("not UTF-8", "Ro\xf6e", '\uFFFD', "UTF-8"),
		Entry("too long", strings.Repeat("a", 501), rune(0), "shorten"),
	)

	It("is told with all others", func() {
		f := abroad()
		f.Backup, f.From.City, f.Invoice.Reason, f.Job, f.Date, f.Paper = "山", "山", "山", "../x", time.Time{}, "A3"
		_, err := paperwork.Make(f)
		var names []string
		for _, p := range problems(err) {
			names = append(names, p.Field)
		}
		Expect(names).To(Equal([]string{
			"job", "date", "spec.paperwork.paper", "metadata.name", "spec.paperwork.from.city", "spec.paperwork.invoice.reason",
		}))
	})

	It("does not matter on an invoice that is not made", func() {
		f := abroad()
		f.Customs, f.Invoice.Reason = nil, "山"
		Expect(made(f)).To(HaveLen(3))
	})

	DescribeTable("is a serial number that is no bar code",
		func(id string, r rune) {
			f := domestic()
			f.DeviceID = id
			_, err := paperwork.Make(f)
			Expect(problems(err)).To(ConsistOf(And(HaveField("Field", "spec.manifest.deviceId"), HaveField("Rune", r))))
		},
		Entry("none", "", rune(0)), Entry("umlaut", "WD-ü", 'ü'), Entry("tab", "WD\t1", '\t'), Entry("space around", " WD1", rune(0)),
	)

	It("is not a break of a line, and no letter of Europe", func() {
		f := abroad()
		f.ReturnAddress.Street1 = "1 Any\u00a0Street,\u2003floor\n2"
		f.ReturnAddress.Name, f.ReturnAddress.Company = "ÀÉÎÕÜßçøåæœĄČĘŁŃŐŘŠȘȚŽĞİŞ", "ΆΈΏάΐς ЂЄІЇЎЏҐё"
		Expect(said(made(f)["packing-slip-53TX4.pdf"])).To(And(
			ContainSubstring("1 Any\u00a0Street, floor 2\n"), ContainSubstring(f.ReturnAddress.Name+"\n"+f.ReturnAddress.Company+"\n")))
	})
})

// memberOf finds a field by the names that a spec file uses.
func memberOf(field string) bool {
	t := reflect.TypeFor[specs.Backup]()
	for _, name := range strings.Split(field, ".") {
		found := false
		for i := range t.NumField() {
			if tag, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ","); tag == name {
				t, found = t.Field(i).Type, true
				break
			}
		}
		if !found {
			return false
		}
		if t.Kind() == reflect.Pointer {
			t = t.Elem()
		}
	}
	return true
}

var _ = Describe("long texts", func() {
	for _, paper := range []paperwork.Paper{paperwork.A4, paperwork.Letter} {
		for name, text := range map[string]string{
			"words":       strings.Repeat("Wolfeschlegelsteinhausenbergerdorff ", 14)[:500],
			"one word":    strings.Repeat("W", 500),
			"short words": strings.Repeat("W ", 250),
			"Cyrillic":    strings.Repeat("Щ", 500),
		} {
			It("stay on the page: "+name+" everywhere, "+string(paper), func() {
				f := on(paper, abroad())
				for _, p := range places() {
					p.set(&f, text)
				}
				f.DeviceID = strings.Repeat("W", 500)
				for form, pdf := range made(f) {
					expectOrder(form, pdf)
				}
				f.Customs = nil // the one page of the checklist
				Expect(pages(made(f)["checklist-53TX4.pdf"])).To(HaveLen(1))
			})
		}
	}

	It("are whole on the slip, cut on the sticker", func() {
		f := abroad()
		f.ReturnAddress.Name = strings.Repeat("Wolfeschlegelsteinhausen ", 19) + "END"
		f.ReturnAddress.Company = f.ReturnAddress.Name
		Expect(said(made(f)["packing-slip-53TX4.pdf"])).To(ContainSubstring("END"))
		Expect(said(made(f)["sticker-53TX4.pdf"])).To(And(ContainSubstring("hausen…\n"), Not(ContainSubstring("END, Wolfeschlegelsteinhausen Wolfeschlegelsteinhausen END"))))
	})

	It("of any length stay on the page", func() {
		random := rand.New(rand.NewPCG(uint64(GinkgoRandomSeed()), 0))
		for range 12 {
			f := on([]paperwork.Paper{paperwork.A4, paperwork.Letter}[random.IntN(2)], abroad())
			for _, p := range places() {
				p.set(&f, strings.Repeat([]string{"i", "W ", "щ", "щЩ ф", "Wo "}[random.IntN(5)], random.IntN(100)))
			}
			f.DeviceID = strings.Repeat("W0-", 20)[:1+random.IntN(60)]
			for form, pdf := range made(f) {
				expectOrder(form, pdf)
			}
		}
	})
})
