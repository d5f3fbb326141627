package main

import (
	"bytes"
	"context"
	"crypto/md5"
	"encoding/base64"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/smithy-go/middleware"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// upload is how an object is made.
type upload struct {
	bucket     string // empty: current
	parts      []int  // in bytes, the last one to the end; nil: a single PUT
	algorithm  types.ChecksumAlgorithm
	composite  bool // of a multipart upload with an algorithm; else of the whole
	encryption types.ServerSideEncryption
	customer   bool // SSE-C
	class      types.StorageClass
	copied     bool // by CopyObject, from an object that was made so
}

// even are n parts of a size.
func even(size, n int) []int {
	parts := make([]int, n)
	for i := range parts {
		parts[i] = size
	}
	return parts
}

// uploader writes objects as other programs do.
type uploader struct{ *s3.Client }

func newUploader(endpoint, region, id, key string) uploader {
	return uploader{s3.New(s3.Options{
		BaseEndpoint: aws.String(endpoint), Region: region, Credentials: credentials.NewStaticCredentialsProvider(id, key, ""), UsePathStyle: true,
		APIOptions:                 []func(*middleware.Stack) error{v4.SwapComputePayloadSHA256ForUnsignedPayloadMiddleware},
		RequestChecksumCalculation: aws.RequestChecksumCalculationWhenRequired, ResponseChecksumValidation: aws.ResponseChecksumValidationWhenRequired,
	})}
}

// customerKey is that of all SSE-C objects here.
func customerKey() (algorithm, key, sum *string) {
	raw := bytes.Repeat([]byte{7}, 32)
	digest := md5.Sum(raw)
	return aws.String("AES256"), aws.String(base64.StdEncoding.EncodeToString(raw)), aws.String(base64.StdEncoding.EncodeToString(digest[:]))
}

// put makes the object.
func (u uploader) put(ctx context.Context, how upload, key string, content []byte) {
	GinkgoHelper()
	if how.parts != nil {
		u.multipart(ctx, how, key, content)
	} else {
		in := &s3.PutObjectInput{Bucket: &how.bucket, Key: &key, Body: bytes.NewReader(content), ChecksumAlgorithm: how.algorithm,
			ServerSideEncryption: how.encryption, StorageClass: how.class}
		if how.customer {
			in.SSECustomerAlgorithm, in.SSECustomerKey, in.SSECustomerKeyMD5 = customerKey()
		}
		_, err := u.PutObject(ctx, in)
		Expect(err).NotTo(HaveOccurred())
	}
	if how.copied {
		_, err := u.CopyObject(ctx, &s3.CopyObjectInput{Bucket: &how.bucket, Key: &key, CopySource: aws.String(how.bucket + "/" + key),
			MetadataDirective: types.MetadataDirectiveReplace})
		Expect(err).NotTo(HaveOccurred())
	}
}

func (u uploader) multipart(ctx context.Context, how upload, key string, content []byte) {
	GinkgoHelper()
	in := &s3.CreateMultipartUploadInput{Bucket: &how.bucket, Key: &key, ServerSideEncryption: how.encryption, StorageClass: how.class, ChecksumAlgorithm: how.algorithm}
	if how.algorithm != "" {
		in.ChecksumType = types.ChecksumTypeFullObject
		if how.composite {
			in.ChecksumType = types.ChecksumTypeComposite
		}
	}
	if how.customer {
		in.SSECustomerAlgorithm, in.SSECustomerKey, in.SSECustomerKeyMD5 = customerKey()
	}
	begun, err := u.CreateMultipartUpload(ctx, in)
	Expect(err).NotTo(HaveOccurred())
	done := &types.CompletedMultipartUpload{}
	for i, size := range how.parts {
		size = min(size, len(content))
		done.Parts = append(done.Parts, u.part(ctx, how, begun, int32(i+1), content[:size]))
		content = content[size:]
	}
	Expect(content).To(BeEmpty(), "the parts are the whole")
	_, err = u.CompleteMultipartUpload(ctx, &s3.CompleteMultipartUploadInput{Bucket: &how.bucket, Key: &key, UploadId: begun.UploadId,
		MultipartUpload: done, ChecksumType: in.ChecksumType, SSECustomerAlgorithm: in.SSECustomerAlgorithm, SSECustomerKey: in.SSECustomerKey, SSECustomerKeyMD5: in.SSECustomerKeyMD5})
	Expect(err).NotTo(HaveOccurred())
}

func (u uploader) part(ctx context.Context, how upload, begun *s3.CreateMultipartUploadOutput, number int32, content []byte) types.CompletedPart {
	GinkgoHelper()
	in := &s3.UploadPartInput{Bucket: begun.Bucket, Key: begun.Key, UploadId: begun.UploadId, PartNumber: &number,
		Body: bytes.NewReader(content), ChecksumAlgorithm: how.algorithm}
	if how.customer {
		in.SSECustomerAlgorithm, in.SSECustomerKey, in.SSECustomerKeyMD5 = customerKey()
	}
	out, err := u.UploadPart(ctx, in)
	Expect(err).NotTo(HaveOccurred())
	return types.CompletedPart{PartNumber: &number, ETag: out.ETag, ChecksumCRC32: out.ChecksumCRC32, ChecksumCRC32C: out.ChecksumCRC32C,
		ChecksumCRC64NVME: out.ChecksumCRC64NVME, ChecksumSHA1: out.ChecksumSHA1, ChecksumSHA256: out.ChecksumSHA256}
}
