package importexport

import (
	"context"
	"net/url"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws/protocol/query"

	"github.com/cargomedia/s3export/providers"
)

// Label has the service make one pre-paid label for the parcel with the drives of
// all ids, and says where its PDF is. The ids are sent in their own order, whatever
// that of the caller, so that the same jobs get the same label. A repeat is safe.
func (c *Client) Label(ctx context.Context, ids []providers.JobID, from providers.Address) (providers.Label, error) {
	ids = slices.Sorted(slices.Values(ids))
	op := operation{name: "GetShippingLabel", members: func(o *query.Object) {
		list := o.Key("jobIds").Array("member")
		for _, id := range ids {
			list.Value().String(string(id))
		}
		writeAddress(o, from)
	}}
	result, facts, err := invoke[getShippingLabelResult](ctx, c, op)
	if err != nil {
		return providers.Label{}, err
	}
	bucket, key := labelObject(result.ShippingLabelURL)
	if bucket == "" {
		return providers.Label{}, &providers.Error{
			Kind: providers.Unexpected, Op: op.name, RequestID: facts.requestID, At: facts.at,
			Message: "the service gave no URL of a label in a bucket",
			Remedy:  "look for shipping-label-<job ID>.pdf in the log bucket; if it is not there, apply again later",
		}
	}
	return providers.Label{
		Bucket:  bucket,
		Key:     key,
		URL:     unsigned(result.ShippingLabelURL),
		Warning: oneLine(result.Warning),
	}, nil
}

// unsigned drops what may be a signature from a URL.
func unsigned(text string) string {
	text = strings.TrimSpace(text)
	if u, err := url.Parse(text); err == nil && (u.RawQuery != "" || u.User != nil) {
		u.RawQuery, u.User = "", nil
		return u.String()
	}
	return text
}

// writeAddress adds what is given of an address, by AWS's names.
func writeAddress(o *query.Object, a providers.Address) {
	for _, m := range []struct{ name, value string }{
		{"name", a.Name},
		{"company", a.Company},
		{"phoneNumber", a.PhoneNumber},
		{"country", a.Country},
		{"stateOrProvince", a.StateOrProvince},
		{"city", a.City},
		{"postalCode", a.PostalCode},
		{"street1", a.Street1},
		{"street2", a.Street2},
		{"street3", a.Street3},
	} {
		if m.value != "" {
			o.Key(m.name).String(m.value)
		}
	}
}

// labelObject returns the bucket and key that an S3 URL names, in path style
// (https://s3.amazonaws.com/bucket/key, and any host that is not AWS's) or in
// virtual-host style (https://bucket.s3.eu-west-1.amazonaws.com/key). Both are
// empty when it does not name both.
func labelObject(text string) (bucket, key string) {
	u, err := url.Parse(strings.TrimSpace(text))
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return "", ""
	}
	bucket, key = hostBucket(u.Hostname()), strings.TrimPrefix(u.Path, "/")
	if bucket == "" {
		bucket, key, _ = strings.Cut(key, "/")
	}
	if bucket == "" || key == "" {
		return "", ""
	}
	return bucket, key
}

// hostBucket returns the bucket in the host of a virtual-host style URL of AWS: what
// stands before the last label that begins the service's own name (s3, s3-REGION).
// Bucket names may have dots.
func hostBucket(host string) string {
	host = strings.ToLower(host)
	name, isAWS := strings.CutSuffix(strings.TrimSuffix(host, ".cn"), ".amazonaws.com")
	if !isAWS {
		return ""
	}
	labels := strings.Split(name, ".")
	for i := len(labels) - 1; i >= 0; i-- {
		if labels[i] == "s3" || strings.HasPrefix(labels[i], "s3-") {
			return strings.Join(labels[:i], ".")
		}
	}
	return ""
}
