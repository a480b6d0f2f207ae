package docs_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/supgen/supgen/internal/table"
	"github.com/supgen/supgen/runtime"
	"github.com/supgen/supgen/runtime/sim"
)

// matrixTree has a child for each state that a verb may meet.
const matrixTree = `
	supervisor Shop {
		concurrency 1
		service DB {
			ready   explicit
			backoff 1m
			on success stop
			on panic   quarantine
		}
		service HTTP needs DB
		service Turn
		supervisor In {
			on error quarantine
			worker Gone {
				on error escalate
			}
		}
	}
`

// matrixStates are the scripts that bring a child into each state by 10s.
var matrixStates = []struct{ name, path, script string }{
	{"declared", "Shop.HTTP", "Shop.DB never ready"},
	{"starting, waits for its turn", "Shop.Turn", "Shop.DB never ready"},
	{"running", "Shop.DB", "Shop.DB never ready"},
	{"ready", "Shop.DB", ""},
	{"restarting, in its backoff", "Shop.DB", "at 5s Shop.DB error"},
	{"restarting, waits for what it needs", "Shop.HTTP", "at 9s pause Shop.DB by ada why"},
	{"shutting_down, to restart", "Shop.DB", "Shop.DB stops after 4s\nat 9s restart Shop.DB by ada why"},
	{"shutting_down, to pause", "Shop.DB", "Shop.DB stops after 4s\nat 9s pause Shop.DB by ada why"},
	{"shutting_down, to quarantine", "Shop.DB", "Shop.DB stops after 4s\nat 9s quarantine Shop.DB by ada why"},
	{"shutting_down, to stop", "Shop.DB", "Shop.DB stops after 4s\nat 9s stop Shop.DB by ada why"},
	{"paused", "Shop.DB", "at 9s pause Shop.DB by ada why"},
	{"quarantined", "Shop.DB", "at 9s Shop.DB panic"},
	{"stopped, by itself", "Shop.DB", "at 9s Shop.DB success"},
	{"stopped, by hand", "Shop.DB", "at 9s stop Shop.DB by ada why"},
	{"failed", "Shop.In.Gone", "at 9s Shop.In.Gone error"},
}

var matrixVerbs = []runtime.Verb{runtime.VerbRestart, runtime.VerbPause, runtime.VerbResume, runtime.VerbQuarantine,
	runtime.VerbRelease, runtime.VerbStop, runtime.VerbStart}

// matrix is what each verb answers in each state.
func matrix(t *testing.T) []string {
	head, rule := "| state |", "| --- |"
	for _, v := range matrixVerbs {
		head, rule = head+" "+v.String()+" |", rule+" --- |"
	}
	lines := []string{head, rule}
	for _, s := range matrixStates {
		line := "| " + s.name + " |"
		for _, v := range matrixVerbs {
			line += " " + answer(t, s.name, s.path, s.script, v) + " |"
		}
		lines = append(lines, line)
	}
	return lines
}

// answer is where a verb leads.
func answer(t *testing.T, name, path, text string, v runtime.Verb) string {
	root, err := parse(matrixTree)
	if err != nil {
		t.Fatal(err)
	}
	script, err := sim.Parse(fmt.Sprintf("until 10s\n%s\nat 10s %s %s by ada why", text, v, path))
	if err != nil {
		t.Fatal(err)
	}
	result, err := sim.Run(sim.Tree(table.Of(root)), script)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range result.Timeline.From(script.Acts[len(script.Acts)-1].At) {
		switch {
		case !strings.Contains(l.Text, v.String()+" by ada"):
		case errors.Is(l.Err, runtime.ErrState):
			return "–"
		case l.Err != nil:
			t.Fatal(l.Err)
		case !strings.HasPrefix(name, l.Answer.Before.String()):
			t.Fatalf("in the state %q it is %s", name, l.Answer.Before)
		case !l.Answer.Changed:
			return "·"
		default:
			return l.Answer.Next.String()
		}
	}
	t.Fatalf("%s of a child that is %s has no answer", v, name)
	return ""
}
