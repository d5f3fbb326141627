package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"unicode"

	"github.com/spf13/cobra"

	"github.com/cargomedia/s3export/device"
	"github.com/cargomedia/s3export/reconciler"
	"github.com/cargomedia/s3export/specs"
)

// deviceView is a disk that is plugged in, as commands show it. Its JSON is described in
// docs/drives.md.
type deviceView struct {
	Path     string          `json:"path"`
	Identity device.Identity `json:"identity"`
	Model    string          `json:"model,omitempty"` // with the vendor's name
	// Selector is the field of spec.device that selects this disk and no other, with its
	// value; absent where there is none.
	Selector map[string]string `json:"selector,omitempty"`
	Hardware device.Hardware   `json:"hardware"`
	Use      device.Use        `json:"use"`
	// Content that was read; absent where nothing could be.
	Content *device.Content `json:"content,omitempty"`
	// Drive is the key of its record, where it has one, and Holds the run of ours that is
	// on it by that record.
	Drive string           `json:"drive,omitempty"`
	Holds string           `json:"holds,omitempty"`
	Uses  []device.Purpose `json:"uses"`
	// Refusal is why no new copy may be made on it; absent where one may.
	Refusal *refusalView `json:"refusal,omitempty"`
}

// refusalView is a device.Refusal in JSON.
type refusalView struct {
	Reason  device.Reason `json:"reason"`
	Message string        `json:"message"`
	Remedy  string        `json:"remedy"`
}

func (a *app) getDevicesCommand() *cobra.Command {
	var bare bool
	c := &cobra.Command{
		Use:     "devices [DEVICE…]",
		Aliases: []string{"device"},
		Short:   "List the disks that are plugged in, and what each may be used for",
		Long: `Lists every disk of this host: what it is, what is on it, and whether a new copy may be
made on it or why not. Disks are read and never written, also those of the system. A
drive without a medium is listed too, as one that waits for its PIN; so is a disk that
this user may not read. A DEVICE is a path, a kernel name, a serial number, a WWN or a
name in /dev/disk/by-id.`,
		Example:           "  s3export get devices\n  s3export get devices sdb -o yaml",
		ValidArgsFunction: a.completeDevices,
		RunE: func(c *cobra.Command, args []string) error {
			views, err := a.deviceViews(c.Context())
			if err != nil {
				return err
			}
			if views, err = pickDevices(views, args); err != nil {
				return err
			}
			return a.showDevices(views, bare)
		},
	}
	c.Flags().BoolVar(&bare, "no-headers", false, "leave out the table's first line")
	a.outputFlag(c, "table", "wide", "json", "yaml", "name")
	return c
}

// deviceViews looks at all disks of the host.
func (a *app) deviceViews(ctx context.Context) ([]deviceView, error) {
	disks, err := a.disks().List(ctx)
	if err != nil {
		return nil, err
	}
	drives, err := a.journal().ListDrives(ctx)
	if err != nil {
		a.warning("the records of drives cannot be read, so that nothing is known of what we have put on these disks: %v", err)
	}
	views := make([]deviceView, len(disks))
	for i, l := range disks {
		views[i] = viewDevice(l, drives)
	}
	return views, nil
}

func viewDevice(l device.Listed, drives []reconciler.DriveRecord) deviceView {
	v := deviceView{Path: l.Path, Identity: l.Identity, Model: l.Model, Hardware: l.Hardware, Use: l.Use, Selector: selectorView(l.Selector)}
	if l.Presence == device.Present {
		v.Content = &l.Content
	}
	uses, refusal := l.Purposes()
	if at := slices.IndexFunc(drives, func(d reconciler.DriveRecord) bool { return d.Identity.Same(l.Identity) }); at >= 0 {
		d := drives[at]
		v.Drive = d.Key
		if d.Holds != nil && !l.Content.Blank {
			v.Holds = d.Holds.RunName()
		}
		if d.Retired != nil && slices.Contains(uses, device.ForCopy) {
			uses, refusal = nil, &device.Refusal{Reason: device.Reason(reconciler.DriveRetired), Message: l.Path + " is retired", Remedy: "use another drive; `s3export drive describe " + d.Key + "` says why"}
		}
	}
	v.Uses = append([]device.Purpose{}, uses...) // [], not null
	if refusal != nil {
		v.Refusal = &refusalView{refusal.Reason, refusal.Message, refusal.Remedy}
	}
	return v
}

// selectorView is a selector as a spec writes it.
func selectorView(s device.Selector) map[string]string {
	for field, value := range map[string]string{"serial": s.Serial, "wwn": s.WWN, "byID": s.ByID} {
		if value != "" {
			return map[string]string{field: value}
		}
	}
	return nil
}

