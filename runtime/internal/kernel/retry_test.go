package kernel

import (
	"math"
	"testing"
	"time"

	"github.com/supgen/supgen/runtime/policy"
)

// "Decide": "Retry is a restart that counts in no limit and no intensity; the backoff grows, and is 50 ms at the least."
func TestRetryCountsNowhere(t *testing.T) {
	backoff := policy.Backoff{Min: 10 * time.Millisecond, Max: time.Second, Factor: 10, Reset: time.Hour}
	d := tree(service("A", delays(backoff), limit(0, time.Hour)), intensity(0, time.Hour))
	play(t, d, `
		run         -> launch A#1
		A external  -> A external: retry in 50ms
		restarts A  -> 0
		attempt A   -> 2
		wait 50ms   -> launch A#2
		A external  -> A external: retry in 100ms
		wait 100ms  -> launch A#3
		A external  -> A external: retry in 1s
		wait 1s     -> launch A#4
		A external  -> A external: retry in 1s
		wait 1s     -> launch A#5
		attempt A   -> 5
	`)
	play(t, tree(service("A", quick)), `
		run         -> launch A#1
		A external  -> A external: retry in 50ms // also where there is no backoff at all
	`)
}

// "Decide": an attempt is never too many: the number stays the largest there is, and the delay the longest.
func TestRetryForEver(t *testing.T) {
	s := newTheatre(t, tree(service("A", delays(policy.Backoff{Min: time.Second, Max: 3 * time.Second, Factor: 1.5, Reset: time.Hour}), on(policy.OutcomeError, policy.ActionRetry))), 1)
	s.k.Step(0, &Input{Kind: InputRun})
	s.k.nodes[1].attempt = math.MaxInt32 - 1
	for gen := uint64(1); gen < 4; gen++ {
		s.k.Step(s.now, &Input{Kind: InputEnded, Node: 1, Gen: gen, Outcome: policy.OutcomeError})
		v := s.k.View(1)
		if v.Attempt != math.MaxInt32 || v.Decision.Delay != 3*time.Second {
			t.Fatalf("attempt %d after %s", v.Attempt, v.Decision.Delay)
		}
		s.now += v.Decision.Delay
		s.k.Step(s.now, &Input{})
	}
}

// "Decide": "A retry of a run that was never ready takes along only what needs it (nothing was built on it); of one that
// was ready, strategies apply, but a sibling's job that is still running is not taken along."
func TestRetryTakesAlong(t *testing.T) {
	d := tree(service("A", explicit, quick), service("B"), job("J"), job("N", needs("A")), oneForAll)
	play(t, d, `
		run         -> launch A#1, launch B#1, launch J#1
		A external  -> A external: retry in 50ms
		wait 50ms   -> launch A#2
		A ready     -> launch N#1
		A external  -> A external: retry in 50ms, ask N#1, ask B#1 // N needs it
		B success   -> B#1 ended
		N error     -> N#1 ended
		wait 50ms   -> launch A#3, launch B#2
		J success   -> J success: stop
		A error     -> A error: restart, ask B#2
	`)
}

// "Decide": "inside a barrier it is absorbed as a restart is".
func TestRetryIsAbsorbed(t *testing.T) {
	play(t, tree(service("A", quick), service("B", needs("A")), service("C", needs("B"))), `
		run         -> launch A#1, launch B#1, launch C#1
		A error     -> A error: restart, ask C#1
		B external  -> B#1 ended
		attempt B   -> 1
		C success   -> C#1 ended, launch A#2, launch B#2, launch C#2
	`)
}

// "Decide": again is "an end that is no failure, whose value is no good any more: no failed, no unhealthy, and after
// having been ready the attempt does not grow".
func TestAgain(t *testing.T) {
	backoff := policy.Backoff{Min: time.Second, Max: time.Minute, Factor: 2, Reset: time.Hour}
	narrate(t, tree(service("A", explicit, delays(backoff))), `
		run       -> phase running, Root declared>starting, A declared>running, launch A#1
		A ready   -> A running>ready, Root starting>ready
		A again   -> A again: retry in 1s, A ready>restarting, Root ready>running
		attempt A -> 1
		health A  -> unknown
		wait 1s   -> A restarting>running, launch A#2
		A again   -> A again: retry in 1s, A running>restarting
		attempt A -> 2
	`)
}

// "Decide": who may be missing brings nobody down: "an optional supervisor that would restart while it holds a stuck run is
// quarantined instead". A retry of one that may not is no way around it.
func TestRetryAroundAStuckRun(t *testing.T) {
	for row, want := range map[policy.Action]string{
		policy.ActionEscalate:   "S error: stuck escalate, Root error: escalate, ask A#1, abort A#1, the end",
		policy.ActionQuarantine: "S error: stuck quarantine, ask A#1, abort A#1",
		policy.ActionStop:       "S error: stuck stop, ask A#1, abort A#1", policy.ActionRestart: "S error: stuck escalate, Root error: escalate, ask A#1, abort A#1, the end",
	} {
		play(t, tree(supervisor("S", quick, on(policy.OutcomeError, policy.ActionRetry), on(policy.OutcomeStuck, row), service("A", shutdown(0, 0)))), `
			run       -> launch A#1
			restart A -> A#1 stuck, A stuck: escalate, `+want+`
		`)
	}
}
