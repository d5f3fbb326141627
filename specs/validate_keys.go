package specs

import "fmt"

// maxKeys is how many keys may open a drive. LUKS2 has 32 slots; more than a few are
// nobody's any more.
const maxKeys = 8

func checkEncryption(r *resolver, b Backup) {
	e := b.Spec.Device.Encryption
	if e == nil || b.Spec.Provider.ImportExport != nil {
		return
	}
	const field = "spec.device.encryption"
	if b.Spec.Device.Format == FormatNever {
		r.problem(field, "with format: Never no volume is made that could be encrypted", "write format: IfBlank, or remove encryption")
	}
	const example = "such as luks2: {keys: [{name: vault, secret: {file: PATH}}]}"
	switch {
	case e.LUKS2 == nil:
		r.problem(field+".luks2", "missing", "write the keys that open the drive, "+example)
		return
	case len(e.LUKS2.Keys) == 0:
		r.problem(field+".luks2.keys", "missing", "write at least one key, "+example)
	case len(e.LUKS2.Keys) > maxKeys:
		r.problem(field+".luks2.keys", fmt.Sprintf("has %d keys, a drive has at most %d", len(e.LUKS2.Keys), maxKeys), "remove those that nobody needs")
	}
	first := map[string]int{}
	for i, k := range e.LUKS2.Keys {
		at := fmt.Sprintf("%s.luks2.keys[%d]", field, i)
		checkKeyName(r, at+".name", k.Name, first)
		if _, ok := first[k.Name]; !ok {
			first[k.Name] = i
		}
		if k.Secret == nil {
			r.problem(at+".secret", "missing", "say where the passphrase is to be read from: "+sourceExample)
			continue
		}
		r.checkSource(at+".secret", *k.Secret)
	}
}

// checkKeyName compares a name with those before it, each with its place in the list.
func checkKeyName(r *resolver, field, name string, before map[string]int) {
	const remedy = "write small letters, digits and hyphens that say who keeps the key, such as vault or escrow"
	twin, twice := before[name]
	switch {
	case name == "":
		r.problem(field, "missing", remedy)
	case !isLabel(name):
		r.problem(field, quote(name)+" is no name of a key", remedy)
	case twice:
		r.problem(field, fmt.Sprintf("%s is also the name of keys[%d]", quote(name), twin), "give each key a name of its own")
	}
}
