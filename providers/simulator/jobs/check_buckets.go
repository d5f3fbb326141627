package jobs

import (
	"slices"

	"github.com/cargomedia/s3export/specs/manifest"
)

// checkBuckets: all buckets exist, may be used by the account and are in one
// region.
func (s *Service) checkBuckets(account string) func(manifest.Manifest) *Refusal {
	return func(m manifest.Manifest) *Refusal {
		var regions []string
		for _, name := range buckets(m) {
			region, ok := s.o.Buckets.BucketRegion(name)
			if !ok {
				return refuse(noSuchBucket, name)
			}
			if !s.o.Buckets.MayUse(account, name) {
				return refuse(bucketPermission, name)
			}
			if !slices.Contains(regions, region) {
				regions = append(regions, region)
			}
		}
		if len(regions) > 1 {
			return refuse(multipleRegions, regions...)
		}
		return nil
	}
}

// buckets returns the names of all buckets of a manifest, each once.
func buckets(m manifest.Manifest) []string {
	var names []string
	for _, o := range m.Operations {
		names = append(names, o.ExportBucket)
	}
	names = append(names, m.LogBucket)
	slices.Sort(names)
	return slices.Compact(names)
}
