// Package capacity finds out how much a drive really keeps. Drives that lie about their
// size lose what is written beyond it, or write it over what came before.
//
// It writes sectors that prove themselves (sector.go) at places all over the device
// (places.go), reads them back from the medium, judges what came back (report.go), and
// puts back what was there. The order of writing is from the end to the begin: so
// whatever shares a place with a lower one reads back as the lower one, and everything
// below the real capacity reads back as itself. A window at the begin that is as wide
// as the distance of the places catches every wrap-around, whatever its length.
//
// It works on any Medium and must not know: how a device is found, locked or claimed.
package capacity
