package importexport

import (
	"bytes"
	"context"
	"fmt"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws/protocol/query"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

const formType = "application/x-www-form-urlencoded; charset=utf-8"

// serializer writes the form that the query protocol posts to the root.
type serializer struct{ op operation }

// ID returns the name that the SDK's steps look for.
func (*serializer) ID() string { return "OperationSerializer" }

// HandleSerialize sets method, path, type and body.
func (s *serializer) HandleSerialize(ctx context.Context, in middleware.SerializeInput, next middleware.SerializeHandler) (out middleware.SerializeOutput, metadata middleware.Metadata, err error) {
	req, ok := in.Request.(*smithyhttp.Request)
	if !ok {
		return out, metadata, &smithy.SerializationError{Err: fmt.Errorf("unknown transport type %T", in.Request)}
	}
	var body bytes.Buffer
	form := query.NewEncoder(&body)
	members := form.Object()
	members.Key("Action").String(s.op.name)
	members.Key("Version").String(apiVersion)
	s.op.members(members)
	if err := form.Encode(); err != nil {
		return out, metadata, &smithy.SerializationError{Err: err}
	}
	req.Method, req.URL.Path = http.MethodPost, "/"
	req.Header.Set("Content-Type", formType)
	if in.Request, err = req.SetStream(bytes.NewReader(body.Bytes())); err != nil {
		return out, metadata, &smithy.SerializationError{Err: err}
	}
	return next.HandleSerialize(ctx, in)
}
