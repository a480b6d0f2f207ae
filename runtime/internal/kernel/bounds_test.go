package kernel

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/supgen/supgen/runtime/policy"
)

// "Count": "sliding window, inclusive (age ≤ period)": of a child, of its group, and of its supervisor.
func TestBoundsOfWindows(t *testing.T) {
	for trips, d := range map[string]*draft{
		"limit escalate":             tree(service("A", quick, limit(2, 10*time.Second))),
		"intensity escalate at G":    tree(group("G", intensity(2, 10*time.Second), service("A", quick))),
		"intensity escalate at Root": tree(intensity(2, 10*time.Second), service("A", quick)),
	} {
		t.Run(trips, func(t *testing.T) {
			const twice = `
				run                -> launch A#1
				at 1s              ->
				A error            -> A error: restart, launch A#2
				at 5s              ->
				A error            -> A error: restart, launch A#3
			`
			play(t, d, twice+`
				at 11s             ->
				A error            -> A error: `+trips+`, Root error: escalate, the end
			`)
			play(t, d, twice+`
				at 11.000000001s   ->
				A error            -> A error: restart, launch A#4
				at 15s             ->
				A error            -> A error: `+trips+`, Root error: escalate, the end
			`)
		})
	}
}

// "Count": "the first N within the window restart, the next failure is outcome limit", of a N that the window has to grow
// for, while it slides.
func TestBoundsOfALargeWindow(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	var w window
	var all []Time
	l := policy.Limit{N: 200, In: 50 * time.Second}
	for now := Time(0); len(all) < 5000; now += Time(random.IntN(5001-len(all))) * time.Millisecond { // ever faster
		inside := 0
		for _, at := range all {
			if now-at <= l.In {
				inside++
			}
		}
		if full := w.full(now, l); full != (inside >= l.N) || w.count(now, l.In) != inside {
			t.Fatalf("at %s there are %d in the window, want %d; full: %t", now, w.count(now, l.In), inside, full)
		}
		if inside < l.N {
			w.add(now)
			all = append(all, now)
		}
	}
	if w.clear(); w.count(0, l.In) != 0 {
		t.Errorf("cleared, there are %d", w.count(0, l.In))
	}
}

// "limit 0 means none", of a group and of a supervisor too, whatever the row says.
func TestBoundsOfNone(t *testing.T) {
	for action, then := range map[policy.Action]string{
		policy.ActionStop:       "stop, ask B#1",
		policy.ActionQuarantine: "quarantine, ask B#1",
		policy.ActionEscalate:   "escalate, Root error: escalate, ask C#1, ask B#1",
		policy.ActionShutdown:   "shutdown, ask C#1, ask B#1",
	} {
		t.Run(action.String(), func(t *testing.T) {
			play(t, tree(service("A", quick, limit(0, time.Hour), on(policy.OutcomeLimit, action)), service("B", needs("A")), service("C")), `
				run      -> launch A#1, launch B#1, launch C#1
				A error  -> A error: limit `+then+`
			`)
		})
	}
	play(t, tree(supervisor("S", intensity(0, time.Hour), on(policy.OutcomeIntensity, policy.ActionShutdown), service("A", quick)), service("C")), `
		run      -> launch A#1, launch C#1
		A error  -> A error: intensity shutdown at S, ask C#1
	`)
	play(t, tree(group("G", intensity(0, time.Hour), on(policy.OutcomeIntensity, policy.ActionQuarantine), service("A", quick)), service("C")), `
		run      -> launch A#1, launch C#1
		A error  -> A error: intensity quarantine at G
	`)
}

// "Turns": at most so many between launched and ready, and that many.
func TestBoundsOfConcurrency(t *testing.T) {
	first := []string{"launch A[0]#1", "launch A[1]#1", "launch A[2]#1", "launch A[3]#1", "launch A[4]#1"}
	for n := 1; n < len(first); n++ {
		play(t, tree(concurrency(n), service("A", explicit, replicas(5))), `
			run        -> `+strings.Join(first[:n], ", ")+`
			A[0] ready -> `+first[n]+`
		`)
	}
	play(t, tree(service("A", explicit, replicas(5))), "run -> "+strings.Join(first, ", ")) // 0 is no bound
}

// "Turns": a token for each automatic launch, so many at once, and one more each refill, to the nanosecond.
func TestBoundsOfThrottle(t *testing.T) {
	play(t, tree(throttle(1, 10*time.Second), service("A", quick)), `
		run               -> launch A#1
		at 3s             ->
		A error           -> A error: restart, launch A#2
		A error           -> A error: restart
		at 12.999999999s  ->
		at 13s            -> launch A#3
		at 22.999999999s  ->
		A error           -> A error: restart
		at 23s            -> launch A#4
	`)
	play(t, tree(throttle(1, 10*time.Second), service("A", quick)), `
		run               -> launch A#1
		at 3s             ->
		A error           -> A error: restart, launch A#2
		at 13s            ->
		A error           -> A error: restart, launch A#3
		A error           -> A error: restart
		tick              -> 23s: launch A#4
	`)
}

