package s3_test

import (
	"os"
	"os/exec"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// story is what a Python program does with S3; it fails by an exception.
const story = `
import io, boto3, botocore
from botocore.config import Config
s3 = boto3.client("s3", config=Config(retries={"total_max_attempts": 1}))
B = "photos"
names = ["plain", "a b+c%20", "a//b", "a/../b", "line\nbreak", "\u00e9", "a&<b>\"'", "t\u0301\t", "trailing/"]
for n in names:
    s3.put_object(Bucket=B, Key=n, Body=n.encode(), Metadata={"Name": "v"})
    got = s3.get_object(Bucket=B, Key=n)
    assert got["Body"].read() == n.encode(), n
    assert got["Metadata"] == {"name": "v"}, got["Metadata"]
pages = s3.get_paginator("list_objects_v2").paginate(Bucket=B, PaginationConfig={"PageSize": 2})
assert [o["Key"] for p in pages for o in p["Contents"]] == sorted(names, key=lambda n: n.encode())
pages = s3.get_paginator("list_objects").paginate(Bucket=B, Delimiter="/", PaginationConfig={"PageSize": 2})
rolled = [c["Prefix"] for p in pages for c in p.get("CommonPrefixes", [])]
assert rolled == ["a/", "trailing/"], rolled
out = s3.delete_objects(Bucket=B, Delete={"Objects": [{"Key": n} for n in names + ["never there"]]})
assert len(out["Deleted"]) == len(names) + 1, out
assert s3.list_objects_v2(Bucket=B)["KeyCount"] == 0
s3.upload_fileobj(io.BytesIO(b"x" * (9 << 20)), B, "multi")
head = s3.head_object(Bucket=B, Key="multi", PartNumber=2, ChecksumMode="ENABLED")
assert (head["PartsCount"], head["ContentLength"]) == (2, 1 << 20), head
class Unseekable(io.RawIOBase):
    def __init__(self, b): self.b = io.BytesIO(b)
    def readable(self): return True
    def readinto(self, p): return self.b.readinto(p)
    def seekable(self): return False
s3.upload_fileobj(Unseekable(b"y" * 100), B, "stream")
assert s3.get_object(Bucket=B, Key="stream")["Body"].read() == b"y" * 100
try:
    s3.get_object(Bucket=B, Key="none")
    raise AssertionError("found")
except botocore.exceptions.ClientError as e:
    assert e.response["Error"]["Code"] == "NoSuchKey"
    assert e.response["Error"]["Key"] == "none", e.response
assert "Status" not in s3.get_bucket_versioning(Bucket=B)
rules = s3.get_bucket_encryption(Bucket=B)["ServerSideEncryptionConfiguration"]["Rules"]
assert rules[0]["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256", rules
assert s3.get_object_tagging(Bucket=B, Key="stream")["TagSet"] == []
for who in s3.get_bucket_acl(Bucket=B), s3.get_object_acl(Bucket=B, Key="stream"):
    assert who["Grants"][0]["Permission"] == "FULL_CONTROL", who
for ask, code in [(s3.get_bucket_policy, "NoSuchBucketPolicy"), (s3.get_bucket_lifecycle_configuration, "NoSuchLifecycleConfiguration"),
                  (s3.list_bucket_metrics_configurations, "NotImplemented")]:
    try:
        ask(Bucket=B)
        raise AssertionError(code)
    except botocore.exceptions.ClientError as e:
        assert e.response["Error"]["Code"] == code, e.response
s3.put_bucket_versioning(Bucket=B, VersioningConfiguration={"Status": "Enabled"})
ids = [s3.put_object(Bucket=B, Key="v", Body=c)["VersionId"] for c in (b"1", b"2")]
marker = s3.delete_object(Bucket=B, Key="v")
assert marker["DeleteMarker"] and len({*ids, marker["VersionId"]}) == 3, marker
pages = list(s3.get_paginator("list_object_versions").paginate(Bucket=B, Prefix="v", PaginationConfig={"PageSize": 1}))
assert [v["VersionId"] for p in pages for v in p.get("Versions", [])] == ids[::-1], pages
assert [v["IsLatest"] for p in pages for v in p.get("DeleteMarkers", [])] == [True], pages
assert s3.get_object(Bucket=B, Key="v", VersionId=ids[0], ChecksumMode="ENABLED")["Body"].read() == b"1"
parts = s3.get_object_attributes(Bucket=B, Key="multi", ObjectAttributes=["ObjectParts"])["ObjectParts"]
assert (parts["TotalPartsCount"], len(parts["Parts"]), parts["IsTruncated"]) == (2, 2, False), parts
s3.put_object(Bucket=B, Key="cold", Body=b"c", StorageClass="DEEP_ARCHIVE", ServerSideEncryption="aws:kms:dsse")
s3.restore_object(Bucket=B, Key="cold", RestoreRequest={"Days": 1})
cold = s3.list_objects_v2(Bucket=B, Prefix="cold", OptionalObjectAttributes=["RestoreStatus"])["Contents"][0]
assert cold["RestoreStatus"] == {"IsRestoreInProgress": True}, cold
try:
    s3.get_object(Bucket=B, Key="cold")
    raise AssertionError("read")
except s3.exceptions.InvalidObjectState as e:
    assert e.response["StorageClass"] == "DEEP_ARCHIVE", e.response
url = s3.generate_presigned_url("get_object", Params={"Bucket": B, "Key": "stream"})
import urllib.request
assert urllib.request.urlopen(url).read() == b"y" * 100
print("done")
`

var _ = It("serves boto3", Label("cli"), func() {
	if exec.CommandContext(ctx(), "python3", "-c", "import boto3").Run() != nil {
		Skip("no python3 with boto3 on this machine: it is not tried")
	}
	s := start()
	cmd := exec.CommandContext(ctx(), "python3", "-c", story)
	cmd.Env = append(os.Environ(), "AWS_ACCESS_KEY_ID="+keyID, "AWS_SECRET_ACCESS_KEY="+secret, "AWS_ENDPOINT_URL="+s.url,
		"AWS_DEFAULT_REGION=eu-west-1", "AWS_CONFIG_FILE=/dev/null", "AWS_SHARED_CREDENTIALS_FILE=/dev/null")
	out, err := cmd.CombinedOutput()
	Expect(err).To(Succeed(), string(out))
	Expect(string(out)).To(Equal("done\n"))
})
