package jobs

import (
	"io"
	"mime"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
)

// maxBody bounds a request; a manifest has a few kilobytes.
const maxBody = 4 << 20

const formType = "application/x-www-form-urlencoded"

// IsRequest reports whether r speaks the query protocol of Import/Export: a form
// posted to the root, or a root request that names an operation in its query.
func IsRequest(r *http.Request) bool {
	if r.URL.Path != "/" && r.URL.Path != "" {
		return false
	}
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if r.Method == http.MethodPost && kind == formType {
		return true
	}
	q := r.URL.Query()
	return q.Has("Action") || q.Has("Operation")
}

// Operation returns the operation that a request names: the body's Action, else
// the query's Operation, else an Action of the query. Empty without.
func Operation(r *http.Request, body []byte) string {
	form, _ := url.ParseQuery(string(body))
	query := r.URL.Query()
	for _, name := range []string{form.Get("Action"), query.Get("Operation"), query.Get("Action")} {
		if name != "" {
			return name
		}
	}
	return ""
}

// call is a request that was read and whose sender is known.
type call struct {
	operation string
	account   string // access key id
	values    url.Values
}

// read takes the parameters of r; those of the body win.
func read(r *http.Request, body []byte) (call, *Refusal) {
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return call{}, &Refusal{http.StatusBadRequest, "MalformedQueryString", "The request body is not a valid form."}
	}
	c := call{operation: Operation(r, body), values: r.URL.Query()}
	for name, values := range form {
		c.values[name] = values
	}
	return c, nil
}

func readBody(r *http.Request) ([]byte, *Refusal) {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody+1))
	switch {
	case err != nil:
		return nil, &Refusal{http.StatusBadRequest, "IncompleteBody", "The request body could not be read."}
	case len(body) > maxBody:
		return nil, &Refusal{http.StatusRequestEntityTooLarge, "RequestEntityTooLarge", "The request body is too large."}
	}
	return body, nil
}

// need returns a required parameter.
func (c call) need(name string) (string, *Refusal) {
	if !c.values.Has(name) {
		return "", refuse(missingParameter, name)
	}
	return c.values.Get(name), nil
}

// flag returns an optional boolean parameter.
func (c call) flag(name string) (bool, *Refusal) {
	switch strings.ToLower(c.values.Get(name)) {
	case "true":
		return true, nil
	case "false":
		return false, nil
	case "":
		if !c.values.Has(name) {
			return false, nil
		}
	}
	return false, refuse(invalidParameter, name+" is true or false")
}

// count returns an optional whole number between 0 and the most that is allowed,
// which is the default.
func (c call) count(name string, most int) (int, *Refusal) {
	if !c.values.Has(name) {
		return most, nil
	}
	n, err := strconv.Atoi(c.values.Get(name))
	if err != nil || n < 0 || n > most {
		return 0, refuse(invalidParameter, name+" is a number from 0 to "+strconv.Itoa(most))
	}
	return n, nil
}

// members returns a list parameter: name.member.1, name.member.2, …
func (c call) members(name string) []string {
	var all []string
	for n := 1; ; n++ {
		key := name + ".member." + strconv.Itoa(n)
		if !c.values.Has(key) {
			return all
		}
		all = append(all, c.values.Get(key))
	}
}

// checkVersions refuses API versions that this service never had and client tool
// versions that are no version at all.
func (c call) checkVersions() *Refusal {
	version, refused := c.need("Version")
	if refused != nil {
		return refused
	}
	if version != "2010-06-01" && version != "2010-06-03" {
		return refuse(invalidVersion, "Version is 2010-06-01")
	}
	tool := regexp.MustCompile(`^[0-9A-Za-z][0-9A-Za-z ._/()-]{0,63}$`)
	if c.values.Has("APIVersion") && !tool.MatchString(c.values.Get("APIVersion")) {
		return refuse(invalidVersion, "APIVersion")
	}
	return nil
}
