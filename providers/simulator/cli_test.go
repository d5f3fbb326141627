package simulator_test

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// awsCLI runs a stock AWS CLI against w and returns its JSON answer, or what it
// says when it fails.
func awsCLI(ctx context.Context, w world, home string, args ...string) (map[string]any, string) {
	GinkgoHelper()
	info := w.Info()
	c := exec.CommandContext(ctx, "aws", append(args, "--endpoint-url", info.Endpoint, "--output", "json")...)
	c.Env = append(os.Environ(),
		"AWS_ACCESS_KEY_ID="+info.AccessKeyID, "AWS_SECRET_ACCESS_KEY="+info.SecretAccessKey, "AWS_DEFAULT_REGION="+info.Region,
		"AWS_CONFIG_FILE="+filepath.Join(home, "none"), "AWS_SHARED_CREDENTIALS_FILE="+filepath.Join(home, "none"),
		"AWS_MAX_ATTEMPTS=1", "AWS_EC2_METADATA_DISABLED=true")
	out, err := c.CombinedOutput()
	if err != nil {
		return nil, string(out)
	}
	var answer map[string]any
	if len(out) > 0 {
		Expect(json.Unmarshal(out, &answer)).To(Succeed(), string(out))
	}
	return answer, ""
}

var _ = It("works with a stock AWS CLI", func(ctx context.Context) {
	if _, err := exec.LookPath("aws"); err != nil {
		Skip("aws is not on the PATH: conformance with the AWS CLI was not tested")
	}
	w := newWorld()
	w.buckets(ctx)
	home := GinkgoT().TempDir()
	file := filepath.Join(home, "manifest")
	Expect(os.WriteFile(file, []byte(manifestText), 0o600)).To(Succeed())
	run := func(args ...string) map[string]any {
		GinkgoHelper()
		answer, failed := awsCLI(ctx, w, home, append([]string{"importexport"}, args...)...)
		Expect(failed).To(BeEmpty())
		return answer
	}
	order := []string{"--job-type", "Export", "--manifest", "file://" + file}

	created := run(append([]string{"create-job", "--no-validate-only"}, order...)...)
	id, _ := created["JobId"].(string)
	Expect(created).To(HaveKeyWithValue("SignatureFileContents", ContainSubstring("\njobId:"+id+"\n")))

	Expect(run("list-jobs")).To(HaveKeyWithValue("Jobs", ConsistOf(HaveKeyWithValue("JobId", id))))
	Expect(run("get-status", "--job-id", id)).To(And(
		HaveKeyWithValue("CurrentManifest", manifestText), HaveKeyWithValue("ProgressCode", "Pending"),
		HaveKeyWithValue("SignatureFileContents", created["SignatureFileContents"])))
	Expect(run(append([]string{"update-job", "--job-id", id, "--no-validate-only"}, order...)...)).To(HaveKeyWithValue("Success", true))
	Expect(run("get-shipping-label", "--job-ids", id, "--name", "Jane Roe", "--phone-number", "1", "--country", "Germany",
		"--city", "Köln", "--postal-code", "50667", "--street1", "Domkloster 4")).To(HaveKeyWithValue("ShippingLabelURL", HaveSuffix(id+".pdf")))
	Expect(run("cancel-job", "--job-id", id)).To(HaveKeyWithValue("Success", true))
	_, failed := awsCLI(ctx, w, home, "importexport", "cancel-job", "--job-id", id)
	Expect(failed).To(ContainSubstring("(CanceledJobIdException)"))
})
