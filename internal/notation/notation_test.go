package notation_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/supgen/supgen/dsl"
	"github.com/supgen/supgen/dsl/syntax"
	"github.com/supgen/supgen/dsl/tree"
	"github.com/supgen/supgen/internal/notation"
)

// TestStatements writes each value into a .sup file and reads it back: what is printed is the language, and means
// what was written. "none" stands for nothing being said.
func TestStatements(t *testing.T) {
	tests := []struct{ declaration, keyword, value string }{
		{"worker", "limit", "10 in 1m30s"},
		{"worker", "limit", "2 in 1h"},
		{"worker", "limit", "2 in 25h0m1s"},
		{"worker", "backoff", "1s"},
		{"worker", "backoff", "1s..1m factor 1.5 jitter full reset 1h"},
		{"worker", "backoff", "500ms..1m factor 2 jitter 20% reset 1m"},
		{"worker", "backoff", "1s..1s factor 2 jitter 0% reset 2m"},
		{"worker", "backoff", "1s..2s factor 2 jitter decorrelated reset 1m"},
		{"worker", "ready", "immediate"},
		{"worker", "ready", "explicit within 1.5s"},
		{"worker", "ready", "check every 1s timeout 500ms within 10s"},
		{"worker", "health", "none"},
		{"worker", "health", "heartbeat 1s stale 5s dead 20s"},
		{"worker", "health", "check every 10s timeout 2s fail 5"},
		{"worker", "shutdown", "15s abort 2s"},
		{"worker", "shutdown", "0s abort 0s"},
		{"worker", "shutdown", "unlimited"},
		{"job", "timeout", "none"},
		{"job", "timeout", "5m"},
		{"supervisor", "strategy", "rest_for_one"},
		{"supervisor", "intensity", "5 in 1m"},
		{"supervisor", "throttle", "none"},
		{"supervisor", "throttle", "5 refill 1s"},
		{"supervisor", "concurrency", "none"},
		{"supervisor", "concurrency", "4"},
		{"supervisor", "shutdown", "none"},
		{"supervisor", "shutdown", "1m"},
		{"root", "lame_duck", "none"},
		{"root", "lame_duck", "5s"},
		{"group", "strategy", "one_for_all"},
	}
	for _, test := range tests {
		line, child := test.keyword+" "+test.value, ""
		if test.value == "none" {
			line = ""
		}
		if test.declaration == "supervisor" || test.declaration == "group" {
			child = "worker B"
		}
		var c *tree.Child
		if test.declaration == "root" {
			c = parsed(t, "worker A\n"+line).Parent
		} else {
			c = parsed(t, fmt.Sprintf("%s A {\n%s\n%s\n}", test.declaration, line, child))
		}
		found := false
		for _, s := range notation.Statements(c) {
			if s.Keyword != test.keyword {
				continue
			}
			found = true
			if s.Value != test.value {
				t.Errorf("%s %s became %s", test.keyword, test.value, s.Value)
			}
			if written := s.Source.Kind == tree.SourceStatement; written != (line != "") {
				t.Errorf("%s %s is said by a %s", test.keyword, test.value, s.Source.Kind)
			}
		}
		if !found {
			t.Errorf("a %s has no %s", test.declaration, test.keyword)
		}
	}
}

// TestRows writes each row that a role has, which the language would refuse for any other, beside what makes it be asked.
func TestRows(t *testing.T) {
	rows := map[string][]string{
		"worker": {"success", "error", "panic", "goexit", "timeout", "unhealthy", "external", "again", "fatal_config", "fatal_bug", "skip",
			"stuck", "limit"},
		"supervisor": {"success", "error", "limit", "intensity"},
		"group":      {"intensity"},
	}
	asked := map[string]string{
		"worker":     "ready explicit\nhealth heartbeat 1s stale 5s\non error at start restart\n",
		"supervisor": "finish when all B\non error at start restart\n",
	}
	for declaration, want := range rows {
		text, child := asked[declaration], "worker B"
		for _, outcome := range want {
			text += "on " + outcome + " shutdown\n"
		}
		if declaration == "worker" {
			child = ""
		}
		var got []string
		for _, r := range notation.Rows(parsed(t, fmt.Sprintf("%s A {\n%s%s\n}", declaration, text, child))) {
			if r.AtStart {
				continue
			}
			got = append(got, r.Outcome.String())
			if r.Answer.String() != "shutdown" || r.Source.Kind != tree.SourceStatement {
				t.Errorf("%s: on %s is %s by %s", declaration, r.Outcome, r.Answer, r.Source.Kind)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s:\n%s", declaration, diff)
		}
	}
}

// TestAnswers reads back each answer as it is printed.
func TestAnswers(t *testing.T) {
	for _, row := range []string{"error retry", "panic restart", "goexit stop", "external quarantine", "again quarantine 1h30m",
		"error at start shutdown", "error at start quarantine 5m", "limit at start escalate"} {
		c := parsed(t, "worker A {\nready explicit\non "+row+"\n}")
		found := false
		for _, r := range notation.Rows(c) {
			found = found || r.When()+" "+r.Answer.String() == row && r.Source.Kind == tree.SourceStatement
		}
		if !found {
			t.Errorf("on %s became %v", row, notation.Rows(c))
		}
	}
}

// parsed is the child that a declaration declares.
func parsed(t *testing.T, declaration string) *tree.Child {
	t.Helper()
	file, _ := dsl.Parse("x.sup", []byte("package x\n\nsupervisor Top {\n"+declaration+"\n}\n"))
	tree, diagnostics := dsl.Check([]*syntax.File{file}, "")
	if tree == nil {
		t.Fatalf("%v in\n%s", diagnostics, declaration)
	}
	return tree.Files[0].Roots[0].Children[0]
}
