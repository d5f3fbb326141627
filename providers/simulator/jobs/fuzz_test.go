package jobs_test

import (
	"encoding/xml"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	. "github.com/onsi/gomega"
)

// FuzzCreateJob: whatever the manifest, the answer is well-formed XML, no 5xx, and
// an accepted one comes back byte for byte.
func FuzzCreateJob(f *testing.F) {
	for _, seed := range []string{manifestText, "", "a:\n- b\r\n", "\x00", manifestText + "# \uFFFE", "é: &x *x", "\xff"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		RegisterTestingT(t)
		w := newWorld()
		form := url.Values{"Action": {"CreateJob"}, "Version": {"2010-06-01"}, "JobType": {"Export"}, "Manifest": {text}}
		r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Test-Account", account)
		answer := httptest.NewRecorder()
		w.ServeHTTP(answer, r)
		Expect(answer.Code).To(BeNumerically("<", 500))
		wellFormed(answer.Body)
		if answer.Code == http.StatusOK {
			_, status := w.do("GetStatus", "JobId", w.Jobs()[0].ID)
			var back struct {
				CurrentManifest string `xml:"GetStatusResult>CurrentManifest"`
			}
			Expect(xml.Unmarshal([]byte(status), &back)).To(Succeed())
			Expect(back.CurrentManifest).To(Equal(text))
		}
	})
}

func wellFormed(r io.Reader) {
	d := xml.NewDecoder(r)
	for {
		_, err := d.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		Expect(err).NotTo(HaveOccurred())
	}
}
