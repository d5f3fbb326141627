package providers

// LogEntry is what a service's log says of one object.
type LogEntry struct {
	Bucket, Key string
	// File is the path on the drive, without a leading slash; empty when nothing was
	// written.
	File string
	// Status and Code are the service's own.
	Status, Code string
	ETag         string // without quotes; empty when the log does not say
	Size         int64  // bytes; -1 when the log does not say
	Failed       bool   // the object is not on the drive
}

// LogSummary is what a log is worth.
type LogSummary struct {
	Lines  int64 // about objects
	Failed int64 // of these
	Unread int64 // lines that could not be understood
	// Warnings say what is wrong with the first of them, and where.
	Warnings []string
}
