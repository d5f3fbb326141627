package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/providers/simulator/store"
	"github.com/cargomedia/s3export/verify"
	"github.com/cargomedia/s3export/verify/chain"
)

// A folder that takes a moment to be read: many small files, some of which are bad, and
// one in parts.
const (
	rackFiles = 1200
	rackSize  = 10_000
)

func rack(st *store.Store) error {
	if err := few(st); err != nil {
		return err
	}
	for i := range rackFiles {
		key := fmt.Sprintf("rack/%03d", i)
		if err := putDemo(st, key, content(key, rackSize+i)); err != nil {
			return err
		}
	}
	return putDemoParts(st, "rack/film", demoPart+rackSize, demoPart)
}

// copyRack puts the copy into a folder, with some of it damaged.
func (s *station) copyRack(folder string) {
	GinkgoHelper()
	for i := range rackFiles {
		data := content(fmt.Sprintf("rack/%03d", i), rackSize+i)
		switch i {
		case 17, 118, 201:
			data[i] ^= 1
		case 30:
			continue
		case 31:
			data = data[1:]
		}
		s.write(fmt.Sprintf("%s/rack/%03d", folder, i), string(data))
	}
	s.write(folder+"/rack/film", string(content("rack/film", demoPart+rackSize)))
	s.write(folder+"/rack/extra", "x")
}

// plainly is a report without what differs from one sitting to the next.
func plainly(folder string) string {
	GinkgoHelper()
	all, problems := chain.Check(os.DirFS(folder))
	Expect(problems).To(BeEmpty())
	f, err := os.Open(filepath.Join(folder, all[len(all)-1].Name))
	Expect(err).NotTo(HaveOccurred())
	defer func() { _ = f.Close() }()
	r, err := verify.DecodeReport(f)
	Expect(err).NotTo(HaveOccurred())
	r.Started, r.Ended, r.Seed = time.Time{}, time.Time{}, verify.Seed{}
	r.Drive, r.Speed, r.Requests, r.Before = nil, nil, verify.Requests{}, nil
	text, err := r.MarshalJSON()
	Expect(err).NotTo(HaveOccurred())
	return string(text)
}

var _ = Describe("kill -9", Label("kill"), func() {
	It("every moment of a verification changes nothing of its report, and loses little", func() {
		s := newStation(rack)
		s.copyRack("copy")
		args := func(report string, more ...string) []string {
			return append([]string{"verify", "--root", "copy", "--bucket", demoBucket, "--prefix", "rack/", "--sample", "all",
				"--s3-endpoint", s.server.Endpoint(), "--report", report}, more...)
		}
		whole, code := s.finish(s.command(args("whole")...))
		Expect(code).To(Equal(exitFailed), whole)

		random := rand.New(rand.NewPCG(1, uint64(GinkgoRandomSeed())))
		killed := 0
		for range 40 {
			c := s.command(args("torn", "--bandwidth", "3MB")...)
			Expect(c.Start()).To(Succeed())
			ended := make(chan error, 1)
			go func() { ended <- c.Wait() }()
			select {
			case <-time.After(time.Duration(1500+random.IntN(1000)) * time.Millisecond):
				Expect(c.Process.Kill()).To(Or(Succeed(), MatchError(os.ErrProcessDone)))
			case err := <-ended:
				ended <- err
			}
			err := <-ended
			exit, ok := err.(*exec.ExitError) //nolint:errorlint // as Wait gives it
			if ok && exit.Exited() {
				Expect(exit.ExitCode()).To(Equal(exitFailed))
				break
			}
			killed++
		}
		Expect(killed).To(BeNumerically(">=", 2), "else nothing was shown")
		Expect(filepath.Join(s.dir, "torn", chain.NotesName)).NotTo(BeAnExistingFile())
		Expect(plainly(filepath.Join(s.dir, "torn"))).To(Equal(plainly(filepath.Join(s.dir, "whole"))))
		GinkgoWriter.Printf("killed %d times\n", killed)
	})
})
