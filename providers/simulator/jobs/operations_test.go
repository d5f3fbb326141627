package jobs_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/providers/simulator/jobs"
)

var _ = Describe("Operations", func() {
	It("answers each one as the service did", func() {
		w := newWorld()
		var story strings.Builder
		do := func(action string, params ...string) {
			status, body := w.do(action, params...)
			fmt.Fprintf(&story, "%s %q\n%d %s\n\n", action, params, status, body)
			w.now = w.now.Add(time.Second)
		}
		order := []string{"JobType", "Export", "Manifest", manifestText, "ValidateOnly"}
		do("CreateJob", append(order, "true")...)
		do("CreateJob", append(order, "false")...)
		do("CreateJob", append(order, "false")...)
		ids := []string{w.Jobs()[0].ID, w.Jobs()[1].ID}
		do("GetStatus", "JobId", ids[0])
		do("UpdateJob", append(order, "false", "JobId", ids[0])...)
		do("CancelJob", "JobId", ids[1])
		do("ListJobs")
		do("ListJobs", "MaxJobs", "1")
		do("ListJobs", "MaxJobs", "1", "Marker", ids[1])
		do("GetShippingLabel", "jobIds.member.1", ids[0], "name", "Jane Roe", "phoneNumber", "206-555-1111", "country", "USA",
			"stateOrProvince", "WA", "city", "Anytown", "postalCode", "91011-1111", "street1", "123 Any Street")
		_, err := w.Change(ids[0], func(j *jobs.Job) {
			j.Locate(jobs.Returned, "Your device was returned.")
			j.Progress(jobs.Complete, "Loaded.")
			j.Carrier, j.TrackingNumber, j.LogBucket, j.LogKey = "UPS", "1Z", "logs", "exports/export-log-"+ids[0]
		})
		Expect(err).NotTo(HaveOccurred())
		do("GetStatus", "JobId", ids[0])
		golden("operations.golden", story.String())
		golden("label.pdf", string(w.objects["logs/shipping-label-"+ids[0]+".pdf"]))
	})

	DescribeTable("takes the operation's name from each place",
		func(target, body string) {
			status, answer := newWorld().post(account, target, body)
			Expect(status).To(Equal(http.StatusOK))
			Expect(answer).To(HavePrefix(`<ListJobsResponse xmlns="http://importexport.amazonaws.com/doc/2010-06-01/"><ListJobsResult>`))
		},
		Entry("body Action", "/", "Action=ListJobs&Version=2010-06-01"),
		Entry("query Operation", "/?Operation=ListJobs", "Version=2010-06-03"),
		Entry("both", "/?Operation=ListJobs", "Action=ListJobs&Version=2010-06-01"),
		Entry("body before query", "/?Operation=GetStatus", "Action=ListJobs&Version=2010-06-01"),
		Entry("query Action", "/?Action=ListJobs&Version=2010-06-01", ""),
	)

	It("takes percent-encoded spaces, and gives the manifest back byte for byte", func() {
		w := newWorld()
		text := strings.ReplaceAll(manifestText, "\n", "\r\n") + "# tab\there & <there> é\n"
		body := "Action=CreateJob&Version=2010-06-01&JobType=export&ValidateOnly=false&Manifest=" +
			strings.ReplaceAll(url.QueryEscape(text), "+", "%20")
		status, answer := w.post(account, "/", body)
		Expect(status).To(Equal(http.StatusOK), answer)
		Expect(w.Jobs()[0].Text.Reveal()).To(Equal(text))
		_, answer = w.do("GetStatus", "JobId", w.Jobs()[0].ID)
		Expect(answer).To(ContainSubstring("&#xD;&#xA;"))
	})

	It("signs as the 2009 edition did", func() {
		Expect(jobs.Signature("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "EX1ID", "manifestVersion: 2.0\r\ndeviceId: ABC\r\n")).
			To(Equal("xr0OmjSkoNUm0SaTH6IKZ561eMo="))
		Expect(jobs.SignatureFile("EX1ID", "ktKDXpdbEXAMPLEyGFJmQO744UHw=")).
			To(Equal("version:2.0\nsigningMethod:HmacSHA1\njobId:EX1ID\nsignature:ktKDXpdbEXAMPLEyGFJmQO744UHw=\n"))
	})

	It("draws five-character ids, the same from the same seed", func() {
		one, two := newWorld(), newWorld()
		for range 20 {
			id := one.create(manifestText)
			Expect(id).To(MatchRegexp("^[1-9A-NP-Z]{5}$"))
			Expect(two.create(manifestText)).To(Equal(id))
		}
	})

	It("takes ids in any case and from their owner only", func() {
		w := newWorld()
		id := w.create(manifestText)
		status, _ := w.do("GetStatus", "JobId", strings.ToLower(id))
		Expect(status).To(Equal(http.StatusOK))
		_, body := w.as("AKIDOTHER", "Action", "GetStatus", "JobId", id)
		Expect(body).To(ContainSubstring("<Code>InvalidJobIdException</Code>"))
		_, body = w.as("AKIDOTHER", "Action", "ListJobs")
		Expect(body).To(ContainSubstring("<Jobs></Jobs><IsTruncated>false</IsTruncated>"))
	})

	It("pages through many jobs, newest first", func() {
		w := newWorld()
		var made, listed []string
		for range 45 {
			made = append([]string{w.create(manifestText)}, made...)
		}
		params := []string{"MaxJobs", "7"}
		for {
			_, body := w.do("ListJobs", params...)
			for _, part := range strings.Split(body, "<JobId>")[1:] {
				listed = append(listed, part[:5])
			}
			if strings.Contains(body, "<IsTruncated>false") {
				break
			}
			params = []string{"MaxJobs", "7", "Marker", listed[len(listed)-1]}
		}
		Expect(listed).To(Equal(made))
	})

	It("expires a job after thirty days on its clock", func() {
		w := newWorld()
		id := w.create(manifestText)
		w.now = w.now.Add(jobs.Lifetime - time.Second)
		_, body := w.do("GetStatus", "JobId", id)
		Expect(body).To(ContainSubstring("<ProgressCode>Pending</ProgressCode>"))
		w.now = w.now.Add(time.Second)
		_, body = w.do("GetStatus", "JobId", id)
		Expect(body).To(ContainSubstring("<LocationCode>NotReceived</LocationCode>"))
		Expect(body).To(ContainSubstring("<ProgressCode>Expired</ProgressCode>"))
	})

	It("answers for ended jobs either way, and shows codes that it was told", func() {
		w := newWorld()
		id := w.create(manifestText)
		w.Pretend("", map[string]jobs.Codes{strings.ToLower(id): {ProgressCode: "Teleported"}})
		_, body := w.do("GetStatus", "JobId", id)
		Expect(body).To(ContainSubstring("<ProgressCode>Teleported</ProgressCode>"))
		w.Pretend(jobs.AsException, nil)
		w.do("CancelJob", "JobId", id)
		_, body = w.do("GetStatus", "JobId", id)
		Expect(body).To(ContainSubstring("<Code>CanceledJobIdException</Code>"))
		w.Pretend("", nil)
		_, body = w.do("GetStatus", "JobId", id)
		Expect(body).To(ContainSubstring("<ProgressCode>Canceled</ProgressCode>"))
	})

	It("keeps secrets out of its log", func() {
		w := newWorld()
		id := w.create(manifestText)
		w.do("UpdateJob", "JobId", id, "JobType", "Export", "Manifest", manifestText+"deviceId: again\n")
		w.do("GetStatus", "JobId", id)
		Expect(w.log.String()).To(ContainSubstring("GetStatus"))
		Expect(w.log.String()).NotTo(Or(ContainSubstring("473829"), ContainSubstring("Any Street")))
	})
})
