package importexport

import (
	"strings"

	"github.com/aws/smithy-go"

	"github.com/cargomedia/s3export/providers"
	"github.com/cargomedia/s3export/providers/credential"
)

// This file is the only place that knows what a code of the service means.
// Sources: Developer Guide, "GetStatus" (locations, progress) and "Errors"; the
// common errors are those of AWS's query protocol.

// locationOf translates a LocationCode.
func locationOf(code string) providers.Location {
	switch fold(code) {
	case "notreceived":
		return providers.NotReceived
	case "ataws":
		return providers.AtService
	case "returned":
		return providers.Returned
	default:
		return providers.LocationUnknown
	}
}

const (
	newRun      = "set spec.run to a new name to begin again"
	sameDrive   = newRun + "; for the same drive also set spec.device.replaces to NAME/RUN of this run, and apply with --allow-erase"
	whenReturns = "when the drive is back, "
)

// progress is the meaning of a ProgressCode.
type progress struct {
	code    string
	means   providers.Progress
	failure *providers.Failure
}

func progresses() []progress {
	failed := func(code, found, remedy string) progress {
		return progress{code, providers.Failed, &providers.Failure{Reason: code, Meaning: found, Remedy: whenReturns + remedy}}
	}
	return []progress{
		{code: "Pending", means: providers.Pending},
		{code: "InProgress", means: providers.InProgress},
		{code: "Started", means: providers.InProgress}, // in the model's text only
		{code: "Complete", means: providers.Complete},
		{code: "Success", means: providers.Complete}, // in prose only
		{code: "SuccessWithErrors", means: providers.CompleteWithErrors},
		{"Canceled", providers.Canceled, &providers.Failure{
			Reason:  "JobCanceled",
			Meaning: "the job was canceled, here or at AWS",
			Remedy:  "do not ship the drive for it; one that is on its way comes back unprocessed; " + newRun,
		}},
		{"Expired", providers.Expired, &providers.Failure{
			Reason:  "JobExpired",
			Meaning: "the drive did not reach AWS within 30 days of the job's creation",
			Remedy:  "one that is on its way comes back unprocessed; " + newRun + " and ship with the new label",
		}},
		failed("DeviceError", "AWS found that the drive does not work properly",
			"test it (smartctl, another cable and power supply) and replace it if in doubt; "+newRun),
		failed("MissingDevice", "AWS found no drive in the parcel, or no power supply or connector for it",
			"pack the drive with its power supply, power cable and interface cable; "+sameDrive),
		failed("MissingSignature", "AWS found no file SIGNATURE in the top directory of the drive",
			sameDrive+"; the volume is then prepared again with the SIGNATURE file of the new job; change nothing on the drive after that"),
		failed("InvalidSignature", "AWS found a SIGNATURE file on the drive that is not the one of this job",
			"check that it is the drive of this job and not one of another parcel: its sticker must show the job's ID; "+sameDrive),
		failed("UnsupportedDeviceType", "AWS cannot connect the drive: it is neither a USB or eSATA drive nor a bare SATA disk of 2.5 or 3.5 inches",
			"use a drive with USB 2, USB 3 or eSATA, or a bare 2.5 or 3.5 inch SATA disk; "+newRun),
		failed("UnsupportedFileFormat", "AWS found no file system on the drive that it can read",
			sameDrive+"; the drive is then formatted as ext4 again; do not format it by other means"),
		failed("UnsupportedPowerSupply", "the power supply in the parcel does not fit the mains of the AWS site",
			"add a power supply for the site: 120 V, 60 Hz in the US, 230 V, 50 Hz with a Euro plug in the EU; "+sameDrive),
	}
}

// progressOf translates a ProgressCode; the failure is non-nil for a bad end.
func progressOf(code string) (providers.Progress, *providers.Failure) {
	for _, p := range progresses() {
		if fold(p.code) == fold(code) {
			return p.means, p.failure
		}
	}
	return providers.ProgressUnknown, nil
}

// meaning is what an error code of the service means, and what a person can do.
type meaning struct {
	kind   providers.ErrorKind
	remedy string
}

// meaningOf translates an error code, with or without the suffix Exception. One
// that is not known is judged by whose fault the service says it is.
func meaningOf(code string, fault smithy.ErrorFault) meaning {
	name := strings.TrimSuffix(fold(code), "exception")
	if m, ok := refusals()[name]; ok {
		return m
	}
	if m, ok := commonErrors()[name]; ok {
		return m
	}
	if fault == smithy.FaultServer {
		return meaning{providers.Transient, tryAgain}
	}
	return meaning{providers.Unexpected, "look up the code in the AWS Import/Export documentation; if the message does not help, ask AWS support with the request ID"}
}

