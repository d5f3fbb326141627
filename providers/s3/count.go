package s3

import (
	"context"
	"io"
	"maps"
	"sync"
	"sync/atomic"

	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// Requests is what a Client has asked for since it was made. Every attempt counts,
// with an answer or without.
type Requests struct {
	ByOperation map[string]int64 // such as "HeadObject"
	Bytes       int64            // of the bodies of answers, as far as they were read
}

// Requests returns the counts up to now. The caller owns the map.
func (c *Client) Requests() Requests { return c.counter.requests() }

// counter counts the requests of a client. It is safe for concurrent use.
type counter struct {
	mu    sync.Mutex
	count map[string]int64
	bytes atomic.Int64
}

func (c *counter) requests() Requests {
	c.mu.Lock()
	defer c.mu.Unlock()
	counts := maps.Clone(c.count)
	if counts == nil {
		counts = map[string]int64{}
	}
	return Requests{ByOperation: counts, Bytes: c.bytes.Load()}
}

// add puts the counter next to the wire, where each attempt passes.
func (c *counter) add(stack *middleware.Stack) error {
	return stack.Deserialize.Add(c, middleware.After)
}

// ID implements middleware.DeserializeMiddleware.
func (c *counter) ID() string { return "CountRequests" }

// HandleDeserialize implements middleware.DeserializeMiddleware.
func (c *counter) HandleDeserialize(ctx context.Context, in middleware.DeserializeInput, next middleware.DeserializeHandler) (
	middleware.DeserializeOutput, middleware.Metadata, error,
) {
	c.asked(awsmiddleware.GetOperationName(ctx))
	out, metadata, err := next.HandleDeserialize(ctx, in)
	if response, ok := out.RawResponse.(*smithyhttp.Response); ok && response.Body != nil {
		response.Body = &counted{response.Body, &c.bytes}
	}
	return out, metadata, err
}

func (c *counter) asked(operation string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.count == nil {
		c.count = map[string]int64{}
	}
	c.count[operation]++
}

type counted struct {
	io.ReadCloser
	bytes *atomic.Int64
}

// Read implements io.Reader.
func (c *counted) Read(p []byte) (int, error) {
	n, err := c.ReadCloser.Read(p)
	c.bytes.Add(int64(n))
	return n, err
}
