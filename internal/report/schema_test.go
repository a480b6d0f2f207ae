package report_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/supgen/supgen/dsl/diag"
	"github.com/supgen/supgen/internal/report"
)

// TestSARIFSchema holds reports to the standard's own schema: errata 01 of OASIS, without its descriptions.
func TestSARIFSchema(t *testing.T) {
	text, err := os.ReadFile("testdata/sarif-2.1.0.json")
	if err != nil {
		t.Fatal(err)
	}
	s := schema{root: decoded(t, text).(map[string]any)}
	syntax := checked(t, "syntax.sup", "package shop\nsupervisor Shop {\n\tservice\n\tlimit 10x\n}}\n\x00")
	if len(syntax.Diagnostics) < 3 {
		t.Fatal(syntax.Diagnostics)
	}
	start := diag.Pos{File: "x.sup.go", Line: 1, Column: 1}
	for name, r := range map[string]report.Report{
		"nothing": {}, "errors": checked(t, "a dir/odd.sup", odd), "a warning": checked(t, "/idle.sup", idle),
		"failures":                   {Failures: []report.Failure{{Pos: diag.Pos{File: "a b/x.sup"}, Message: "cannot be read"}, {Pos: diag.Pos{File: "x.go", Line: 7, Column: 2}, Message: "expected"}, {Message: "no place"}}},
		"a warning about the report": {Failures: []report.Failure{{Severity: diag.Warning, Pos: diag.Pos{File: "x.sup", Line: 7, Column: 2}, Message: "not checked yet"}}},
		"syntax":                     syntax, "wide characters": checked(t, "tags.sup", tags),
		"a stale file": {Diagnostics: []diag.Diagnostic{{Range: diag.Range{Pos: start, End: start}, Code: diag.CodeStale, Message: "stale"}}},
	} {
		for _, problem := range s.check(s.root, decoded(t, encoded(t, r.SARIF())), "") {
			t.Errorf("%s: %s", name, problem)
		}
	}
	for _, bad := range []string{
		`{}`, `{"version":"2.0.0","runs":[]}`, `{"version":"2.1.0","runs":[],"more":1}`, `{"version":"2.1.0","runs":[{}]}`,
		`{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"x"}},"results":[{"message":{}}]}]}`,
		`{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"x"}},"results":[{"message":{"text":"x"},"level":"bad"}]}]}`,
		`{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"x"}},"columnKind":1}]}`,
		`{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"x","informationUri":":"}}}]}`,
	} {
		if len(s.check(s.root, decoded(t, []byte(bad)), "")) == 0 {
			t.Errorf("%s is accepted", bad)
		}
	}
}

func decoded(t *testing.T, text []byte) (v any) {
	t.Helper()
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// A schema is a JSON Schema of draft 4, as far as that of SARIF makes use of it.
type schema struct{ root map[string]any }

// check tells what is wrong with a value at a place. A keyword that it does not know is wrong too.
func (s schema) check(rule map[string]any, v any, at string) (problems []string) {
	wrong := func(format string, args ...any) {
		problems = append(problems, fmt.Sprintf("%s: ", at)+fmt.Sprintf(format, args...))
	}
	for _, keyword := range slices.Sorted(maps.Keys(rule)) {
		want := rule[keyword]
		switch keyword {
		case "$ref":
			to := s.root
			for _, name := range strings.Split(strings.TrimPrefix(want.(string), "#/"), "/") {
				to = to[name].(map[string]any)
			}
			problems = append(problems, s.check(to, v, at)...)
		case "anyOf", "oneOf":
			good := 0
			for _, one := range want.([]any) {
				if len(s.check(one.(map[string]any), v, at)) == 0 {
					good++
				}
			}
			if good == 0 || keyword == "oneOf" && good > 1 {
				wrong("%d of %s", good, keyword)
			}
		case "properties", "items":
			problems = append(problems, s.inside(rule, v, at)...)
		case "title", "id", "$schema", "default", "definitions", "additionalProperties": // the last goes with properties
		default:
			if !holds(keyword, want, v) {
				wrong("%v is not of %s %v", v, keyword, want)
			}
		}
	}
	return problems
}

// inside checks what is in an object or an array.
func (s schema) inside(rule map[string]any, v any, at string) (problems []string) {
	switch v := v.(type) {
	case []any:
		for i, item := range v {
			problems = append(problems, s.check(rule["items"].(map[string]any), item, fmt.Sprintf("%s/%d", at, i))...)
		}
	case map[string]any:
		properties, _ := rule["properties"].(map[string]any)
		for name, value := range v {
			if p, ok := properties[name].(map[string]any); ok {
				problems = append(problems, s.check(p, value, at+"/"+name)...)
			} else if rule["additionalProperties"] == false {
				problems = append(problems, fmt.Sprintf("%s: there is no property %q", at, name))
			}
		}
	}
	return problems
}

// holds reports whether a value is as a keyword wants it, that says nothing of what is inside.
func holds(keyword string, want, v any) bool {
	text, isText := v.(string)
	number, isNumber := v.(float64)
	list, isList := v.([]any)
	object, isObject := v.(map[string]any)
	switch keyword {
	case "type":
		types, several := want.([]any)
		if !several {
			types = []any{want}
		}
		return slices.ContainsFunc(types, func(t any) bool {
			switch t {
			case "integer":
				return isNumber && number == float64(int(number))
			case "null":
				return v == nil
			}
			_, isBool := v.(bool)
			return map[any]bool{"string": isText, "number": isNumber, "array": isList, "object": isObject, "boolean": isBool}[t]
		})
	case "enum":
		return slices.Contains(want.([]any), v)
	case "minimum":
		return !isNumber || number >= want.(float64)
	case "maximum":
		return !isNumber || number <= want.(float64)
	case "minItems":
		return !isList || len(list) >= int(want.(float64))
	case "uniqueItems":
		for i, a := range list {
			if want == true && slices.ContainsFunc(list[:i], func(b any) bool { return reflect.DeepEqual(a, b) }) {
				return false
			}
		}
		return true
	case "required":
		return !isObject || !slices.ContainsFunc(want.([]any), func(name any) bool { _, ok := object[name.(string)]; return !ok })
	case "pattern":
		return !isText || regexp.MustCompile(want.(string)).MatchString(text)
	case "format":
		if want == "date-time" {
			return !isText // supgen tells no time
		}
		u, err := url.Parse(text)
		return !isText || err == nil && (want == "uri-reference" || u.Scheme != "")
	}
	return false
}
