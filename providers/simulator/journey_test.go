package simulator_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/device"
	"github.com/cargomedia/s3export/providers/simulator"
	"github.com/cargomedia/s3export/providers/simulator/store"
	"github.com/cargomedia/s3export/providers/simulator/warehouse"
)

var _ = Describe("A parcel's journey", func() {
	It("brings back a drive with the files of the manifest", func(ctx context.Context) {
		w := newWorld()
		id, image := w.signed(ctx, manifestText)
		w.put(ctx, "2026/a", "first")
		w.put(ctx, "2026/b/c", "second")
		w.put(ctx, "2026//odd", "third")
		w.put(ctx, "2025/old", "not wanted")
		_, before := files(ctx, image)

		p, err := w.Ship(ctx, id, image)
		Expect(err).NotTo(HaveOccurred())
		Expect(p.Away).To(Equal(image + ".at-aws"))
		Expect(image).NotTo(BeAnExistingFile())
		Expect(w.codes(ctx, id)).To(Equal("NotReceived Pending"))
		w.to(ctx, id, warehouse.Received)
		Expect(w.codes(ctx, id)).To(Equal("AtAWS Pending"))
		w.to(ctx, id, warehouse.Loading)
		Expect(w.codes(ctx, id)).To(Equal("AtAWS InProgress"))
		_, body, _ := w.send(ctx, "CancelJob", "JobId", id)
		Expect(element(body, "Code")).To(Equal("UnableToCancelJobIdException"))
		w.to(ctx, id, warehouse.Loaded)
		Expect(w.codes(ctx, id)).To(Equal("AtAWS Complete"))
		Expect(image).NotTo(BeAnExistingFile())
		a, err := w.Advance(ctx, 3*24*time.Hour)
		Expect(err).NotTo(HaveOccurred())
		Expect(a.Events).To(HaveLen(1))
		Expect(a.Now).To(BeTemporally("==", start.Add(9*24*time.Hour)))
		Expect(w.codes(ctx, id)).To(Equal("Returned Complete"))

		body = w.call(ctx, "GetStatus", "JobId", id)
		Expect(element(body, "Carrier")).To(Equal("UPS"))
		Expect(element(body, "TrackingNumber")).To(MatchRegexp(`^1Z\d{16}$`))
		Expect(element(body, "LogKey")).To(Equal("exports/export-log-" + id))
		Expect(element(body, "ErrorCount")).To(Equal("0"))
		Expect(strings.Split(w.get(ctx, "logs", "exports/export-log-"+id), "\n")[1]).To(MatchRegexp(
			`^Sun Nov  8 12:00:00 UTC 2026\t/EXPORT-RECOVERY/0000/0000\t200\tOK\t/photos/2026//odd\t[0-9a-f]{32}\t5$`))

		all, after := files(ctx, image)
		Expect(all).To(Equal(map[string]string{
			"lost+found/": "", "copy/": "", "copy/2026/": "", "copy/2026/b/": "", "EXPORT-RECOVERY/": "", "EXPORT-RECOVERY/0000/": "",
			"copy/2026/a": "first @2026-11-02 12:00:00", "copy/2026/b/c": "second @2026-11-02 12:00:00",
			"EXPORT-RECOVERY/0000/0000": "third @2026-11-02 12:00:00",
		}))
		Expect(after.Content.Partitions).To(Equal(before.Content.Partitions))
		Expect(after.Content.FileSystem.Label).To(Equal("AWS-" + id))
		Expect(after.Content.FileSystem.UUID).NotTo(Equal(before.Content.FileSystem.UUID))
		Expect(after.Relation(volumeID)).To(Equal(device.Foreign))
		state, err := w.State(ctx)
		Expect(err).NotTo(HaveOccurred())
		Expect(state.Parcels[0].Stage).To(Equal(warehouse.Returned))
		Expect(state.Parcels[0].Due.IsZero()).To(BeTrue())
	})

	It("gives back rotten files as it was told, while the log says OK", func(ctx context.Context) {
		w := newWorld()
		id, image := w.signed(ctx, manifestText)
		for i := range 10 {
			w.put(ctx, fmt.Sprintf("2026/%d", i), "content")
		}
		Expect(w.SetFaults(ctx, simulator.Faults{Rot: warehouse.Rot{Corrupt: 2, MissingKeys: []string{"photos/2026/3"}}})).To(Succeed())
		_, err := w.Ship(ctx, id, image)
		Expect(err).NotTo(HaveOccurred())
		w.to(ctx, id, warehouse.Returned)
		Expect(w.codes(ctx, id)).To(Equal("Returned Complete"))
		all, _ := files(ctx, image)
		good := 0
		for _, content := range all {
			if strings.HasPrefix(content, "content @") {
				good++
			}
		}
		Expect(good).To(Equal(7))
		Expect(all).NotTo(HaveKey("copy/2026/3"))
		state, err := w.State(ctx)
		Expect(err).NotTo(HaveOccurred())
		Expect(state.Parcels[0].Spoiled).To(HaveLen(3))
	})

	It("stops when the drive is full, in order, and the file system stays sound", func(ctx context.Context) {
		w := newWorld()
		id, image := w.signed(ctx, manifestText)
		big := strings.Repeat("x", 3<<20)
		for i := range 9 {
			w.put(ctx, fmt.Sprintf("2026/%d", i), big)
		}
		w.put(ctx, "2026/z", "small")
		_, err := w.Ship(ctx, id, image)
		Expect(err).NotTo(HaveOccurred())
		w.to(ctx, id, warehouse.Returned)
		Expect(w.codes(ctx, id)).To(Equal("Returned SuccessWithErrors"))
		all, _ := files(ctx, image)
		Expect(all).To(HaveKey("copy/2026/4"))
		Expect(all).NotTo(HaveKey("copy/2026/z"))
		log := strings.TrimSpace(w.get(ctx, "logs", "exports/export-log-"+id))
		Expect(log[strings.LastIndex(log, "\n"):]).To(ContainSubstring("\t507\tDeviceFull\t/photos/2026/"))
		expectSound(ctx, image)
	})

	It("gives back a container with TrueCrypt, which its password opens", func(ctx context.Context) {
		w := newWorld()
		text := strings.Replace(manifestText, "pinCode", "trueCryptPassword", 1)
		password := regexp.MustCompile(`trueCryptPassword: *(\S+)`).FindStringSubmatch(text)[1]
		id, image := w.signed(ctx, text)
		w.put(ctx, "2026/a", "first")
		w.put(ctx, "2026/b/c", "second")
		_, err := w.Ship(ctx, id, image)
		Expect(err).NotTo(HaveOccurred())
		w.to(ctx, id, warehouse.Returned)
		Expect(w.codes(ctx, id)).To(Equal("Returned Complete"))
		outside, state := files(ctx, image)
		Expect(outside).To(And(HaveLen(2), HaveKey(id+".tc"), HaveKey("lost+found/")))
		Expect(state.Content.FileSystem.Label).To(Equal("AWS-" + id))
		expectSound(ctx, image)
		for _, container := range []string{"", id + ".tc", "other.tc"} {
			inside := filesWith(ctx, image, device.PasswordKey(password, container))
			Expect(inside).To(HaveKey("copy/2026/b/c"))
			Expect(inside["copy/2026/a"]).To(HavePrefix("first @"))
		}
		var e *device.Error
		_, err = device.New(device.Options{}).Open(ctx, device.Selector{Image: image}, device.PasswordKey("wrong "+password, ""))
		Expect(errors.As(err, &e)).To(BeTrue(), "%v", err)
		Expect(e.Reason).To(Equal(device.PasswordWrong))
		Expect(e.Error() + e.Remedy).NotTo(ContainSubstring(password))
		_, err = device.New(device.Options{}).Open(ctx, device.Selector{Image: image}, device.PasswordKey("", id+".tc"))
		Expect(errors.As(err, &e)).To(BeTrue(), "%v", err)
		Expect(e.Reason).To(Equal(device.PasswordNeeded))
	})

	It("fills a container as far as it goes, and the drive around it stays sound", func(ctx context.Context) {
		w := newWorld()
		id, image := w.signed(ctx, strings.Replace(manifestText, "pinCode", "trueCryptPassword", 1))
		big := strings.Repeat("x", 3<<20)
		for i := range 9 {
			w.put(ctx, fmt.Sprintf("2026/%d", i), big)
		}
		_, err := w.Ship(ctx, id, image)
		Expect(err).NotTo(HaveOccurred())
		w.to(ctx, id, warehouse.Returned)
		Expect(w.codes(ctx, id)).To(Equal("Returned SuccessWithErrors"))
		expectSound(ctx, image)
	})

	It("leaves out what only a key of the customer's opens, and logs it", func(ctx context.Context) {
		w := newWorld(func(o *simulator.Options) {
			o.Fill = func(s *store.Store) error {
				if err := s.CreateBucket("photos", store.BucketOptions{}); err != nil {
					return err
				}
				_, err := s.Put("photos", "2026/b", strings.NewReader("secret"), store.PutOptions{
					Attributes: store.Attributes{Encryption: store.EncryptionCustomer, CustomerKeyMD5: "any"},
				})
				return err
			}
		})
		Expect(w.CreateBucket(ctx, simulator.Bucket{Name: "logs"})).To(Succeed())
		w.put(ctx, "2026/a", "open")
		id, image := w.another(ctx, manifestText)
		_, err := w.Ship(ctx, id, image)
		Expect(err).NotTo(HaveOccurred())
		w.to(ctx, id, warehouse.Returned)
		Expect(w.codes(ctx, id)).To(Equal("Returned SuccessWithErrors"))
		all, _ := files(ctx, image)
		Expect(all).To(HaveKey("copy/2026/a"))
		Expect(all).NotTo(HaveKey("copy/2026/b"))
		Expect(w.get(ctx, "logs", "exports/export-log-"+id)).To(MatchRegexp(`\t\t400\tInvalidRequest\t/photos/2026/b\t`))
	})

	DescribeTable("ends without a load",
		func(ctx context.Context, size int64, signature, text, code, problem string) {
			w := newWorld()
			w.buckets(ctx)
			id := w.create(ctx, text)
			var image string
			if size > 0 {
				image = drive(ctx, size, signature)
			} else {
				image = filepath.Join(GinkgoT().TempDir(), "blank.img")
				Expect(os.WriteFile(image, make([]byte, 4<<20), 0o600)).To(Succeed())
			}
			_, err := w.Ship(ctx, id, image)
			Expect(err).NotTo(HaveOccurred())
			a, err := w.AdvanceTo(ctx, id, string(warehouse.Loaded))
			Expect(err).NotTo(HaveOccurred())
			if problem == "" {
				Expect(a.Err()).NotTo(HaveOccurred())
			} else {
				Expect(a.Err()).To(MatchError(ContainSubstring(problem)))
			}
			Expect(w.codes(ctx, id)).To(Equal("AtAWS " + code))
			_, err = w.AdvanceTo(ctx, id, string(warehouse.Returned))
			Expect(err).NotTo(HaveOccurred())
			Expect(w.codes(ctx, id)).To(Equal("Returned " + code))
			Expect(image).To(BeAnExistingFile())
		},
		Entry("no SIGNATURE", int64(32<<20), "", manifestText, "MissingSignature", ""),
		Entry("another SIGNATURE", int64(32<<20), "version:2.0\n", manifestText, "InvalidSignature", ""),
		Entry("a blank disk", int64(0), "", manifestText, "UnsupportedFileFormat", ""),
		Entry("NTFS", int64(32<<20), "x", strings.Replace(manifestText, "EXT4", "NTFS", 1), "UnsupportedFileFormat", "not play file system NTFS"),
	)

	It("gives back unprocessed what was canceled on the way, or came too late", func(ctx context.Context) {
		w := newWorld()
		id, image := w.signed(ctx, manifestText)
		late := w.create(ctx, manifestText)
		_, before := files(ctx, image)
		_, err := w.Ship(ctx, id, image)
		Expect(err).NotTo(HaveOccurred())
		w.call(ctx, "CancelJob", "JobId", id)
		w.to(ctx, id, warehouse.Returned)
		Expect(w.codes(ctx, id)).To(Equal("Returned Canceled"))
		_, after := files(ctx, image)
		Expect(after.Content.Fingerprint).To(Equal(before.Content.Fingerprint))
		_, err = w.Advance(ctx, 22*24*time.Hour)
		Expect(err).NotTo(HaveOccurred())
		_, err = w.Ship(ctx, late, image)
		Expect(err).NotTo(HaveOccurred())
		w.to(ctx, late, warehouse.Received)
		Expect(w.codes(ctx, late)).To(Equal("AtAWS Expired"))
	})

	It("says what went wrong with a load of its own", func(ctx context.Context) {
		w := newWorld(func(o *simulator.Options) {
			o.Build = func(context.Context, string, int64, warehouse.Volume) error { return errors.New("mkfs is broken") }
		})
		id, image := w.signed(ctx, manifestText)
		_, err := w.Ship(ctx, id, image)
		Expect(err).NotTo(HaveOccurred())
		a, err := w.AdvanceTo(ctx, id, string(warehouse.Returned))
		Expect(err).NotTo(HaveOccurred())
		Expect(a.Err()).To(MatchError(ContainSubstring("mkfs is broken")))
		Expect(w.codes(ctx, id)).To(Equal("Returned DeviceError"))
		Expect(image).To(BeAnExistingFile())
	})

	It("never replaces a file that took the drive's name meanwhile", func(ctx context.Context) {
		w := newWorld()
		id, image := w.signed(ctx, manifestText)
		_, err := w.Ship(ctx, id, image)
		Expect(err).NotTo(HaveOccurred())
		Expect(os.WriteFile(image, []byte("mine"), 0o600)).To(Succeed())
		a, err := w.AdvanceTo(ctx, id, string(warehouse.Returned))
		Expect(err).NotTo(HaveOccurred())
		Expect(a.Err()).To(MatchError(ContainSubstring(".at-aws")))
		Expect(os.ReadFile(image)).To(BeEquivalentTo("mine"))
		Expect(image + ".at-aws").To(BeAnExistingFile())
	})

	It("refuses what cannot be shipped", func(ctx context.Context) {
		w := newWorld()
		id, image := w.signed(ctx, manifestText)
		text := filepath.Join(GinkgoT().TempDir(), "notes")
		Expect(os.WriteFile(text, []byte("no disk"), 0o600)).To(Succeed())
		refused := func(job, path, reason string) {
			GinkgoHelper()
			_, err := w.Ship(ctx, job, path)
			var e *simulator.ControlError
			Expect(errors.As(err, &e)).To(BeTrue())
			Expect(e.Reason).To(Equal(reason))
			Expect(e.Remedy).NotTo(BeEmpty())
		}
		refused("ZZZZZ", image, "NoSuchJob")
		refused(id, image+".gone", "NoDevice")
		refused(id, "drive.img", "NoDevice")
		refused(id, text, "NoDevice")
		refused(id, "/dev/null", "NoDevice")
		Expect(os.WriteFile(image+".at-aws", nil, 0o600)).To(Succeed())
		refused(id, image, "DeviceBusy")
		Expect(os.Remove(image + ".at-aws")).To(Succeed())
		_, err := w.AdvanceTo(ctx, id, string(warehouse.Received))
		Expect(err).To(MatchError(ContainSubstring("no device was shipped")))
		_, err = w.Ship(ctx, id, image)
		Expect(err).NotTo(HaveOccurred())
		refused(id, image, "AlreadyShipped")
		_, err = w.AdvanceTo(ctx, id, "nowhere")
		Expect(err).To(HaveOccurred())
	})
})
