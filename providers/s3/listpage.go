package s3

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"

	service "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

const (
	deserializer = "OperationDeserializer" // the SDK's name of the step
	// maxPage bounds the document of a page, in bytes: 1,000 keys of 1,024 bytes that
	// are each encoded as three, and as much again for what stands around them.
	maxPage = 8 << 20
)

// ask asks for one page.
func (c *Client) ask(ctx context.Context, in *service.ListObjectsV2Input) (page, error) {
	cut := &pageCutter{buffers: &c.buffers}
	out, err := c.api.ListObjectsV2(ctx, in, func(o *service.Options) {
		o.APIOptions = append(o.APIOptions, cut.wrap)
	})
	switch {
	case err != nil:
		return page{}, err
	case cut.done:
		return cut.page, nil
	default:
		return pageOf(out), nil
	}
}

// pageCutter stands in for the SDK's reader of listings, which costs twenty times as
// much a key. Success is read here and the SDK gets an empty document; errors, and
// documents that are written in an unusual way, are the SDK's.
type pageCutter struct {
	sdk     middleware.DeserializeMiddleware
	buffers *sync.Pool
	page    page
	done    bool
}

func (p *pageCutter) wrap(stack *middleware.Stack) (err error) {
	p.sdk, err = stack.Deserialize.Swap(deserializer, p)
	return err
}

// ID implements middleware.DeserializeMiddleware: other steps anchor on the name.
func (p *pageCutter) ID() string { return deserializer }

// HandleDeserialize implements middleware.DeserializeMiddleware.
func (p *pageCutter) HandleDeserialize(ctx context.Context, in middleware.DeserializeInput, next middleware.DeserializeHandler) (
	middleware.DeserializeOutput, middleware.Metadata, error,
) {
	p.page, p.done = page{}, false
	return p.sdk.HandleDeserialize(ctx, in, middleware.DeserializeHandlerFunc(
		func(ctx context.Context, in middleware.DeserializeInput) (middleware.DeserializeOutput, middleware.Metadata, error) {
			out, metadata, err := next.HandleDeserialize(ctx, in)
			response, ok := out.RawResponse.(*smithyhttp.Response)
			if err == nil && ok && response.StatusCode == http.StatusOK {
				err = p.read(response)
			}
			return out, metadata, err
		}))
}

// read reads the document and leaves in its place what the SDK shall see of it.
func (p *pageCutter) read(response *smithyhttp.Response) error {
	document, ok := p.buffers.Get().(*bytes.Buffer)
	if !ok {
		document = new(bytes.Buffer)
	}
	document.Reset()
	defer p.buffers.Put(document)
	if _, err := document.ReadFrom(io.LimitReader(response.Body, maxPage+1)); err != nil {
		return brokenOff{err}
	}
	if document.Len() > maxPage {
		return &smithy.DeserializationError{Err: fmt.Errorf("a page of the listing is longer than %d bytes", maxPage)}
	}
	cut, err := cutPage(document.Bytes())
	if errors.Is(err, errUnusual) {
		response.Body = replaced{bytes.NewReader(bytes.Clone(document.Bytes())), response.Body}
		return nil
	}
	p.page, p.done = cut, true
	response.Body = replaced{http.NoBody, response.Body}
	return nil
}

// replaced is another text in the place of a body that is still to be closed.
type replaced struct {
	io.Reader
	io.Closer
}

// brokenOff is a page that did not arrive whole. The SDK knows it for a fault of the
// connection, and asks for it again within its bounds.
type brokenOff struct{ err error }

func (b brokenOff) Error() string         { return "the listing broke off: " + b.err.Error() }
func (b brokenOff) Unwrap() error         { return b.err }
func (b brokenOff) ConnectionError() bool { return true }
