package simulator_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/providers/simulator/warehouse"
)

const (
	jobID     = `^[1-9A-NP-Z]{5}$`
	signature = `^[A-Za-z0-9+/]{27}=$`
)

var _ = Describe("The AWS CLI reads", Ordered, Label("cli"), func() {
	var cli *foreign
	var w world
	BeforeAll(func(ctx context.Context) { cli = startForeign(ctx) })
	BeforeEach(func(ctx context.Context) {
		w = newWorld()
		w.buckets(ctx)
	})
	signatureFile := func(answer map[string]any, id string) {
		GinkgoHelper()
		Expect(answer).To(HaveKeyWithValue("Signature", MatchRegexp(signature)))
		Expect(answer).To(HaveKeyWithValue("SignatureFileContents",
			fmt.Sprintf("version:2.0\nsigningMethod:HmacSHA1\njobId:%s\nsignature:%s\n", id, answer["Signature"])))
	}

	It("CreateJob that only validates, which makes nothing", func() {
		answer := cli.ok(w, append([]string{"create-job", "--validate-only"}, orderOf(manifestText)...)...)
		Expect(members(answer)).To(Equal([]string{"ArtifactList", "JobType"}))
		Expect(answer["JobType"]).To(Equal("Export"))
		Expect(cli.ok(w, "list-jobs")["Jobs"]).To(BeEmpty())
	})

	It("CreateJob, in any case of its type, with remarks where there are some", func() {
		answer := cli.ok(w, create(manifestText)...)
		Expect(members(answer)).To(Equal([]string{"ArtifactList", "JobId", "JobType", "Signature", "SignatureFileContents"}))
		Expect(answer["JobId"]).To(MatchRegexp(jobID))
		signatureFile(answer, answer["JobId"].(string))
		remarked := cli.ok(w, "create-job", "--no-validate-only", "--job-type", "export", "--manifest", strings.Replace(manifestText, "pinCode: ", "pinCode:", 1))
		Expect(remarked["JobType"]).To(Equal("Export"))
		Expect(remarked["WarningMessage"]).NotTo(BeEmpty())
		Expect(remarked["JobId"]).NotTo(Equal(answer["JobId"]))
	})

	It("UpdateJob, which replaces the manifest unless it only validates", func(ctx context.Context) {
		id, other := w.create(ctx, manifestText), strings.Replace(manifestText, "2026/", "2027/", 1)
		for _, c := range []struct{ flag, want string }{{"--validate-only", manifestText}, {"--no-validate-only", other}} {
			answer := cli.ok(w, append([]string{"update-job", "--job-id", id, c.flag}, orderOf(other)...)...)
			Expect(members(answer)).To(Equal([]string{"ArtifactList", "Success"}))
			Expect(answer["Success"]).To(BeTrue())
			Expect(cli.ok(w, "get-status", "--job-id", id)["CurrentManifest"]).To(Equal(c.want))
		}
	})

	It("GetStatus of a fresh job, and of one that came back", func(ctx context.Context) {
		id, image := w.another(ctx, manifestText)
		w.put(ctx, "2026/a", "first")
		always := []string{
			"ArtifactList", "CreationDate", "CurrentManifest", "ErrorCount", "JobId", "JobType", "LocationCode", "LocationMessage",
			"ProgressCode", "ProgressMessage", "Signature", "SignatureFileContents",
		}
		fresh := cli.ok(w, "get-status", "--job-id", strings.ToLower(id))
		Expect(members(fresh)).To(Equal(always))
		signatureFile(fresh, id)
		Expect(fresh).To(And(HaveKeyWithValue("LocationCode", "NotReceived"), HaveKeyWithValue("ProgressCode", "Pending"), HaveKeyWithValue("ErrorCount", 0.)))
		created, err := time.Parse(time.RFC3339, fresh["CreationDate"].(string))
		Expect(err).NotTo(HaveOccurred())
		Expect(created).To(BeTemporally("==", start))

		_, err = w.Ship(ctx, id, image)
		Expect(err).NotTo(HaveOccurred())
		w.to(ctx, id, warehouse.Returned)
		back := cli.ok(w, "get-status", "--job-id", id)
		Expect(members(back)).To(ConsistOf(append([]any{"Carrier", "TrackingNumber", "LogBucket", "LogKey"}, anys(always)...)...))
		Expect(back).To(And(HaveKeyWithValue("LocationCode", "Returned"), HaveKeyWithValue("ProgressCode", "Complete"),
			HaveKeyWithValue("LogBucket", "logs"), HaveKeyWithValue("LogKey", "exports/export-log-"+id)))
	})

	It("ListJobs, whole, in part, and page by page", func(ctx context.Context) {
		var want []string // newest first
		for range 5 {
			want = append([]string{w.create(ctx, manifestText)}, want...)
			_, err := w.Advance(ctx, time.Second)
			Expect(err).NotTo(HaveOccurred())
		}
		w.call(ctx, "CancelJob", "JobId", want[1])
		for _, c := range []struct {
			args      []string
			want      []string
			truncated any
		}{
			{nil, want, nil}, // the CLI has read all pages
			{[]string{"--page-size", "2"}, want, nil},
			{[]string{"--max-jobs", "2"}, want[:2], true},
			{[]string{"--max-jobs", "2", "--marker", want[1]}, want[2:4], true},
			{[]string{"--max-jobs", "2", "--marker", want[3]}, want[4:], false},
			{[]string{"--marker", want[2]}, want[3:], false},
		} {
			answer := cli.ok(w, append([]string{"list-jobs"}, c.args...)...)
			var ids []string
			for i, j := range answer["Jobs"].([]any) {
				job := j.(map[string]any)
				Expect(members(job)).To(Equal([]string{"CreationDate", "IsCanceled", "JobId", "JobType"}))
				ids = append(ids, job["JobId"].(string))
				Expect(job["IsCanceled"]).To(Equal(ids[i] == want[1]))
				Expect(job["JobType"]).To(Equal("Export"))
			}
			Expect(ids).To(Equal(c.want), "%v", c.args)
			if c.truncated != nil {
				Expect(answer["IsTruncated"]).To(Equal(c.truncated), "%v", c.args)
			}
		}
	})

	It("GetShippingLabel for one job and for several, which is one label", func(ctx context.Context) {
		first, second, third := w.create(ctx, manifestText), w.create(ctx, manifestText), w.create(ctx, manifestText)
		for _, ids := range [][]string{{first}, {second, third}} {
			answer := cli.ok(w, label(ids...)...)
			Expect(members(answer)).To(Equal([]string{"ShippingLabelURL"}))
			key := "shipping-label-" + slices.Min(ids) + ".pdf"
			Expect(answer["ShippingLabelURL"]).To(Equal(w.Endpoint() + "/logs/" + key))
			pdf := w.get(ctx, "logs", key)
			for _, id := range ids {
				Expect(pdf).To(ContainSubstring(id))
			}
		}
	})

	It("CancelJob", func(ctx context.Context) {
		id := w.create(ctx, manifestText)
		Expect(cli.ok(w, "cancel-job", "--job-id", id)).To(Equal(map[string]any{"Success": true}))
		Expect(cli.ok(w, "get-status", "--job-id", id)).To(HaveKeyWithValue("ProgressCode", "Canceled"))
	})
})

func anys(texts []string) (all []any) {
	for _, t := range texts {
		all = append(all, t)
	}
	return all
}
