package s3

import (
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	service "github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/cargomedia/s3export/providers"
	"github.com/cargomedia/s3export/providers/credential"
)

const (
	defaultRegion  = "us-east-1"
	defaultStreams = 8
	maxStreams     = 64
	// loopbackBackoff is the longest pause between attempts at a server on this
	// host, where waiting for seconds helps nobody.
	loopbackBackoff = 200 * time.Millisecond
)

// Options configure a Client. Only Credentials are required.
type Options struct {
	// Credentials sign the requests; aws.AnonymousCredentials read public buckets.
	Credentials aws.CredentialsProvider
	// Region of the buckets. Empty: us-east-1.
	Region string
	// Endpoint is the URL of another server than AWS's; buckets are then addressed
	// by path. Empty: AWS.
	Endpoint string
	// HTTPClient sends the requests. Nil: the SDK's.
	HTTPClient aws.HTTPClient
	// UserAgent is put into the User-Agent header as "name/version".
	UserAgent string
	// PageSize of listings, 1 to 1000. Zero: 1000.
	PageSize int32
	// ListStreams is how many pages of one listing are asked for at once, 1 to 64.
	// Zero: 8.
	ListStreams int
	// Attempts at a request, the first included. Zero: 3, the SDK's default.
	Attempts int
	// MaxBackoff bounds the pause between two attempts. Zero: the SDK's 20 seconds,
	// and 200 milliseconds for an endpoint on this host.
	MaxBackoff time.Duration
}

// Client reads from S3. It is safe for concurrent use. All errors but those of a
// caller's yield or writer are *providers.Error and have a remedy.
type Client struct {
	api      *service.Client
	region   string
	endpoint string // empty for AWS
	pageSize int32
	streams  int       // of a listing
	buffers  sync.Pool // of *bytes.Buffer, for the pages of listings
	counter  *counter
}

// New returns a ready Client. Nothing is sent.
func New(o Options) (*Client, error) {
	if o.Credentials == nil {
		return nil, invalidOptions("no credentials", "configure AWS credentials (environment, profile or role); the simulator prints its own")
	}
	if o.PageSize < 0 || o.PageSize > 1000 {
		return nil, invalidOptions("page size out of range", "choose a page size of 1 to 1000, or 0")
	}
	if o.ListStreams < 0 || o.ListStreams > maxStreams {
		return nil, invalidOptions("number of list streams out of range", "choose 1 to 64 list streams, or 0")
	}
	loopback, err := checkEndpoint(o.Endpoint)
	if err != nil {
		return nil, err
	}
	if o.Region == "" {
		o.Region = defaultRegion
	}
	if o.PageSize == 0 {
		o.PageSize = 1000
	}
	if o.ListStreams == 0 {
		o.ListStreams = defaultStreams
	}
	if o.MaxBackoff == 0 && loopback {
		o.MaxBackoff = loopbackBackoff
	}
	so := serviceOptions(o)
	count := &counter{}
	so.APIOptions = append(so.APIOptions, count.add)
	return &Client{
		api: service.New(so), region: o.Region, endpoint: o.Endpoint,
		pageSize: o.PageSize, streams: o.ListStreams, counter: count,
	}, nil
}

func serviceOptions(o Options) service.Options {
	so := service.Options{
		Region:                     o.Region,
		Credentials:                provider(o.Credentials),
		HTTPClient:                 o.HTTPClient,
		ResponseChecksumValidation: aws.ResponseChecksumValidationWhenSupported,
		DisableLogOutputChecksumValidationSkipped: true,
		Retryer: retry.NewStandard(func(s *retry.StandardOptions) {
			if o.Attempts > 0 {
				s.MaxAttempts = o.Attempts
			}
			if o.MaxBackoff > 0 {
				s.MaxBackoff = o.MaxBackoff
			}
		}),
	}
	if o.HTTPClient == nil {
		// The SDK keeps ten connections for the next request and would make the others anew.
		so.HTTPClient = awshttp.NewBuildableClient().WithTransportOptions(func(t *http.Transport) { t.MaxIdleConnsPerHost = maxStreams })
	}
	if o.Endpoint != "" {
		so.BaseEndpoint = aws.String(strings.TrimSuffix(o.Endpoint, "/"))
		so.UsePathStyle = true
		so.ResponseChecksumValidation = aws.ResponseChecksumValidationWhenRequired
	}
	if name, version, _ := strings.Cut(o.UserAgent, "/"); name != "" {
		so.APIOptions = append(so.APIOptions, awsmiddleware.AddUserAgentKeyValue(name, version))
	}
	return so
}

func checkEndpoint(text string) (loopback bool, err error) {
	if text == "" {
		return false, nil
	}
	u, err := url.Parse(text)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		shown := "(not a URL)"
		if err == nil {
			shown = u.Redacted()
		}
		return false, invalidOptions(fmt.Sprintf("S3 endpoint %q is not a URL of a host", shown),
			"write the endpoint as http://HOST:PORT or https://HOST, as `s3export simulate` prints it")
	}
	ip := net.ParseIP(u.Hostname())
	return u.Hostname() == "localhost" || (ip != nil && ip.IsLoopback()), nil
}

func invalidOptions(problem, remedy string) error {
	return &providers.Error{Kind: providers.Invalid, Op: "s3 client", Message: problem, Remedy: remedy}
}

// provider leaves anonymous credentials, with which requests are not signed, as the
// SDK knows them.
func provider(c aws.CredentialsProvider) aws.CredentialsProvider {
	if aws.IsCredentialsProvider(c, (*aws.AnonymousCredentials)(nil)) {
		return c
	}
	return aws.NewCredentialsCache(credential.Wrap(c))
}
