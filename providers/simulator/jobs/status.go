package jobs

import "slices"

func (s *Service) getStatus(c call) (any, *Refusal) {
	s.mu.Lock()
	defer s.mu.Unlock()
	j, refused := s.own(c)
	if refused != nil {
		return nil, refused
	}
	if refused := ended(j); refused != nil && s.ended == AsException {
		return nil, refused
	}
	codes := s.codes[j.ID].Over(j.Codes)
	return getStatusResult{
		JobID:           j.ID,
		JobType:         j.Type,
		LocationCode:    codes.LocationCode,
		LocationMessage: codes.LocationMessage,
		ProgressCode:    codes.ProgressCode,
		ProgressMessage: codes.ProgressMessage,
		Carrier:         j.Carrier, TrackingNumber: j.TrackingNumber,
		LogBucket: j.LogBucket, LogKey: j.LogKey,
		ErrorCount:            j.ErrorCount,
		Signature:             j.signature(),
		SignatureFileContents: j.SignatureText(),
		CurrentManifest:       j.Text.Reveal(),
		CreationDate:          timestamp(j.Created),
		AwsShippingAddress:    j.shippingAddress(),
	}, nil
}

// listJobs answers the account's jobs, newest first, from the one after Marker.
func (s *Service) listJobs(c call) (any, *Refusal) {
	most, refused := c.count("MaxJobs", MaxListed)
	if refused != nil {
		return nil, refused
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var own []Job
	for _, j := range slices.Backward(s.jobs) {
		if j.Owner == c.account {
			own = append(own, j)
		}
	}
	if marker := c.values.Get("Marker"); c.values.Has("Marker") {
		at := slices.IndexFunc(own, func(j Job) bool { return j.ID == normalID(marker) })
		if at < 0 {
			return nil, refuse(invalidParameter, "Marker is not the id of a job")
		}
		own = own[at+1:]
	}
	var result listJobsResult
	result.IsTruncated = len(own) > most
	for _, j := range own[:min(most, len(own))] {
		result.Jobs.Member = append(result.Jobs.Member, listedJob{
			JobID: j.ID, CreationDate: timestamp(j.Created),
			IsCanceled: j.ProgressCode == Canceled, JobType: j.Type,
		})
	}
	return result, nil
}
