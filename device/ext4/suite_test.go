package ext4_test

import (
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

func TestExt4(t *testing.T) {
	RegisterFailHandler(Fail)
	RunSpecs(t, "device/ext4")
}
