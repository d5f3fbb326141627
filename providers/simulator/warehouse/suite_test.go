package warehouse

import (
	"testing"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

func TestWarehouse(t *testing.T) {
	RegisterFailHandler(Fail)
	RunSpecs(t, "simulator/warehouse")
}

var noon = time.Date(2026, 11, 2, 12, 0, 0, 0, time.UTC)
