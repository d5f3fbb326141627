package s3_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	service "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/providers"
	"github.com/cargomedia/s3export/providers/s3"
	"github.com/cargomedia/s3export/providers/simulator"
)

var _ = Describe("Restore", func() {
	DescribeTable("reads the answer", func(ctx context.Context, a http.HandlerFunc, ready bool) {
		Expect(play(a).client().Restore(ctx, "photos", "a/ü b", "Bulk", 14)).To(Equal(ready))
	},
		Entry("accepted", answer(http.StatusAccepted, ""), false),
		Entry("under way", refuse(http.StatusConflict, "RestoreAlreadyInProgress"), false),
		Entry("readable", answer(http.StatusOK, ""), true),
		Entry("replaced by one that is not archived", refuse(http.StatusForbidden, "InvalidObjectState"), true),
		Entry("removed", refuse(http.StatusNotFound, "NoSuchKey"), true),
	)

	It("asks for days and a tier", func(ctx context.Context) {
		var body string
		s := play(func(w http.ResponseWriter, r *http.Request) {
			text, err := io.ReadAll(r.Body)
			body = string(text)
			if err == nil {
				w.WriteHeader(http.StatusAccepted)
			}
		})
		_, err := s.client().Restore(ctx, "photos", "a/ü b", "Bulk", 14)
		Expect(err).NotTo(HaveOccurred())
		Expect(s.asked[0].Method + " " + s.asked[0].URL.Path).To(Equal("POST /photos/a/ü b"))
		Expect(s.asked[0].URL.Query().Has("restore")).To(BeTrue())
		Expect(body).To(And(ContainSubstring("<Days>14</Days>"), ContainSubstring("<GlacierJobParameters><Tier>Bulk</Tier></GlacierJobParameters>")))
	})

	It("says why it may not", func(ctx context.Context) {
		_, err := play(refuse(http.StatusForbidden, "AccessDenied")).client().Restore(ctx, "photos", "a", "Bulk", 14)
		e, ok := errors.AsType[*providers.Error](err)
		Expect(ok).To(BeTrue(), "%v", err)
		Expect(e.Kind).To(Equal(providers.Denied))
		Expect(e.Op).To(Equal("RestoreObject"))
	})

	It("is ready when the simulator's clock says so", func(ctx context.Context) {
		server, err := simulator.Start(context.WithoutCancel(ctx), simulator.Options{WorkDir: GinkgoT().TempDir(), Now: time.Now})
		Expect(err).NotTo(HaveOccurred())
		DeferCleanup(server.Close)
		info := server.Info()
		key := credentials.NewStaticCredentialsProvider(info.AccessKeyID, info.SecretAccessKey, "")
		client, err := s3.New(s3.Options{Credentials: key, Region: info.Region, Endpoint: info.Endpoint})
		Expect(err).NotTo(HaveOccurred())
		writer := service.New(service.Options{Credentials: key, Region: info.Region, BaseEndpoint: aws.String(info.Endpoint), UsePathStyle: true})
		control := simulator.NewControl(info.Endpoint)
		Expect(control.CreateBucket(ctx, simulator.Bucket{Name: "photos"})).To(Succeed())
		_, err = writer.PutObject(ctx, &service.PutObjectInput{Bucket: aws.String("photos"), Key: aws.String("old"), Body: strings.NewReader("x"), StorageClass: types.StorageClassDeepArchive})
		Expect(err).NotTo(HaveOccurred())
		for range 2 {
			Expect(client.Restore(ctx, "photos", "old", "Bulk", 14)).To(BeFalse())
		}
		_, err = control.Advance(ctx, 48*time.Hour)
		Expect(err).NotTo(HaveOccurred())
		Expect(client.Restore(ctx, "photos", "old", "Bulk", 14)).To(BeTrue())
	})
})
