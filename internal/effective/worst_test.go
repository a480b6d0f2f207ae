package effective_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/supgen/supgen/dsl"
	"github.com/supgen/supgen/dsl/syntax"
	"github.com/supgen/supgen/internal/table"
	"github.com/supgen/supgen/runtime/policy"
	"github.com/supgen/supgen/runtime/sim"
)

// TestDailyRestartsAsTheRuntimeDoes has the children of random trees fail for a day, fast and slowly, in bursts and just
// outside of their windows. None is restarted more often than its figure says.
func TestDailyRestartsAsTheRuntimeDoes(t *testing.T) {
	most := uint64(2000)
	if testing.Short() {
		most = 200
	}
	restarts, figures := 0, 0
	for seed := range most {
		text, script := failingTree(rand.New(rand.NewPCG(seed, 2)))
		script.Seed = seed + 1
		file, _ := dsl.Parse("x.sup", []byte(text))
		tree, diagnostics := dsl.Check([]*syntax.File{file}, "")
		if tree == nil {
			continue // a limit that is never reached
		}
		root := tree.Files[0].Roots[0]
		result, err := sim.Run(sim.Tree(table.Of(root)), script)
		if err != nil {
			t.Fatalf("seed %d: %v, %v\n%s", seed, err, diagnostics, text)
		}
		for _, state := range result.Children {
			path, _, _ := strings.Cut(state.Path, "[")
			c := find(t, root, path)
			got, figure := int(state.Generation)-1, c.DailyRestarts()
			if c.Parent == nil {
				continue
			}
			if got > figure {
				t.Fatalf("seed %d: %s was restarted %d times in a day, and its figure is %d:\n%s", seed, state.Path, got, figure, text)
			}
			restarts, figures = restarts+max(0, got), figures+figure
		}
	}
	if restarts < figures/20 {
		t.Errorf("there were %d restarts, and the figures say %d: they say nothing", restarts, figures)
	}
}

// failingTree is a tree in which everything fails that can, and how.
func failingTree(r *rand.Rand) (string, sim.Script) {
	g := &failing{r: r, script: sim.Script{Until: 24*time.Hour - 1}}
	g.b.WriteString("package x\n\nsupervisor Top {\n")
	g.fill("Top.", 0)
	g.b.WriteString("}\n")
	return g.b.String(), g.script
}

type failing struct {
	r      *rand.Rand
	b      strings.Builder
	script sim.Script
	n      int
}

func (g *failing) one(of ...string) string { return of[g.r.IntN(len(of))] }

func (g *failing) fill(prefix string, depth int) {
	fmt.Fprintf(&g.b, "intensity %d in %s\n", 1+g.r.IntN(9), g.one("1h", "2h", "5h", "12h"))
	if g.r.IntN(4) == 0 {
		fmt.Fprintf(&g.b, "throttle %d refill %s\n", 1+g.r.IntN(3), g.one("1s", "20m", "3h"))
	}
	for range 1 + g.r.IntN(3) {
		g.n++
		name := fmt.Sprintf("C%d", g.n)
		switch kind := g.r.IntN(6); {
		case kind == 0 && depth < 2:
			fmt.Fprintf(&g.b, "supervisor %s {\n", name)
			g.policy("1h", "5h", "9h")
			g.fill(prefix+name+".", depth+1)
			g.b.WriteString("}\n")
		case kind == 1 && depth < 2:
			fmt.Fprintf(&g.b, "group %s {\n", name)
			if g.r.IntN(2) == 0 {
				fmt.Fprintf(&g.b, "on intensity quarantine%s\n", g.one("", " 3h"))
			}
			g.fill(prefix, 3)
			g.b.WriteString("}\n")
		default:
			fmt.Fprintf(&g.b, "service %s%s {\n", name, g.one("", "", "[2]"))
			window := g.policy("1h", "3h", "7h")
			if g.r.IntN(3) == 0 {
				fmt.Fprintf(&g.b, "on %s %s\n", g.one("limit", "panic"), g.one("quarantine", "quarantine 2h", "stop"))
			}
			if g.r.IntN(4) == 0 {
				g.b.WriteString("optional\n")
			}
			g.b.WriteString("}\n")
			g.fails(prefix+name, window)
		}
	}
}

