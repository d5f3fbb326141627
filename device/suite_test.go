package device_test

import (
	"context"
	"os"
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/device"
)

func TestDevice(t *testing.T) {
	RegisterFailHandler(Fail)
	RunSpecs(t, "Device Suite")
}

// TestMain makes the test binary a process that can be killed: see kill_test.go and
// probe_test.go.
func TestMain(m *testing.M) {
	if path := os.Getenv("S3EXPORT_TEST_IMAGE"); path != "" {
		os.Exit(victim(path, os.Getenv("S3EXPORT_TEST_SIGNATURE"))) //nolint:forbidigo // the main of a process of its own
	}
	if path := os.Getenv("S3EXPORT_TEST_PROBE"); path != "" {
		os.Exit(probeVictim(path)) //nolint:forbidigo // the main of a process of its own
	}
	if path := os.Getenv("S3EXPORT_TEST_MOUNT"); path != "" {
		os.Exit(mountVictim(path)) //nolint:forbidigo // the main of a process of its own
	}
	os.Exit(m.Run()) //nolint:forbidigo // the main of the tests
}

// victim formats an image, or signs it if there is a text.
func victim(path, text string) int {
	var o device.Options
	if dir := os.Getenv("S3EXPORT_TEST_TOOLS"); dir != "" {
		o.ToolDirs = []string{dir}
	}
	d, ctx, s := device.New(o), context.Background(), imageOf(path)
	v := device.NewVolumeID("photos-a", "1")
	if text != "" {
		if d.WriteSignature(ctx, device.SignatureTarget{Selector: s, FileSystemUUID: v.UUID}, []byte(text)) != nil {
			return 1
		}
		return 0
	}
	st, err := d.Inspect(ctx, s)
	if err != nil {
		return 1
	}
	c, r := st.Claim(v)
	if r != nil || d.Format(ctx, c, v) != nil {
		return 1
	}
	return 0
}
