package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"

	"github.com/cargomedia/s3export/providers/s3"
)

// listMain lists a bucket as the product does, with as many streams as are asked for.
func listMain(ctx context.Context, args []string, out io.Writer) error {
	f := flag.NewFlagSet("list", flag.ContinueOnError)
	endpoint := f.String("endpoint", "", "URL of the server")
	bucket := f.String("bucket", "", "bucket")
	streams := f.Int("streams", 8, "ranges of keys at once")
	if err := f.Parse(args); err != nil {
		return err
	}
	who := &server{key: os.Getenv("AWS_ACCESS_KEY_ID"), secret: os.Getenv("AWS_SECRET_ACCESS_KEY")}
	client, err := s3.New(s3.Options{Credentials: who.credentials(), Region: region, Endpoint: *endpoint, ListStreams: *streams})
	if err != nil {
		return err
	}
	keys := 0
	err = client.List(ctx, *bucket, s3.Query{}, func(s3.Object) error {
		keys++
		return nil
	})
	fmt.Fprintln(out, keys)
	return err
}
