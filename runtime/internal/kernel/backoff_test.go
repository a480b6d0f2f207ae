package kernel

import (
	"math"
	"testing"
	"time"

	"github.com/supgen/supgen/runtime/policy"
)

// delaysOf are the delays before so many automatic restarts in a row.
func delaysOf(t *testing.T, b policy.Backoff, seed uint64, times int) (all []Time) {
	t.Helper()
	s := newTheatre(t, tree(service("A", delays(b), limit(1_000_000, time.Hour)), intensity(1_000_000, time.Hour)), seed)
	s.k.Step(0, &Input{Kind: InputRun})
	for range times {
		v := s.k.View(1)
		s.k.Step(s.now, &Input{Kind: InputEnded, Node: 1, Gen: v.Gen, Outcome: policy.OutcomeError})
		d := s.k.View(1).Decision.Delay
		all = append(all, d)
		s.now += max(d, 0)
		s.k.Step(s.now, &Input{})
		if got := s.k.View(1).Gen; got != v.Gen+1 {
			t.Fatalf("run %d after a delay of %s, want %d", got, d, v.Gen+1)
		}
	}
	return all
}

// "Backoff": "min(A·factor^(attempt−2), B) before the run with that attempt".
func TestBackoffGrows(t *testing.T) {
	play(t, tree(service("A", delays(policy.Backoff{Min: time.Second, Max: 5 * time.Second, Factor: 2, Reset: time.Hour}))), `
		run         -> launch A#1
		attempt A   -> 1
		A error     -> A error: restart in 1s
		attempt A   -> 2
		wait 1s     -> launch A#2
		A error     -> A error: restart in 2s
		wait 2s     -> launch A#3
		A error     -> A error: restart in 4s
		wait 4s     -> launch A#4
		A error     -> A error: restart in 5s
		wait 5s     -> launch A#5
		attempt A   -> 5
		A error     -> A error: restart in 5s
	`)
}

// "Backoff": whatever the attempt, and from nothing too.
func TestBackoffOfManyAttempts(t *testing.T) {
	for name, c := range map[string]struct {
		b    policy.Backoff
		want Time
	}{
		"with a bound":      {policy.Backoff{Min: 1, Max: 5, Factor: 2}, 5},
		"from nothing":      {policy.Backoff{Min: 0, Max: 5, Factor: 2}, 0},
		"of a constant":     {policy.Backoff{Min: 7, Max: 7, Factor: 1}, 7},
		"of half a century": {policy.Backoff{Min: 1, Max: 1<<60 + 1, Factor: 1e9}, 1<<60 + 1},
	} {
		t.Run(name, func(t *testing.T) {
			c.b.Reset = math.MaxInt64
			all := delaysOf(t, c.b, 1, int(min(1100, math.MaxInt64/(c.want+1))))
			if last := all[len(all)-1]; last != c.want {
				t.Errorf("delay before attempt %d is %d, want %d", len(all)+1, last, c.want)
			}
		})
	}
}

// "Backoff": "P% is uniform within ± P %, full uniform from 0 to the delay, decorrelated uniform from A to three times the
// delay before; never above B."
func TestJitterBounds(t *testing.T) {
	const a, b = 100 * time.Millisecond, time.Second
	for name, c := range map[string]struct {
		jitter policy.Jitter
		bounds func(nominal, before Time) (low, high Time)
	}{
		"percent": {20, func(n, _ Time) (Time, Time) { return n * 8 / 10, n * 12 / 10 }},
		"all":     {100, func(n, _ Time) (Time, Time) { return 0, 2 * n }},
		"full":    {policy.FullJitter, func(n, _ Time) (Time, Time) { return 0, n }},
		"decorrelated": {policy.DecorrelatedJitter, func(_, before Time) (Time, Time) {
			return a, 3 * max(a, before)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			var least, most [5]float64 // where in their bounds the delays lie, from 0 to 1
			for i := range least {
				least[i] = 1
			}
			for seed := range uint64(2000) {
				before := Time(0)
				for i, d := range delaysOf(t, policy.Backoff{Min: a, Max: b, Factor: 2, Jitter: c.jitter, Reset: time.Hour}, seed, len(least)) {
					low, high := c.bounds(min(a<<i, b), before)
					if high = min(high, b); d < low || d > high {
						t.Fatalf("seed %d: delay %d is %s, want %s to %s", seed, i, d, low, high)
					}
					at := float64(d-low) / float64(high-low)
					least[i], most[i] = min(least[i], at), max(most[i], at)
					before = d
				}
			}
			for i := range least {
				if least[i] > 0.02 || most[i] < 0.98 {
					t.Errorf("delay %d lies from %.2f to %.2f of its bounds, want all of it", i, least[i], most[i])
				}
			}
		})
	}
}

