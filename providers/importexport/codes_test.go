package importexport

import (
	"encoding/json"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/aws/smithy-go"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/providers"
)

var _ = Describe("codes", func() {
	DescribeTable("of a location", func(code string, want providers.Location) {
		Expect(locationOf(code)).To(Equal(want))
	},
		Entry(nil, "NotReceived", providers.NotReceived),
		Entry(nil, "AtAWS", providers.AtService),
		Entry(nil, "Returned", providers.Returned),
		Entry(nil, "", providers.LocationUnknown),
		Entry(nil, "Lost", providers.LocationUnknown),
	)

	DescribeTable("of progress", func(code string, want providers.Progress, reason string) {
		for _, spelled := range []string{code, " " + strings.ToUpper(code) + "\n"} {
			got, failure := progressOf(spelled)
			Expect(got).To(Equal(want))
			if reason == "" {
				Expect(failure).To(BeNil())
				continue
			}
			Expect(failure.Reason).To(Equal(reason))
			Expect(len(failure.Meaning)).To(BeNumerically(">", 20))
			Expect(failure.Meaning).NotTo(HaveSuffix("."))
			Expect(failure.Remedy).To(ContainSubstring("set spec.run to a new name"), "the next step")
		}
	},
		Entry(nil, "Pending", providers.Pending, ""),
		Entry(nil, "InProgress", providers.InProgress, ""),
		Entry(nil, "Started", providers.InProgress, ""),
		Entry(nil, "Complete", providers.Complete, ""),
		Entry(nil, "Success", providers.Complete, ""),
		Entry(nil, "SuccessWithErrors", providers.CompleteWithErrors, ""),
		Entry(nil, "Canceled", providers.Canceled, "JobCanceled"),
		Entry(nil, "Expired", providers.Expired, "JobExpired"),
		Entry(nil, "DeviceError", providers.Failed, "DeviceError"),
		Entry(nil, "MissingDevice", providers.Failed, "MissingDevice"),
		Entry(nil, "MissingSignature", providers.Failed, "MissingSignature"),
		Entry(nil, "InvalidSignature", providers.Failed, "InvalidSignature"),
		Entry(nil, "UnsupportedDeviceType", providers.Failed, "UnsupportedDeviceType"),
		Entry(nil, "UnsupportedFileFormat", providers.Failed, "UnsupportedFileFormat"),
		Entry(nil, "UnsupportedPowerSupply", providers.Failed, "UnsupportedPowerSupply"),
		Entry("that nobody knows", "Levitating", providers.ProgressUnknown, ""),
		Entry("that is missing", "", providers.ProgressUnknown, ""),
	)

	DescribeTable("of errors", func(kind providers.ErrorKind, codes ...string) {
		for _, code := range codes {
			for _, spelled := range []string{code, strings.TrimSuffix(code, "Exception"), strings.ToLower(code)} {
				m := meaningOf(spelled, smithy.FaultClient)
				Expect(m.kind).To(Equal(kind), spelled)
				Expect(len(m.remedy)).To(BeNumerically(">", 20), spelled)
				Expect(m).NotTo(Equal(meaningOf("NewCode", smithy.FaultClient)), "known")
			}
		}
	},
		Entry("rights and keys", providers.Denied, "BucketPermissionException", "InvalidAccessKeyIdException", "InvalidAccessIdException",
			"InvalidClientTokenIdException", "SignatureDoesNotMatch", "AccessDenied", "OptInRequired", "ExpiredToken", "RequestExpired",
			"MissingAuthenticationToken", "IncompleteSignature"),
		Entry("requests and manifests", providers.Invalid, "InvalidAddressException", "InvalidCustomsException", "InvalidFileSystemException",
			"InvalidManifestFieldException", "InvalidParameterException", "InvalidVersionException", "MalformedManifestException",
			"MissingCustomsException", "MissingManifestFieldException", "MissingParameterException", "MultipleRegionsException"),
		Entry("what there is not", providers.NotFound, "InvalidJobIdException", "NoSuchBucketException"),
		Entry("a canceled job", providers.JobCanceled, "CanceledJobIdException"),
		Entry("an expired job", providers.JobExpired, "ExpiredJobIdException"),
		Entry("the quota", providers.QuotaExceeded, "CreateJobQuotaExceededException"),
		Entry("too late", providers.TooLate, "UnableToCancelJobIdException", "UnableToUpdateJobIdException"),
		Entry("slow down", providers.Throttled, "Throttling", "ThrottlingException", "RequestLimitExceeded"),
		Entry("try again", providers.Transient, "ServiceUnavailable", "InternalFailure", "InternalError"),
	)

	It("of progress mean what the golden table says", func() {
		var table strings.Builder
		for _, p := range progresses() {
			got, failure := progressOf(p.code)
			Expect(got).To(Equal(p.means))
			table.WriteString(p.code + " -> " + string(got))
			if failure != nil {
				table.WriteString(": " + failure.Reason + "; " + failure.Meaning + "; " + failure.Remedy)
			}
			table.WriteString("\n")
			Expect(failure != nil).To(Equal(got.Ended() && !got.EndedWell()), p.code)
		}
		matchGolden("progress.golden", table.String())
	})

	It("of errors mean what the golden table says", func() {
		var table strings.Builder
		for _, group := range []map[string]meaning{refusals(), commonErrors()} {
			for _, code := range slices.Sorted(maps.Keys(group)) {
				m := meaningOf(code, smithy.FaultClient)
				Expect(m.kind).NotTo(BeEmpty())
				Expect(len(m.remedy)).To(BeNumerically(">", 20), code)
				table.WriteString(code + " -> " + string(m.kind) + ": " + m.remedy + "\n")
			}
			table.WriteString("\n")
		}
		matchGolden("errors.golden", table.String())
	})

	It("know every error of the service model, with and without the suffix", func() {
		text, err := os.ReadFile("testdata/model-errors.json")
		Expect(err).NotTo(HaveOccurred())
		var codes []string
		Expect(json.Unmarshal(text, &codes)).To(Succeed())
		Expect(codes).To(HaveLen(20))
		for _, code := range codes {
			Expect(refusals()).To(HaveKey(strings.TrimSuffix(fold(code), "exception")))
			Expect(meaningOf(code, smithy.FaultClient)).To(Equal(meaningOf(strings.TrimSuffix(code, "Exception"), smithy.FaultClient)))
		}
	})

	It("that are not known are judged by whose fault it is", func() {
		Expect(meaningOf("NewCode", smithy.FaultServer).kind).To(Equal(providers.Transient))
		Expect(meaningOf("NewCode", smithy.FaultClient).kind).To(Equal(providers.Unexpected))
	})
})
