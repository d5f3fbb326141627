package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/spf13/cobra"

	"github.com/cargomedia/s3export/specs"
	"github.com/cargomedia/s3export/specs/secret"
)

// configDefault is where the configuration is looked for when nothing names another
// place.
const configDefault = "/etc/s3export/config.yaml"

// maxConfig bounds a configuration file; ours has six lines.
const maxConfig = 1 << 20

// configuration is what a configuration file says. A flag outweighs a variable
// S3EXPORT_…, and that outweighs the file. Specs say for themselves where their
// buckets are; only the state directory concerns them.
type configuration struct {
	// Region of the buckets, such as us-east-1.
	Region string `json:"region,omitempty"`
	// Bucket that verify-backup compares with.
	Bucket string `json:"bucket,omitempty"`
	// Profile of AWS's own configuration.
	Profile string `json:"profile,omitempty"`
	// Endpoint of Import/Export, for the simulator.
	Endpoint string `json:"endpoint,omitempty"`
	// S3Endpoint of the buckets, for the simulator and other S3 servers.
	S3Endpoint string `json:"s3Endpoint,omitempty"`
	// State directory.
	State string `json:"state,omitempty"`

	file string // empty: there is none
	keys *oldKeys
}

// oldKeys are the credentials in a configuration file of the old tool.
type oldKeys struct {
	id     string
	secret secret.Value
}

// provider returns the keys as AWS's own client takes them.
func (k oldKeys) provider() aws.CredentialsProvider {
	return credentials.NewStaticCredentialsProvider(k.id, k.secret.Reveal(), "")
}

// loadConfig reads the configuration file, unless the command works without one, or
// tells itself what is wrong with it.
func (a *app) loadConfig(c *cobra.Command) error {
	for ; c != nil; c = c.Parent() {
		switch c.Name() {
		case "help", "completion", "version", "schema", "validate", "simulate", "doctor":
			return nil
		}
	}
	return a.configure()
}

// configure reads the configuration file.
func (a *app) configure() error {
	path, named := a.configPath()
	text, err := readConfig(path)
	if errors.Is(err, os.ErrNotExist) && !named {
		return nil
	}
	if err != nil {
		return fail(exitError, "ConfigUnreadable", fmt.Sprintf("configuration %s: %s", path, bare(err)), "correct --config or S3EXPORT_CONFIG, or let this user read the file")
	}
	if !isPHP(path, text) {
		a.config, err = decodeConfig(path, text)
		return err
	}
	if a.config, err = decodeOldConfig(path, text); err == nil {
		a.warning("the configuration %s is the old tool's; move region and bucket to %s, and key and secret to ~/.aws/credentials (`aws configure` writes it)", path, configDefault)
	}
	return err
}

// configPath returns the path of the configuration, and whether a person named it.
func (a *app) configPath() (path string, named bool) {
	for _, p := range []string{a.configFlag, a.getenv("S3EXPORT_CONFIG")} {
		if p != "" {
			return a.path(p), true
		}
	}
	return configDefault, false
}

func readConfig(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	text, err := io.ReadAll(io.LimitReader(f, maxConfig+1))
	if err == nil && len(text) > maxConfig {
		err = fmt.Errorf("it has more than %d bytes", maxConfig)
	}
	return text, err
}

// isPHP tells the old tool's configuration from ours.
func isPHP(path string, text []byte) bool {
	return filepath.Ext(path) == ".php" || bytes.HasPrefix(bytes.TrimSpace(bytes.TrimPrefix(text, []byte("\uFEFF"))), []byte("<?"))
}

func decodeConfig(path string, text []byte) (configuration, error) {
	c := configuration{file: path}
	if err := specs.DecodeStrict(path, text, &c, noCredentials); err != nil {
		return configuration{}, configProblem(err)
	}
	if c.State != "" && !filepath.IsAbs(c.State) {
		c.State = filepath.Join(filepath.Dir(path), c.State)
	}
	return c, nil
}

func configProblem(err error) error {
	list := specs.Problems(err)
	p := fail(exitUsage, "InvalidConfig", fmt.Sprintf("%d %s in the configuration; nothing was done", len(list), plural(len(list), "problem")), "correct the configuration")
	p.Problems = list
	return p
}

// noCredentials says where credentials belong.
func noCredentials(key string) (problem, remedy string) {
	switch key {
	case "accessKeyId", "accessKeyID", "accessKey", "access_key_id", "aws_access_key_id", "key", "secret",
		"secretAccessKey", "secretKey", "secret_access_key", "aws_secret_access_key", "sessionToken", "aws_session_token", "credentials":
		return "credentials never stand here",
			"move them to ~/.aws/credentials (`aws configure` asks for both parts and writes that file) and remove this line"
	}
	return "", ""
}
