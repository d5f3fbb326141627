package importexport

import (
	"context"
	"fmt"
	"net"
	"net/url"

	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

const (
	// realEndpoint is the one endpoint of the aws partition, whatever the region
	// (endpoint rules of the service model).
	realEndpoint = "https://importexport.amazonaws.com"
	// realRegion signs requests to the real endpoint.
	realRegion = "us-east-1"
	// signingName is the service in SigV4 scopes. It is not "importexport".
	signingName = "IngestionService"
)

// endpoint is where requests go and what they are signed for.
type endpoint struct {
	url      url.URL // scheme and host
	region   string  // of the signature
	real     bool
	loopback bool
}

func resolveEndpoint(text, region string) (endpoint, error) {
	if text == "" {
		u, err := url.Parse(realEndpoint)
		if err != nil { // a constant parses
			return endpoint{}, err
		}
		return endpoint{url: *u, region: realRegion, real: true}, nil
	}
	u, err := url.Parse(text)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" || u.User != nil ||
		(u.Path != "" && u.Path != "/") || u.RawQuery != "" || u.Fragment != "" {
		return endpoint{}, invalidOptions(
			fmt.Sprintf("endpoint %q is not a URL of a host", withoutSecrets(text)),
			"write the endpoint as http://HOST:PORT or https://HOST, as `s3export simulate` prints it")
	}
	if region == "" {
		region = realRegion
	}
	return endpoint{
		url:      url.URL{Scheme: u.Scheme, Host: u.Host},
		region:   region,
		loopback: isLoopback(u.Hostname()),
	}, nil
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || (ip != nil && ip.IsLoopback())
}

// withoutSecrets drops what may be a password from a URL that was mistyped.
func withoutSecrets(text string) string {
	u, err := url.Parse(text)
	if err != nil {
		return "(not a URL)"
	}
	return u.Redacted()
}

// unreachable says what a person can do when nobody answers.
func (e endpoint) unreachable() string {
	switch {
	case e.real:
		return "check network, DNS and proxy; if these work, the service may no longer answer: AWS Import/Export Disk is a legacy service, ask AWS support whether your account can still use it"
	case e.loopback:
		return "is `s3export simulate` running, and is " + e.url.String() + " the endpoint that it printed?"
	default:
		return "check that " + e.url.String() + " is the right endpoint and can be reached from this host (network, DNS, firewall, TLS certificate)"
	}
}

// resolver is the Finalize step that puts the endpoint into a request. The SDK's
// steps anchor on its name.
type resolver struct{ endpoint endpoint }

// ID returns the name that the SDK's steps look for.
func (resolver) ID() string { return "ResolveEndpointV2" }

// HandleFinalize sets host and signing scope.
func (r resolver) HandleFinalize(ctx context.Context, in middleware.FinalizeInput, next middleware.FinalizeHandler) (middleware.FinalizeOutput, middleware.Metadata, error) {
	req, ok := in.Request.(*smithyhttp.Request)
	if !ok {
		return middleware.FinalizeOutput{}, middleware.Metadata{}, fmt.Errorf("unknown transport type %T", in.Request)
	}
	req.URL.Scheme, req.URL.Host = r.endpoint.url.Scheme, r.endpoint.url.Host
	ctx = awsmiddleware.SetSigningName(ctx, signingName)         //nolint:staticcheck // what replaces it is an option of generated clients
	ctx = awsmiddleware.SetSigningRegion(ctx, r.endpoint.region) //nolint:staticcheck // as above
	return next.HandleFinalize(ctx, in)
}
