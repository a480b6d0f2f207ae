package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/supgen/supgen/dsl"
	"github.com/supgen/supgen/dsl/syntax"
	"github.com/supgen/supgen/dsl/tree"
	"github.com/supgen/supgen/internal/explore"
	"github.com/supgen/supgen/runtime"
)

// corpus is all trees of the repository that the checks call fine, by where they stand: those of testdata, of the examples and
// of the manuals.
func corpus(t *testing.T) map[string]*tree.Child {
	t.Helper()
	roots := map[string]*tree.Child{}
	add := func(name, text string) {
		if !strings.Contains(text, "package ") {
			text = "package p\n\n" + text
		}
		file, _ := dsl.Parse("x.sup", []byte(text))
		tree, diagnostics := dsl.Check([]*syntax.File{file}, "")
		if len(diagnostics) > 0 { // a warning is said of what is not fine
			return
		}
		for _, root := range tree.Roots() {
			roots[name+" "+root.Name] = root
		}
	}
	read := func(name string) string {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	for _, pattern := range []string{"../../testdata/check/*.sup", "../../testdata/cases/*/x.sup", "../../examples/*/*.sup", "_templates/*/*.sup"} {
		names, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			add(name, read(name))
		}
	}
	names, err := filepath.Glob("../../docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	block := regexp.MustCompile("(?ms)^```sup[^\n]*\n(.*?)^```$")
	for _, name := range append(names, "../../README.md") {
		for i, m := range block.FindAllStringSubmatch(read(name), -1) {
			add(fmt.Sprintf("%s, block %d,", name, i+1), m[1])
		}
	}
	return roots
}

// TestPromises explores each tree of the corpus, and holds what its words promise about a single failure.
func TestPromises(t *testing.T) {
	trees, tried := 0, 0
	for name, root := range corpus(t) {
		r, err := explore.Explore(root, explore.Options{Max: 600})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		trees++
		if len(r.Missing) > 0 {
			t.Errorf("%s: %v are never up, although nothing fails", name, r.Missing)
		}
		for _, trial := range r.Trials {
			if len(trial.Failures) > 1 {
				continue
			}
			tried++
			for _, broken := range promises(trial) {
				t.Errorf("%s: %s: %s\n%s", name, trial, broken, r.Script(trial))
			}
		}
	}
	if trees < 120 || tried < 5000 {
		t.Errorf("only %d trees and %d failures were tried", trees, tried)
	}
}

// promises are those that a single failure breaks.
func promises(trial *explore.Trial) (broken []string) {
	f, cost := trial.Failures[0], trial.Cost
	c := f.Child
	action := func(o runtime.Outcome) runtime.Action { return c.On.Of(o).Value.Action }
	written := func(o runtime.Outcome) bool {
		return c.On.Of(o).Source.Kind != tree.SourceRole || c.AtStart.Of(o).Value.Action != runtime.ActionNone
	}
	ends := cost.Grade == explore.Ends
	whole := f.Subject() != f.Path // all replicas at a time are not one failure
	of := map[explore.Kind]runtime.Outcome{
		explore.Error: runtime.OutcomeError, explore.Panic: runtime.OutcomePanic, explore.Goexit: runtime.OutcomeGoexit,
		explore.External: runtime.OutcomeExternal, explore.Again: runtime.OutcomeAgain, explore.Timeout: runtime.OutcomeTimeout,
		explore.Unhealthy: runtime.OutcomeUnhealthy, explore.FatalConfig: runtime.OutcomeFatalConfig, explore.FatalBug: runtime.OutcomeFatalBug,
		explore.Stuck: runtime.OutcomeStuck,
	}
	o, failed := of[f.Kind]
	switch {
	case f.Kind == explore.Down, f.Kind == explore.SlowStart, f.Kind == explore.SlowStop:
		if ends {
			broken = append(broken, "what is slow, or paused, ends nothing")
		}
		return broken
	case !failed:
		return nil
	}
	if missable := c.Optional || c.Dynamic || c.Role == runtime.Sidecar; missable &&
		!written(o) && !written(runtime.OutcomeLimit) && !written(runtime.OutcomeStuck) {
		if ends {
			broken = append(broken, "what may be missing does not end the program")
		}
		if cost.Stay+cost.Last > 0 {
			broken = append(broken, "what may be missing keeps nobody down")
		}
	}
	if (f.Kind == explore.External || f.Kind == explore.Again) && !written(o) && !written(runtime.OutcomeStuck) && ends {
		broken = append(broken, "what is no fault of the program is tried again without end")
	}
	if f.Often == explore.Once && !whole && ends && action(o) == runtime.ActionRestart && c.Limit.Value.N > 0 &&
		(c.AtStart.Of(o).Value.Action == runtime.ActionNone || c.AtStart.Of(o).Value.Action == runtime.ActionRestart) {
		broken = append(broken, "one failure that is answered by a restart ends nothing")
	}
	if a := action(o); (a == runtime.ActionStop || a == runtime.ActionQuarantine) && !whole && ends && f.Often == explore.Once &&
		c.AtStart.Of(o).Value.Action == runtime.ActionNone {
		broken = append(broken, "what is stopped or quarantined ends nothing")
	}
	return broken
}
