package manifest_test

import (
	"strings"

	"pgregory.net/rapid"

	"github.com/cargomedia/s3export/specs/manifest"
	"github.com/cargomedia/s3export/specs/secret"
)

// texts draws what a YAML library could take for something else, and anything.
func texts() *rapid.Generator[string] {
	awkward := []string{
		"", "02134", "NO", "y", "1E234", "1.10", "012345678901", "2.0", "null", "~", "true", "2026-11-01", "12:30:45",
		"0x1F", "1_000", ".inf", "*star", "&and", "!bang", "%pct", "@at", "`tick", "- dash", "a: b", "a #b", "#c", "'q'",
		"\"dq\"", " lead", "trail ", "\ttab", "a\nb", "a\r\nb", "\u2028", "\u0085", "\uFEFF", "{a", "[a", "=", "<<", "---", "...",
		"Zürich", "東京", "😀", "| x", "> x", "\\", "? k", ": v", "x:y", "http://x",
	}
	return rapid.OneOf(
		rapid.SampledFrom(awkward),
		rapid.String(),
		rapid.StringMatching(`[ -~]{0,20}`),
	)
}

func manifests() *rapid.Generator[manifest.Manifest] {
	return rapid.Custom(func(t *rapid.T) manifest.Manifest {
		text := func(label string) string { return texts().Draw(t, label) }
		source := func(label string) *secret.Source {
			v := text(label)
			if v == "" {
				return nil
			}
			s := secret.Literal(secret.NewValue(v))
			return &s
		}
		m := manifest.Manifest{
			ManifestVersion: text("version"), Generator: text("generator"), DeviceID: text("device"),
			LogBucket: text("log"), LogPrefix: text("prefix"), PinCode: source("pin"), TrueCryptPassword: source("tc"),
		}
		for range rapid.IntRange(0, 3).Draw(t, "operations") {
			m.Operations = append(m.Operations, manifest.Operation{
				ExportBucket: text("bucket"), Prefix: text("prefix"), EndMarker: text("end"), TargetDirectory: text("target"),
			})
		}
		if rapid.Bool().Draw(t, "address") {
			m.ReturnAddress = &manifest.Address{Name: text("name"), PostalCode: text("postal"), PhoneNumber: text("phone")}
		}
		if rapid.Bool().Draw(t, "customs") {
			m.Customs = &manifest.Customs{
				DataDescription: text("data"), DeviceValue: text("value"),
				EncryptedData: rapid.SampledFrom([]manifest.YesNo{"", manifest.Yes, manifest.No}).Draw(t, "yn"),
			}
		}
		return m
	})
}

const spaceless = "\uFEFFmanifestVersion:2.0\r\n" +
	"# made by hand\r\n" +
	"deviceId:WD-1 # sticker\r\n" +
	"fileSystem:EXT4\r\n" +
	"logBucket:photos-logs\r\n" +
	"trueCryptPassword:hunter2 and more\r\n" +
	"targetDirectory:all\r\n" +
	"operations:\r\n" +
	"  - exportBucket:photos\r\n" +
	"    prefix:2026/\r\n" +
	"  - exportBucket:music\r\n" +
	"    targetDirectory:songs\r\n" +
	"returnAddress:\r\n" +
	"\tname:Jane Roe\r\n" +
	"\tstreet1:123 Any Street\r\n" +
	"\tstreet2:\r\n" +
	"\tpostalCode:02134\r\n" +
	"\tcountry:USA\r\n"

func lf(text string) string { return strings.ReplaceAll(text, "\r\n", "\n") }
