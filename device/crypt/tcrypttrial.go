package crypt

import (
	"context"
	"fmt"
	"io"
	"runtime"
	"sync/atomic"

	"golang.org/x/sync/errgroup"
)

// trial is one password, made a key in one way, on one header.
type trial struct {
	slot     slot
	kdf      kdf
	password []byte
}

// tcTrials come in the order in which they are likely and cheap.
func tcTrials(slots []slot, kdfs []kdf, f Format, password []byte) []trial {
	var trials []trial
	for _, backup := range []bool{false, true} {
		for _, k := range kdfs {
			for _, s := range slots {
				if k.format == f && s.backup == backup && (f == TrueCrypt || !s.legacy) {
					trials = append(trials, trial{s, k, password})
				}
			}
		}
	}
	return trials
}

// openFirst opens what the first trial in order opens, though several run at once. With
// none it gives nil, or the error of the first header that opened and was refused.
func openFirst(ctx context.Context, r io.ReaderAt, size int64, trials []trial) (*Volume, error) {
	volumes, errs := make([]*Volume, len(trials)), make([]error, len(trials))
	var first atomic.Int64 // of those that opened
	first.Store(int64(len(trials)))
	var g errgroup.Group
	g.SetLimit(runtime.GOMAXPROCS(0))
	for i, t := range trials {
		n := int64(i)
		g.Go(func() error {
			volumes[i], errs[i] = t.open(r, size, func() bool { return ctx.Err() != nil || first.Load() < n })
			if volumes[i] != nil {
				for old := first.Load(); n < old && !first.CompareAndSwap(old, n); old = first.Load() {
				}
			}
			return nil
		})
	}
	_ = g.Wait()
	if n := first.Load(); n < int64(len(trials)) {
		return volumes[n], nil
	}
	if ctx.Err() != nil {
		return nil, fmt.Errorf("opening an encrypted volume: %w", context.Cause(ctx))
	}
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	return nil, nil
}

// open gives nil and no error if the header does not open, or stop said true.
func (t trial) open(r io.ReaderAt, size int64, stop func() bool) (*Volume, error) {
	d := t.kdf.start(t.password, t.slot.header[:tcSaltSize])
	body := make([]byte, tcBodySize)
	for _, c := range chains() {
		if !d.grow(c.keySize(), stop) {
			return nil, nil
		}
		cipher, err := c.open(d.key, tcBodySize)
		if err != nil {
			return nil, err
		}
		copy(body, t.slot.header[tcSaltSize:])
		cipher.decrypt(body, 0)
		if string(body[:4]) != tcMagic(t.kdf.format) {
			continue
		}
		h, err := parseTCHeader(body)
		if err != nil {
			return nil, err
		}
		return h.volume(r, size, t.slot, t.kdf, c)
	}
	return nil, nil
}
