package secret_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"log/slog"

	"github.com/go-logr/logr"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"sigs.k8s.io/yaml"

	"github.com/cargomedia/s3export/specs/secret"
)

const planted = "correct-horse"

var _ = Describe("Value", func() {
	v := secret.NewValue(planted)
	type holder struct {
		Secret  secret.Value
		Pointer *secret.Value
		Source  secret.Source
	}
	held := holder{Secret: v, Pointer: &v, Source: secret.Literal(v)}

	DescribeTable("hides itself in every format",
		func(verb string) {
			for _, value := range []any{v, &v, held, &held, []secret.Value{v}, map[string]secret.Value{"k": v}, secret.Literal(v)} {
				Expect(fmt.Sprintf(verb, value)).NotTo(ContainSubstring(planted))
				Expect(fmt.Sprintf(verb, value)).NotTo(ContainSubstring(fmt.Sprintf("%x", planted)))
			}
		},
		Entry(nil, "%v"), Entry(nil, "%+v"), Entry(nil, "%#v"), Entry(nil, "%s"), Entry(nil, "%q"), Entry(nil, "%x"), Entry(nil, "%d"),
	)

	It("hides itself in JSON, XML, YAML, logs and errors", func() {
		var out bytes.Buffer
		asJSON, err := json.Marshal(held)
		Expect(err).NotTo(HaveOccurred())
		asXML, err := xml.Marshal(held)
		Expect(err).NotTo(HaveOccurred())
		asYAML, err := yaml.Marshal(held)
		Expect(err).NotTo(HaveOccurred())
		handler := slog.NewTextHandler(&out, nil)
		slog.New(handler).Info("m", "value", v, "held", held)
		logr.FromSlogHandler(slog.NewJSONHandler(&out, nil)).Info("m", "value", v, "held", held)
		logr.FromSlogHandler(handler).Error(fmt.Errorf("with %v and %w", v, errors.New("x")), "m")
		all := string(asJSON) + string(asXML) + string(asYAML) + out.String()
		Expect(all).To(ContainSubstring("redacted"))
		Expect(all).NotTo(ContainSubstring(planted))
	})

	It("hides itself in fields that are not exported", func() {
		private := struct{ v secret.Value }{v}
		Expect(fmt.Sprintf("%v %+v %#v", private, private, &private)).NotTo(ContainSubstring(planted))
	})

	It("is equal to another of the same text", func() {
		Expect(v).To(BeIdenticalTo(secret.NewValue(planted)))
		Expect(v).NotTo(BeIdenticalTo(secret.NewValue("other")))
		Expect(secret.NewValue("")).To(BeIdenticalTo(secret.Value{}))
	})

	It("is revealed on request only", func() {
		Expect(v.Reveal()).To(Equal(planted))
		Expect(v.IsEmpty()).To(BeFalse())
		Expect(secret.Value{}.IsEmpty()).To(BeTrue())
	})
})

var _ = Describe("Source", func() {
	DescribeTable("has a name that tells where, not what",
		func(s secret.Source, name string, members ...string) {
			Expect(s.Name()).To(Equal(name))
			Expect(s.Members()).To(HaveExactElements(members))
		},
		Entry(nil, secret.Source{Env: "PIN"}, "env:PIN", "env"),
		Entry(nil, secret.Source{File: "/pin"}, "file:/pin", "file"),
		Entry(nil, secret.Source{Credential: "pin"}, "credential:pin", "credential"),
		Entry(nil, secret.Source{Exec: []string{"pass", "show", "pin"}}, "exec:pass", "exec"),
		Entry(nil, secret.Source{SecretsManager: "pin"}, "secretsManager:pin", "secretsManager"),
		Entry(nil, secret.Literal(secret.NewValue("1234")), "literal"),
		Entry(nil, secret.Source{}, ""),
		Entry(nil, secret.Source{Env: "A", File: "b"}, "env:A", "env", "file"),
	)

	It("knows a literal", func() {
		v, ok := secret.Literal(secret.NewValue("1234")).Literal()
		Expect(ok).To(BeTrue())
		Expect(v.Reveal()).To(Equal("1234"))
		_, ok = secret.Source{Env: "PIN"}.Literal()
		Expect(ok).To(BeFalse())
	})
})
