package effective_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/supgen/supgen/dsl"
	"github.com/supgen/supgen/dsl/diag"
	"github.com/supgen/supgen/dsl/syntax"
	"github.com/supgen/supgen/internal/table"
	"github.com/supgen/supgen/runtime"
	"github.com/supgen/supgen/runtime/policy"
	"github.com/supgen/supgen/runtime/sim"
)

// TestNothingWaitsWithoutEnd has the children of random trees end in all ways, and be well for a day then. Where the checks
// have nothing to say of any wait, nothing still waits.
func TestNothingWaitsWithoutEnd(t *testing.T) {
	most := uint64(5000)
	if testing.Short() {
		most = 1000
	}
	plain, waited := 0, 0
	for seed := range most {
		text, script := waitingTree(rand.New(rand.NewPCG(seed, 3)))
		file, _ := dsl.Parse("x.sup", []byte(text))
		tree, diagnostics := dsl.Check([]*syntax.File{file}, "")
		if tree == nil {
			continue // a circle
		}
		said := slices.ContainsFunc(diagnostics, func(d diag.Diagnostic) bool { return d.Code == diag.CodeNeedsMayEnd })
		result, err := sim.Run(sim.Tree(table.Of(tree.Roots()[0])), script)
		if err != nil {
			t.Fatalf("seed %d: %v\n%s", seed, err, text)
		}
		if result.Ended || slices.ContainsFunc(result.Children, func(c runtime.ChildState) bool { return c.Lifecycle == runtime.LifecycleQuarantined }) {
			continue // which says so
		}
		waits := slices.IndexFunc(result.Children, func(c runtime.ChildState) bool {
			return c.Lifecycle == runtime.LifecycleDeclared || c.Lifecycle == runtime.LifecycleRestarting || c.Lifecycle == runtime.LifecycleStarting
		})
		switch {
		case !said && waits >= 0:
			t.Fatalf("seed %d: %s waits without end, and nothing was said:\n%s\n%s", seed, result.Children[waits].Path, text, result.Timeline)
		case !said:
			plain++
		case waits >= 0:
			waited++
		}
	}
	if plain < int(most)/20 || waited < int(most)/20 {
		t.Errorf("nothing was said of %d trees, and of %d something that came true: that shows nothing", plain, waited)
	}
}

// waitingTree is a tree in which children wait for each other, and how they end.
func waitingTree(r *rand.Rand) (string, sim.Script) {
	g := &waitings{failing: failing{r: r, script: sim.Script{Until: 24 * time.Hour}}}
	g.b.WriteString("package x\n\nsupervisor Top {\n")
	g.fill("Top.", 0)
	g.b.WriteString("}\n")
	return g.b.String(), g.script
}

type waitings struct {
	failing
	paths []string
}

func (g *waitings) fill(prefix string, depth int) {
	if g.r.IntN(3) == 0 {
		g.b.WriteString("strategy rest_for_one\n")
	}
	if g.r.IntN(4) == 0 {
		g.b.WriteString("concurrency 1\n")
	}
	var named []string
	for range 1 + g.r.IntN(3) {
		g.n++
		name := fmt.Sprintf("C%d", g.n)
		if depth < 2 && g.r.IntN(4) == 0 {
			fmt.Fprintf(&g.b, "supervisor %s%s {\n%s\n", name, g.waits(), g.one("", "", "on error stop"))
			g.fill(prefix+name+".", depth+1)
			g.b.WriteString("}\n")
		} else {
			role := g.one("service", "worker", "job")
			fmt.Fprintf(&g.b, "%s %s%s {\n", role, name, g.waits())
			fmt.Fprintf(&g.b, "%s\n", g.one("", "", "restart temporary", "on error stop", "on limit stop", "on panic escalate", "on again stop"))
			explicit := role != "job" && g.r.IntN(3) == 0
			if explicit {
				g.b.WriteString("ready explicit\n")
			} else if role == "job" && g.r.IntN(3) == 0 {
				g.b.WriteString("timeout 1m\non timeout stop\n")
			}
			if g.r.IntN(4) == 0 {
				g.b.WriteString("optional\n")
			}
			g.b.WriteString("}\n")
			g.ends(prefix+name, explicit)
			if g.r.IntN(4) == 0 && role != "job" {
				fmt.Fprintf(&g.b, "sidecar S%d of %s\n", g.n, name)
				g.ends(fmt.Sprintf("%sS%d", prefix, g.n), false)
			}
			if role != "service" {
				named = append(named, name)
			}
		}
		g.paths = append(g.paths, prefix+name)
	}
	if len(named) > 0 && g.r.IntN(3) == 0 {
		fmt.Fprintf(&g.b, "finish when %s %s\n", g.one("any", "all"), strings.Join(named, ", "))
	}
}

// waits is what a child waits for.
func (g *waitings) waits() string {
	if len(g.paths) == 0 || g.r.IntN(3) == 0 {
		return ""
	}
	return g.one(" needs ", " after ") + g.paths[g.r.IntN(len(g.paths))]
}

// ends has some runs of a child end; those behind them are well.
func (g *waitings) ends(path string, explicit bool) {
	for gen := range uint64(g.r.IntN(4)) {
		outcome := []policy.Outcome{
			policy.OutcomeSuccess, policy.OutcomeError, policy.OutcomePanic, policy.OutcomeExternal, policy.OutcomeAgain,
			policy.OutcomeSkip, policy.OutcomeFatalBug,
		}[g.r.IntN(7)]
		rule := sim.Rule{Path: path, First: gen + 1, Last: gen + 1, Does: sim.Ends, After: time.Duration(g.r.IntN(3)) * time.Minute, Outcome: outcome}
		g.script.Rules = append(g.script.Rules, rule)
		if explicit && g.r.IntN(3) == 0 {
			g.script.Rules = append(g.script.Rules, sim.Rule{Path: path, First: gen + 1, Last: gen + 1, Does: sim.Ready, After: sim.Never})
		}
	}
}
