package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/aws/aws-sdk-go-v2/credentials"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/providers"
	"github.com/cargomedia/s3export/providers/importexport"
	"github.com/cargomedia/s3export/specs/secret"
)

// configure has the configuration say where the simulator is.
func (s *station) configure() {
	GinkgoHelper()
	s.write("s3export.conf", fmt.Sprintf("region: us-east-1\nendpoint: %s\ns3Endpoint: %s\n", s.server.Endpoint(), s.server.Endpoint()))
}

// otherClient is that of another tool.
func (s *station) otherClient() *importexport.Client {
	GinkgoHelper()
	c, err := importexport.New(importexport.Options{
		Credentials: credentials.NewStaticCredentialsProvider(plantedAccess, plantedKey, ""), Endpoint: s.server.Endpoint(),
	})
	Expect(err).NotTo(HaveOccurred())
	return c
}

// otherTool creates a job with a manifest, as any other tool may.
func (s *station) otherTool(manifest string) providers.JobID {
	GinkgoHelper()
	text, err := os.ReadFile(filepath.Join(s.dir, manifest))
	Expect(err).NotTo(HaveOccurred())
	j, err := s.otherClient().CreateJob(context.Background(), providers.JobRequest{Manifest: secret.NewValue(string(text))})
	Expect(err).NotTo(HaveOccurred())
	return j.ID
}

// jobsNow are the ids of all jobs at the service.
func (s *station) jobsNow() (ids []providers.JobID) {
	GinkgoHelper()
	Expect(s.otherClient().Jobs(context.Background(), func(j providers.ListedJob) error {
		ids = append(ids, j.ID)
		return nil
	})).To(Succeed())
	return ids
}

// oldManifest is a manifest as the old tool took it.
func oldManifest(serial string) string {
	return fmt.Sprintf(`manifestVersion: 2.0
deviceId: %q
fileSystem: EXT4
logBucket: photos-logs
pinCode: %s
operations:
  - exportBucket: photos
    prefix: 2026/
returnAddress:
  name: Jane Roe
  street1: 123 Any Street
  city: Anytown
  stateOrProvince: WA
  postalCode: "91011"
  phoneNumber: 206-555-1111
  country: USA
`, serial, plantedPin)
}
