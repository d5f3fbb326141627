package specs_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/specs"
	"github.com/cargomedia/s3export/specs/manifest"
	"github.com/cargomedia/s3export/specs/secret"
)

const (
	serial = "WD-WCC4E0000000"
	mark   = "s3export/v1 photos-a 1 0011223344556677"
)

func on(device string) specs.Document {
	GinkgoHelper()
	return decodeOne(strings.Replace(minimal(), "serial: "+serial, device, 1))
}

func resolved(value string) manifest.Resolve {
	return func(_ context.Context, s secret.Source) (secret.Value, error) {
		if s.Name() != "credential:photos-pin" {
			return secret.Value{}, errors.New("not that one")
		}
		return secret.NewValue(value), nil
	}
}

var _ = Describe("Document", func() {
	DescribeTable("names its device",
		func(device, selector, id string) {
			d := on(device)
			Expect(d.Selector()).To(Equal(selector))
			Expect(d.DeviceID()).To(Equal(id))
		},
		Entry("serial", "serial: WD-1", "serial=WD-1", "WD-1"),
		Entry("WWN", `wwn: "0x50014EE2B5E7A1C3"`, "wwn=0x50014ee2b5e7a1c3", ""),
		Entry("WWN as sysfs has it", "wwn: naa.50014ee2b5e7a1c3", "wwn=0x50014ee2b5e7a1c3", ""),
		Entry("NVMe", "wwn: eui.0025385b71b0a1c3", "wwn=eui.0025385b71b0a1c3", ""),
		Entry("link", "byID: ata-WDC_WD40-WCC4E1", "byID=ata-WDC_WD40-WCC4E1", ""),
		Entry("image", "image: ./drives/a.img", "image=a.img", "IMG-photos-a"),
	)

	It("gives the provider's settings", func() {
		d := decodeOne(strings.Replace(minimal(), "region: us-east-1",
			"region: us-west-2, profile: p, endpoint: http://127.0.0.1:1, s3Endpoint: http://127.0.0.1:2", 1))
		Expect(d.Service()).To(Equal(specs.Service{Region: "us-west-2", Profile: "p", Endpoint: "http://127.0.0.1:1", S3Endpoint: "http://127.0.0.1:2"}))
		Expect(specs.Document{}.Service()).To(BeZero())
	})

	It("renders the manifest with mark, id and secrets, and shows it without", func() {
		d := decodeOne(minimal())
		text, err := d.ManifestFor(context.Background(), serial, mark, resolved("0123"))
		Expect(err).NotTo(HaveOccurred())
		Expect(text.Reveal()).To(And(
			HavePrefix("manifestVersion: 2.0\ngenerator: "+mark+"\ndeviceId: "+serial+"\nfileSystem: EXT4\n"),
			ContainSubstring("    targetDirectory: photos\n"), ContainSubstring(`pinCode: "0123"`)))
		shown, err := d.ShownManifest(serial, mark)
		Expect(err).NotTo(HaveOccurred())
		Expect(shown).To(Equal(strings.Replace(text.Reveal(), `"0123"`, "<redacted>", 1)))
		Expect(d.SecretSources()).To(HaveLen(1))
		Expect(fmt.Sprintf("%v %+v %#v", text, d, d)).NotTo(ContainSubstring("0123"))
	})

	It("has the digest that the service's copy has", func() {
		d := decodeOne(minimal())
		text, err := d.ManifestFor(context.Background(), serial, mark, resolved("0123"))
		Expect(err).NotTo(HaveOccurred())
		kept, _, err := manifest.Parse([]byte(text.Reveal()))
		Expect(err).NotTo(HaveOccurred())
		Expect(manifest.Digest(kept)).To(Equal(d.ManifestDigest(serial)))
		Expect(d.ManifestDigest("")).To(BeEmpty())
	})

	It("does not send a manifest for another drive, or for none", func() {
		d := decodeOne(strings.Replace(minimal(), "    logBucket", "    deviceId: "+serial+"\n    logBucket", 1))
		_, err := d.ManifestFor(context.Background(), "other", mark, resolved("0123"))
		Expect(err).To(MatchError(ContainSubstring("plug in the right drive")))
		_, err = on(`wwn: "0x50014ee2b5e7a1c3"`).ManifestFor(context.Background(), "", mark, resolved("0123"))
		Expect(err).To(MatchError(ContainSubstring("plug the drive in")))
	})

	It("names the secret that cannot be read, never its value", func() {
		broken := errors.New("no such credential")
		_, err := decodeOne(minimal()).ManifestFor(context.Background(), serial, mark,
			func(context.Context, secret.Source) (secret.Value, error) { return secret.Value{}, broken })
		Expect(err).To(MatchError(broken))
		Expect(err).To(MatchError(ContainSubstring("credential:photos-pin")))
	})
})

