package device

// Claim is the right to erase one device with one content. Only State.Claim makes
// one, and Format checks it again under the device's lock: same identity, same
// size, same fingerprint, still not in use.
type Claim struct {
	selector    Selector
	identity    Identity
	path        string
	fingerprint string
	erasable    []VolumeID
}

// Refusal is why a device may not be written: a constant reason, what was found,
// and what a person can do.
type Refusal struct {
	Reason  Reason
	Message string
	Remedy  string
}

// Error returns the message.
func (r *Refusal) Error() string { return r.Message }

// Reason is a CamelCase constant of a refusal or a device error.
type Reason string

// The reasons.
const (
	DeviceAbsent     Reason = "DeviceAbsent"
	DeviceAmbiguous  Reason = "DeviceAmbiguous"
	DeviceUnreadable Reason = "DeviceUnreadable"
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
	ToolMissing      Reason = "ToolMissing"
	ToolFailed       Reason = "ToolFailed"
	DeviceIO         Reason = "DeviceIO"
)
