package main

import (
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/verify"
)

var _ = DescribeTable("a finding in a line", func(f verify.Finding, want string) {
	Expect(findingText(f)).To(Equal(want))
},
	Entry("where its key leads", verify.Finding{Path: "x/a\nb", Bucket: "photos", Key: "a\nb", Outcome: verify.Differ, Reason: verify.SizeDiffers},
		`differ: "x/a\nb" (SizeDiffers)`),
	Entry("of no object", verify.Finding{Path: "x/a", Outcome: verify.Extra, Reason: verify.Unknown}, `extra: "x/a" (Unknown)`),
	Entry("elsewhere", verify.Finding{Path: "EXPORT-RECOVERY/0000/0000", Bucket: "photos", Key: "a//b", Outcome: verify.Differ, Reason: verify.ContentDiffers},
		`differ: "EXPORT-RECOVERY/0000/0000", which is "s3://photos/a//b" (ContentDiffers)`),
	Entry("that the service has failed", verify.Finding{Path: "a", Bucket: "photos", Key: "a", Outcome: verify.MissingOnDevice, Reason: verify.FailedByService, Detail: "AccessDenied"},
		`missingOnDevice: "a" (FailedByService: AccessDenied)`),
	Entry("with another cause, which the report has", verify.Finding{Path: "a", Outcome: verify.Failure, Reason: verify.ReadError, Detail: "input/output error"},
		`error: "a" (ReadError)`),
)

var _ = DescribeTable("a code of the service's log", func(code, want string) { Expect(failureCode(code)).To(Equal(want)) },
	Entry("as it is", "InvalidObjectState", "InvalidObjectState"),
	Entry("none", "", `""`),
	Entry("with what a terminal would obey", "\x1b[2J", `"\x1b[2J"`),
	Entry("with quotes", `a"b`, `"a\"b"`),
	Entry("that is long", strings.Repeat("x", 99), strings.Repeat("x", 64)),
)