var _ = Describe("manifestFrom", func() {
	load := func() specs.Document {
		GinkgoHelper()
		docs, err := specs.Load([]string{"../examples/existing-manifest/backup.yaml"}, specs.Options{})
		Expect(err).NotTo(HaveOccurred())
		return docs[0]
	}
	const id = "WD-WCC4E0000004"

	It("keeps every byte but the generator", func() {
		original, err := os.ReadFile("../examples/existing-manifest/manifest")
		Expect(err).NotTo(HaveOccurred())
		d := load()
		text, err := d.ManifestFor(context.Background(), id, mark, nil)
		Expect(err).NotTo(HaveOccurred())
		Expect(text.Reveal()).To(Equal("generator:" + mark + "\r\n" + string(original)))
		Expect(d.ShownManifest(id, mark)).To(And(ContainSubstring("pinCode:<redacted>\r\n"), Not(ContainSubstring("write-the-PIN"))))
		Expect(d.Operations()[0].TargetDirectory).To(Equal("music"))
		Expect(d.DeviceID()).To(Equal(id))
		kept, _, err := manifest.Parse([]byte(text.Reveal()))
		Expect(err).NotTo(HaveOccurred())
		Expect(manifest.Digest(kept)).To(Equal(d.ManifestDigest(id)))
	})

	It("refuses a manifest for another drive", func() {
		_, err := load().ManifestFor(context.Background(), "other", mark, nil)
		Expect(err).To(MatchError(ContainSubstring("plug in the right drive")))
	})

	It("warns of the secret, without it, and of AWS's style", func() {
		var told []string
		for _, w := range load().Warnings {
			told = append(told, w.Error())
		}
		Expect(told).To(HaveLen(2))
		Expect(told).To(ContainElement(HavePrefix(filepath.Join("..", "examples", "existing-manifest", "manifest") + ":6: ")))
		Expect(strings.Join(told, "")).NotTo(ContainSubstring("write-the-PIN"))
	})

	It("changes the document's digest with the options, not with the secret", func() {
		dir := GinkgoT().TempDir()
		spec, err := os.ReadFile("../examples/existing-manifest/backup.yaml")
		Expect(err).NotTo(HaveOccurred())
		text, err := os.ReadFile("../examples/existing-manifest/manifest")
		Expect(err).NotTo(HaveOccurred())
		digest := func(from, to string) string {
			GinkgoHelper()
			changed := strings.Replace(string(text), from, to, 1)
			Expect(os.WriteFile(filepath.Join(dir, "manifest"), []byte(changed), 0o600)).To(Succeed())
			docs, err := specs.Decode(filepath.Join(dir, "a.yaml"), spec, specs.Options{})
			Expect(err).NotTo(HaveOccurred())
			return docs[0].Digest
		}
		same := digest("x", "x")
		Expect(same).To(Equal(load().Digest))
		Expect(digest("write-the-PIN-here", "1234")).To(Equal(same))
		Expect(digest("albums/", "singles/")).NotTo(Equal(same))
	})
})

var _ = Describe("quantities", func() {
	DescribeTable("Size", func(size specs.Size, want int64, exact bool) {
		got, isExact, err := size.Parse()
		if want < 0 {
			Expect(err).To(HaveOccurred())
			return
		}
		Expect(err).NotTo(HaveOccurred())
		Expect(got).To(Equal(want))
		Expect(isExact).To(Equal(exact))
	},
		Entry(nil, specs.Size(""), int64(0), false),
		Entry(nil, specs.Size("512110190592"), int64(512110190592), true),
		Entry(nil, specs.Size("4TB"), int64(4e12), false),
		Entry(nil, specs.Size("1.5kB"), int64(1500), false),
		Entry(nil, specs.Size("256MiB"), int64(256<<20), false),
		Entry(nil, specs.Size("931.5GiB"), int64(1000190509056), false),
		Entry(nil, specs.Size("2TiB"), int64(2<<40), false),
		Entry("no unit", specs.Size("4T"), int64(-1), false),
		Entry("space", specs.Size("4 TB"), int64(-1), false),
		Entry("case", specs.Size("4tb"), int64(-1), false),
		Entry("zero", specs.Size("0TB"), int64(-1), false),
		Entry("part of a byte", specs.Size("1.5"), int64(-1), false),
		Entry("too large", specs.Size("99999999TB"), int64(-1), false),
		Entry("negative", specs.Size("-4TB"), int64(-1), false),
	)

	DescribeTable("Duration", func(duration specs.Duration, want time.Duration) {
		got, err := duration.Parse()
		if want < 0 {
			Expect(err).To(HaveOccurred())
			return
		}
		Expect(err).NotTo(HaveOccurred())
		Expect(got).To(Equal(want))
	},
		Entry(nil, specs.Duration(""), time.Duration(0)), Entry(nil, specs.Duration("90d"), 2160*time.Hour),
		Entry(nil, specs.Duration("1d12h"), 36*time.Hour), Entry(nil, specs.Duration("90m"), 90*time.Minute),
		Entry(nil, specs.Duration("1.5h"), 90*time.Minute), Entry(nil, specs.Duration("0d"), time.Duration(-1)),
		Entry(nil, specs.Duration("-1d"), time.Duration(-1)), Entry(nil, specs.Duration("90"), time.Duration(-1)),
		Entry(nil, specs.Duration("3w"), time.Duration(-1)), Entry(nil, specs.Duration("999999d"), time.Duration(-1)),
		Entry(nil, specs.Duration("106751d23h59m"), time.Duration(-1)),
	)
})