// refusals are the errors of the service model.
func refusals() map[string]meaning {
	invalid := func(remedy string) meaning { return meaning{providers.Invalid, remedy} }
	const see = "; `s3export manifest` shows the text that is sent"
	return map[string]meaning{
		"bucketpermission":       {providers.Denied, "give the account that signs the requests these rights: list and read on the export buckets, write on the log bucket; then apply again"},
		"canceledjobid":          {providers.JobCanceled, "the job was canceled; " + newRun},
		"createjobquotaexceeded": {providers.QuotaExceeded, "an account can create 50 jobs a day: wait until tomorrow, or ask AWS for more"},
		"expiredjobid":           {providers.JobExpired, "the job has expired, 30 days after its creation; " + newRun},
		"invalidaccesskeyid":     wrongKey(),
		"invalidaccessid":        wrongKey(),
		"invalidaddress":         invalid("correct the address in spec.manifest.returnAddress (or spec.paperwork.from for the label): name, street1, city, stateOrProvince in the US and Canada, postalCode, phoneNumber and country are required; AWS does not ship to PO boxes"),
		"invalidcustoms":         invalid("correct spec.manifest.customs: the message names the option" + see),
		"invalidfilesystem":      invalid("set spec.manifest.fileSystem to EXT4, or leave it out"),
		"invalidjobid":           {providers.NotFound, "check the job's ID and that the credentials are those of the account that made the job; `aws importexport list-jobs` shows its jobs"},
		"invalidmanifestfield":   invalid("correct the option of spec.manifest that the message names" + see),
		"invalidparameter":       invalid("correct the value that the message names" + see),
		"invalidversion":         invalid("the service refuses this version of the client: look for a newer s3export"),
		"malformedmanifest":      invalid("the service cannot read the manifest: compare it with AWS's export manifest reference" + see),
		"missingcustoms":         invalid("add spec.manifest.customs: it is required when the parcel crosses a border (not inside the EU); the message names what is missing"),
		"missingmanifestfield":   invalid("add the option that the message names to spec.manifest; an export also needs pinCode or trueCryptPassword" + see),
		"missingparameter":       invalid("add the value that the message names" + see),
		"multipleregions":        invalid("put buckets of one region into one backup, log bucket included; make one backup for each region"),
		"nosuchbucket":           {providers.NotFound, "create the bucket or correct its name: exportBucket in spec.manifest.operations, or logBucket; it must belong to the account that signs the requests"},
		"unabletocanceljobid":    {providers.TooLate, "the job has started or is complete and can no longer be canceled: wait until the drive is back, or ask AWS support"},
		"unabletoupdatejobid":    {providers.TooLate, "the transfer has started and the manifest can no longer be changed: wait for the end of this run and use a new spec.run for the change"},
	}
}

func wrongKey() meaning {
	return meaning{providers.Denied, "sign with the access key that the manifest names, or remove accessKeyId from it"}
}

// commonErrors are the errors that all services of the query protocol share.
func commonErrors() map[string]meaning {
	const (
		identity = credential.Remedy
		rights   = "allow importexport:CreateJob, UpdateJob, CancelJob, GetStatus, ListJobs and GetShippingLabel on resource * to the user or role that signs the requests"
		slower   = "run the same again in a few minutes: the service wants fewer requests"
	)
	table := map[string]meaning{
		"optinrequired":        {providers.Denied, "subscribe the account to AWS Import/Export, or ask AWS support whether it still can be"},
		"invalidaction":        {providers.Invalid, "the endpoint does not know the operation: check that it is AWS Import/Export's"},
		"validationerror":      {providers.Invalid, "correct the value that the message names"},
		"requestexpired":       {providers.Denied, "set the clock of this host (chronyc makestep, timedatectl)"},
		"requesttimetooskewed": {providers.Denied, "set the clock of this host (chronyc makestep, timedatectl)"},
	}
	for kind, group := range map[meaning][]string{
		{providers.Throttled, slower}: {
			"throttling", "throttled", "requestthrottled", "requestlimitexceeded", "toomanyrequests",
			"slowdown", "bandwidthlimitexceeded", "priorrequestnotcomplete", "limitexceeded",
		},
		{providers.Transient, tryAgain}: {
			"serviceunavailable", "internalfailure", "internalerror", "internalservererror", "requesttimeout",
		},
		{providers.Denied, identity}: {
			"signaturedoesnotmatch", "invalidsignature", "invalidclienttokenid", "unrecognizedclient", "expiredtoken",
			"missingauthenticationtoken", "incompletesignature", "authfailure", "invalidsecurity",
		},
		{providers.Denied, rights}: {"accessdenied", "notauthorized", "unauthorizedoperation"},
	} {
		for _, code := range group {
			table[code] = kind
		}
	}
	return table
}

func fold(code string) string { return strings.ToLower(strings.TrimSpace(code)) }
