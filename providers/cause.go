package providers

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/url"
	"syscall"
)

// Cause says in a few words what went wrong on the network: net/http and the SDK
// repeat method, URL and addresses in each layer.
func Cause(err error) string {
	op, _ := errors.AsType[*net.OpError](err)
	if dns, ok := errors.AsType[*net.DNSError](err); ok {
		return fmt.Sprintf("looking up %s: %s", dns.Name, dns.Err)
	}
	if e, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return fmt.Sprint(e.Err)
	}
	if e, ok := errors.AsType[net.Error](err); ok && e.Timeout() {
		return "timed out"
	}
	if errno, ok := errors.AsType[syscall.Errno](err); ok {
		if op != nil && op.Op == "proxyconnect" {
			return "proxy: " + errno.Error()
		}
		return errno.Error()
	}
	if e, ok := errors.AsType[*url.Error](err); ok {
		return fmt.Sprint(e.Err)
	}
	return fmt.Sprint(err)
}
