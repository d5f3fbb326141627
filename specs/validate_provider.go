package specs

import (
	"net/url"
	"regexp"
	"strings"
)

func checkProvider(r *resolver, b Backup) {
	const field = "spec.provider"
	switch p := b.Spec.Provider; {
	case p.ImportExport != nil:
		checkImportExport(r, field+".importExport", *p.ImportExport)
	case p.Pull != nil:
		checkPull(r, field+".pull", *p.Pull)
	case r.walker.isSilentBelow(field, "importExport", "pull"):
	default:
		r.problem(field, "missing", "write importExport: {region: …} or pull: {}")
	}
}

func checkImportExport(r *resolver, field string, p ImportExport) {
	if p.Region == "" {
		r.problem(field+".region", "missing", "write the region of the buckets, such as us-east-1")
	}
	checkRegion(r, field+".region", p.Region)
	checkProfile(r, field+".profile", p.Profile)
	checkEndpoint(r, field+".endpoint", p.Endpoint)
	checkEndpoint(r, field+".s3Endpoint", p.S3Endpoint)
}

func checkRegion(r *resolver, field, region string) {
	if region != "" && !regexp.MustCompile(`^[a-z]{2,4}(-[a-z]+)+-[0-9]+$`).MatchString(region) {
		r.problem(field, quote(region)+" is no region", "write it as AWS does, such as us-east-1")
	}
}

func checkProfile(r *resolver, field, profile string) {
	if strings.ContainsAny(profile, " \t[]\n") {
		r.problem(field, quote(profile)+" is no profile", "write the name without brackets and spaces")
	}
}

func checkEndpoint(r *resolver, field, endpoint string) {
	if endpoint == "" {
		return
	}
	u, err := url.Parse(endpoint)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.RawQuery != "" || u.Fragment != "" {
		r.problem(field, "is no endpoint", "write a URL such as http://127.0.0.1:8080")
		return
	}
	if u.User != nil {
		r.problem(field, "holds a user name or password", "remove it: credentials come from AWS's own files and variables")
	}
}

// checkMembers refuses what belongs to another provider.
func checkMembers(r *resolver, b Backup) {
	s := b.Spec
	if (s.Provider.ImportExport != nil) == (s.Provider.Pull != nil) {
		return // the walker or checkProvider says so
	}
	const parcel = "is about a parcel, and provider pull sends none"
	for _, m := range []struct {
		field           string
		given, pulls    bool
		problem, remedy string
	}{
		{"spec.manifest", s.Manifest != nil, false, "belongs to importExport", "write what is copied as source: {ranges: [{bucket: NAME}]}"},
		{"spec.manifestFrom", s.ManifestFrom != nil, false, "belongs to importExport", "write what is copied as source: {ranges: [{bucket: NAME}]}"},
		{"spec.paperwork", s.Paperwork != Paperwork{Paper: defaultPaper}, false, parcel, "remove it"},
		{"spec.source", s.Source != nil, true, "belongs to provider pull; importExport copies what the manifest's operations say", "write spec.manifest.operations instead"},
		{"spec.refresh", s.Refresh != nil, true, "belongs to provider pull; a drive that has to be shipped is not loaded anew by itself", "remove it, and write a new spec.run when it is time"},
		{"spec.device.encryption", s.Device.Encryption != nil, true, "belongs to provider pull; importExport formats the drive anew", "remove it: the manifest's pinCode and trueCryptPassword encrypt the drive"},
	} {
		if m.given && m.pulls != (s.Provider.Pull != nil) {
			r.problem(m.field, m.problem, m.remedy)
		}
	}
}

func checkManifestChoice(r *resolver, b Backup) {
	if b.Spec.Provider.Pull != nil {
		return
	}
	switch s := b.Spec; {
	case s.Manifest != nil && s.ManifestFrom != nil:
		r.problem("spec.manifestFrom", "manifest and manifestFrom are both given", "keep exactly one of them")
	case s.ManifestFrom != nil && s.ManifestFrom.File == "":
		r.problem("spec.manifestFrom.file", "missing", "write the path of the manifest, relative to the spec file")
	case s.Manifest == nil && s.ManifestFrom == nil && (s.Source == nil || s.Provider.ImportExport != nil):
		r.problem("spec.manifest", "missing", "write manifest, or manifestFrom: {file: PATH} for an existing one")
	}
}
