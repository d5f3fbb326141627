package s3

import (
	"net/http"
	"slices"
)

// subresources returns the query parameters that choose another operation, for
// buckets and objects. Source: the S3 model of botocore 1.43.11.
func subresources() []string {
	return []string{
		"accelerate", "acl", "analytics", "attributes", "cors", "delete", "encryption", "intelligent-tiering", "inventory",
		"legal-hold", "lifecycle", "location", "logging", "metadataConfiguration", "metadataTable", "metrics", "notification",
		"object-lock", "ownershipControls", "policy", "policyStatus", "publicAccessBlock", "renameObject", "replication",
		"requestPayment", "restore", "retention", "select", "session", "tagging", "torrent", "uploadId", "uploads",
		"versioning", "versions", "website",
	}
}

func (x *exchange) subresource() string {
	for _, name := range subresources() {
		if x.query.Has(name) {
			return name
		}
	}
	return ""
}

func (x *exchange) route() (operation, error) {
	sub := x.subresource()
	var op operation
	switch {
	case x.bucket == "" && x.r.Method == http.MethodGet:
		op = (*exchange).listBuckets
	case x.bucket == "":
		return nil, x.methodNotAllowed("SERVICE")
	case x.key == "":
		op = x.routeBucket(sub)
	default:
		op = x.routeObject(sub)
	}
	switch {
	case op != nil:
		return op, nil
	case sub != "" || x.r.Method == http.MethodPost:
		return nil, x.notImplemented("")
	}
	return nil, x.methodNotAllowed("OBJECT")
}

func (x *exchange) routeBucket(sub string) operation {
	switch x.r.Method + " " + sub {
	case "GET ":
		return (*exchange).list
	case "HEAD ":
		return (*exchange).headBucket
	case "PUT ":
		return (*exchange).createBucket
	case "DELETE ":
		return (*exchange).deleteBucket
	case "GET location":
		return (*exchange).location
	case "GET encryption":
		return (*exchange).bucketEncryption
	case "PUT encryption":
		return (*exchange).setBucketEncryption
	case "DELETE encryption":
		return (*exchange).resetBucketEncryption
	case "GET versioning":
		return (*exchange).versioning
	case "PUT versioning":
		return (*exchange).setVersioning
	case "GET versions":
		return (*exchange).listVersions
	case "GET uploads":
		return (*exchange).listUploads
	case "POST delete":
		return (*exchange).deleteObjects
	}
	if x.r.Method == http.MethodGet && slices.Contains(bucketProbes(), sub) {
		return (*exchange).probeBucket
	}
	return nil
}

func (x *exchange) routeObject(sub string) operation {
	copying := x.r.Header.Get("X-Amz-Copy-Source") != ""
	switch x.r.Method + " " + sub {
	case "GET ", "HEAD ":
		return (*exchange).getObject
	case "PUT ":
		if copying {
			return (*exchange).copyObject
		}
		return (*exchange).putObject
	case "DELETE ":
		return (*exchange).deleteObject
	case "GET attributes":
		return (*exchange).attributesOfObject
	case "POST restore":
		return (*exchange).restoreObject
	case "POST uploads":
		return (*exchange).createUpload
	case "PUT uploadId":
		if copying {
			return (*exchange).uploadPartCopy
		}
		return (*exchange).uploadPart
	case "POST uploadId":
		return (*exchange).completeUpload
	case "DELETE uploadId":
		return (*exchange).abortUpload
	case "GET uploadId":
		return (*exchange).listParts
	case "GET acl", "GET tagging":
		return (*exchange).probeObject
	}
	return nil
}
