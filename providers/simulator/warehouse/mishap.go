package warehouse

import (
	"fmt"
	"maps"
	"time"

	"github.com/cargomedia/s3export/providers/simulator/jobs"
)

// everyJob is the key of Abort for jobs that are not named.
const everyJob = "*"

// abort is a progress code of a job whose device goes back unprocessed, and what was
// found.
type abort struct{ code, found string }

// aborts are all of them. Source: Developer Guide, "GetStatus".
func aborts() []abort {
	return []abort{
		{jobs.DeviceError, "the device does not work properly"},
		{jobs.MissingDevice, "the device, its power supply or its connector is missing"},
		{jobs.MissingSignature, "the device has no SIGNATURE file"},
		{jobs.InvalidSignature, "the SIGNATURE file is not the one of the job"},
		{jobs.UnsupportedDeviceType, "the device has neither USB 2 nor eSATA and is no 2.5 or 3.5 inch SATA disk"},
		{jobs.UnsupportedFileFormat, "the device has no file system that is supported"},
		{jobs.UnsupportedPowerSupply, "the power supply does not fit the mains of the site"},
	}
}

// AbortCodes are the progress codes of jobs whose device goes back unprocessed.
func AbortCodes() []string {
	var codes []string
	for _, a := range aborts() {
		codes = append(codes, a.code)
	}
	return codes
}

// aborted is the message of a job that ends with one of AbortCodes.
func aborted(code string) string {
	for _, a := range aborts() {
		if a.code == code {
			return "The job was aborted: " + a.found + "."
		}
	}
	return "The job was aborted."
}

// Abort has devices that are loaded from now on sent back unprocessed: codes of
// AbortCodes by job id, or by "*" for all other jobs. It replaces what was set
// before.
func (w *Warehouse) Abort(codes map[string]string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.aborts = maps.Clone(codes)
}

func (w *Warehouse) abortOf(job string) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	if code, ok := w.aborts[job]; ok {
		return code
	}
	return w.aborts[everyJob]
}

// Lose has a parcel that is on its way to AWS never arrive; its device stays away.
// A repeat changes nothing.
func (w *Warehouse) Lose(job string) (Parcel, error) {
	w.running.Lock()
	defer w.running.Unlock()
	j, err := w.o.Jobs.Job(job)
	if err != nil {
		return Parcel{}, &Refusal{"NoSuchJob", err.Error(), "take an id of ListJobs"}
	}
	p := w.parcel(j.ID)
	switch {
	case p == nil:
		return Parcel{}, &Refusal{"NotShipped", fmt.Sprintf("no device was shipped for job %q", j.ID), "ship the device first"}
	case p.Stage != Shipped:
		return Parcel{}, &Refusal{"AlreadyArrived", fmt.Sprintf("the parcel of job %q has arrived", j.ID), "lose one that is on its way"}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	p.Lost, p.Due = true, time.Time{}
	w.o.Log.Info("parcel lost", "job", p.Job, "device", p.Device)
	return p.Parcel, nil
}
