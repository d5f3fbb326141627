package jobs_test

import (
	"fmt"
	"net/http"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/providers/simulator/jobs"
)

const customsText = `customs:
  dataDescription: photos
  encryptedData: yes
  encryptionClassification: 5D992
  exportCertifierName: Jane Roe
  requiresExportLicense: no
  deviceValue: 250.00
  deviceCountryOfOrigin: China
  deviceType: externalStorageDevice
`

// with replaces text in a manifest that is otherwise right.
func with(pairs ...string) string {
	text := manifestText
	for i := 0; i < len(pairs); i += 2 {
		Expect(text).To(ContainSubstring(pairs[i]))
		text = strings.ReplaceAll(text, pairs[i], pairs[i+1])
	}
	return text
}

func swiss(more string) string { return with("WA\n", "\"\"\n", "USA", "Switzerland") + more }

func irish(country string) string {
	return with("logs\n", "ireland-logs\n", "photos\n", "ireland\n", "USA", country)
}

// The table of the manifest's errors: name, manifest.
func badManifests() [][2]string {
	return [][2]string{
		{"right", manifestText},
		{"empty", ""},
		{"no YAML", "\t{"},
		{"not UTF-8", "deviceId: \xff"},
		{"unknown option", manifestText + "eraseDevice: yes\n"},
		{"without spaces", strings.ReplaceAll(manifestText, ": ", ":")},
		{"target directory outside", manifestText + "targetDirectory: x\n"},
		{"operations no list", with("  - exportBucket: photos\n    prefix: images/", "  exportBucket: photos")},
		{"missing fields", with("deviceId: WD-WCC4E0000000\n", "", "pinCode: 473829\n", "", "logBucket: logs\n", "")},
		{"missing bucket in operation", with("exportBucket: photos\n    prefix", "prefix")},
		{"version 1.2", with("manifestVersion: 2.0", "manifestVersion: 1.2")},
		{"file system", with("EXT4", "XFS")},
		{"service level", manifestText + "serviceLevel: overnight\n"},
		{"log prefix", with("exports/", strings.Repeat("x", 1020))},
		{"target directory", with("    prefix: images/", "    targetDirectory: a/../b")},
		{"recovery directory", manifestText + "recoveryDirectory: ..\n"},
		{"other key", manifestText + "accessKeyId: AKIAI44QH8DHBEXAMPLE\n"},
		{"own key", manifestText + "accessKeyId: " + account + "\n"},
		{"address incomplete", with("  city: Anytown\n", "", "  stateOrProvince: WA\n", "")},
		{"PO box", with("123 Any Street", "P.O. Box 12")},
		{"no such bucket", with("photos\n", "nowhere\n")},
		{"no such log bucket", with("logs\n", "nowhere\n")},
		{"no permission", with("photos\n", "closed\n")},
		{"two regions", with("logs\n", "ireland-logs\n")},
		{"border without customs", swiss("")},
		{"border with customs", swiss(customsText)},
		{"customs incomplete", swiss("customs:\n  encryptedData: yes\n")},
		{"customs wrong", swiss(strings.NewReplacer("5D992", "secret", "250.00", "much", "License: no", "License: yes").Replace(customsText))},
		{"Ireland from outside", irish("Switzerland")},
		{"Ireland from inside", irish("Germany")},
	}
}

func firstLine(status int, body string) string {
	line := fmt.Sprint(status)
	for _, name := range []string{"Type", "Code", "Message", "WarningMessage"} {
		if text := between(body, "<"+name+">", "</"+name+">"); text != "" {
			line += " | " + text
		}
	}
	return line
}

