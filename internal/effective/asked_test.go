package effective_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/supgen/supgen/dsl/tree"
	"github.com/supgen/supgen/internal/table"
	"github.com/supgen/supgen/runtime"
	"github.com/supgen/supgen/runtime/policy"
	"github.com/supgen/supgen/runtime/sim"
)

// TestNeverAskedAsTheRuntimeAsks holds what is told of each row to the runtime: a row is asked if some failure becomes
// another timeline with another answer in it.
func TestNeverAskedAsTheRuntimeAsks(t *testing.T) {
	tests := []struct {
		name, body, path, fails string
		starts                  bool // it has rows at the start
	}{
		{"service", "service A", "Top.A", "Top.A", false},
		{"worker", "worker A {\nlimit 1 in 10m\n}", "Top.A", "Top.A", false},
		{"explicit", "service A {\nready explicit\n}", "Top.A", "Top.A", true},
		{"heartbeat", "service A {\nhealth heartbeat 1s stale 5s\n}", "Top.A", "Top.A", false},
		{"checks", "worker A {\nready check every 2s timeout 1s\nhealth check every 2s timeout 1s\n}", "Top.A", "Top.A", true},
		{"unlimited", "service A {\nshutdown unlimited\n}", "Top.A", "Top.A", false},
		{"needed", "service A\nservice B needs A", "Top.A", "Top.A", false},
		{"after", "service A\nservice B after A", "Top.A", "Top.A", false},
		{"temporary", "service A {\nrestart temporary\n}", "Top.A", "Top.A", false},
		{"retried", "service A {\non failure retry\non success retry\n}", "Top.A", "Top.A", false},
		{"optional", "service A {\noptional\n}", "Top.A", "Top.A", false},
		{"sidecar", "service B\nsidecar A of B", "Top.A", "Top.A", false},
		{"dynamic", "dynamic service A(id string) key id {\nmax 1\n}", "Top.A", `Top.A["a"]`, false},
		{"job", "job A", "Top.A", "Top.A", true},
		{"job in time", "job A {\ntimeout 20s\nhealth heartbeat 1s stale 5s\n}", "Top.A", "Top.A", true},
		{"dynamic job", "dynamic job A(id string) key id {\nmax 1\n}", "Top.A", `Top.A["a"]`, false},
		{"supervisor", "supervisor A {\nintensity 2 in 1h\nservice X {\nready explicit within 5s\n}\n}", "Top.A", "Top.A.X", true},
		{"supervisor of optional ones", "supervisor A {\nservice X {\noptional\n}\n}", "Top.A", "Top.A.X", false},
		{"supervisor of temporary ones", "supervisor A {\nservice X {\nrestart temporary\n}\n}", "Top.A", "Top.A.X", false},
		{"supervisor of what stops", "supervisor A {\nintensity 2 in 1h\nservice X {\non limit stop\non fatal_bug stop\non stuck stop\n}\n}", "Top.A", "Top.A.X", false},
		{"supervisor that retries", "supervisor A {\nintensity 2 in 1h\non error retry\nservice X\n}", "Top.A", "Top.A.X", false},
		{"supervisor that finishes", "supervisor A {\nintensity 2 in 1h\nfinish when all X\nworker X {\nready explicit within 5s\n}\n}", "Top.A", "Top.A.X", true},
		{"supervisor of a group", "supervisor A {\ngroup G {\non intensity quarantine\nservice X\n}\n}", "Top.A", "Top.A.X", false},
		{"group", "group A {\nintensity 2 in 1h\nservice X\n}", "Top.A", "Top.X", false},
		{"group of optional ones", "group A {\nservice X {\noptional\n}\n}", "Top.A", "Top.X", false},
		{"group of what is quarantined", "group A {\nservice X {\non limit quarantine\n}\n}", "Top.A", "Top.X", false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			root := check(t, "package x\n\nsupervisor Top {\n"+test.body+"\n}\n").Files[0].Roots[0]
			c := find(t, root, test.path)
			for _, o := range c.Outcomes() {
				for _, atStart := range []bool{false, true} {
					if atStart && !test.starts {
						continue
					}
					shutdown := failures(t, root, test.fails, answering(c.Name, o, atStart, policy.ActionShutdown))
					escalate := failures(t, root, test.fails, answering(c.Name, o, atStart, policy.ActionEscalate))
					asked := !slices.Equal(shutdown, escalate)
					if why := c.NeverAsked(o, atStart); asked != (why == "") {
						t.Errorf("on %s (at start: %t) is asked: %t, and %q is told", o, atStart, asked, why)
					}
				}
			}
		})
	}
}

// answering changes one row of a child's table.
func answering(name string, o policy.Outcome, atStart bool, a policy.Action) func([]runtime.Child) {
	return func(table []runtime.Child) {
		c := &table[slices.IndexFunc(table, func(c runtime.Child) bool { return c.Name == name })]
		if !atStart {
			c.On[o] = a
			return
		}
		start := policy.AtStart{}
		if c.AtStart != nil {
			start = *c.AtStart
		}
		start.On[o] = a
		c.AtStart = &start
	}
}

// failures is what follows from all that can happen to a child: each end, before and after it is ready, once and for ever,
// a start and a run that take too long, a health that is lost, a stop that does not come.
func failures(t *testing.T, root *tree.Child, path string, change func([]runtime.Child)) (timelines []string) {
	t.Helper()
	scripts := []string{"PATH never ready, never ends", "PATH never ends", "PATH never ends, silent", "PATH never ends, checks fail", "at 40s PATH checks fail"}
	for _, ready := range []string{"", ", never ready"} {
		for o := policy.OutcomeSuccess; o <= policy.OutcomeSkip; o++ {
			if o != policy.OutcomeTimeout && o != policy.OutcomeUnhealthy {
				scripts = append(scripts, fmt.Sprintf("PATH never ends%s\nat 10s PATH %s", ready, o), fmt.Sprintf("PATH %s after 1s%s", o, ready))
			}
		}
		scripts = append(scripts, fmt.Sprintf("PATH never ends, never stops, never aborts%s\nat 10s restart PATH by ada why", ready))
	}
	for _, script := range scripts {
		if strings.Contains(path, `["a"]`) {
			script += "\nat 1s start PATH"
		}
		rows := table.Of(root)
		change(rows)
		result, err := sim.Run(sim.Tree(rows), sim.MustParse(strings.ReplaceAll("until 1m\n"+script, "PATH", path)))
		if refused := new(sim.LineError); errors.As(err, &refused) {
			continue // it cannot happen to such a child
		}
		if err != nil {
			t.Fatal(err)
		}
		timelines = append(timelines, fmt.Sprint(result.Timeline))
	}
	return timelines
}
