package simulator_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awss3 "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/providers/simulator"
	"github.com/cargomedia/s3export/providers/simulator/delivery"
	"github.com/cargomedia/s3export/providers/simulator/store"
)

var _ = Describe("the control API for S3", func() {
	It("makes buckets as they are in the field", func(ctx context.Context) {
		w := newWorld()
		Expect(w.CreateBucket(ctx, simulator.Bucket{Name: "photos", Encryption: store.EncryptionDSSE, Versioning: store.VersioningEnabled, Checksum: "none"})).To(Succeed())
		out, err := w.s3.PutObject(ctx, &awss3.PutObjectInput{Bucket: aws.String("photos"), Key: aws.String("k"), Body: strings.NewReader("hello")})
		Expect(err).NotTo(HaveOccurred())
		Expect(*out.VersionId).To(HaveLen(32))
		Expect(out.ServerSideEncryption).To(BeEquivalentTo("aws:kms:dsse"))
		Expect(out.ChecksumCRC64NVME).To(BeNil())
		for _, b := range []simulator.Bucket{{Name: "other", Encryption: "x"}, {Name: "other", Versioning: "On"}, {Name: "other", Checksum: "CRC32"}} {
			err := w.CreateBucket(ctx, b)
			Expect(err).To(BeAssignableToTypeOf(&simulator.ControlError{}))
		}
	})

	It("delivers what S3 delivers by itself, for a client of S3 to read", func(ctx context.Context) {
		w := newWorld()
		w.buckets(ctx)
		w.put(ctx, "2026/a", "hello")
		of := delivery.Selection{Bucket: "photos", Destination: "logs", DestinationPrefix: "out"}
		inventory, err := w.Inventory(ctx, delivery.Inventory{Selection: of, ID: "daily"})
		Expect(err).NotTo(HaveOccurred())
		Expect(inventory).To(Equal(delivery.Delivered{Bucket: "logs", Manifest: "out/photos/daily/2026-11-02T12-00Z/manifest.json", Objects: 1}))
		report, err := w.Checksums(ctx, delivery.Checksums{Selection: of, Algorithm: "SHA256"})
		Expect(err).NotTo(HaveOccurred())
		for _, d := range []delivery.Delivered{inventory, report} {
			Expect(json.Valid([]byte(w.get(ctx, d.Bucket, d.Manifest)))).To(BeTrue())
		}
		of.Destination = "none"
		_, err = w.Inventory(ctx, delivery.Inventory{Selection: of})
		Expect(err).To(MatchError(ContainSubstring(`bucket "none"`)))
		refused, _ := errors.AsType[*simulator.ControlError](err)
		Expect(refused.Remedy).NotTo(BeEmpty())
	})

	It("archives, and the clock restores", func(ctx context.Context) {
		w := newWorld()
		w.buckets(ctx)
		in := &awss3.PutObjectInput{Bucket: aws.String("photos"), Key: aws.String("k"), Body: strings.NewReader("x"), StorageClass: types.StorageClassIntelligentTiering}
		_, err := w.s3.PutObject(ctx, in)
		Expect(err).NotTo(HaveOccurred())
		archiving := simulator.Archiving{Bucket: "photos", Key: "k", Status: "ARCHIVE_ACCESS"}
		Expect(w.Archive(ctx, archiving)).To(Succeed())
		read := func() error {
			out, err := w.s3.GetObject(ctx, &awss3.GetObjectInput{Bucket: in.Bucket, Key: in.Key})
			if err != nil {
				return err
			}
			return out.Body.Close()
		}
		Expect(read()).To(MatchError(ContainSubstring("InvalidObjectState")))
		_, err = w.s3.RestoreObject(ctx, &awss3.RestoreObjectInput{Bucket: in.Bucket, Key: in.Key, RestoreRequest: &types.RestoreRequest{}})
		Expect(err).NotTo(HaveOccurred())
		_, err = w.Advance(ctx, 5*time.Hour)
		Expect(err).NotTo(HaveOccurred())
		Expect(read()).To(Succeed())
		archiving.Status = "COLD"
		Expect(w.Archive(ctx, archiving)).To(MatchError(ContainSubstring("COLD")))
		archiving.Key = "none"
		Expect(w.Archive(ctx, archiving)).To(MatchError(ContainSubstring("none")))
		w.put(ctx, "k", "x")
		archiving.Key = "k"
		Expect(w.Archive(ctx, archiving)).To(MatchError(ContainSubstring("not archived")))
		r, err := http.Post(w.Endpoint()+"/_simulator/inventory", "application/json", strings.NewReader(`{"owner":"red"}`))
		Expect(err).NotTo(HaveOccurred())
		defer r.Body.Close()
		Expect(r.StatusCode).To(Equal(http.StatusBadRequest))
	})
})