var _ = Describe("Refusals", func() {
	It("answers for manifests with AWS's codes", func() {
		var table strings.Builder
		for _, c := range badManifests() {
			status, body := newWorld().do("CreateJob", "JobType", "Export", "Manifest", c[1])
			fmt.Fprintf(&table, "%s: %s\n", c[0], firstLine(status, body))
		}
		golden("manifests.golden", table.String())
		Expect(table.String()).NotTo(ContainSubstring("473829"))
	})

	It("answers for parameters and job states with AWS's codes", func() {
		var table strings.Builder
		w := newWorld()
		fresh, canceled, running, late := w.create(manifestText), w.create(manifestText), w.create(manifestText), w.create(manifestText)
		w.do("CancelJob", "JobId", canceled)
		change := func(id, location, progress string) {
			_, err := w.Change(id, func(j *jobs.Job) { j.Locate(location, ""); j.Progress(progress, "") })
			Expect(err).NotTo(HaveOccurred())
		}
		change(running, jobs.AtAWS, jobs.InProgress)
		change(late, jobs.NotReceived, jobs.Expired)
		update := []string{"JobType", "Export", "Manifest", manifestText, "ValidateOnly", "false", "JobId"}
		cases := [][]string{
			{""}, {"EraseEverything"},
			{"ListJobs", "Version", "2009-01-01"}, {"ListJobs", "APIVersion", "\n"}, {"ListJobs", "APIVersion", "1.0 (PHP)"},
			{"ListJobs", "MaxJobs", "1001"}, {"ListJobs", "MaxJobs", "-1"}, {"ListJobs", "MaxJobs", "x"},
			{"ListJobs", "MaxJobs", "0"}, {"ListJobs", "Marker", "ZZZZZ"}, {"ListJobs", "Marker", ""},
			{"CreateJob", "Manifest", manifestText}, {"CreateJob", "JobType", "Export"},
			{"CreateJob", "JobType", "Move", "Manifest", manifestText},
			{"CreateJob", "JobType", "Export", "Manifest", manifestText, "ValidateOnly", "maybe"},
			{"GetStatus"}, {"GetStatus", "JobId", "ZZZZZ"}, {"GetStatus", "JobId", canceled}, {"GetStatus", "JobId", late},
			{"CancelJob", "JobId", "ZZZZZ"}, {"CancelJob", "JobId", canceled}, {"CancelJob", "JobId", late}, {"CancelJob", "JobId", running},
			append([]string{"UpdateJob"}, update[:6]...),
			append(append([]string{"UpdateJob"}, update...), "ZZZZZ"), append(append([]string{"UpdateJob"}, update...), canceled),
			append(append([]string{"UpdateJob"}, update...), late), append(append([]string{"UpdateJob"}, update...), running),
			{"GetShippingLabel"}, {"GetShippingLabel", "jobIds.member.1", fresh}, label("ZZZZZ"), label(canceled), label(late), label(fresh),
		}
		for _, c := range cases {
			status, body := w.do(c[0], c[1:]...)
			name := strings.ReplaceAll(fmt.Sprintf("%q", c), fmt.Sprintf("%q", manifestText), "MANIFEST")
			fmt.Fprintf(&table, "%s: %s\n", name, firstLine(status, body))
		}
		golden("requests.golden", table.String())
	})

	It("creates fifty jobs a day and no more", func() {
		w := newWorld()
		for range jobs.DailyQuota {
			w.create(manifestText)
		}
		status, body := w.do("CreateJob", "JobType", "Export", "Manifest", manifestText)
		Expect(firstLine(status, body)).To(HavePrefix("400 | Sender | CreateJobQuotaExceededException"))
		status, _ = w.do("CreateJob", "JobType", "Export", "Manifest", manifestText, "ValidateOnly", "true")
		Expect(status).To(Equal(http.StatusOK))
		w.now = w.now.AddDate(0, 0, 1)
		w.create(manifestText)
	})

	It("refuses a body that is too large or no form", func() {
		w := newWorld()
		status, _ := w.post(account, "/", strings.Repeat("x", 5<<20))
		Expect(status).To(Equal(http.StatusRequestEntityTooLarge))
		status, body := w.post(account, "/", "Action=%zz")
		Expect(firstLine(status, body)).To(HavePrefix("400 | Sender | MalformedQueryString"))
	})
})

func label(id string) []string {
	return []string{
		"GetShippingLabel", "jobIds.member.1", id, "name", "J", "phoneNumber", "1", "country", "Germany",
		"city", "Zülpich", "postalCode", "1", "street1", "Weg (hinten) 1",
	}
}
