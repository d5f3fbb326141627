package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/config"

	"github.com/cargomedia/s3export/device"
	"github.com/cargomedia/s3export/providers"
	"github.com/cargomedia/s3export/providers/importexport"
	"github.com/cargomedia/s3export/providers/pull"
	"github.com/cargomedia/s3export/providers/s3"
	"github.com/cargomedia/s3export/providers/secretsmanager"
	"github.com/cargomedia/s3export/reconciler"
	"github.com/cargomedia/s3export/reconciler/evidence"
	"github.com/cargomedia/s3export/specs"
	"github.com/cargomedia/s3export/specs/secret"
)

// parts are the concrete parts of one backup.
type parts struct {
	traits providers.Traits
	reader reconciler.JobReader // nil for a provider without jobs
	writer reconciler.JobWriter
	s3     *s3.Client
	disks  *device.Disks
	read   func(context.Context, secret.Source) (secret.Value, error)
}

// wire builds the parts of a backup. Nothing is asked of any service yet.
func (a *app) wire(ctx context.Context, d specs.Document) (*parts, error) {
	at := d.Service()
	cfg, err := a.awsConfig(ctx, at.Region, at.Profile)
	if err != nil {
		return nil, err
	}
	objects, err := s3.New(s3.Options{
		Credentials: cfg.Credentials, Region: cfg.Region, Endpoint: at.S3Endpoint, HTTPClient: cfg.HTTPClient, UserAgent: userAgent(),
	})
	if err != nil {
		return nil, err
	}
	p := &parts{s3: objects, disks: a.disks(), traits: pull.Traits()}
	if service := d.Spec.Provider.ImportExport; service != nil {
		jobs, err := a.importExport(cfg, *service)
		if err != nil {
			return nil, err
		}
		p.traits, p.reader, p.writer = importexport.Traits(), jobs, jobs
	}
	secrets := &secretReader{getenv: a.getenv, aws: func(ctx context.Context, name string) (string, error) {
		return secretsmanager.Get(ctx, cfg, name)
	}}
	p.read = secrets.read
	return p, nil
}

// importExport returns the client of the service.
func (a *app) importExport(cfg aws.Config, p specs.ImportExport) (*importexport.Client, error) {
	return importexport.New(importexport.Options{
		Credentials: cfg.Credentials, Region: p.Region, Endpoint: p.Endpoint, HTTPClient: cfg.HTTPClient, Now: a.now, UserAgent: userAgent(),
	})
}

// answerTimeout is how long a service may take to begin its answer.
const answerTimeout = time.Minute

// awsConfig loads AWS's own files and variables.
func (a *app) awsConfig(ctx context.Context, region, profile string) (aws.Config, error) {
	client := awshttp.NewBuildableClient().WithTransportOptions(func(t *http.Transport) { t.ResponseHeaderTimeout = answerTimeout })
	options := []func(*config.LoadOptions) error{config.WithHTTPClient(client)}
	if region != "" {
		options = append(options, config.WithRegion(region))
	}
	switch {
	case profile != "":
		options = append(options, config.WithSharedConfigProfile(profile))
	case a.config.keys != nil && a.getenv("AWS_ACCESS_KEY_ID") == "" && a.getenv("AWS_PROFILE") == "":
		options = append(options, config.WithCredentialsProvider(a.config.keys.provider()))
	}
	cfg, err := config.LoadDefaultConfig(ctx, options...)
	if missing, ok := errors.AsType[config.SharedConfigProfileNotExistError](err); ok {
		return cfg, fail(exitError, "AWSConfiguration", fmt.Sprintf("AWS profile %q does not exist", missing.Profile),
			"correct the profile (spec.provider, --profile or AWS_PROFILE); `aws configure list-profiles` shows those that there are")
	}
	if err != nil {
		return cfg, fail(exitError, "AWSConfiguration", err.Error(), "check ~/.aws/config, ~/.aws/credentials and the AWS_… variables; `aws configure list` shows what AWS's own client makes of them")
	}
	return cfg, nil
}

// planner returns a planner that keeps nothing of what it looks at.
func (a *app) planner(p *parts, progress *progress) reconciler.Planner {
	return reconciler.Planner{
		Traits: p.traits, Incapable: a.incapable(p), Jobs: p.reader, Disks: p.disks,
		Source:  evidence.Scout{Journal: a.journal(), Source: bucketSource{p.s3}, Buckets: p.s3, Progress: progress},
		Journal: a.journal(), Drives: a.journal(), Secrets: p.read, Clock: a.now,
	}
}

// incapable says, before anything is erased, why this host cannot fill drives.
func (a *app) incapable(p *parts) *device.Refusal {
	if a.root || p.traits.Fill != providers.ByUs {
		return nil
	}
	return &device.Refusal{Reason: device.NotPermitted, Message: "only root can fill a drive: only the kernel writes files to an ext4, and only root has it do so",
		Remedy: "run s3export as root; in a container, with the right to mount (CAP_SYS_ADMIN)"}
}

func (a *app) reconciler(p *parts, progress *progress) *reconciler.Reconciler {
	keeper := &evidence.Keeper{
		Journal: a.journal(), Source: bucketSource{p.s3}, Buckets: p.s3, Objects: p.s3, Devices: p.disks, Secrets: a.typed(p.read),
		ReadLog: importexport.ReadLog, Clock: a.now, Subject: subject(), Progress: progress, Workers: a.old.forks,
		Medium:   func(s device.Selector) device.Medium { return p.disks.Medium(p.disks.Locate(s).Path) },
		Download: bucketSource{p.s3}, Pace: a.readPace, Timed: a.proofTime,
	}
	planner := a.planner(p, progress)
	planner.Source = keeper
	return &reconciler.Reconciler{
		Planner: planner, JobWriter: p.writer, Filler: a.filler(p, progress), DiskWriter: p.disks.WithProgress(progress.format), Encrypter: p.disks.WithProgress(progress.format), Evidence: keeper, Papers: keeper, Host: subject().Host, Random: rand.Reader, Log: a.logger(),
		Progress: progress.step,
	}
}
