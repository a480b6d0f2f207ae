package sim

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/supgen/supgen/runtime"
	"github.com/supgen/supgen/runtime/policy"
)

// expect judges what should be at a time and before, and was not judged yet. All that happens until then has happened.
func (w *world) expect(until time.Duration) {
	for len(w.expects) > 0 && w.expects[0].At <= until {
		w.judge(w.expects[0])
		w.expects = w.expects[1:]
	}
}

func (w *world) judge(e Expect) {
	wrong := w.others(e)
	if len(wrong) == 0 {
		w.timeline = append(w.timeline, Line{At: e.At, Path: e.Path, Text: spellExpected(e) + ", as expected"})
		return
	}
	is := strings.Join(wrong, ", ")
	unmet := &LineError{Line: e.Line, Message: fmt.Sprintf("%s was expected to be %s at %s: %s", e.Path, spellExpected(e), clock(e.At), is)}
	w.unmet = append(w.unmet, unmet)
	w.timeline = append(w.timeline, Line{At: e.At, Path: e.Path, Text: "expected " + spellExpected(e) + ": " + is, Err: unmet})
}

// others tells who is not as expected.
func (w *world) others(e Expect) (others []string) {
	found := false
	for id, row := range w.Paths {
		for _, n := range w.Kernel.Nodes(policy.ID(id)) {
			state := w.State(n, e.At).(runtime.ChildState)
			if !matches(e.Path, state.Path, row) {
				continue
			}
			found = true
			is := state.Lifecycle == e.Is || e.Is == runtime.LifecycleReady && w.Kernel.AwaitsStop(n)
			if is && e.First <= state.Generation && (e.Last == 0 || state.Generation <= e.Last) {
				continue
			}
			other := "it"
			if state.Path != e.Path {
				other = state.Path
			}
			others = append(others, fmt.Sprintf("%s is #%d, %s", other, state.Generation, state.Lifecycle))
		}
	}
	if !found {
		return []string{"there is none"}
	}
	return others
}

// checkExpect reports what can never be judged.
func (w *world) checkExpect(e Expect) error {
	if e.At > w.script.until() {
		return fmt.Errorf(`%s is after the end of the simulation; say "until %s"`, clock(e.At), clock(e.At))
	}
	_, err := w.checkPath(e.Path)
	return err
}

func byTime(expects []Expect) []Expect {
	expects = slices.Clone(expects)
	slices.SortStableFunc(expects, func(a, b Expect) int { return int(min(1, max(-1, a.At-b.At))) })
	return expects
}
