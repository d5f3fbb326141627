package main

import (
	"os/exec"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

var _ = Describe("manifest --show-secrets", func() {
	It("shows them on a terminal", func() {
		terminal, err := exec.LookPath("script")
		if err != nil {
			Skip("script is not on PATH: apt-get install bsdutils")
		}
		s := newStation(few)
		s.backup("photos-a", "all", 32<<20)
		c := exec.Command(terminal, "-qec", "s3export manifest -f photos-a.yaml --show-secrets", "/dev/null")
		c.Dir, c.Env = s.dir, s.env()
		out, err := c.CombinedOutput()
		Expect(err).NotTo(HaveOccurred(), string(out))
		Expect(string(out)).To(ContainSubstring("pinCode: " + plantedPin))
	})
})
