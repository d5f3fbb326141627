// Package bundle writes and reads what a drive that we have filled says of itself, so that
// it can be proven and put back with nothing but the drive:
//
//	/.s3export/README.txt          for somebody who has a shell and no s3export
//	/.s3export/baseline.jsonl.gz   what is on the drive, see verify.OpenBaseline
//	/.s3export/SHA256SUMS          of the files, and of the baseline, for `sha256sum -c`
//	/.s3export/backup.json         a Description, which names the digest of the baseline
//	/.s3export/replaced/RUN/       files that have given way in a run
//
// Each file is replaced durably and as a whole, and backup.json comes last: where it names
// another baseline than the one that lies beside it, writing was interrupted.
//
// It must not know: jobs, the journal, how a drive is filled or opened.
package bundle
