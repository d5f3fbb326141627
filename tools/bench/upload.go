package main

import (
	"bytes"
	"context"
	"fmt"
	"io"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"golang.org/x/sync/errgroup"
)

// uploads is how many objects are sent at once.
const uploads = 16

func (s *server) api() *s3.Client {
	return s3.New(s3.Options{
		BaseEndpoint: aws.String(s.endpoint), Region: region, UsePathStyle: true, Credentials: s.credentials(),
		RequestChecksumCalculation: aws.RequestChecksumCalculationWhenRequired,
	})
}

func (s *server) credentials() aws.CredentialsProvider {
	return aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{AccessKeyID: s.key, SecretAccessKey: s.secret}, nil
	})
}

// upload puts the corpus into its bucket, which it makes.
func (s *server) upload(ctx context.Context, c corpus) error {
	api := s.api()
	if _, err := api.CreateBucket(ctx, &s3.CreateBucketInput{Bucket: aws.String(c.bucket())}); err != nil {
		return fmt.Errorf("making bucket %q: %w", c.bucket(), err)
	}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(uploads)
	if c.name == "L" {
		group.SetLimit(4) // each holds a part in memory
	}
	for _, f := range c.files {
		group.Go(func() error {
			put := putWhole
			if f.part > 0 {
				put = putParts
			}
			if err := put(ctx, api, c, f); err != nil {
				return fmt.Errorf("uploading %q: %w", f.key, err)
			}
			return nil
		})
	}
	return group.Wait()
}

func putWhole(ctx context.Context, api *s3.Client, c corpus, f file) error {
	body := make([]byte, f.size)
	if _, err := io.ReadFull(c.content(f.key), body); err != nil {
		return err
	}
	_, err := api.PutObject(ctx, &s3.PutObjectInput{Bucket: aws.String(c.bucket()), Key: aws.String(f.key), Body: bytes.NewReader(body)})
	return err
}

// putParts sends parts with their CRC32, as the AWS CLI does by default.
func putParts(ctx context.Context, api *s3.Client, c corpus, f file) error {
	bucket, key := aws.String(c.bucket()), aws.String(f.key)
	begun, err := api.CreateMultipartUpload(ctx, &s3.CreateMultipartUploadInput{Bucket: bucket, Key: key, ChecksumAlgorithm: types.ChecksumAlgorithmCrc32})
	if err != nil {
		return err
	}
	content, buffer := c.content(f.key), make([]byte, f.part)
	var done []types.CompletedPart
	for left, number := f.size, int32(1); left > 0; number++ {
		body := buffer[:min(left, f.part)]
		left -= int64(len(body))
		if _, err := io.ReadFull(content, body); err != nil {
			return err
		}
		part, err := api.UploadPart(ctx, &s3.UploadPartInput{Bucket: bucket, Key: key, UploadId: begun.UploadId,
			PartNumber: aws.Int32(number), Body: bytes.NewReader(body), ChecksumAlgorithm: types.ChecksumAlgorithmCrc32})
		if err != nil {
			return err
		}
		done = append(done, types.CompletedPart{PartNumber: aws.Int32(number), ETag: part.ETag, ChecksumCRC32: part.ChecksumCRC32})
	}
	_, err = api.CompleteMultipartUpload(ctx, &s3.CompleteMultipartUploadInput{Bucket: bucket, Key: key, UploadId: begun.UploadId,
		MultipartUpload: &types.CompletedMultipartUpload{Parts: done}})
	return err
}
