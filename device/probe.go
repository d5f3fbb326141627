package device

import (
	"context"
	"errors"
	"fmt"

	"github.com/cargomedia/s3export/device/capacity"
)

// ProbeCapacity finds out how much a blank device really keeps, by writing to it and
// reading back: see package capacity. The claim is one of ClaimBlank, and is checked
// again under an exclusive lock before the first byte is written; what is then written
// over is looked at as well. At the end the device is proven blank again. A probe that
// was cut off anywhere leaves a device that is blank to Inspect, and is repeated with
// a new claim.
//
// Its errors are *Error, or that of ctx: DeviceChanged for a claim that no longer
// holds, DeviceForeign for data at a place that the inspection has not read, DeviceInUse
// when somebody else has the device, DeviceVanished when it left in the middle, DeviceIO.
// A device that lies is no error.
func (d *Disks) ProbeCapacity(ctx context.Context, c Claim, o capacity.Options) (capacity.Report, error) {
	stay := d.stay(c.selector)
	r, err := d.probe(ctx, c, o)
	return r, stay.explain(opProbe, c.path, err)
}

func (d *Disks) probe(ctx context.Context, c Claim, o capacity.Options) (capacity.Report, error) {
	if !c.Covers(noVolume()) {
		return capacity.Report{}, &Error{Reason: DeviceChanged, Op: opProbe, Device: c.path, Message: "the claim is not for a blank device", Remedy: "inspect the device first"}
	}
	h, err := d.openSole(ctx, c.path, c.identity.Kind)
	if err != nil {
		return capacity.Report{}, notOpened(ctx, opProbe, c.path, err)
	}
	defer h.close()
	st, err := d.again(ctx, opProbe, h, c.selector)
	if err != nil {
		return capacity.Report{}, err
	}
	if _, r := c.Renew(st); r != nil {
		if r.Reason == DeviceChanged {
			r.Remedy = "look at it again with `s3export get devices`, then run the same again"
		}
		return capacity.Report{}, refused(opProbe, c.path, r)
	}
	report, err := capacity.Probe(ctx, probed{h}, h.size, o)
	if err != nil {
		return report, h.notProbed(ctx, st, err)
	}
	return report, h.blankAgain(ctx, report)
}

// notProbed is the error of a probe that could not be finished.
func (h *held) notProbed(ctx context.Context, st State, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if data, ok := errors.AsType[*capacity.NotBlankError](err); ok {
		st.Content.Unknown, st.Content.Found = true, fmt.Sprintf("unknown data (the first at byte %d)", data.Offset)
		return refused(opProbe, h.path, st.foreign())
	}
	return failedIO(opProbe, h.path, "writing to it and reading back", err)
}

// blankAgain proves the device blank after the probe. One that loses what is written
// to it may keep what was to be taken away.
func (h *held) blankAgain(ctx context.Context, r capacity.Report) error {
	st, err := h.fresh(ctx, opProbe)
	if err != nil {
		return err
	}
	if c := st.Content; !c.Blank || c.Found != "" && !r.Lies() {
		return &Error{Reason: DeviceIO, Op: opProbe, Device: h.path,
			Message: "it was blank before the probe and is not blank now: " + firstOf(c.Found, "parts of it cannot be read") + " is there",
			Remedy:  "the drive loses or invents data: use another one"}
	}
	return nil
}

// probed is a device under the lock as a medium of a probe.
type probed struct{ h *held }

// ReadAt is that of io.ReaderAt.
func (p probed) ReadAt(b []byte, off int64) (int, error) { return p.h.f.ReadAt(b, off) }

// WriteAt is that of io.WriterAt.
func (p probed) WriteAt(b []byte, off int64) (int, error) { return p.h.f.WriteAt(b, off) }

// Flush is that of capacity.Medium.
func (p probed) Flush() error { return dropCaches(p.h.f, p.h.kind) }