// "Backoff": the random numbers come from the seed.
func TestJitterIsSeeded(t *testing.T) {
	b := policy.Backoff{Min: time.Second, Max: time.Minute, Factor: 2, Jitter: policy.FullJitter, Reset: time.Hour}
	one, again, two := delaysOf(t, b, 1, 3), delaysOf(t, b, 1, 3), delaysOf(t, b, 2, 3)
	for i := range one {
		if one[i] != again[i] || one[i] == two[i] {
			t.Errorf("delay %d is %s, with the same seed %s, with another %s", i, one[i], again[i], two[i])
		}
	}
}

// "Attempt ... set to 1 ... when its last run had been ready for the backoff's reset time".
func TestAttemptResets(t *testing.T) {
	d := tree(service("A", explicit, delays(policy.Backoff{Min: time.Second, Max: time.Minute, Factor: 2, Reset: 10 * time.Second})))
	fails := `
		run               -> launch A#1
		A error           -> A error: restart in 1s
		at 1s             -> launch A#2
		A error           -> A error: restart in 2s
		at 3s             -> launch A#3
		at 5s             ->
		A ready           ->
		attempt A         -> 3
	`
	t.Run("when that is reached", func(t *testing.T) {
		play(t, d, fails+`
			at 15s            ->
			A error           -> A error: restart in 1s
			attempt A         -> 2
		`)
	})
	t.Run("not a nanosecond earlier", func(t *testing.T) {
		play(t, d, fails+`
			at 14.999999999s  ->
			A error           -> A error: restart in 4s
			attempt A         -> 4
		`)
	})
	t.Run("not for a run that was never ready", func(t *testing.T) {
		play(t, d, `
			run               -> launch A#1
			A error           -> A error: restart in 1s
			at 1s             -> launch A#2
			at 30s            ->
			A error           -> A error: restart in 2s
		`)
	})
	t.Run("for one that failed alive", func(t *testing.T) {
		play(t, tree(service("A", constant(time.Second), healthCheck(2*time.Minute, time.Second, 1))), `
			run               -> launch A#1
			A error           -> A error: restart in 1s
			at 1s             -> launch A#2
			attempt A         -> 2
			at 121s           -> check health of A#2
			A fails           -> A is unhealthy, ask A#2
			A success         -> A unhealthy: restart in 1s
			attempt A         -> 2 // the second since it was stable
		`)
	})
	t.Run("by hand", func(t *testing.T) {
		play(t, d, fails+`
			pause A           -> ask A#3
			attempt A         -> 1
			A success         -> A#3 ended
			resume A          -> launch A#4
			A error           -> A error: restart in 1s
			restart A         -> launch A#5
			attempt A         -> 1
		`)
		play(t, d, fails+`
			restart A         -> ask A#3
			A error           -> A#3 ended, launch A#4
			attempt A         -> 1
			A error           -> A error: restart in 1s
			restart A         -> launch A#5
			attempt A         -> 1
		`)
	})
}

// "Attempt is the try since the child was last stable", whoever's failure ended its last run.
func TestAttemptResetsWhenAnotherTakesItDown(t *testing.T) {
	d := tree(oneForAll, service("A", delays(policy.Backoff{Min: time.Second, Max: time.Minute, Factor: 2, Reset: 10 * time.Second})), service("B", quick))
	for at, attempt := range map[string]string{"11s": "1", "10.999999999s": "2"} {
		play(t, d, `
			run           -> launch A#1, launch B#1
			A error       -> A error: restart in 1s, ask B#1
			B success     -> B#1 ended
			at 1s         -> launch A#2, launch B#2
			at `+at+`     ->
			B error       -> B error: restart, ask A#2
			wait 2s       -> // its drain is no readiness
			A success     -> A#2 ended, launch A#3, launch B#3
			attempt A     -> `+attempt)
	}
}

// "raised only by the child's own automatic restart": not by a sibling's, nor by what trips a limit.
func TestAttemptIsRaisedByOwnRestarts(t *testing.T) {
	play(t, tree(oneForAll, service("A", quick), service("B", quick, limit(0, time.Hour), on(policy.OutcomeLimit, policy.ActionQuarantine))), `
		run           -> launch A#1, launch B#1
		A error       -> A error: restart, ask B#1
		B success     -> B#1 ended, launch A#2, launch B#2
		attempt A B   -> 2, 1
		B error       -> B error: limit quarantine
		attempt B     -> 1
	`)
}
