package page_test

import (
	. "github.com/onsi/ginkgo/v2"
)

var _ = Describe("the page", func() {
	It("is golden", func() {
		golden("passed.html", write(passedReport()))
		golden("failed.html", write(failedReport()))
		golden("incomplete.html", write(incompleteReport()))
		golden("stopped.html", write(stoppedReport()))
	})
})
