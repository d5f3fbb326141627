package main

import (
	"encoding/json"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/cargomedia/s3export/providers/simulator"
)

func (a *app) simulateCommand() *cobra.Command {
	var o simulator.Options
	c := &cobra.Command{
		Use:   "simulate",
		Short: "Run the simulator of AWS Import/Export and S3 on loopback",
		Long: `Serves Import/Export and S3 (path style) on one loopback address until SIGTERM, for
this program, a stock AWS CLI, boto3 or any AWS SDK. One JSON line on stdout says
when it is ready: endpoint, region, accessKeyID, secretAccessKey.

Each folder of --data is a bucket at the start; later writes stay in memory. The
clock is virtual, and a warehouse plays AWS's side: see s3export demo ship, advance
and fault.`,
		Example: `  s3export simulate --data ./buckets
  AWS_ACCESS_KEY_ID=… AWS_SECRET_ACCESS_KEY=… aws --endpoint-url http://127.0.0.1:PORT s3 ls`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if o.DataDir != "" {
				o.DataDir = a.path(o.DataDir)
			}
			o.Now, o.Log = a.now, a.logger()
			server, err := simulator.Start(c.Context(), o)
			if err != nil {
				return err
			}
			line, err := json.Marshal(server.Info())
			if err != nil {
				return err
			}
			_, _ = fmt.Fprintf(a.stdout, "%s\n", line)
			<-c.Context().Done()
			return server.Close()
		},
	}
	c.Flags().StringVar(&o.Listen, "listen", "127.0.0.1:0", "loopback address")
	c.Flags().StringVar(&o.DataDir, "data", "", "directory whose folders are the buckets at the start")
	_ = c.MarkFlagDirname("data")
	return c
}