// pickDevices returns those that are named, all without names.
func pickDevices(views []deviceView, names []string) ([]deviceView, error) {
	if len(names) == 0 {
		return views, nil
	}
	var picked []deviceView
	for _, name := range names {
		found := slices.DeleteFunc(slices.Clone(views), func(v deviceView) bool { return !v.isCalled(name) })
		if len(found) == 0 {
			return nil, fail(exitUsage, "NoDevice", fmt.Sprintf("no disk is called %q", name), "plug it in; `s3export get devices` lists those that are here")
		}
		picked = append(picked, found...)
	}
	return picked, nil
}

func (v deviceView) isCalled(name string) bool {
	names := append([]string{v.Path, v.kernelName(), v.Identity.Serial, v.Identity.WWN}, v.Hardware.ByID...)
	for _, link := range v.Hardware.ByID {
		names = append(names, "/dev/disk/by-id/"+link)
	}
	return name != "" && slices.Contains(names, name)
}

func (v deviceView) kernelName() string { return v.Path[strings.LastIndexByte(v.Path, '/')+1:] }

func (a *app) showDevices(views []deviceView, bare bool) error {
	switch a.output {
	case "json", "yaml":
		if views == nil {
			views = []deviceView{} // [], not null
		}
		return encode(a.stdout, a.output, list{APIVersion: specs.APIVersion, Kind: "DeviceList", Items: views})
	case "name":
		for _, v := range views {
			_, _ = fmt.Fprintf(a.stdout, "device/%s\n", v.kernelName())
		}
		return nil
	}
	if err := devicesTable(a.stdout, views, a.output == "wide", bare); err != nil {
		return err
	}
	for _, v := range views {
		if v.Content == nil && !v.Use.System {
			a.say("%s: %s\n  what to do: %s", v.Path, printable(strings.TrimPrefix(v.Refusal.Message, v.Path+" ")), v.Refusal.Remedy)
		}
	}
	return nil
}

func devicesTable(out io.Writer, views []deviceView, wide, bare bool) error {
	w := tabwriter.NewWriter(out, 0, 8, 2, ' ', 0)
	if !bare {
		text := "PATH\tSIZE\tMODEL\tSERIAL\tTRANSPORT\tHOLDS\tMAY BE USED FOR"
		if wide {
			text += "\tWWN\tSECTORS\tSELECT BY\tLINKS"
		}
		_, _ = fmt.Fprintln(w, text)
	}
	for _, v := range views {
		size := "-"
		if v.Identity.Size > 0 {
			size = device.FormatSize(v.Identity.Size)
		}
		cells := []string{v.Path, size, v.Model, v.Identity.Serial, string(v.Hardware.Transport), v.holds(), v.uses()}
		if wide {
			cells = append(cells, v.Identity.WWN, v.sectors(), v.selectBy(), strings.Join(append(slices.Clone(v.Hardware.ByID), v.Hardware.ByPath...), " "))
		}
		for i, c := range cells {
			cells[i] = dash(printable(c))
		}
		_, _ = fmt.Fprintln(w, strings.Join(cells, "\t"))
	}
	return w.Flush()
}

// holds says what is on it, our own name of it first.
func (v deviceView) holds() string {
	switch {
	case v.Content == nil:
		return "?"
	case v.Content.Blank && v.Content.Found != "":
		return "nothing but " + v.Content.Found
	case v.Content.Blank:
		return "nothing, it is blank"
	case v.Holds != "":
		return v.Holds + ": " + v.Content.Found
	default:
		return v.Content.Found
	}
}

// uses says what it may be used for, and why not for a new copy.
func (v deviceView) uses() string {
	if v.Refusal == nil {
		return "a new copy"
	}
	why := strings.TrimPrefix(v.Refusal.Message, v.Path+" ")
	switch v.Refusal.Reason {
	case device.DeviceForeign:
		why = "is not blank"
	case device.DeviceLocked:
		why = "has no medium: a drive with a PIN shows none until it is unlocked"
	default:
	}
	if slices.Contains(v.Uses, device.ForProof) {
		return "verify; no new copy: it " + why
	}
	return "nothing: it " + why
}

func (v deviceView) sectors() string {
	h := v.Hardware
	if h.LogicalSector == 0 {
		return ""
	}
	return fmt.Sprintf("%d/%d", h.LogicalSector, h.PhysicalSector)
}

// selectBy is a line for spec.device.
func (v deviceView) selectBy() string {
	for field, value := range v.Selector {
		return fmt.Sprintf("%s: %q", field, value)
	}
	return ""
}

// printable makes text that a device tells of itself fit for a terminal and a table.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return '?'
		}
		return r
	}, text)
}

// completeDevices completes the paths of disks. Nothing is read of them.
func (a *app) completeDevices(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	paths, err := a.disks().Paths()
	if err != nil {
		return nil, cobra.ShellCompDirectiveError
	}
	return paths, cobra.ShellCompDirectiveNoFileComp
}
