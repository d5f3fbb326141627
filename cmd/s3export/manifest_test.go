package main

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

var _ = Describe("manifest --show-secrets", func() {
	It("shows them on a terminal", func() {
		terminal, err := exec.LookPath("script")
		if err != nil {
			Skip("script is not on PATH: apt-get install bsdutils")
		}
		s := newStation(few)
		s.backup("photos-a", "all", 32<<20)
		c := exec.Command(terminal, "-qec", "s3export manifest -f photos-a.yaml --show-secrets", "/dev/null")
		c.Dir, c.Env = s.dir, s.env()
		out, err := c.CombinedOutput()
		Expect(err).NotTo(HaveOccurred(), string(out))
		Expect(string(out)).To(ContainSubstring("pinCode: " + plantedPin))
	})
})

// recorder stands between s3export and the simulator and keeps the manifests that
// are sent, by operation.
type recorder struct {
	mu   sync.Mutex
	sent map[string]string
}

func record(s *station) (*recorder, string) {
	GinkgoHelper()
	target, err := url.Parse(s.server.Endpoint())
	Expect(err).NotTo(HaveOccurred())
	r := &recorder{sent: map[string]string{}}
	proxy := &httputil.ReverseProxy{Rewrite: func(p *httputil.ProxyRequest) {
		p.SetURL(target)
		p.Out.Host = p.In.Host // it is signed
	}}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, in *http.Request) {
		body, err := io.ReadAll(in.Body)
		if err != nil {
			panic(http.ErrAbortHandler)
		}
		r.keep(string(body))
		in.Body = io.NopCloser(bytes.NewReader(body))
		proxy.ServeHTTP(w, in)
	}))
	DeferCleanup(server.Close)
	return r, server.URL
}

func (r *recorder) keep(body string) {
	form, err := url.ParseQuery(body)
	if err != nil || !form.Has("Manifest") {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.sent[form.Get("Action")+" ValidateOnly="+form.Get("ValidateOnly")] = form.Get("Manifest")
}

var _ = Describe("manifest -f", func() {
	It("prints the bytes that are sent, apart from secrets", func() {
		s := newStation(few)
		r, endpoint := record(s)
		s.backup("photos-a", "all", 32<<20)
		spec, err := os.ReadFile(filepath.Join(s.dir, "photos-a.yaml"))
		Expect(err).NotTo(HaveOccurred())
		through := strings.Replace(string(spec), "      endpoint: "+s.server.Endpoint(), "      endpoint: "+endpoint, 1)
		through = strings.Replace(through, "city: Anytown", `city: "Zürich: NO # 1"`, 1)
		s.write("photos-a.yaml", through)
		shown, code := s.sh("s3export manifest -f photos-a.yaml")
		Expect(code).To(BeZero(), shown)
		out, code := s.sh("s3export apply -f photos-a.yaml")
		Expect(code).To(BeZero(), out)
		want := strings.Replace(shown, "<redacted>", plantedPin, 1)
		Expect(r.sent).To(Equal(map[string]string{"CreateJob ValidateOnly=true": want, "CreateJob ValidateOnly=false": want}))

		s.write("photos-a.yaml", strings.Replace(through, "logBucket:", "notificationEmail: ops@example.com\n    logBucket:", 1))
		shown, code = s.sh("s3export manifest -f photos-a.yaml")
		Expect(code).To(BeZero(), shown)
		Expect(shown).To(ContainSubstring("notificationEmail: ops@example.com\n"))
		out, code = s.sh("s3export apply -f photos-a.yaml")
		Expect(code).To(BeZero(), out)
		Expect(r.sent).To(HaveKeyWithValue("UpdateJob ValidateOnly=false", strings.Replace(shown, "<redacted>", plantedPin, 1)))
	})

	It("prints the bytes of a manifest that there was, which are sent but for the generator", func() {
		s := newStation(few)
		r, endpoint := record(s)
		text := strings.ReplaceAll("\uFEFF# made by hand\ndeviceId:IMG-photos-m # sticker\nmanifestVersion:2.0\nfileSystem:EXT4\n"+
			"pinCode:"+plantedPin+"\noperations:\n- exportBucket:photos\nlogBucket:photos-logs\nreturnAddress:\n"+
			"\tname:Jane Roe\n\tstreet1:1 Street\n\tcity:Anytown\n\tstateOrProvince:WA\n\tpostalCode:91011\n\tphoneNumber:1\n\tcountry:U.S.A.\n", "\n", "\r\n")
		s.write("secret-manifest", text)
		s.backup("photos-m", "all", 32<<20)
		s.write("photos-m.yaml", "apiVersion: s3export.cargomedia.ch/v1alpha1\nkind: Backup\nmetadata: {name: photos-m}\nspec:\n  phase: Labeled\n"+
			"  provider: {importExport: {region: us-east-1, endpoint: \""+endpoint+"\", s3Endpoint: \""+s.server.Endpoint()+"\"}}\n"+
			"  manifestFrom: {file: ./secret-manifest}\n  device: {image: ./photos-m.img, size: 32MiB}\n")
		shown, code := s.sh("s3export manifest -f photos-m.yaml 2> /dev/null")
		Expect(code).To(BeZero(), shown)
		out, code := s.sh("s3export apply -f photos-m.yaml")
		Expect(code).To(BeZero(), out)
		sent := r.sent["CreateJob ValidateOnly=false"]
		Expect(sent).To(Equal(strings.Replace(shown, "<redacted>", plantedPin, 1)))
		generator := regexp.MustCompile("generator:s3export/v1 photos-m 1 [0-9a-f]{16}\r\n")
		Expect(generator.ReplaceAllString(sent, "")).To(Equal(text))
	})
})
