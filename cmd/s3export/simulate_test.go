package main

import (
	"bufio"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/providers/simulator"
)

// startSimulate starts `s3export simulate` as a child and returns what it says when it
// is ready.
func startSimulate(dir string) (*exec.Cmd, simulator.Info) {
	GinkgoHelper()
	Expect(os.MkdirAll(filepath.Join(dir, "data", "photos"), 0o755)).To(Succeed())
	Expect(os.WriteFile(filepath.Join(dir, "data", "photos", "a.txt"), []byte("hello"), 0o600)).To(Succeed())
	c := exec.Command(binary, "simulate", "--data", "data")
	c.Dir = dir
	out, err := c.StdoutPipe()
	Expect(err).NotTo(HaveOccurred())
	Expect(c.Start()).To(Succeed())
	DeferCleanup(func() {
		if c.ProcessState == nil {
			_ = c.Process.Kill()
			_ = c.Wait()
		}
	})
	line, err := bufio.NewReader(out).ReadBytes('\n')
	Expect(err).NotTo(HaveOccurred())
	var info simulator.Info
	Expect(json.Unmarshal(line, &info)).To(Succeed())
	return c, info
}

var _ = Describe("simulate", func() {
	It("says in one line of JSON where it is, and ends at SIGTERM", func() {
		c, info := startSimulate(GinkgoT().TempDir())
		Expect(info.Endpoint).To(HavePrefix("http://127.0.0.1:"))
		_, err := simulator.NewControl(info.Endpoint).State(context.Background())
		Expect(err).NotTo(HaveOccurred())
		Expect(c.Process.Signal(syscall.SIGTERM)).To(Succeed())
		ended := make(chan error, 1)
		go func() { ended <- c.Wait() }()
		Eventually(ended).WithTimeout(10 * time.Second).Should(Receive(BeNil()))
	})

	It("serves a stock AWS CLI", func() {
		aws, err := exec.LookPath("aws")
		if err != nil {
			Skip("aws is not on PATH: apt-get install awscli")
		}
		dir := GinkgoT().TempDir()
		_, info := startSimulate(dir)
		run := func(args ...string) string {
			GinkgoHelper()
			c := exec.Command(aws, append([]string{"--endpoint-url", info.Endpoint}, args...)...)
			c.Dir = dir
			c.Env = append(withoutAWS(os.Environ()), "AWS_ACCESS_KEY_ID="+info.AccessKeyID, "AWS_SECRET_ACCESS_KEY="+info.SecretAccessKey,
				"AWS_DEFAULT_REGION="+info.Region, "AWS_EC2_METADATA_DISABLED=true", "AWS_PAGER=", "AWS_CONFIG_FILE=/dev/null")
			out, err := c.CombinedOutput()
			if err != nil && isNotHere(string(out)) {
				Skip("this aws cannot run for this user: " + string(out))
			}
			Expect(err).NotTo(HaveOccurred(), string(out))
			return string(out)
		}
		Expect(run("s3", "ls", "s3://photos/")).To(ContainSubstring("a.txt"))
		run("s3", "cp", "s3://photos/a.txt", "b.txt")
		Expect(os.ReadFile(filepath.Join(dir, "b.txt"))).To(BeEquivalentTo("hello"))
		run("s3", "rm", "s3://photos/a.txt")
		Expect(run("importexport", "list-jobs")).To(ContainSubstring("Jobs"))
	})

	It("refuses addresses that others can reach", func() {
		out, err := exec.Command(binary, "simulate", "--listen", "0.0.0.0:0").CombinedOutput()
		Expect(err).To(HaveOccurred())
		Expect(string(out)).To(ContainSubstring("loopback"))
	})
})

// isNotHere recognizes the launcher of a Python environment that belongs to another
// user.
func isNotHere(out string) bool {
	return strings.Contains(out, "pyenv") || strings.Contains(out, "Permission denied")
}
