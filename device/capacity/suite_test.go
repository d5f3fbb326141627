package capacity

import (
	"testing"

	g "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

func TestCapacity(t *testing.T) {
	RegisterFailHandler(g.Fail)
	g.RunSpecs(t, "Capacity Suite")
}
