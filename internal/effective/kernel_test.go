package effective_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/supgen/supgen/dsl"
	"github.com/supgen/supgen/dsl/syntax"
	"github.com/supgen/supgen/dsl/tree"
	"github.com/supgen/supgen/internal/effective"
	"github.com/supgen/supgen/internal/table"
	"github.com/supgen/supgen/runtime"
	"github.com/supgen/supgen/runtime/policy"
	"github.com/supgen/supgen/runtime/sim"
)

// TestRestartsAsTheRuntimeDoes has the runtime itself restart each child of random trees, in virtual time, and
// compares what became of all the others with what is told of it.
func TestRestartsAsTheRuntimeDoes(t *testing.T) {
	most := uint64(300)
	if testing.Short() {
		most = 50
	}
	tried := 0
	for seed := range most {
		text := randomTree(rand.New(rand.NewPCG(seed, 1)))
		file, _ := dsl.Parse("x.sup", []byte(text))
		tree, _ := dsl.Check([]*syntax.File{file}, "")
		if tree == nil {
			continue // a sidecar or a strategy that makes a circle
		}
		root := tree.Files[0].Roots[0]
		for c := range root.All() {
			failing, outcome := culprit(c)
			explained := effective.Explain(c)
			if failing == nil || len(explained.RestartsIt) == 0 {
				continue
			}
			tried++
			if diff := cmp.Diff(told(root, explained), happened(t, root, failing, outcome)); diff != "" {
				t.Fatalf("seed %d: when %s fails (-told +happened):\n%s\n%s", seed, c.Path(), diff, text)
			}
		}
	}
	if tried < int(most) {
		t.Errorf("only %d restarts were tried", tried)
	}
}

// culprit is who has to end in which way for a child to fail: itself, or for a supervisor a child of it that escalates.
func culprit(c *tree.Child) (*tree.Child, policy.Outcome) {
	switch {
	case c.Role == policy.Supervisor:
		for _, child := range c.Members() {
			if child.On[policy.OutcomeGoexit].Value.Action == policy.ActionEscalate {
				return child, policy.OutcomeGoexit
			}
		}
		return nil, 0
	case c.Role == policy.Group, c.Role == policy.Job, c.Replicas > 0:
		return nil, 0
	}
	return c, policy.OutcomeError
}

// told is what is said to become of each child that is not left alone.
func told(root *tree.Child, e effective.Explanation) map[string]string {
	is := map[string]*tree.Child{}
	for c := range root.All() {
		is[c.Path()] = c
	}
	fates := map[string]string{}
	for _, m := range e.RestartsIt {
		switch {
		case is[m.Path].Role == policy.Supervisor, m.Fate == "runs again, unless it has completed":
			// A supervisor has no runs of its own, and all jobs have completed.
		case m.Fate == "is stopped for good":
			fates[m.Path] = "stopped"
		default:
			fates[m.Path] = "restarted"
		}
	}
	return fates
}

// happened is what became of each child when one ended, after a time in which all went well.
func happened(t *testing.T, root, failed *tree.Child, outcome policy.Outcome) map[string]string {
	t.Helper()
	const failure = 2 * time.Minute
	result, err := sim.Run(sim.Tree(table.Of(root)), sim.Script{
		Until: failure + 30*time.Second,
		Acts:  []sim.Act{{At: failure, Rule: sim.Rule{Path: failed.Path(), Does: sim.Ends, Outcome: outcome}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	is := map[string]*tree.Child{}
	for c := range root.All() {
		is[c.Path()] = c
	}
	fates := map[string]string{}
	for _, state := range result.Children {
		path, _, _ := strings.Cut(state.Path, "[")
		switch c := is[path]; {
		case c == nil || c.Role == policy.Supervisor:
		case state.Generation > 1:
			fates[path] = "restarted"
		case state.Lifecycle == runtime.LifecycleStopped && c.Role != policy.Job:
			fates[path] = "stopped"
		}
	}
	return fates
}

// randomTree is a tree with children of all kinds that a restart may take along.
func randomTree(r *rand.Rand) string {
	g := &generator{r: r}
	g.b.WriteString("package x\n\nsupervisor Top {\n")
	g.fill("Top.", 0, 2+r.IntN(4))
	g.b.WriteString("}\n")
	return g.b.String()
}

type generator struct {
	r     *rand.Rand
	b     strings.Builder
	paths []string // that can be needed
	n     int
}

func (g *generator) fill(prefix string, depth, children int) {
	fmt.Fprintf(&g.b, "strategy %s\n", [...]string{"one_for_one", "one_for_all", "rest_for_one"}[g.r.IntN(3)])
	for range children {
		g.n++
		name := fmt.Sprintf("C%d", g.n)
		kind := g.r.IntN(8)
		if depth == 2 && kind < 2 {
			kind = 2
		}
		switch kind {
		case 0:
			fmt.Fprintf(&g.b, "supervisor %s%s {\n", name, g.needs())
			g.fill(prefix+name+".", depth+1, 1+g.r.IntN(4))
			g.b.WriteString("}\n")
			g.paths = append(g.paths, prefix+name)
			continue
		case 1:
			fmt.Fprintf(&g.b, "group %s {\n", name)
			g.fill(prefix, 2, 1+g.r.IntN(4)) // no group and no supervisor in it
			g.b.WriteString("}\n")
			continue
		case 2:
			fmt.Fprintf(&g.b, "job %s%s\n", name, g.needs())
		case 3:
			fmt.Fprintf(&g.b, "job %s%s {\nprovides int\n}\n", name, g.needs())
		case 4:
			fmt.Fprintf(&g.b, "service %s%s {\nrestart temporary\n}\n", name, g.needs())
			continue // who needs it stays down with it, which is a warning and another story
		case 5:
			fmt.Fprintf(&g.b, "service %s[2]%s\n", name, g.needs())
		default:
			fmt.Fprintf(&g.b, "service %s%s {\non goexit escalate\n}\n", name, g.needs())
			if g.r.IntN(4) == 0 {
				fmt.Fprintf(&g.b, "sidecar Side%d of %s%s\n", g.n, name, [...]string{"", " linked"}[g.r.IntN(2)])
			}
		}
		g.paths = append(g.paths, prefix+name)
	}
}

func (g *generator) needs() string {
	n := min(g.r.IntN(3), len(g.paths))
	var refs []string
	for _, i := range g.r.Perm(len(g.paths))[:n] {
		refs = append(refs, g.paths[i])
	}
	if n == 0 {
		return ""
	}
	return " needs " + strings.Join(refs, ", ")
}
