package verify

import "encoding/json"

// EncodeLine returns an object as a baseline has it, on one line without its break.
func EncodeLine(e Expected) ([]byte, error) { return json.Marshal(toRecord(e)) }

// DecodeLine reads what EncodeLine gives.
func DecodeLine(line []byte) (Expected, error) {
	var r record
	if err := json.Unmarshal(line, &r); err != nil {
		return Expected{}, err
	}
	return r.expected(), nil
}
