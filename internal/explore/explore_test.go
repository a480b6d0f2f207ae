package explore_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/supgen/supgen/dsl"
	"github.com/supgen/supgen/dsl/syntax"
	"github.com/supgen/supgen/dsl/tree"
	"github.com/supgen/supgen/internal/explore"
	"github.com/supgen/supgen/internal/table"
	"github.com/supgen/supgen/runtime"
	"github.com/supgen/supgen/runtime/sim"
)

// root is the tree of a text without its package clause.
func root(t testing.TB, text string) *tree.Child {
	t.Helper()
	file, _ := dsl.Parse("x.sup", []byte("package x\n"+text))
	tree, diagnostics := dsl.Check([]*syntax.File{file}, "")
	if tree == nil {
		t.Fatal(diagnostics)
	}
	return tree.Roots()[0]
}

func explored(t testing.TB, text string, o explore.Options) *explore.Report {
	t.Helper()
	r, err := explore.Explore(root(t, text), o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// find is the trial of these failures.
func find(t testing.TB, r *explore.Report, name string) *explore.Trial {
	t.Helper()
	for _, trial := range r.Trials {
		if trial.String() == name {
			return trial
		}
	}
	t.Fatalf("nothing was tried, or is worth telling, that is called %q", name)
	return nil
}

const shop = `
supervisor Shop {
	service DB {
		ready   explicit within 10s
		health  heartbeat 1s stale 5s
		backoff 1s
		limit   2 in 1m
	}
	service HTTP needs DB {
		on panic quarantine
	}
	service Ads {
		optional
		limit 1 in 1m
	}
	job Seed {
		timeout 20s
	}
	worker Part[3]
	dynamic worker Session(id string) key id needs DB {
		restart temporary
		max     5
	}
}
`

func TestCosts(t *testing.T) {
	r := explored(t, shop, explore.Options{})
	for name, want := range map[string]string{
		"Shop.DB: error, once":               "others go down: Shop.HTTP 1s, Shop.Session[\"a\"] gone; own 1s; launches 2",
		"Shop.DB: unhealthy, once":           "others go down: Shop.HTTP 1s, Shop.Session[\"a\"] gone; own 1s; launches 2",
		"Shop.DB: error, again and again":    "the program ends after 2s: launches 2; Shop.DB: 3 restarts in 1m, limit 2 in 1m of Shop.DB, escalate > Shop: error, escalate",
		"Shop.DB: error, from the start":     "the program ends after 2s: launches 2; Shop.DB: 3 restarts in 1m, limit 2 in 1m of Shop.DB, escalate > Shop: error, escalate",
		"Shop.DB: external, again and again": "others go down: Shop.HTTP lasts, Shop.Session[\"a\"] gone; own lasts; goes",
		"Shop.DB: timeout, once":             "others go down: Shop.HTTP 11s; own 11s; launches 1",
		"Shop.DB: fatal_config, once":        "the program ends after 0s: Shop.DB: fatal_config, shutdown",
		"Shop.DB: slow start":                "others go down: Shop.HTTP 9.999s; own 9.999s",
		"Shop.DB: slow stop":                 "others go down: Shop.HTTP 4.999s, Shop.Session[\"a\"] gone; own 4.999s; launches 2",
		"Shop.DB: paused":                    "others stay down: Shop.HTTP stays, Shop.Session[\"a\"] gone; own stays",
		"Shop.HTTP: panic, once":             "it stays down: own stays",
		"Shop.HTTP: stuck, once":             "the program ends after 6s: Shop.HTTP: stuck, escalate > Shop: error, escalate",
		"Shop.Ads: error, again and again":   "it stays down: own stays; launches 1",
		"Shop.Ads: stuck, once":              "it stays down: own stays",
		"Shop.Ads: success, once":            "it goes down: own 41ms; launches 1",
		"Shop.Seed: timeout, once":           "the program ends after 20s: Shop.Seed: timeout, escalate > Shop: error, escalate",
		"Shop.Seed: skip, once":              "it goes down: own stays",
		"Shop.Part[0]: error, once":          "it goes down: own 41ms; launches 1",
		"Shop.Session[\"a\"]: error, once":   "it goes down: own gone",
	} {
		trial := find(t, r, name)
		if got := cost(trial.Cost); got != want {
			t.Errorf("%s:\n got %s\nwant %s\n%s", name, got, want, r.Script(trial))
		}
	}
	if r.Singles.N != r.Singles.Of || r.Pairs.N != r.Pairs.Of || r.Pairs.N == 0 || r.Missing != nil {
		t.Errorf("tried %+v and %+v; missing %v", r.Singles, r.Pairs, r.Missing)
	}
}

// cost is a cost in a line.
func cost(c explore.Cost) string {
	var parts []string
	outage := func(o explore.Outage) string {
		switch {
		case o.Gone:
			return "gone"
		case o.Stays:
			return "stays"
		case o.Lasts:
			return "lasts"
		}
		return o.For.Round(time.Millisecond).String()
	}
	var others []string
	for _, o := range c.Others {
		others = append(others, o.Path+" "+outage(o))
	}
	if others != nil {
		parts = append(parts, strings.Join(others, ", "))
	}
	if c.Own.Path != "" {
		parts = append(parts, "own "+outage(c.Own))
	}
	switch {
	case c.Goes:
		parts = append(parts, "goes")
	case c.Launches != 0:
		parts = append(parts, fmt.Sprint("launches ", c.Launches))
	}
	text := c.Grade.String()
	if c.Grade == explore.Ends {
		text += " after " + c.After.Round(time.Second).String()
		parts = append(parts, strings.Join(c.Chain, " > "))
	}
	return text + ": " + strings.Join(parts, "; ")
}

// A pair is told only where it costs more than each of the two: two children that share an intensity.
func TestPairs(t *testing.T) {
	r := explored(t, `
supervisor Shop {
	service A {
		backoff 1s
	}
	service B needs A {
		on panic quarantine
	}
	group G {
		intensity 1 in 10s
		service C
		service D
	}
}
`, explore.Options{})
	var pairs []string
	for _, trial := range r.Trials {
		if len(trial.Failures) == 2 {
			pairs = append(pairs, trial.String())
			for _, f := range trial.Failures {
				alone := find(t, r, f.String())
				if alone.Cost.Grade >= trial.Cost.Grade {
					t.Errorf("%s is no worse than %s", trial, f)
				}
			}
		}
	}
	if !slices.Contains(pairs, "Shop.C: error, once; with Shop.D: error, once") {
		t.Errorf("worse than each of the two are %q", pairs)
	}
}

// What a report says is what its scripts do.
func TestScripts(t *testing.T) {
	r := explored(t, shop, explore.Options{Until: 3 * time.Minute})
	tree := sim.Tree(table.Of(r.Root))
	for _, trial := range r.Trials {
		text := r.Script(trial).String()
		script, err := sim.Parse(text)
		if err != nil {
			t.Fatalf("%s:\n%s%v", trial, text, err)
		}
		result, err := sim.Run(tree, script)
		if err != nil {
			t.Fatalf("%s:\n%s%v", trial, text, err)
		}
		for _, l := range result.Timeline {
			if strings.Contains(l.Text, "refused") || strings.Contains(l.Text, "it has no run") || strings.Contains(l.Text, "not started") && trial.Failures[0].Often != explore.Boot {
				t.Errorf("%s:\n%s%s", trial, text, l)
			}
		}
		if ends := result.Ended && result.Err != nil; ends != (trial.Cost.Grade == explore.Ends) {
			t.Errorf("%s: %s, and %v\n%s", trial, trial.Cost.Grade, result.Err, text)
		}
		for _, o := range append(trial.Cost.Others, trial.Cost.Own) {
			c, _ := result.Child(o.Path)
			if o.Stays && !trial.Cost.Goes && (c.Lifecycle == runtime.LifecycleReady || c.Stopped == runtime.StopCompleted) {
				t.Errorf("%s: %s does not stay down, it is %s\n%s", trial, o.Path, c.Lifecycle, text)
			}
		}
	}
}

// What differs in its words alone is tried once: it has to come to the same.
func TestSameCourse(t *testing.T) {
	r := explored(t, shop, explore.Options{})
	again := explored(t, strings.Replace(shop, "10s", "10s\n\t\ton panic at start restart", 1), explore.Options{})
	for _, often := range []string{"once", "again and again", "from the start"} {
		together, apart := find(t, r, "Shop.DB: panic, "+often), find(t, again, "Shop.DB: panic, "+often)
		if diff := cmp.Diff(cost(together.Cost), cost(apart.Cost)); diff != "" {
			t.Error(diff)
		}
	}
}

// The same tree, seed and bound find the same, whatever the processors do; another seed tries others.
func TestSample(t *testing.T) {
	var b strings.Builder
	b.WriteString("supervisor Shop {\n")
	for i := range 60 {
		fmt.Fprintf(&b, "\tservice C%d\n", i)
	}
	b.WriteString("}\n")
	names := func(o explore.Options) (names []string) {
		r := explored(t, b.String(), o)
		if r.Singles.N != 80 || r.Singles.Of < 1000 || r.Pairs.N != 20 || r.Pairs.Of <= r.Pairs.N {
			t.Errorf("tried %+v and %+v", r.Singles, r.Pairs)
		}
		for _, trial := range r.Trials {
			names = append(names, trial.String())
		}
		return names
	}
	first := names(explore.Options{Max: 100, Seed: 3})
	if diff := cmp.Diff(first, names(explore.Options{Max: 100, Seed: 3})); diff != "" {
		t.Error(diff)
	}
	if other := names(explore.Options{Max: 100, Seed: 4}); slices.Equal(first, other) {
		t.Error("the seed changes nothing")
	}
}

// A program that finishes is looked at while it runs.
func TestBatch(t *testing.T) {
	r := explored(t, "supervisor Batch {\n\tfinish when all Load\n\tservice DB\n\tjob Load needs DB {\n\t\ton error quarantine\n\t}\n}\n", explore.Options{})
	if c := find(t, r, "Batch.Load: error, once").Cost; !c.Unfinished || c.Grade != explore.Stay {
		t.Errorf("it comes to %+v", c)
	}
	if c := find(t, r, "Batch.DB: error, once").Cost; c.Unfinished || c.Grade != explore.Fall {
		t.Errorf("it comes to %+v", c)
	}
}

// What takes long is tried less often: of children that need each other, a failure takes all along, again and again.
func TestPairsByWhatTheyTake(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	tried := map[bool]explore.Tried{}
	for _, needs := range []bool{false, true} {
		var b strings.Builder
		b.WriteString("supervisor Shop {\n")
		for i := range 25 {
			fmt.Fprintf(&b, "\tservice A%d", i)
			if needs && i > 0 {
				fmt.Fprintf(&b, " needs A%d", i-1)
			}
			b.WriteByte('\n')
		}
		r := explored(t, b.String()+"}\n", explore.Options{})
		tried[needs] = r.Pairs
	}
	if alone, chained := tried[false], tried[true]; alone.N != alone.Of || chained.N >= chained.Of || chained.N == 0 {
		t.Errorf("tried %d of %d pairs of children by themselves, and %d of %d in a chain", alone.N, alone.Of, chained.N, chained.Of)
	}
}
