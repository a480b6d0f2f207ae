// Package docs_test holds the manuals to the code.
package docs_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/supgen/supgen/internal/table"
	"github.com/supgen/supgen/runtime/policy"
	"github.com/supgen/supgen/runtime/sim"
)

var update = flag.Bool("update", false, "rewrite what the manual's programs print")

// TestRuntimeManual runs the programs of runtime.md. In it, a block of sup is a tree and a block of sim a script for the
// last one; a block of text after it is what the production kernel says to both, and is compared. A comment before a
// block of text says what of it is shown; with no program before it, it asks for a table.
//
//	<!-- from 5s -->             the timeline from then on
//	<!-- of Shop.DB, Shop -->    what happens to these children
//	<!-- json Shop.DB -->        a child's state at the end
//	<!-- matrix -->, <!-- defaults -->
//
//	go test ./docs -update
func TestRuntimeManual(t *testing.T) {
	const name = "runtime.md"
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	m := manual{t: t}
	got := m.rewrite(string(text))
	if m.printed < 20 {
		t.Errorf("only %d blocks of the manual were compared", m.printed)
	}
	if *update {
		if err := os.WriteFile(name, []byte(got), 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(strings.Split(string(text), "\n"), strings.Split(got, "\n")); diff != "" {
		t.Errorf("the manual says what the code does not (-update writes it):\n%s", diff)
	}
}

// A manual is read once, from its beginning to its end.
type manual struct {
	t       *testing.T
	line    int
	sup     string
	result  *sim.Result // of the last script
	wants   []string    // the words of the last comment
	printed int
}

// rewrite is the manual as it should be.
func (m *manual) rewrite(text string) string {
	lines := strings.Split(text, "\n")
	var out []string
	for i := 0; i < len(lines); i++ {
		m.line = i + 1
		line := lines[i]
		out = append(out, line)
		if comment, ok := strings.CutPrefix(line, "<!-- "); ok {
			m.wants = strings.Fields(strings.TrimSuffix(comment, " -->"))
			if !slices.Contains([]string{"matrix", "defaults"}, m.wants[0]) {
				continue
			}
			for strings.HasPrefix(lines[i+1], "|") {
				i++
			}
			out = append(out, m.table()...)
			m.wants = nil
			continue
		}
		language, fence := strings.CutPrefix(line, "```")
		if !fence {
			continue
		}
		end := i + 1 + slices.Index(lines[i+1:], "```")
		block := strings.Join(lines[i+1:end], "\n") + "\n"
		switch language {
		case "sup":
			m.sup, m.result = block, nil
		case "sim":
			m.simulate(block)
		case "text":
			block = m.print()
			m.wants = nil
		}
		out = append(append(out, strings.Split(strings.TrimSuffix(block, "\n"), "\n")...), "```")
		i = end
	}
	return strings.Join(out, "\n")
}

func (m *manual) fatalf(format string, args ...any) {
	m.t.Helper()
	m.t.Fatalf("runtime.md:%d: %s", m.line, fmt.Sprintf(format, args...))
}

func (m *manual) simulate(block string) {
	root, err := parse(m.sup)
	if err != nil {
		m.fatalf("%v", err)
	}
	script, err := sim.Parse(block)
	if err != nil {
		m.fatalf("%v", err)
	}
	result, err := sim.Run(sim.Tree(table.Of(root)), script)
	if err != nil {
		m.fatalf("%v", err)
	}
	m.result = &result
}

// print is what a block of text should be.
func (m *manual) print() string {
	if m.result == nil {
		m.fatalf("a block of text without a program before it")
	}
	m.printed++
	timeline := m.result.Timeline
	for len(m.wants) > 0 {
		word, arg := m.wants[0], m.wants[1]
		m.wants = m.wants[2:]
		switch word {
		case "from":
			at, err := time.ParseDuration(arg)
			if err != nil {
				m.fatalf("%v", err)
			}
			timeline = timeline.From(at)
		case "of":
			timeline = timeline.Of(append(m.wants, arg)...)
			m.wants = nil
		case "json":
			c, ok := m.result.Child(arg)
			text, err := json.MarshalIndent(c, "", "\t")
			if !ok || err != nil {
				m.fatalf("%s has no state: %v", arg, err)
			}
			return string(text) + "\n"
		default:
			m.fatalf("%s is nothing that can be shown", word)
		}
	}
	if len(timeline) == 0 {
		m.fatalf("nothing happens")
	}
	return timeline.String()
}

func (m *manual) table() []string {
	m.printed++
	if m.wants[0] == "defaults" {
		return defaults()
	}
	return matrix(m.t)
}

// defaults is the table of policy.Defaults.
func defaults() []string {
	roles := []policy.Role{policy.Service, policy.Worker, policy.Job, policy.Sidecar, policy.Supervisor}
	row := func(name string, cell func(policy.Role) string) string {
		line := "| " + name + " |"
		for _, r := range roles {
			line += " " + cell(r) + " |"
		}
		return line
	}
	lines := []string{row("", func(r policy.Role) string { return r.String() }), row("---", func(policy.Role) string { return "---" })}
	for o := policy.OutcomeSuccess; o <= policy.OutcomeIntensity; o++ {
		lines = append(lines, row("`"+o.String()+"`", func(r policy.Role) string {
			a := policy.Defaults(policy.Spec{Role: r}).On[o]
			if a == 0 || r == policy.Supervisor && o > policy.OutcomeError && o < policy.OutcomeLimit {
				return ""
			}
			return a.String()
		}))
	}
	return append(lines, row("its own limit", func(r policy.Role) string {
		l := policy.Defaults(policy.Spec{Role: r}).Limit
		if l.In == time.Hour {
			return fmt.Sprintf("%d in 1h", l.N)
		}
		return fmt.Sprintf("%d in %gm", l.N, l.In.Minutes())
	}))
}
