package importexport

import (
	"context"
	"errors"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/providers"
)

var _ = Describe("accessKeyId", func() {
	sending := map[string]func(context.Context, *Client, string) error{
		"Check": func(ctx context.Context, c *Client, text string) error {
			_, err := c.Check(ctx, request(text))
			return err
		},
		"CreateJob": func(ctx context.Context, c *Client, text string) error {
			_, err := c.CreateJob(ctx, request(text))
			return err
		},
		"UpdateJob": func(ctx context.Context, c *Client, text string) error {
			return c.UpdateJob(ctx, "EX1ID", request(text))
		},
	}
	for name, send := range sending {
		It("of another key is refused as the service would, and "+name+" sends nothing", func(ctx context.Context) {
			s := play()
			e := errorOf(send(ctx, s.client(), "accessKeyId:AKIAI44QH8DHBEXAMPLE\n"))
			Expect(e.Kind).To(Equal(providers.Denied))
			Expect(e.Code).To(Equal("InvalidAccessKeyIdException"))
			Expect(e.Remedy).To(Equal(refusals()["invalidaccesskeyid"].remedy))
			Expect(e.Message).To(And(ContainSubstring("AKIAI44QH8DHBEXAMPLE"), ContainSubstring(exampleKey)))
			Expect(s.requests()).To(BeEmpty())
		})

		It("that signs lets "+name+" pass, and so does none", func(ctx context.Context) {
			for _, text := range []string{"accessKeyId: " + exampleKey + "\n", "deviceId: x\n", "{["} {
				s := play(golden("check"), golden("create-job"), golden("update-job"))
				_ = send(ctx, s.client(), text) // the answers are of several operations
				Expect(s.requests()).To(HaveLen(1))
			}
		})
	}

	It("does not show what is too long for a key id", func(ctx context.Context) {
		err := sending["Check"](ctx, play().client(), "accessKeyId: "+exampleSecret+"\n")
		Expect(errorOf(err).Error()).NotTo(ContainSubstring(exampleSecret))
		Expect(strings.Count(err.Error(), exampleKey)).To(Equal(1))
	})

	It("says when there are no credentials", func(ctx context.Context) {
		none := aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) { return aws.Credentials{}, errors.New("no role") })
		c, err := New(Options{Credentials: none, Endpoint: "http://127.0.0.1:1"})
		Expect(err).NotTo(HaveOccurred())
		e := errorOf(sending["CreateJob"](ctx, c, "accessKeyId: "+exampleKey+"\n"))
		Expect(e.Kind).To(Equal(providers.Denied))
		Expect(e.Message).To(ContainSubstring("no AWS credentials"))
	})
})
