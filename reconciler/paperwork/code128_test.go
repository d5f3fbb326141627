package paperwork_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/reconciler/paperwork"
)

// read decodes the widths of bars and spaces, as a scanner does it.
func read(widths []int) (string, error) {
	values, err := values(widths)
	if err != nil {
		return "", err
	}
	last := len(values) - 2 // of the check symbol
	if last < 1 || values[last+1] != 106 {
		return "", errors.New("no stop")
	}
	sum := values[0]
	for i, v := range values[1:last] {
		sum += (i + 1) * v
	}
	if sum%103 != values[last] {
		return "", fmt.Errorf("check symbol %d, want %d", values[last], sum%103)
	}
	set := map[int]rune{103: 'A', 104: 'B', 105: 'C'}[values[0]]
	var b strings.Builder
	for _, v := range values[1:last] {
		switch {
		case set == 'C' && v < 100:
			fmt.Fprintf(&b, "%02d", v)
		case set == 'B' && v < 96:
			b.WriteByte(byte(v) + ' ')
		case set == 'C' && v == 100:
			set = 'B'
		case set == 'B' && v == 99:
			set = 'C'
		default:
			return "", fmt.Errorf("symbol %d in set %c", v, set)
		}
	}
	return b.String(), nil
}

func values(widths []int) ([]int, error) {
	byPattern := map[string]int{}
	for v, pattern := range paperwork.Patterns() {
		byPattern[pattern] = v
	}
	var all []int
	for len(widths) > 0 {
		n := min(6, len(widths))
		if len(widths) == 7 {
			n = 7
		}
		pattern := ""
		for _, w := range widths[:n] {
			pattern += fmt.Sprint(w)
		}
		v, ok := byPattern[pattern]
		if !ok {
			return nil, fmt.Errorf("no symbol is %s", pattern)
		}
		all = append(all, v)
		widths = widths[n:]
	}
	return all, nil
}

func modules(widths []int) string {
	var b strings.Builder
	for i, w := range widths {
		b.WriteString(strings.Repeat(string("10"[i%2]), w))
	}
	return b.String()
}

var _ = Describe("Code 128", func() {
	// The vectors are modules that another encoder gave.
	DescribeTable("draws",
		func(text, want string) {
			widths, err := paperwork.Code128(text)
			Expect(err).NotTo(HaveOccurred())
			Expect(modules(widths)).To(Equal(want))
			Expect(read(widths)).To(Equal(text))
		},
		Entry(nil, "EX1ID", "110100100001000110100011100010110100111001101100010001010110001000110110110001100011101011"),
		Entry(nil, "PJJ123C", "1101001000011101110110101101110001011011100010011100110110011100101100101110010001000110111010001101100011101011"),
		Entry(nil, "123456", "11010011100101100111001000101100011100010110100011011101100011101011"),
		Entry("by hand", "00", "11010011100"+"11011001100"+"11001100110"+"1100011101011"),
		Entry(nil, "S3YZNB0K123456A", "110100100001101110100011001011100111011010001110110001010111000110100010110001001110110010110001110101110111101011001110010001011000111000101101011110111010100011000110111000101100011101011"),
		Entry(nil, "WD-WCC4E000000", "11010010000111010001101011000100010011011100111010001101000100011010001000110110010011101000110100010111011110110110011001101100110011011001100110100010001100011101011"),
		Entry(nil, "A123456B", "1101001000010100011000101110111101011001110010001011000111000101101011110111010001011000101001111001100011101011"),
		Entry(nil, "Seagate 5TB~", "11010010000110111010001011001000010010110000100110100001001011000010011110100101100100001101100110011011100100110111000101000101100010001011110100110000101100011101011"),
		Entry(nil, "IMG-photos-full", "11010010000110001000101011101100011010001000100110111001010011110010011000010100011110101001111010010001111010101111001001001101110010110000100100111100101100101000011001010000111010110001100011101011"),
	)

	It("knows its symbols", func() {
		seen := map[string]bool{}
		for v, pattern := range paperwork.Patterns() {
			sum, bars := 0, 0
			for i, digit := range pattern {
				sum += int(digit - '0')
				if i%2 == 0 {
					bars += int(digit - '0')
				}
			}
			if v == 106 {
				Expect(pattern).To(Equal("2331112"))
				continue
			}
			Expect(pattern).To(HaveLen(6))
			Expect(sum).To(Equal(11), pattern)
			Expect(bars%2).To(BeZero(), pattern)
			Expect(seen).NotTo(HaveKey(pattern))
			seen[pattern] = true
		}
		Expect(seen).To(HaveLen(106))
	})

	It("spends no symbol in vain", func() {
		for text, want := range map[string]int{
			"0": 1, "12": 1, "1234": 2, "12345": 4, "A1234": 4, "A12": 3, "A1234B": 6, "A123456B": 7, "A1234567": 6, "12345678A": 6,
		} {
			widths, err := paperwork.Code128(text)
			Expect(err).NotTo(HaveOccurred())
			Expect(read(widths)).To(Equal(text))
			Expect((len(widths)-7)/6-2).To(Equal(want), text)
		}
	})

	It("refuses what it cannot say", func() {
		for _, text := range []string{"", "ü", "a\tb", "\x7f"} {
			_, err := paperwork.Code128(text)
			Expect(err).To(HaveOccurred(), text)
		}
	})
})

func FuzzCode128(f *testing.F) {
	for _, seed := range []string{"EX1ID", "12345", "a1234567b12", " ", "000000~"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		widths, err := paperwork.Code128(text)
		ascii := text != "" && strings.Trim(text, printable()) == ""
		if (err == nil) != ascii {
			t.Fatalf("%q: %v", text, err)
		}
		if err != nil {
			return
		}
		if got, err := read(widths); err != nil || got != text {
			t.Fatalf("%q is read as %q: %v", text, got, err)
		}
	})
}

func printable() string {
	var b strings.Builder
	for c := byte(' '); c <= '~'; c++ {
		b.WriteByte(c)
	}
	return b.String()
}
