package s3

import "net/http"

// bucketProbes are the settings that clients look at, and that a new bucket
// without versions has an answer for.
func bucketProbes() []string {
	return []string{
		"accelerate", "acl", "cors", "lifecycle", "logging", "notification", "object-lock", "ownershipControls", "policy",
		"policyStatus", "publicAccessBlock", "replication", "requestPayment", "tagging", "website",
	}
}

func (x *exchange) probeBucket() error {
	if _, err := x.store.Bucket(x.bucket); err != nil {
		return err
	}
	sub := x.subresource()
	if e := absentSetting(sub); e != nil {
		return e.with("BucketName", x.bucket)
	}
	doc := newDocument()
	switch sub {
	case "acl":
		doc.ownerHasAll()
	case "accelerate":
		doc.empty("AccelerateConfiguration")
	case "logging":
		doc.empty("BucketLoggingStatus")
	case "notification":
		doc.empty("NotificationConfiguration")
	case "requestPayment":
		doc.open("RequestPaymentConfiguration", namespace)
		doc.text("Payer", "BucketOwner")
		doc.close("RequestPaymentConfiguration")
	case "ownershipControls":
		doc.open("OwnershipControls", namespace)
		doc.open("Rule", "")
		doc.text("ObjectOwnership", "BucketOwnerEnforced")
		doc.close("Rule")
		doc.close("OwnershipControls")
	case "publicAccessBlock":
		doc.open("PublicAccessBlockConfiguration", namespace)
		for _, name := range []string{"BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"} {
			doc.flag(name, true)
		}
		doc.close("PublicAccessBlockConfiguration")
	}
	x.send(http.StatusOK, doc)
	return nil
}

// absentSetting returns S3's error for a setting that was never made, nil when a
// new bucket has one.
func absentSetting(sub string) *refusal {
	var code, message string
	switch sub {
	case "cors":
		code, message = "NoSuchCORSConfiguration", "The CORS configuration does not exist"
	case "lifecycle":
		code, message = "NoSuchLifecycleConfiguration", "The lifecycle configuration does not exist"
	case "object-lock":
		code, message = "ObjectLockConfigurationNotFoundError", "Object Lock configuration does not exist for this bucket"
	case "policy", "policyStatus":
		code, message = "NoSuchBucketPolicy", "The bucket policy does not exist"
	case "replication":
		code, message = "ReplicationConfigurationNotFoundError", "The replication configuration was not found"
	case "tagging":
		code, message = "NoSuchTagSet", "The TagSet does not exist"
	case "website":
		code, message = "NoSuchWebsiteConfiguration", "The specified bucket does not have a website configuration"
	default:
		return nil
	}
	return newError(http.StatusNotFound, code, message)
}

func (x *exchange) probeObject() error {
	place, err := x.place()
	if err != nil {
		return err
	}
	o, err := x.store.Find(place)
	if err != nil {
		return err
	}
	x.setVersion(o.VersionID)
	doc := newDocument()
	if x.subresource() == "acl" {
		doc.ownerHasAll()
	} else {
		doc.open("Tagging", namespace)
		doc.open("TagSet", "")
		doc.close("TagSet")
		doc.close("Tagging")
	}
	x.send(http.StatusOK, doc)
	return nil
}

func (d *document) empty(name string) {
	d.open(name, namespace)
	d.close(name)
}

func (d *document) ownerHasAll() {
	d.open("AccessControlPolicy", namespace)
	d.owner("Owner")
	d.open("AccessControlList", "")
	d.open("Grant", "")
	d.WriteString(`<Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="CanonicalUser">`)
	d.text("ID", ownerID())
	d.text("DisplayName", "simulator")
	d.close("Grantee")
	d.text("Permission", "FULL_CONTROL")
	d.close("Grant")
	d.close("AccessControlList")
	d.close("AccessControlPolicy")
}
