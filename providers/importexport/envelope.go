package importexport

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
)

// envelope is the frame of an answer:
// <OpResponse><OpResult>…</OpResult><ResponseMetadata>…</ResponseMetadata></OpResponse>.
type envelope struct {
	operation string
	result    any // what the result element is decoded into
	requestID string
	found     bool
}

// decode reads the answer of an operation by local names, since the service has
// used several namespaces, and fills result. Unknown elements are passed over.
// Errors hold no text of the answer.
func decode(body []byte, operation string, result any) (requestID string, err error) {
	e := envelope{operation: operation, result: result}
	if err := e.read(xml.NewDecoder(bytes.NewReader(body))); err != nil {
		return e.requestID, err
	}
	if !e.found {
		return e.requestID, errors.New("no " + operation + "Result in it")
	}
	return e.requestID, nil
}

func (e *envelope) read(d *xml.Decoder) error {
	root, err := nextElement(d)
	if err != nil {
		return err
	}
	if root == nil || root.Name.Local != e.operation+"Response" {
		return errors.New("not the answer of " + e.operation)
	}
	for {
		start, err := nextElement(d)
		if err != nil || start == nil {
			return err
		}
		if err := e.child(d, start); err != nil {
			return wellFormed(err)
		}
	}
}

func (e *envelope) child(d *xml.Decoder, start *xml.StartElement) error {
	switch start.Name.Local {
	case e.operation + "Result":
		e.found = true
		return d.DecodeElement(e.result, start)
	case "ResponseMetadata":
		var m struct {
			RequestID string `xml:"RequestId"`
		}
		err := d.DecodeElement(&m, start)
		e.requestID = oneLine(m.RequestID)
		return err
	default:
		return d.Skip()
	}
}

// nextElement returns the next element on this level, nil at its end.
func nextElement(d *xml.Decoder) (*xml.StartElement, error) {
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return nil, errors.New("empty or cut off")
		}
		if err != nil {
			return nil, wellFormed(err)
		}
		switch t := token.(type) {
		case xml.StartElement:
			return &t, nil
		case xml.EndElement:
			return nil, nil //nolint:nilnil // the end is no error
		}
	}
}

// wellFormed says where an answer is broken, without the decoder's message, which
// may quote the answer.
func wellFormed(err error) error {
	if s, ok := errors.AsType[*xml.SyntaxError](err); ok {
		return fmt.Errorf("not well-formed XML in line %d", s.Line)
	}
	return errors.New("XML that cannot be read")
}
