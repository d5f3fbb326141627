package simulator_test

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/providers/simulator"
	"github.com/cargomedia/s3export/providers/simulator/jobs"
	"github.com/cargomedia/s3export/providers/simulator/warehouse"
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

// edited replaces text in the manifest.
func edited(pairs ...string) string { return strings.NewReplacer(pairs...).Replace(manifestText) }

// swiss is a manifest whose parcel crosses a border.
func swiss(more string) string { return edited("WA\n", "\"\"\n", "USA", "Switzerland") + more }

var _ = Describe("The AWS CLI names", Ordered, Label("cli"), func() {
	var cli *foreign
	var w world
	BeforeAll(func(ctx context.Context) { cli = startForeign(ctx) })
	BeforeEach(func(ctx context.Context) {
		w = newWorld()
		w.buckets(ctx)
	})

	DescribeTable("what is wrong with a manifest, of a new job, a change, and a validation", func(ctx context.Context, text, code string) {
		Expect(w.CreateBucket(ctx, simulator.Bucket{Name: "far", Region: "eu-west-1"})).To(Succeed())
		id := w.create(ctx, manifestText)
		for _, c := range []struct {
			operation string
			args      []string
		}{
			{"CreateJob", create(text)},
			{"CreateJob", append([]string{"create-job", "--validate-only"}, orderOf(text)...)},
			{"UpdateJob", update(id, text)},
		} {
			got, operation := cli.refused(w, c.args...)
			Expect(got + " " + operation).To(Equal(code + " " + c.operation))
		}
		Expect(element(w.call(ctx, "GetStatus", "JobId", id), "CurrentManifest")).To(Equal(manifestText))
	},
		Entry("no YAML", "{[", "MalformedManifestException"),
		Entry("a value", edited("2.0", "9.9"), "InvalidManifestFieldException"),
		Entry("a field that is not there", edited("deviceId: WD-1\n", ""), "MissingManifestFieldException"),
		Entry("the file system", edited("EXT4", "FAT32"), "InvalidFileSystemException"),
		Entry("the address", edited("  street1: 123 Any Street\n", ""), "InvalidAddressException"),
		Entry("the key", manifestText+"accessKeyId: AKIDOTHER\n", "InvalidAccessKeyIdException"),
		Entry("a bucket", edited("exportBucket: photos", "exportBucket: nowhere"), "NoSuchBucketException"),
		Entry("two regions", edited("exportBucket: photos", "exportBucket: far"), "MultipleRegionsException"),
		Entry("no customs", swiss(""), "MissingCustomsException"),
		Entry("half of customs", swiss(strings.Replace(customsText, "  deviceValue: 250.00\n", "", 1)), "MissingCustomsException"),
		Entry("customs", swiss(strings.Replace(customsText, "250.00", "much", 1)), "InvalidCustomsException"),
	)

	It("what is wrong with a request", func(ctx context.Context) {
		id := w.create(ctx, manifestText)
		for _, c := range []struct {
			code string
			args []string
		}{
			{"InvalidJobIdException", []string{"get-status", "--job-id", "ZZZZZ"}},
			{"InvalidJobIdException", []string{"cancel-job", "--job-id", "ZZZZZ"}},
			{"InvalidJobIdException", update("ZZZZZ", manifestText)},
			{"InvalidJobIdException", label(id, "ZZZZZ")},
			{"InvalidParameterException", []string{"list-jobs", "--max-jobs", "1001"}},
			{"InvalidParameterException", []string{"list-jobs", "--max-jobs", "1", "--marker", "ZZZZZ"}},
			{"InvalidParameterException", []string{"create-job", "--no-validate-only", "--job-type", "Lend", "--manifest", manifestText}},
			{"InvalidParameterException", []string{"create-job", "--no-validate-only", "--job-type", "", "--manifest", manifestText}},
			{"InvalidVersionException", []string{"get-status", "--job-id", id, "--api-version", "!"}},
			{"InvalidAddressException", []string{"get-shipping-label", "--job-ids", id, "--name", "Jane Roe"}},
		} {
			code, _ := cli.refused(w, c.args...)
			Expect(code).To(Equal(c.code), "%v", c.args)
		}
	})

	It("jobs that have ended", func(ctx context.Context) {
		canceled, expired := w.create(ctx, manifestText), w.create(ctx, manifestText)
		w.call(ctx, "CancelJob", "JobId", canceled)
		_, err := w.AdvanceTo(ctx, expired, simulator.ExpiredStage)
		Expect(err).NotTo(HaveOccurred())
		Expect(w.SetFaults(ctx, simulator.Faults{EndedStatus: jobs.AsException})).To(Succeed())
		for id, want := range map[string]string{canceled: "CanceledJobIdException", expired: "ExpiredJobIdException"} {
			for _, args := range [][]string{
				{"get-status", "--job-id", id}, {"cancel-job", "--job-id", id}, update(id, manifestText), label(id),
			} {
				code, _ := cli.refused(w, args...)
				Expect(code).To(Equal(want), "%v", args)
			}
		}
	})

	It("jobs that have started", func(ctx context.Context) {
		id, image := w.another(ctx, manifestText)
		_, err := w.Ship(ctx, id, image)
		Expect(err).NotTo(HaveOccurred())
		w.to(ctx, id, warehouse.Loading)
		code, _ := cli.refused(w, "cancel-job", "--job-id", id)
		Expect(code).To(Equal("UnableToCancelJobIdException"))
		code, _ = cli.refused(w, update(id, manifestText)...)
		Expect(code).To(Equal("UnableToUpdateJobIdException"))
	})

	It("a quota and rights", func(ctx context.Context) {
		for range jobs.DailyQuota {
			w.create(ctx, manifestText)
		}
		code, _ := cli.refused(w, create(manifestText)...)
		Expect(code).To(Equal("CreateJobQuotaExceededException"))
		_, err := w.Advance(ctx, 24*time.Hour)
		Expect(err).NotTo(HaveOccurred())
		cli.ok(w, create(manifestText)...)
		Expect(w.SetFaults(ctx, simulator.Faults{DeniedBuckets: []string{"photos"}})).To(Succeed())
		code, _ = cli.refused(w, create(manifestText)...)
		Expect(code).To(Equal("BucketPermissionException"))
		w.keys.SecretAccessKey = "another"
		code, _ = cli.refused(w, "list-jobs")
		Expect(code).To(Equal("SignatureDoesNotMatch"))
		w.keys.AccessKeyID = "AKIDOTHER"
		code, _ = cli.refused(w, "list-jobs")
		Expect(code).To(Equal("InvalidClientTokenIdException"))
	})

	It("every code that a rule may refuse with", func(ctx context.Context) {
		text, err := os.ReadFile(filepath.Join("..", "importexport", "testdata", "model-errors.json"))
		Expect(err).NotTo(HaveOccurred())
		var codes []string
		Expect(json.Unmarshal(text, &codes)).To(Succeed())
		for _, want := range append(codes, "AccessDenied", "ExpiredToken", "IncompleteSignature", "InternalError", "InternalFailure", "InvalidAction",
			"InvalidClientTokenIdException", "MissingAuthenticationToken", "OptInRequired", "RequestExpired", "RequestLimitExceeded",
			"ServiceUnavailable", "SignatureDoesNotMatch", "Throttling", "ThrottlingException", "ValidationError") {
			Expect(w.SetFaults(ctx, simulator.Faults{Rules: []simulator.Rule{
				{Kind: simulator.Refuse, Service: simulator.ImportExport, Operation: "ListJobs", Code: want},
			}})).To(Succeed(), want)
			code, operation := cli.refused(w, "list-jobs")
			Expect(code + " " + operation).To(Equal(want + " ListJobs"))
		}
	})
})
