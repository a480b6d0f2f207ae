package kernel

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/supgen/supgen/runtime/policy"
)

// "Health": "While anything is measured against running code the kernel arms a pulse of 1 s, and none otherwise."
func TestPulse(t *testing.T) {
	play(t, tree(service("A", explicit), service("B", constant(time.Hour))), `
		pulse       ->
		run         -> launch A#1, launch B#1
		pulse       -> 1s
		B error     -> B error: restart in 1h0m0s
		at 1.25s    ->
		pulse       -> 2s
		A ready     ->
		pulse       -> 1h0m0s // B's backoff, which nobody measures
		pause A     -> ask A#1
		pulse       -> 2s
		A success   -> A#1 ended
		at 30s      ->
		resume A    -> launch A#2
		pulse       -> 31s
	`)
}

// "A pulse more than 500 ms late is a freeze: its lateness is taken off a running clock": of what is measured on it, each
// has its whole time, whatever comes first afterwards, and however long it was.
func TestFreeze(t *testing.T) {
	for name, c := range map[string]struct {
		tree           *draft
		begin, due, is string
	}{
		"within":          {tree(service("A", explicit, quick, within(5*time.Second))), "run -> launch A#1", "5s", "A is unhealthy, ask A#1"},
		"a job's time":    {tree(job("A", quick, timeout(5*time.Second), on(policy.OutcomeTimeout, policy.ActionRestart))), "run -> launch A#1", "5s", "A timeout: restart, ask A#1"},
		"a check's time":  {tree(service("A", readyCheck(20*time.Second, 5*time.Second, time.Minute))), "run -> launch A#1, check readiness of A#1", "5s", "A#1 hung, A is not ready: it hangs, cut off check of A#1"},
		"a check's turn":  {tree(service("A", healthCheck(5*time.Second, time.Second, 1))), "run -> launch A#1", "5s", "check health of A#1"},
		"a heartbeat":     {tree(service("A", heartbeat(time.Second, 5*time.Second-1, 6*time.Second))), "run -> launch A#1", "5s", "sample A#1"},
		"a drain":         {tree(service("A", shutdown(5*time.Second, time.Second))), "run -> launch A#1\nshutdown -> ask A#1", "5s", "abort A#1"},
		"an abort budget": {tree(service("A", shutdown(0, 5*time.Second))), "run -> launch A#1\nshutdown -> ask A#1, abort A#1", "5s", "A#1 stuck, the end"},
	} {
		t.Run(name, func(t *testing.T) {
			play(t, c.tree, c.begin+`
				deadline    -> `+c.due+`
				at 2.5s     ->
				late 3600s  -> frozen for 59m59.5s // the pulse was due at 3s
				deadline    -> 1h0m4.5s
				at 3604s    ->
				late 1s     -> `+c.is)
		})
	}
}

// "A pulse more than 500 ms late": up to that, it is a timer's delay.
func TestFreezeBegins(t *testing.T) {
	d := tree(service("A", explicit, within(5*time.Second)))
	play(t, d, `
		run            -> launch A#1
		late 1.5s      ->
		deadline       -> 5s
		pulse          -> 2.5s
		late 1.501s    -> frozen for 501ms
		deadline       -> 5.501s
		pulse          -> 4.001s
	`)
}

// "Each pulse adds at least its 1 s, so that a starved tree still judges, only later."
func TestStarvedTree(t *testing.T) {
	play(t, tree(service("A", explicit, quick, within(3*time.Second))), `
		run            -> launch A#1
		late 60s       -> frozen for 59s
		late 60s       -> frozen for 59s
		late 60s       -> frozen for 59s, A is unhealthy, ask A#1
	`)
}

// "Windows and backoff are not moved."
func TestFreezeMovesNoBackoff(t *testing.T) {
	play(t, tree(service("A", explicit, within(time.Hour)), service("B", constant(10*time.Second), limit(1, time.Minute)), service("C")), `
		run            -> launch A#1, launch B#1, launch C#1
		B error        -> B error: restart in 10s
		late 30s       -> frozen for 29s, launch B#2
		late 31s       -> frozen for 30s
		B error        -> B error: restart in 10s // the window is a minute
		deadline       -> 1m11s
	`)
}

// "Grace().Deadline() stays as announced": it is the caller's time.
func TestFreezeAndTheAnnouncedDrain(t *testing.T) {
	s := newTheatre(t, tree(service("A", shutdown(5*time.Second, time.Second)), service("B", explicit)), 1)
	s.play(`
		run            -> launch A#1, launch B#1
		late 11s       -> frozen for 10s
		at 12s         ->
	`)
	s.step(Input{Kind: InputCommand, Node: 1, Verb: VerbPause})
	if e := s.k.Effects()[0]; e.Kind != EffectAsk || e.Until != 17*time.Second {
		t.Errorf("it is asked to have drained at %s, want 17s", e.Until)
	}
}

// "a beat counts on that clock as of when it was stored": before a freeze, in it (when nobody knew yet that it was over),
// or after it.
func TestBeatsAndFreezes(t *testing.T) {
	for beat, age := range map[string]string{"500ms": "2s", "1s": "1.5s", "50s": "1.5s", "101s": "1.5s", "102s": "500ms"} {
		t.Run(beat, func(t *testing.T) {
			s := newTheatre(t, tree(service("A", heartbeat(time.Second, 2*time.Second, time.Minute))), 1)
			s.play(`
				run           -> launch A#1
				late 101s     -> frozen for 1m40s
				at 102s       ->
				at 102.000000001s -> sample A#1
				wait 500ms    ->
			`)
			s.told([]string{"A", "beats", beat})
			want, _ := time.ParseDuration(age)
			if is := s.k.nowRunning() - s.k.nodes[1].vitals.beat - 1; is != want {
				t.Errorf("a beat of %s is %s old, want %s", beat, is, want)
			}
		})
	}
}

// The running clock never goes back, and is never faster than the caller's; freezes that no living heartbeat can have
// seen are forgotten, and no others.
func TestClock(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		c := clock{longestAge: 20 * time.Second}
		stands := func(t Time) (lost Time) { return 0 }
		now := Time(0)
		for range 50 {
			from := now + pulse + Time(random.Int64N(1e9))
			now = from + Time(random.Int64N(20e9))
			before, until := stands, now
			stands = func(t Time) Time { return before(t) + min(max(0, t-from), until-from) }
			c.freeze(from, until)
			for range 20 {
				at := Time(random.Int64N(int64(now) + 1))
				is, want, ran := c.toRunning(at), at-stands(at), now-stands(now)
				if is > want || is != want && ran-want <= c.longestAge {
					t.Fatalf("at %s it is %s, want %s, now is %s", at, is, want, ran)
				}
			}
		}
		if len(c.freezes) > 22 {
			t.Fatalf("it keeps %d freezes, and each is a second", len(c.freezes))
		}
	}
}
