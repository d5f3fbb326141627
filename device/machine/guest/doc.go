// Command guest is the init of the machine of device/machine: it readies a bare
// kernel, then runs what the host asks for on a virtio serial port. When the host
// lets go of the port, it turns the machine off.
package main
