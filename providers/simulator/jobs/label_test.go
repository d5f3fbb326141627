package jobs_test

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// labelFor asks for one label of several jobs and returns its URL, or the code of
// the refusal.
func (w *world) labelFor(who string, ids ...string) string {
	GinkgoHelper()
	params := append([]string{"Action"}, label("")...)
	for i, id := range ids {
		params = append(params, "jobIds.member."+strconv.Itoa(i+1), id)
	}
	status, body := w.as(who, params...)
	if status != http.StatusOK {
		return between(body, "<Code>", "</Code>")
	}
	return between(body, "<ShippingLabelURL>", "</ShippingLabelURL>")
}

var _ = Describe("One label for several jobs", func() {
	It("is the same whatever the order, the case and the repeats of the ids, and shows all of them", func() {
		w := newWorld()
		ids := []string{w.create(manifestText), w.create(with("WD-WCC4E0000000", "WD-2")), w.create(manifestText)}
		url := w.labelFor(account, ids...)
		Expect(url).To(Equal("http://127.0.0.1:1/logs/shipping-label-" + slices.Min(ids) + ".pdf"))
		key := "logs/shipping-label-" + slices.Min(ids) + ".pdf"
		first := string(w.objects[key])
		for _, id := range ids {
			Expect(first).To(ContainSubstring("JOBID " + id))
		}
		Expect(first).To(ContainSubstring("device WD-2"))
		Expect(w.labelFor(account, ids[2], strings.ToLower(ids[0]), ids[1], ids[2])).To(Equal(url))
		Expect(string(w.objects[key])).To(Equal(first))
		Expect(w.objects).To(HaveLen(1))
	})

	It("names fifty jobs on its one page", func() {
		w := newWorld()
		var ids []string
		for range 50 {
			ids = append(ids, w.create(manifestText))
		}
		Expect(w.labelFor(account, ids...)).To(HaveSuffix(slices.Min(ids) + ".pdf"))
		pdf := string(w.objects["logs/shipping-label-"+slices.Min(ids)+".pdf"])
		for _, id := range ids {
			Expect(pdf).To(ContainSubstring(id))
		}
		const room = 390 / 14 // lines between the first one and the end of the page
		Expect(strings.Count(pdf, " Tj T*")).To(BeNumerically("<=", room))
	})

	It("is refused when one of them is another account's, unknown, canceled or expired", func() {
		w := newWorld()
		late := w.create(manifestText)
		w.now = w.now.AddDate(0, 0, 30)
		fine, canceled := w.create(manifestText), w.create(manifestText)
		w.do("CancelJob", "JobId", canceled)
		_, body := w.as("AKIDOTHER", "Action", "CreateJob", "JobType", "Export", "Manifest", manifestText)
		foreign := between(body, "<JobId>", "</JobId>")
		for id, code := range map[string]string{
			foreign: "InvalidJobIdException", "ZZZZZ": "InvalidJobIdException", "": "InvalidJobIdException",
			canceled: "CanceledJobIdException", late: "ExpiredJobIdException",
		} {
			Expect(w.labelFor(account, fine, id)).To(Equal(code), id)
			Expect(w.labelFor(account, id, fine)).To(Equal(code), id)
		}
		Expect(w.labelFor("AKIDOTHER", fine)).To(Equal("InvalidJobIdException"))
		Expect(w.objects).To(BeEmpty())
	})
})
