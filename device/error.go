package device

import "fmt"

// Reason is a CamelCase constant of a refusal or a device error.
type Reason string

// The reasons.
const (
	DeviceAbsent     Reason = "DeviceAbsent"
	DeviceVanished   Reason = "DeviceVanished" // taken away while something was done to it
	DeviceAmbiguous  Reason = "DeviceAmbiguous"
	DeviceUnreadable Reason = "DeviceUnreadable"
	DeviceLocked     Reason = "DeviceLocked" // it shows no medium: it waits for its PIN, or for a card
	DeviceMismatch   Reason = "DeviceMismatch"
	DeviceReadOnly   Reason = "DeviceReadOnly"
	DeviceSystem     Reason = "DeviceSystem"
	DeviceMounted    Reason = "DeviceMounted"
	DeviceInUse      Reason = "DeviceInUse"
	DeviceForeign    Reason = "DeviceForeign"
	DeviceHasData    Reason = "DeviceHasData"
	DeviceTooSmall   Reason = "DeviceTooSmall"
	DeviceChanged    Reason = "DeviceChanged"
	DeviceFull       Reason = "DeviceFull"
	DeviceDirty      Reason = "DeviceDirty"
	// DeviceUnsupported: a file system with features that we cannot read.
	DeviceUnsupported Reason = "DeviceUnsupported"
	ToolMissing       Reason = "ToolMissing"
	ToolFailed        Reason = "ToolFailed"
	DeviceIO          Reason = "DeviceIO"
	// DeviceFailing: parts of it cannot be read.
	DeviceFailing Reason = "DeviceFailing"
	// DeviceShrank: it is shorter than when its table was made.
	DeviceShrank Reason = "DeviceShrank"
	// PasswordNeeded and PasswordWrong: the copy is encrypted.
	PasswordNeeded Reason = "PasswordNeeded"
	PasswordWrong  Reason = "PasswordWrong"
	// NotPermitted: only root may do it.
	NotPermitted Reason = "NotPermitted"
	// ContainerUnclear: several files may be the container.
	ContainerUnclear Reason = "ContainerUnclear"
)

// Error is why an operation on a device did not succeed. Errors of Disks are of
// this type, but for those of a context.
type Error struct {
	Reason  Reason
	Op      string // format, sign, open, mount, read, build, look up, list, probe
	Device  string // path
	Message string // what happened, in words
	Remedy  string // what a person can do; never empty
	Err     error  // cause, if there is one
}

// Error names the operation, the device, what happened and its cause.
func (e *Error) Error() string {
	s := fmt.Sprintf("%s %q: %s", e.Op, e.Device, e.Message)
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

// Gone reports whether the device is not here, so that the error says nothing about
// what is on it.
func (e *Error) Gone() bool { return e.Reason == DeviceVanished || e.Reason == DeviceAbsent }

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// refused turns a refusal into the error of an operation.
func refused(op, path string, r *Refusal) *Error {
	return &Error{Reason: r.Reason, Op: op, Device: path, Message: r.Message, Remedy: r.Remedy}
}

// failedIO is the error of a read or write that the device did not do.
func failedIO(op, path, what string, err error) *Error {
	return &Error{
		Reason: reasonOf(err), Op: op, Device: path, Message: what, Err: err,
		Remedy: remedyOf(reasonOf(err)),
	}
}
