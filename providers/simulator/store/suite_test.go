package store_test

import (
	"testing"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

func TestStore(t *testing.T) {
	RegisterFailHandler(Fail)
	RunSpecs(t, "providers/simulator/store")
}

func clock() time.Time { return time.Date(2031, 2, 3, 4, 5, 6, 7, time.UTC) }
