package evidence

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"

	"github.com/cargomedia/s3export/providers"
	"github.com/cargomedia/s3export/reconciler"
	"github.com/cargomedia/s3export/reconciler/journal"
	"github.com/cargomedia/s3export/specs"
	"github.com/cargomedia/s3export/verify"
)

// logFile is the service's log in the run's directory, as it was fetched.
const logFile = "export-log.txt"

// maxLog bounds a log: some forty million lines.
const maxLog = 8 << 30

// ReadLog reads a service's log; see importexport.ReadLog.
type ReadLog func(r io.Reader, yield func(providers.LogEntry) error) (providers.LogSummary, error)

// KeepLog implements reconciler.Evidence.
func (k *Keeper) KeepLog(ctx context.Context, d specs.Document, l reconciler.LoadFact) (reconciler.LogFact, error) {
	sum := sha256.New()
	err := journal.WriteFile(k.path(d, logFile), func(w io.Writer) error {
		return k.Objects.Get(ctx, l.LogBucket, l.LogKey, io.MultiWriter(w, sum), maxLog)
	})
	if err != nil {
		return reconciler.LogFact{}, err
	}
	fact := reconciler.LogFact{At: k.Clock(), File: logFile, SHA256: hex.EncodeToString(sum.Sum(nil))}
	said, summary, err := k.logSays(d, fact.SHA256, func(e providers.LogEntry) {
		if e.Failed && len(fact.Failures) < reconciler.MaxLogFailures {
			fact.Failures = append(fact.Failures, reconciler.LogFailure{Bucket: e.Bucket, Key: e.Key, Code: e.Code})
		}
	})
	if err != nil {
		return reconciler.LogFact{}, err
	}
	fact.Lines, fact.Failed, fact.Unread, fact.Moved = summary.Lines, summary.Failed, summary.Unread, said.Moved()
	fact.Warnings = summary.Warnings
	return fact, nil
}

// logSays reads the kept log for a verification, if it has this digest and no other;
// see is told each entry.
func (k *Keeper) logSays(d specs.Document, digest string, see func(providers.LogEntry)) (*verify.LoadLog, providers.LogSummary, error) {
	said, err := verify.NewLoadLog(Ranges(d))
	if err != nil {
		return nil, providers.LogSummary{}, err
	}
	f, err := os.Open(k.path(d, logFile))
	if err != nil {
		return nil, providers.LogSummary{}, k.noLog(d, err)
	}
	defer func() { _ = f.Close() }()
	sum := sha256.New()
	summary, err := k.ReadLog(io.TeeReader(f, sum), func(e providers.LogEntry) error {
		see(e)
		switch {
		case e.Failed:
			said.Failed(e.Bucket, e.Key, e.Code)
		case e.File != "":
			said.Loaded(e.Bucket, e.Key, e.File)
		}
		return nil
	})
	if err == nil && hex.EncodeToString(sum.Sum(nil)) != digest {
		err = errors.New("it is not the one that the record names")
	}
	if err != nil {
		return nil, summary, k.noLog(d, err)
	}
	return said, summary, nil
}

func (k *Keeper) noLog(d specs.Document, err error) error {
	return &reconciler.FileError{
		Op: "reading", Path: k.path(d, logFile), Err: err, Remedy: "restore the file from a copy of the state directory, or fetch the service's log to this path again",
	}
}

// heed has a verification heed the kept log. Its population is then walked more than
// once, each time from the baseline's file.
func (k *Keeper) heed(d specs.Document, run reconciler.Run, request *verify.Request) error {
	if run.Log == nil || run.Log.File == "" {
		return nil
	}
	said, _, err := k.logSays(d, run.Log.SHA256, func(providers.LogEntry) {})
	if err != nil {
		return err
	}
	request.Log, request.About.Subject.LogDigest = said, run.Log.SHA256
	return nil
}
