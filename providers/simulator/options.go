package simulator

import (
	"fmt"
	"net"
	"time"

	"github.com/go-logr/logr"

	"github.com/cargomedia/s3export/providers/simulator/store"
	"github.com/cargomedia/s3export/providers/simulator/warehouse"
)

// The simulator's own credentials, used where Options has none. They open nothing
// but a simulator.
const (
	DefaultAccessKeyID     = "AKIDSIMULATOR0000001"
	DefaultSecretAccessKey = "simulator/secret/that/opens/nothing/else"
)

// DefaultRegion is where the simulator is.
const DefaultRegion = "us-east-1"

// Options of a Server. Now is required.
type Options struct {
	// Listen is a loopback address with port; default 127.0.0.1:0, a free port.
	Listen string
	// DataDir holds a folder for each bucket at the start; empty for none. Nothing
	// is ever written there.
	DataDir string
	// Fill puts more into the buckets before anyone is served; nil for nothing more.
	Fill func(*store.Store) error
	// AccessKeyID and SecretAccessKey are the one pair of credentials.
	AccessKeyID, SecretAccessKey string
	Region                       string
	// WorkDir takes the staging of loads; default: the system's temporary files.
	WorkDir string
	// Seed of all that looks random (job ids, rot, tracking numbers); the same seed
	// gives the same. Default "simulator".
	Seed string
	// Schedule of parcels; zero is warehouse.DefaultSchedule.
	Schedule warehouse.Schedule
	// Disks and Build are the devices that parcels hold; default: package device.
	Disks warehouse.Disks
	Build warehouse.Build
	Log   logr.Logger
	// Now is the time on which the simulator's clock is based.
	Now func() time.Time
}

func (o Options) withDefaults() Options {
	for _, d := range []struct {
		option *string
		value  string
	}{
		{&o.Listen, "127.0.0.1:0"},
		{&o.Region, DefaultRegion},
		{&o.Seed, "simulator"},
	} {
		if *d.option == "" {
			*d.option = d.value
		}
	}
	if o.AccessKeyID == "" && o.SecretAccessKey == "" {
		o.AccessKeyID, o.SecretAccessKey = DefaultAccessKeyID, DefaultSecretAccessKey
	}
	return o.withDevices()
}

// checkLoopback refuses addresses that others can reach.
func checkLoopback(listen string) error {
	host, _, err := net.SplitHostPort(listen)
	if err != nil {
		return fmt.Errorf("listen address %q: %w", listen, err)
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return fmt.Errorf("listen address %q is not on loopback: the simulator is not fit for a network; use 127.0.0.1:PORT", listen)
	}
	return nil
}

// Info is what a client needs; the simulate command prints it as one JSON line.
type Info struct {
	Endpoint        string `json:"endpoint"`
	Region          string `json:"region"`
	AccessKeyID     string `json:"accessKeyID"`
	SecretAccessKey string `json:"secretAccessKey"`
}
