package page_test

import (
	"math"
	"os"
	"regexp"
	"strconv"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// palette reads the colors of a block of the style.
func palette(css string) map[string]string {
	colors := map[string]string{}
	for _, m := range regexp.MustCompile(`--(\w+): (#[0-9a-f]{6});`).FindAllStringSubmatch(css, -1) {
		colors[m[1]] = m[2]
	}
	return colors
}

// luminance and contrast are those of WCAG 2.2.
func luminance(color string) float64 {
	GinkgoHelper()
	n, err := strconv.ParseUint(strings.TrimPrefix(color, "#"), 16, 32)
	Expect(err).NotTo(HaveOccurred(), color)
	linear := func(shift int) float64 {
		c := float64(n>>shift&0xff) / 255
		if c <= 0.04045 {
			return c / 12.92
		}
		return math.Pow((c+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(16) + 0.7152*linear(8) + 0.0722*linear(0)
}

func contrast(a, b string) float64 {
	la, lb := luminance(a), luminance(b)
	return (max(la, lb) + 0.05) / (min(la, lb) + 0.05)
}

var _ = Describe("the style", func() {
	css, err := os.ReadFile("style.css")
	light, rest, found := strings.Cut(string(css), "@media screen and (prefers-color-scheme: dark)")
	dark, _, _ := strings.Cut(rest, "* {")

	It("has a light and a dark palette", func() {
		Expect(err).NotTo(HaveOccurred())
		Expect(found).To(BeTrue())
		Expect(palette(light)).To(HaveLen(10))
		Expect(palette(dark)).To(HaveLen(10))
	})

	It("is readable in both, as WCAG AA asks", func() {
		for name, p := range map[string]map[string]string{"light": palette(light), "dark": palette(dark)} {
			for _, ground := range []string{"paper", "panel"} {
				for _, ink := range []string{"ink", "soft", "good", "bad", "open"} {
					Expect(contrast(p[ink], p[ground])).To(BeNumerically(">=", 4.5), "%s: %s on %s", name, ink, ground)
				}
				for _, shape := range []string{"bar", "control", "bad"} {
					Expect(contrast(p[shape], p[ground])).To(BeNumerically(">=", 3), "%s: %s on %s", name, shape, ground)
				}
			}
		}
	})

	It("names no color outside of its palettes, and loads nothing", func() {
		body := string(css)[strings.Index(string(css), "* {"):]
		Expect(body).NotTo(MatchRegexp(`#[0-9a-fA-F]{3,8}\b|rgb|hsl|url\(|@import`))
		Expect(string(css)).NotTo(MatchRegexp(`[<&]`), "it stands in XML")
	})
})
