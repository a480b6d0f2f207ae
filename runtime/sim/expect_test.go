package sim_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/supgen/supgen/runtime"
	"github.com/supgen/supgen/runtime/sim"
)

func TestExpect(t *testing.T) {
	for name, test := range map[string]struct {
		child  runtime.Child
		script string
		want   []string // of the lines that expect, and what is unmet after that
	}{
		"it is so": {runtime.Child{Role: runtime.Service}, "at 5s expect Root.C ready\nat 6s Root.C error\nat 6s expect Root.C#1 restarting\nat 7s expect Root.C#2 ready",
			[]string{"5s Root.C ready, as expected", "6s Root.C #1, restarting, as expected", "7s Root.C #2, ready, as expected"}},
		"it is another": {runtime.Child{Role: runtime.Service}, "\nat 5s expect Root.C#2.. ready",
			[]string{"5s Root.C expected #2.., ready: it is #1, ready", "script:2: Root.C was expected to be #2.., ready at 5s: it is #1, ready"}},
		"it stands elsewhere": {runtime.Child{Role: runtime.Worker}, "at 4s Root.C success\nat 5s expect Root.C#1..3 ready",
			[]string{"5s Root.C expected #1..3, ready: it is #1, stopped", "script:2: Root.C was expected to be #1..3, ready at 5s: it is #1, stopped"}},
		"at the end of a moment": {runtime.Child{Role: runtime.Service}, "at 5s expect Root.C paused\nat 5s pause Root.C by ada why",
			[]string{"5s Root.C paused, as expected"}},
		"at the beginning, and in any order": {runtime.Child{Role: runtime.Service}, "at 9s expect Root.C ready\nat 0s expect Root ready",
			[]string{"0s Root ready, as expected", "9s Root.C ready, as expected"}},
		"after the end of the tree": {runtime.Child{Role: runtime.Service}, "at 5s Root.C fatal_config\nuntil 1m\nat 1m expect Root stopped",
			[]string{"1m Root expected stopped: it is #1, failed", "script:3: Root was expected to be stopped at 1m: it is #1, failed"}},
		"each of a row": {runtime.Child{Role: runtime.Worker, Replicas: 3}, "at 4s Root.C[1] success\nat 5s expect Root.C ready\nat 5s expect Root.C[2] ready",
			[]string{"5s Root.C expected ready: Root.C[1] is #1, stopped", "5s Root.C[2] ready, as expected", "script:2: Root.C was expected to be ready at 5s: Root.C[1] is #1, stopped"}},
		"there is none": {runtime.Child{Role: runtime.Worker, Dynamic: true, Max: 1}, "at 5s expect Root.C ready\nat 6s start Root.C[\"a\"]\nat 6s expect Root.C ready",
			[]string{"5s Root.C expected ready: there is none", "6s Root.C ready, as expected", "script:1: Root.C was expected to be ready at 5s: there is none"}},
	} {
		t.Run(name, func(t *testing.T) {
			result, err := sim.Run(one(test.child), sim.MustParse(test.script))
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, l := range result.Timeline {
				if strings.Contains(l.Text, "expected") {
					got = append(got, l.String())
				}
			}
			for _, e := range result.Unmet {
				got = append(got, e.Error())
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestExpectWhatCannotBeJudged(t *testing.T) {
	_, err := sim.Run(one(runtime.Child{Role: runtime.Worker}), sim.MustParse("until 1m\nat 61s expect Root.C ready\nat 5s expect Root.D ready"))
	want := "script:2: 1m1s is after the end of the simulation; say \"until 1m1s\"\nscript:3: there is no child \"Root.D\" in Root"
	if err == nil || !strings.HasPrefix(err.Error(), want) {
		t.Errorf("it is %v", err)
	}
}
