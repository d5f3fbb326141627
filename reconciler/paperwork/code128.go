package paperwork

import (
	"errors"
	"fmt"
)

// Symbol values of Code 128 that are no data.
// Source of values and patterns: ISO/IEC 15417:2007.
const (
	codeC  = 99 // in set B: two digits a symbol from here on
	codeB  = 100
	startB = 104
	startC = 105
	stop   = 106
)

// quietZone is the white that a reader wants on each side, in modules.
const quietZone = 10

// code128 returns the widths of bars and spaces in modules, a bar first and last,
// without quiet zones. The text is printable ASCII, 1 to any number of characters.
func code128(text string) ([]int, error) {
	values, err := symbols(text)
	if err != nil {
		return nil, err
	}
	sum := values[0]
	for i, v := range values[1:] {
		sum += (i + 1) * v
	}
	var widths []int
	for _, v := range append(values, sum%103, stop) {
		for _, digit := range patterns()[v] {
			widths = append(widths, int(digit-'0'))
		}
	}
	return widths, nil
}

// symbols returns the start symbol and the data. Set B writes a character a symbol,
// set C two digits; a change costs a symbol, so only longer runs of digits are worth it.
func symbols(text string) ([]int, error) {
	if text == "" {
		return nil, errors.New("an empty text has no bar code")
	}
	values := []int{startB}
	for i := 0; i < len(text); {
		pairs := worthOfC(text, i)
		if pairs == 0 {
			if text[i] < ' ' || text[i] > '~' {
				return nil, fmt.Errorf("a bar code holds printable ASCII, not the byte %#x", text[i])
			}
			values = append(values, int(text[i]-' '))
			i++
			continue
		}
		if i == 0 {
			values[0] = startC
		} else {
			values = append(values, codeC)
		}
		for ; pairs > 0; pairs, i = pairs-1, i+2 {
			values = append(values, int(text[i]-'0')*10+int(text[i+1]-'0'))
		}
		if i < len(text) {
			values = append(values, codeB)
		}
	}
	return values, nil
}

// worthOfC returns how many pairs of digits to write in set C from i on: it pays from
// two pairs on at an end of the text, where one change is saved, and from three within.
// An odd run leaves its first digit to set B, at the very start its last.
func worthOfC(text string, i int) int {
	run := 0
	for i+run < len(text) && text[i+run] >= '0' && text[i+run] <= '9' {
		run++
	}
	least := 6
	if i == 0 || i+run == len(text) {
		least = 4
	}
	if run == len(text) {
		least = 2
	}
	if run < least || run%2 == 1 && i > 0 {
		return 0
	}
	return run / 2
}

// patterns returns the widths of three bars and three spaces of each symbol value;
// the stop symbol has a fourth bar.
func patterns() [stop + 1]string {
	return [stop + 1]string{
		"212222", "222122", "222221", "121223", "121322", "131222", "122213", "122312", "132212", "221213",
		"221312", "231212", "112232", "122132", "122231", "113222", "123122", "123221", "223211", "221132",
		"221231", "213212", "223112", "312131", "311222", "321122", "321221", "312212", "322112", "322211",
		"212123", "212321", "232121", "111323", "131123", "131321", "112313", "132113", "132311", "211313",
		"231113", "231311", "112133", "112331", "132131", "113123", "113321", "133121", "313121", "211331",
		"231131", "213113", "213311", "213131", "311123", "311321", "331121", "312113", "312311", "332111",
		"314111", "221411", "431111", "111224", "111422", "121124", "121421", "141122", "141221", "112214",
		"112412", "122114", "122411", "142112", "142211", "241211", "221114", "413111", "241112", "134111",
		"111242", "121142", "121241", "114212", "124112", "124211", "411212", "421112", "421211", "212141",
		"214121", "412121", "111143", "111341", "131141", "114113", "114311", "411113", "411311", "113141",
		"114131", "311141", "411131", "211412", "211214", "211232", "2331112",
	}
}