// policy is how something is restarted, and the window of its limit.
func (g *failing) policy(windows ...string) time.Duration {
	window := g.one(windows...)
	fmt.Fprintf(&g.b, "limit %d in %s\n", g.r.IntN(5), window)
	fmt.Fprintf(&g.b, "backoff %s\n", g.one("none", "1s", "10m", "1s..1h", "1m..2h jitter 50% reset 30m", "5m..3h jitter full", "1m..1h jitter decorrelated reset 2h"))
	d, _ := time.ParseDuration(window)
	return d
}

// fails has each run of a child end soon, or when what came before is just forgotten.
func (g *failing) fails(path string, window time.Duration) {
	burst := 1 + g.r.IntN(5)
	for gen := range uint64(400) {
		after := time.Duration(g.r.IntN(3)) * time.Second
		switch {
		case int(gen)%burst == burst-1:
			after = window + time.Nanosecond
		case g.r.IntN(10) == 0:
			after = 2 * time.Hour
		}
		outcome := policy.OutcomeError
		if g.r.IntN(8) == 0 {
			outcome = policy.OutcomePanic
		}
		g.script.Rules = append(g.script.Rules, sim.Rule{Path: path, First: gen + 1, Last: gen + 1, Does: sim.Ends, After: after, Outcome: outcome})
	}
}

// TestDailyRestarts is the figure of plain trees, and what the simulator reaches of it: failures at once, and when they would
// be one too many the next window.
func TestDailyRestarts(t *testing.T) {
	for _, test := range []struct {
		body          string
		burst         uint64
		window        time.Duration
		want, reached int
	}{
		{"worker A {\nbackoff none\nlimit 3 in 5h\n}", 3, 5 * time.Hour, 15, 15},
		{"worker A {\nbackoff none\nlimit 1 in 1h\n}", 1, time.Hour, 24, 24},
		{"worker A {\nbackoff none\nlimit 0 in 1h\n}", 1, time.Hour, 0, 0},
		{"intensity 2 in 5h\nworker A {\nbackoff none\nlimit 9 in 5h\n}", 2, 5 * time.Hour, 10, 10},
		{"worker A {\nbackoff none\nlimit 2 in 8h\non limit quarantine 1h\n}", 2, 0, 81, 71},
		{"worker A {\nbackoff 1h\nlimit 9 in 9h\n}", 9, 0, 26, 9},
		{"worker A {\nbackoff 1h\non error retry\non panic restart\n}", 9, 0, 26, 23},
		{"throttle 1 refill 4h\nworker A {\nbackoff none\nlimit 3 in 8h\n}", 3, 0, 7, 3},
		{"supervisor S {\nlimit 1 in 11h\nbackoff none\nworker A {\nbackoff none\nlimit 1 in 10h\n}\n}", 1, 10 * time.Hour, 9, 3},
	} {
		root := check(t, "package x\n\nsupervisor Top {\n"+test.body+"\n}\n").Files[0].Roots[0]
		a := root.Children[0]
		script := sim.Script{Until: 24*time.Hour - 1}
		for a.Role == policy.Supervisor {
			a = a.Children[0]
		}
		if got := a.DailyRestarts(); got != test.want {
			t.Errorf("%s: the figure is %d, want %d", test.body, got, test.want)
		}
		outcome := policy.OutcomeError
		if a.On[outcome].Value.Action == policy.ActionRetry {
			outcome = policy.OutcomePanic
		}
		for gen := range uint64(100) {
			rule := sim.Rule{Path: a.Path(), First: gen + 1, Last: gen + 1, Does: sim.Ends, Outcome: outcome}
			if gen > 0 && gen%test.burst == 0 && test.window > 0 {
				rule.After = test.window + 1
			}
			script.Rules = append(script.Rules, rule)
		}
		result, err := sim.Run(sim.Tree(table.Of(root)), script)
		if err != nil {
			t.Fatal(err)
		}
		if state, _ := result.Child(a.Path()); int(state.Generation)-1 != test.reached {
			t.Errorf("%s: it is restarted %d times, want %d\n%s", test.body, state.Generation-1, test.reached, result.Timeline)
		}
	}
}
