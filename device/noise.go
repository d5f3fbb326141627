package device

// noise tells data that look random from others. Encrypted volumes without a header,
// as of TrueCrypt and VeraCrypt, and what shred leaves, cannot be told from chance: in
// a page of 4096 bytes each of the 256 values comes about 16 times, and the sum of
// (count - 16)²/16 is 255 with a standard deviation of 22.6 (chi-squared with 255
// degrees of freedom).
type noise struct{ random, pages int }

// noisePages is how many pages are judged, and chiMost what a random page exceeds once
// in 20,000.
const (
	noisePages = 256
	chiMost    = 255 + 4*23
)

func (n *noise) add(page []byte) {
	if n.pages == noisePages || len(page) != scanPage {
		return
	}
	n.pages++
	var counts [256]int
	for _, b := range page {
		counts[b]++
	}
	chi := 0
	for _, c := range counts {
		d := c - scanPage/256
		chi += d * d
	}
	if chi/(scanPage/256) <= chiMost {
		n.random++
	}
}

// all reports whether what was seen is random: all pages but one in a hundred, of at
// least 16. Compressed data have headers and do not pass.
func (n *noise) all() bool { return n.pages >= 16 && n.random*100 >= n.pages*99 }
