package pull

import (
	"context"
	"os"
	"testing"
	"time"

	. "github.com/onsi/gomega"
)

// The drive is told by a sync that fails.
func TestDriveIsMadeToWriteWhileALargeObjectComes(t *testing.T) {
	g := NewWithT(t)
	root, err := os.OpenRoot(t.TempDir())
	g.Expect(err).NotTo(HaveOccurred())
	defer root.Close()
	d, err := openDrive(root)
	g.Expect(err).NotTo(HaveOccurred())
	defer d.close() //nolint:errcheck // top is closed before
	g.Expect(d.top.Close()).To(Succeed())

	look, ended := make(chan time.Time), make(chan error)
	k := &keeper{c: &copying{drive: d, count: &counter{}}, look: look, synced: 7}
	go func() {
		_, err := await(context.Background(), k, make(chan *task))
		ended <- err
	}()
	k.c.count.got.Store(7 + writeBytes - 1)
	for range 3 {
		look <- time.Time{}
	}
	g.Consistently(ended, 20*time.Millisecond).ShouldNot(Receive(), "nothing is to be written yet")
	k.c.count.got.Store(7 + writeBytes)
	look <- time.Time{}
	g.Eventually(ended).Should(Receive(MatchError(ContainSubstring("writing everything to the drive"))))
	g.Expect(k.synced).To(BeEquivalentTo(7 + writeBytes))
}
