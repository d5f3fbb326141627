package s3

import (
	"encoding/xml"
	"net/http"
	"strings"

	"github.com/cargomedia/s3export/providers/simulator/store"
)

const classicRegion = "us-east-1"

func (x *exchange) listBuckets() error {
	limit, err := x.count("max-buckets", 10000)
	if err != nil {
		return err
	}
	after, err := parseToken(x.query.Get("continuation-token"))
	if err != nil {
		return err
	}
	prefix := x.query.Get("prefix")
	doc := newDocument()
	doc.open("ListAllMyBucketsResult", namespace)
	doc.owner("Owner")
	doc.open("Buckets", "")
	shown, last, more := 0, "", false
	for _, b := range x.store.Buckets() {
		if b.Name <= after || !strings.HasPrefix(b.Name, prefix) {
			continue
		}
		if more = shown == limit; more {
			break
		}
		doc.open("Bucket", "")
		doc.text("Name", b.Name)
		doc.time("CreationDate", b.Created)
		if x.query.Has("max-buckets") {
			doc.text("BucketRegion", b.Region)
		}
		doc.close("Bucket")
		shown, last = shown+1, b.Name
	}
	doc.close("Buckets")
	if more {
		doc.text("ContinuationToken", token(last))
	}
	doc.textIf("Prefix", prefix)
	doc.close("ListAllMyBucketsResult")
	x.send(http.StatusOK, doc)
	return nil
}

func (x *exchange) createBucket() error {
	var wanted struct {
		XMLName            xml.Name `xml:"CreateBucketConfiguration"`
		LocationConstraint string
	}
	b, err := x.body()
	if err != nil {
		return err
	}
	if b.size > 0 {
		if err := b.document(&wanted); err != nil {
			return err
		}
	}
	region := wanted.LocationConstraint
	if region == "EU" {
		region = "eu-west-1"
	}
	if err := x.store.CreateBucket(x.bucket, store.BucketOptions{Region: region}); err != nil {
		return err
	}
	x.set("Location", "/"+x.bucket)
	return x.status(http.StatusOK)
}

func (x *exchange) headBucket() error {
	info, err := x.store.Bucket(x.bucket)
	if err != nil {
		return err
	}
	x.set("x-amz-bucket-region", info.Region)
	x.set("x-amz-access-point-alias", "false")
	x.set("Content-Type", "application/xml")
	return x.status(http.StatusOK)
}

func (x *exchange) deleteBucket() error {
	if err := x.store.DeleteBucket(x.bucket); err != nil {
		return err
	}
	return x.status(http.StatusNoContent)
}

func (x *exchange) location() error {
	info, err := x.store.Bucket(x.bucket)
	if err != nil {
		return err
	}
	doc := newDocument()
	doc.open("LocationConstraint", namespace)
	if info.Region != classicRegion {
		doc.WriteString(info.Region)
	}
	doc.close("LocationConstraint")
	x.send(http.StatusOK, doc)
	return nil
}
