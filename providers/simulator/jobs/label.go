package jobs

import (
	"slices"
	"strings"

	"github.com/cargomedia/s3export/specs/manifest"
)

// getShippingLabel puts a label for the named jobs into the log bucket of the first
// one by id. The same jobs get the same label again, whatever their order.
func (s *Service) getShippingLabel(c call) (any, *Refusal) {
	ids := c.members("jobIds")
	if len(ids) == 0 {
		return nil, refuse(invalidParameter, "jobIds.member.1")
	}
	from := sender(c)
	if bad := badAddress(from); bad != "" {
		return nil, refuse(invalidAddress, bad)
	}
	jobs, refused := s.labeled(c, ids)
	if refused != nil {
		return nil, refused
	}
	bucket, key := jobs[0].Manifest.LogBucket, "shipping-label-"+jobs[0].ID+".pdf"
	if bucket == "" {
		return nil, refuse(noSuchBucket, "the job has no logBucket")
	}
	if err := s.o.Buckets.PutDocument(bucket, key, "application/pdf", labelPDF(jobs, from)); err != nil {
		s.o.Log.Error(err, "label not written", "job", jobs[0].ID)
		return nil, refuse(noSuchBucket, "logBucket")
	}
	return getShippingLabelResult{ShippingLabelURL: s.o.ObjectURL(bucket, key)}, nil
}

// sender reads the address of a label request, whose members begin in lower case.
func sender(c call) manifest.Address {
	v := c.values
	return manifest.Address{
		Name: v.Get("name"), Company: v.Get("company"),
		Street1: v.Get("street1"), Street2: v.Get("street2"), Street3: v.Get("street3"),
		City: v.Get("city"), StateOrProvince: v.Get("stateOrProvince"),
		PostalCode: v.Get("postalCode"), PhoneNumber: v.Get("phoneNumber"), Country: v.Get("country"),
	}
}

func (s *Service) labeled(c call, ids []string) ([]Job, *Refusal) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var jobs []Job
	ids = slices.Clone(ids)
	for i := range ids {
		ids[i] = normalID(ids[i])
	}
	slices.Sort(ids)
	for _, id := range slices.Compact(ids) {
		j := s.find(id, c.account)
		if j == nil {
			return nil, refuse(invalidJobID, strings.ToValidUTF8(id, ""))
		}
		if refused := ended(j); refused != nil {
			return nil, refused
		}
		jobs = append(jobs, *j)
	}
	return jobs, nil
}