// "timeout": the longest that a job may run: it has all of that time.
func TestBoundsOfAJob(t *testing.T) {
	play(t, tree(job("J", timeout(10*time.Second), on(policy.OutcomeTimeout, policy.ActionRestart), quick)), `
		run               -> launch J#1
		at 9.999999999s   ->
		J success         -> J success: stop
		deadline          ->
		restart J         -> launch J#2
		at 19.999999998s  ->
		at 19.999999999s  -> J timeout: restart, ask J#2
		J success         -> J#2 ended, launch J#3 // "what it returns is ignored", nil too
	`)
}

// "Stopping": "within the computed bound: the largest sum of stop budgets and aborts along a chain", when nobody stops.
func TestBoundsOfStopping(t *testing.T) {
	for name, c := range map[string]struct {
		tree *draft
		want Time
	}{
		"one":         {tree(service("A", shutdown(3*time.Second, time.Second))), 4 * time.Second},
		"independent": {tree(service("A", shutdown(3*time.Second, time.Second)), service("B", shutdown(5*time.Second, 0))), 5 * time.Second},
		"after":       {tree(service("A", shutdown(3*time.Second, time.Second)), service("B", after("A"), shutdown(5*time.Second, 0))), 9 * time.Second},
		"a chain of needs": {tree(service("A", shutdown(3*time.Second, time.Second)), service("B", needs("A"), shutdown(2*time.Second, time.Second)),
			service("C", needs("A"), shutdown(time.Second, time.Second))), 7 * time.Second},
		"rest_for_one": {tree(restForOne, service("A", shutdown(3*time.Second, time.Second)), supervisor("S",
			service("B", shutdown(time.Second, 0)), service("C", shutdown(0, 3*time.Second))), service("D", shutdown(0, 0))), 7 * time.Second},
		"a sidecar":                {tree(service("A", shutdown(3*time.Second, time.Second)), sidecar("S", "A", shutdown(time.Second, time.Second))), 6 * time.Second},
		"a subtree that is needed": {tree(supervisor("S", service("A", brief), service("B", needs("A"), brief)), service("C", needs("S"), brief)), 6 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			s := newTheatre(t, c.tree, 1)
			s.do([]string{"run"})
			s.do([]string{"shutdown"})
			for s.k.Phase() != TreeEnded {
				at, ok := s.k.Deadline()
				if !ok {
					t.Fatal("it waits for ever")
				}
				s.pass(at)
			}
			if s.now != c.want {
				t.Errorf("it ended after %s, want %s", s.now, c.want)
			}
		})
	}
}

// What is put off for longer than time can be counted is put off: nothing that is said in the largest numbers is over at once, or
// has no end. Weeks after its last token a throttle has them all, on a machine of 32 bits too.
func TestBoundsOfTime(t *testing.T) {
	for name, c := range map[string]struct {
		tree   *draft
		script string
	}{
		"within":    {tree(service("A", explicit, within(Forever))), "run -> launch A#1"},
		"timeout":   {tree(job("A", timeout(Forever))), "run -> launch A#1"},
		"drain":     {tree(service("A", shutdown(Forever, time.Second))), "run -> launch A#1\nshutdown -> ask A#1"},
		"abort":     {tree(service("A", shutdown(0, Forever))), "run -> launch A#1\nshutdown -> ask A#1, abort A#1"},
		"heartbeat": {tree(service("A", heartbeat(time.Second, Forever-1, Forever))), "run -> launch A#1"},
		"check":     {tree(service("A", healthCheck(Forever, time.Second, 1))), "run -> launch A#1"},
		"backoff":   {tree(service("A", constant(Forever))), "run -> launch A#1\nA error -> A error: restart in 2562047h47m16.854775807s"},
		"throttle":  {tree(throttle(1, Forever), service("A", quick)), "run -> launch A#1\nA error -> A error: restart, launch A#2\nA error -> A error: restart"},
	} {
		t.Run(name, func(t *testing.T) { play(t, c.tree, "at 5s ->\n"+c.script+"\nat 10s ->") })
	}
	play(t, tree(throttle(2, time.Nanosecond), service("A", quick)), `
		run     -> launch A#1
		at 2000h ->
		A error -> A error: restart, launch A#2
		A error -> A error: restart, launch A#3
		A error -> A error: restart
		tick    -> 2000h0m0.000000001s: launch A#4
	`)
}
