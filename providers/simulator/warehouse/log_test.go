package warehouse

import (
	"bytes"
	"crypto/md5"
	"fmt"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/providers"
	"github.com/cargomedia/s3export/providers/importexport"
	"github.com/cargomedia/s3export/providers/simulator/store"
	"github.com/cargomedia/s3export/specs/manifest"
)

var _ = Describe("The log of a load", func() {
	It("is read as it was meant, whatever the keys are", func() {
		keys := []string{
			"/lead", "a", "a,b", "a/b", "c\td", "d/", "e//f", "g\nh\r\ni", "j\x00k", "l\xffm", "n\"o", "\"p\"", " q ", "r/" + strings.Repeat("s", 300), "é", "\ufefft",
		}
		st := filled(keys...)
		put(st, "zz-cold", "cold", store.PutOptions{Attributes: store.Attributes{StorageClass: "GLACIER"}})
		s := &staging{store: st}
		tree, _, err := export(s, manifest.Operation{ExportBucket: "photos"})
		Expect(err).NotTo(HaveOccurred())
		got := map[string]providers.LogEntry{}
		sum, err := importexport.ReadLog(bytes.NewReader(s.log.bytes()), func(e providers.LogEntry) error {
			got[e.Key] = e
			return nil
		})
		Expect(err).NotTo(HaveOccurred())
		Expect(sum).To(Equal(providers.LogSummary{Lines: int64(len(keys) + 1), Failed: 1}))
		for _, k := range keys {
			content := strings.ToUpper(k)
			want := providers.LogEntry{
				Bucket: "photos", Key: k, File: got[k].File, Status: "200", Code: "OK",
				ETag: fmt.Sprintf("%x", md5.Sum([]byte(content))), Size: int64(len(content)),
			}
			Expect(got[k]).To(Equal(want))
			file := "/" + got[k].File + "=" + content
			if k == "d/" {
				file = "/photos/d/"
			}
			Expect(tree).To(ContainElement(file), "the file of %q", k)
		}
		Expect(got["a/b"].File).To(HavePrefix("EXPORT-RECOVERY/0000/"))
		Expect(got["j\x00k"].File).To(Equal("photos/jk"))
		Expect(got["zz-cold"]).To(And(HaveField("Failed", true), HaveField("Code", "InvalidObjectState"), HaveField("File", "")))
	})
})
