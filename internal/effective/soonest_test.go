package effective_test

import (
	"math/rand/v2"
	"regexp"
	"testing"
	"time"

	"github.com/supgen/supgen/dsl"
	"github.com/supgen/supgen/dsl/syntax"
	"github.com/supgen/supgen/dsl/tree"
	"github.com/supgen/supgen/internal/table"
	"github.com/supgen/supgen/runtime/policy"
	"github.com/supgen/supgen/runtime/sim"
)

// TestSoonestFailure is FailsAfter of plain trees, and how often the simulator has the supervisor restarted in a day when all that is in it
// fails at once.
func TestSoonestFailure(t *testing.T) {
	for _, test := range []struct {
		body     string
		want     time.Duration
		restarts uint64
	}{
		{"service A {\nbackoff 5m\nlimit 10 in 1h\non fatal_bug shutdown\n}", 50 * time.Minute, 28},
		{"service A {\nbackoff 5m\nlimit 10 in 1h\n}", 0, 28},
		{"service A {\nbackoff 5m\nlimit 11 in 1h\non fatal_bug shutdown\n}", 55 * time.Minute, 26},
		{"service A {\nbackoff 1m..10m reset 4m\nlimit 3 in 1h\non fatal_bug shutdown\n}", 5*time.Minute + 36*time.Second, 204},
		{"service A {\non failure retry\non success retry\non fatal_bug shutdown\n}", tree.Never, 0},
		{"supervisor I {\nlimit 1 in 1h\nbackoff none\nservice A {\nbackoff 10m\nlimit 2 in 1h\non fatal_bug shutdown\n}\n}", 40 * time.Minute, 35},
		{"intensity 2 in 10m\nservice A[3] {\nbackoff 9m\nlimit 2 in 1h\non fatal_bug shutdown\n}", 0, 159},
	} {
		root := check(t, "package x\n\nsupervisor Top {\nsupervisor S {\nbackoff none\nlimit 1000 in 24h\n"+test.body+"\n}\n}\n").Roots()[0]
		s := root.Children[0]
		if s.FailsAfter != test.want {
			t.Errorf("%s: it fails after %s at the soonest, want %s", test.body, s.FailsAfter, test.want)
		}
		script := sim.Script{Until: 24*time.Hour - 1}
		for c := range s.All() {
			if c.Role == policy.Service {
				script.Rules = append(script.Rules, sim.Rule{Path: c.Path(), Does: sim.Ends, Outcome: policy.OutcomeError})
			}
		}
		result, err := sim.Run(sim.Tree(table.Of(root)), script)
		if err != nil {
			t.Fatal(err)
		}
		if state, _ := result.Child(s.Path()); state.Generation-1 != test.restarts {
			t.Errorf("%s: it is restarted %d times in a day, want %d", test.body, state.Generation-1, test.restarts)
		}
	}
}

// TestNoSupervisorFailsSooner has the children of random trees fail for a day, at once or in bursts. No supervisor fails more
// often than its FailsAfter lets it.
func TestNoSupervisorFailsSooner(t *testing.T) {
	most := uint64(4000)
	if testing.Short() {
		most = 200
	}
	service, intensity := regexp.MustCompile(`service .*\n`), regexp.MustCompile(`intensity .*\n`)
	bounded, near := 0, 0
	for seed := range most {
		text, script := failingTree(rand.New(rand.NewPCG(seed, 4)))
		text = service.ReplaceAllString(text, "${0}on fatal_bug shutdown\n") // or each might fail at once
		text = intensity.ReplaceAllString(text, "")
		if seed%2 == 0 {
			for i := range script.Rules {
				script.Rules[i].After = 0
			}
		}
		script.Seed = seed + 1
		file, _ := dsl.Parse("x.sup", []byte(text))
		checked, _ := dsl.Check([]*syntax.File{file}, "")
		if checked == nil {
			continue
		}
		root := checked.Roots()[0]
		result, err := sim.Run(sim.Tree(table.Of(root)), script)
		if err != nil {
			t.Fatalf("seed %d: %v\n%s", seed, err, text)
		}
		for _, s := range root.Children {
			if s.Role != policy.Supervisor || s.FailsAfter == 0 {
				continue
			}
			state, _ := result.Child(s.Path())
			restarts := int64(state.Generation) - 1
			if s.FailsAfter == tree.Never && restarts > 0 || restarts > int64(24*time.Hour/s.FailsAfter) {
				t.Fatalf("seed %d: %s failed %d times in a day, and each takes %s:\n%s\n%s", seed, s.Name, restarts, s.FailsAfter, text, result.Timeline)
			}
			bounded++
			if restarts > 0 {
				near++
			}
		}
	}
	if bounded < int(most)/20 || near < bounded/20 {
		t.Errorf("%d supervisors fail no sooner than something, and %d of them failed: that shows nothing", bounded, near)
	}
}
