package keyname_test

import (
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

func TestKeyname(t *testing.T) {
	RegisterFailHandler(Fail)
	RunSpecs(t, "keyname")
}
