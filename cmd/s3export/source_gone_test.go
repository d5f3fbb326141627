package main

import (
	"bytes"
	"context"
	"time"

	awss3 "github.com/aws/aws-sdk-go-v2/service/s3"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/verify"
)

var _ = It("proves a file bad by the baseline alone when the bucket is gone: it keeps no versions", func(ctx context.Context) {
	h := &history{prover: newProver(ctx)}
	h.bucket = current
	h.put(ctx, "k", "longer")
	h.load(ctx)
	h.remove(ctx, "k")
	_, err := h.DeleteBucket(ctx, &awss3.DeleteBucketInput{Bucket: &h.bucket})
	Expect(err).NotTo(HaveOccurred())
	h.copy("k", []byte("long"))
	baseline, err := verify.OpenBaseline(bytes.NewReader(h.baseline))
	Expect(err).NotTo(HaveOccurred())
	tree, err := verify.OpenDirTree(h.dir, verify.DirOptions{})
	Expect(err).NotTo(HaveOccurred())
	defer func() { _ = tree.Close() }()
	report, err := verify.Run(ctx, verify.Request{Tree: tree, Source: h.source(), Population: baseline.Population(), Draw: verify.Draw{All: true}, Runtime: verify.Runtime{Now: time.Now}})
	Expect(err).NotTo(HaveOccurred())
	Expect(report.Verdict()).To(Equal(verify.Fail), report.Sentence())
	Expect(report.Requests.Versions).To(BeEquivalentTo(1))
})
