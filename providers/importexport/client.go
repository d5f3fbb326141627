package importexport

import (
	"errors"
	"strings"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"

	"github.com/cargomedia/s3export/providers"
	"github.com/cargomedia/s3export/providers/credential"
)

const (
	serviceID  = "ImportExport"
	apiVersion = "2010-06-01"
	// maxPage is the most jobs that one ListJobs answer holds (API Reference).
	maxPage = 1000
	// requestTimeout bounds one attempt. The service validates manifests and looks
	// at buckets while the client waits.
	requestTimeout = 90 * time.Second
	// loopbackBackoff is the longest pause between attempts at a server on this
	// host, where waiting for seconds helps nobody.
	loopbackBackoff = 200 * time.Millisecond
)

// Options configure a Client. Only Credentials are required.
type Options struct {
	// Credentials sign the requests.
	Credentials aws.CredentialsProvider
	// Region of the buckets. It signs requests to an Endpoint of one's own; the
	// real service is always signed for us-east-1. Empty: us-east-1.
	Region string
	// Endpoint is the URL of another service than AWS's, such as the simulator's.
	// Empty: https://importexport.amazonaws.com.
	Endpoint string
	// HTTPClient sends the requests. Nil: the SDK's, 90 seconds a request.
	HTTPClient aws.HTTPClient
	// UserAgent is put into the User-Agent header as "name/version".
	UserAgent string
	// PageSize of ListJobs, 1 to 1000. Zero: 1000.
	PageSize int
	// Attempts at a request that may be repeated, the first included. Zero: 3, the
	// SDK's default.
	Attempts int
	// MaxBackoff bounds the pause between two attempts. Zero: the SDK's 20 seconds,
	// and 200 milliseconds for an endpoint on this host.
	MaxBackoff time.Duration
	// Now dates the signatures. Nil: the clock of the SDK. Either is put right by
	// the Date header of the service's answers.
	Now func() time.Time
}

// Client calls AWS Import/Export. It is safe for concurrent use. All errors are
// *providers.Error and have a remedy.
type Client struct {
	endpoint    endpoint
	credentials aws.CredentialsProvider
	http        aws.HTTPClient
	userAgent   string
	pageSize    int
	now         func() time.Time
	repeatable  aws.Retryer
	once        aws.Retryer
	// skew is the service's clock less ours in nanoseconds, as the SDK measured it.
	skew *atomic.Int64
}

// New returns a ready Client. Nothing is sent.
func New(o Options) (*Client, error) {
	if o.Credentials == nil {
		return nil, invalidOptions("no credentials", "configure AWS credentials (environment, profile or role); the simulator prints its own")
	}
	e, err := resolveEndpoint(o.Endpoint, o.Region)
	if err != nil {
		return nil, err
	}
	if o.PageSize < 0 || o.PageSize > maxPage {
		return nil, invalidOptions("page size out of range", "choose a page size of 1 to 1000, or 0")
	}
	c := &Client{
		endpoint:    e,
		credentials: credential.Wrap(o.Credentials),
		http:        o.HTTPClient,
		userAgent:   o.UserAgent,
		pageSize:    o.PageSize,
		now:         o.Now,
		skew:        new(atomic.Int64),
	}
	if c.http == nil {
		c.http = awshttp.NewBuildableClient().WithTimeout(requestTimeout)
	}
	if c.pageSize == 0 {
		c.pageSize = maxPage
	}
	if o.MaxBackoff == 0 && e.loopback {
		o.MaxBackoff = loopbackBackoff
	}
	c.repeatable = retry.NewStandard(standard(o))
	c.once = retry.NewStandard(standard(o), onlyUnsent)
	return c, nil
}

// Traits returns the traits of AWS Import/Export Disk.
func Traits() providers.Traits {
	return providers.Traits{
		HasJob:       true,
		ShipsDrive:   true,
		SignsVolume:  true,
		HasLabel:     true,
		FormatsDrive: true,
		Fill:         providers.ByService,
		Patience:     patience(),
	}
}

// labelCarrier: GetShippingLabel makes pre-paid UPS labels (API Reference).
const labelCarrier = "UPS"

// patience: a job expires 30 days after its creation (Developer Guide). The other
// times are not documented: a parcel goes through a sorting facility for days before
// it is seen, and drives are loaded one after the other.
func patience() providers.Patience {
	const day = 24 * time.Hour
	return providers.Patience{Lifetime: 30 * day, Register: 7 * day, Begin: 14 * day, Load: 14 * day, SendBack: 7 * day, Carrier: labelCarrier}
}

// Traits returns the traits of the service.
func (*Client) Traits() providers.Traits { return Traits() }

func (c *Client) agent() (name, version string) {
	name, version, _ = strings.Cut(c.userAgent, "/")
	return name, version
}

func invalidOptions(problem, remedy string) error {
	return &providers.Error{
		Kind:    providers.Invalid,
		Op:      "importexport client",
		Message: problem,
		Remedy:  remedy,
		Err:     errors.New(problem),
	}
}
