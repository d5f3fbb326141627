package credential_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/smithy-go"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/providers/credential"
)

func TestCredential(t *testing.T) {
	RegisterFailHandler(Fail)
	RunSpecs(t, "providers/credential")
}

var _ = DescribeTable("an error of the chain", func(cause error, want string) {
	c := credential.Wrap(aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) { return aws.Credentials{}, cause }))
	_, err := c.Retrieve(context.Background())
	Expect(err).To(MatchError(want))
	Expect(err).To(MatchError(cause))
	Expect(err).To(BeAssignableToTypeOf(&credential.Error{}))
},
	Entry("nothing anywhere", fmt.Errorf("no EC2 IMDS role found, %w", &smithy.OperationError{ServiceID: "ec2imds", OperationName: "GetMetadata", Err: errors.New("deadline")}),
		"no AWS credentials: none in the environment, none in AWS's own files, and this host has no role"),
	Entry("a role that may not be taken", &smithy.OperationError{ServiceID: "STS", OperationName: "AssumeRole",
		Err: fmt.Errorf("https response error StatusCode: 403, RequestID: 1, %w", &smithy.GenericAPIError{Code: "AccessDenied", Message: "not allowed"})},
		"no AWS credentials: STS AssumeRole: AccessDenied: not allowed"),
	Entry("anything else", errors.New("the SSO session has expired"), "no AWS credentials: the SSO session has expired"),
)

var _ = It("passes credentials on", func() {
	c := credential.Wrap(aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{AccessKeyID: "AKID"}, nil
	}))
	v, err := c.Retrieve(context.Background())
	Expect(err).NotTo(HaveOccurred())
	Expect(v.AccessKeyID).To(Equal("AKID"))
})
