// Package verify proves that a drive holds what S3 holds.
//
// The population is the baseline (the listing of what a load selected) and the
// drive together, merged in path order with memory that does not grow with the
// number of objects. Presence and size of every object are always compared;
// content is compared for a sample, drawn uniformly in one pass with a keyed hash
// and a seed that is known beforehand. Findings are of a closed set; counts,
// verdict and the closing sentence are methods on the Report, so they cannot
// disagree.
//
// It must not know: devices, jobs, the journal, providers. Where the copy is comes
// in as a Tree, where the originals are as a Source.
package verify
