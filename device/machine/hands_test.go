package machine_test

import (
	"path"
	"slices"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// plugIn plugs drives in one after the other and returns the kernel's names of them,
// once udev is done with each.
func plugIn(drives ...*disk) []string {
	GinkgoHelper()
	var nodes []string
	for _, d := range drives {
		before := disks()
		d.insert()
		var fresh []string
		Eventually(func() []string {
			fresh = fresh[:0]
			for _, name := range disks() {
				if !slices.Contains(before, name) {
					fresh = append(fresh, name)
				}
			}
			return fresh
		}).Should(HaveLen(1))
		host.guest.run("udevadm", "settle")
		nodes = append(nodes, "/dev/"+fresh[0])
	}
	return nodes
}

// disks are the kernel's names of the disks that are there.
func disks() []string {
	GinkgoHelper()
	return strings.Fields(host.guest.run("ls", "/sys/block"))
}

func base(node string) string { return path.Base(node) }

// line is the only line of what a program printed.
func line(out string) string { return strings.TrimSuffix(out, "\n") }

// needs skips a spec that cannot do without a program that this host lacks.
func needs(program, pkg string) {
	GinkgoHelper()
	if _, err := findProgram(program); err != nil {
		skip("needs " + program + ": apt-get install " + pkg)
	}
}
