package vscode_test

import (
	"encoding/json"
	"os"
	"path"
	"regexp"
	"strings"
	"testing"

	"github.com/supgen/supgen/dsl"
	"github.com/supgen/supgen/dsl/diag"
	"github.com/supgen/supgen/dsl/syntax"
	"github.com/supgen/supgen/runtime/sim"
)

// Each statement of the language has its colour.
func TestKeywords(t *testing.T) {
	text, err := os.ReadFile("syntaxes/sup.tmLanguage.json")
	if err != nil {
		t.Fatal(err)
	}
	known := make(map[string]bool)
	for _, word := range regexp.MustCompile(`[a-z_]+`).FindAllString(string(text), -1) {
		known[word] = true
	}
	for _, p := range syntax.Productions {
		if !known[p.Keyword] {
			t.Errorf("the grammar has no %q", p.Keyword)
		}
	}
}

// A field of a snippet, by its number: a text, a choice, or the cursor's last place.
var field = regexp.MustCompile(`\$\{(\d+)(?::([^}]*)|\|([^,|]*)[^}]*)\}|\$0`)

// snippets are those in a file, by name, as they are before anything is typed into them.
func snippets(t *testing.T, name string) map[string]string {
	text, err := os.ReadFile(path.Join("snippets", name))
	if err != nil {
		t.Fatal(err)
	}
	var all map[string]struct{ Body []string }
	if err := json.Unmarshal(text, &all); err != nil {
		t.Fatal(err)
	}
	expanded := make(map[string]string)
	for name, s := range all {
		expanded[name] = field.ReplaceAllString(strings.Join(s.Body, "\n"), "$2$3") + "\n"
	}
	return expanded
}

// What a snippet writes is right as it is, and formatted.
func TestSnippets(t *testing.T) {
	for name, text := range snippets(t, "sup.json") {
		if strings.HasPrefix(text, "policy") {
			text = "package main\n\n" + text + "\nsupervisor Top {\n\tservice Some {\n\t\tuse flaky\n\t}\n}\n"
		}
		file, _ := dsl.Parse(name, []byte(text))
		if _, mistakes := dsl.Check([]*syntax.File{file}, "main"); diag.HasErrors(mistakes) {
			t.Errorf("%s:\n%s%v", name, text, mistakes)
		}
		if formatted, _ := dsl.Format(name, []byte(text)); string(formatted) != text {
			t.Errorf("%s is formatted as\n%s", name, formatted)
		}
	}
	for name, text := range snippets(t, "sim.json") {
		if _, err := sim.Parse(text); err != nil {
			t.Errorf("%s: %v\n%s", name, err, text)
		}
	}
}
