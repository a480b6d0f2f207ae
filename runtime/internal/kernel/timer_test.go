package kernel

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/supgen/supgen/runtime/policy"
)

// "a heap of deadlines": whatever is set, moved and taken out, they come in the order of time, of one moment by kind
// and owner, each once, and each owner's place is where its deadline stands.
func TestTimers(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		k := New(tree(service("A", replicas(40))).specs, 1)
		want := make(map[timer]bool)
		for range 200 {
			kind, of := timerKind(random.IntN(2)), int32(random.IntN(41))
			if p := *k.heapIndex(kind, of); p >= 0 {
				delete(want, k.timers[running][p])
			}
			if random.IntN(3) == 0 {
				k.disarm(kind, of)
				continue
			}
			at := Time(random.IntN(20))
			k.arm(kind, of, at)
			want[timer{at, kind, of}] = true
		}
		timers := k.timers[running]
		for i, u := range timers {
			if int(*k.heapIndex(u.kind, u.of)) != i || !want[u] {
				t.Fatalf("%+v stands at %d, its place is %d, it was set: %t", u, i, *k.heapIndex(u.kind, u.of), want[u])
			}
		}
		if len(timers) != len(want) {
			t.Fatalf("%d deadlines, want %d", len(timers), len(want))
		}
		take := func() (timer, bool) {
			next, ok := k.nextTimer()
			if ok {
				k.disarm(next.kind, next.of)
			}
			return next, ok
		}
		last, _ := take()
		for next, ok := take(); ok; next, ok = take() {
			if next.at < last.at || next.at == last.at && (next.kind < last.kind || next.kind == last.kind && next.of <= last.of) {
				t.Fatalf("%+v comes before %+v", last, next)
			}
			last = next
		}
	}
}

// "Traps of the shell": "One timer, re-armed under the lock; firing late or twice is a harmless step": in every state.
func TestTimersFireTwice(t *testing.T) {
	for _, of := range []map[string]story{stories, dynamicStories, supervisorStories} {
		for name, story := range of {
			s := story.tell(t)
			for _, now := range []Time{s.now, 0, s.now} {
				seq := s.k.Seq()
				s.k.Step(now, &Input{Kind: InputTick})
				if len(s.k.Effects()) > 0 || len(s.k.Events()) > 0 || s.k.Seq() != seq {
					t.Errorf("%s: a tick at %s does %v", name, now, s.k.Effects())
				}
			}
		}
	}
}

// "firing late": what was due first comes first, each at the time of the step.
func TestTimersFireLate(t *testing.T) {
	d := tree(service("A", constant(3200*time.Millisecond)), job("B", quick, timeout(3*time.Second), on(policy.OutcomeTimeout, policy.ActionRestart)), service("C", constant(time.Second)))
	s := newTheatre(t, d, 1)
	s.play(`
		run        -> launch A#1, launch B#1, launch C#1
		A error    -> A error: restart in 3.2s
		C error    -> C error: restart in 1s
	`)
	s.play(`
		at 2.9s     -> 1s: launch C#2
		late 550ms  -> B timeout: restart, ask B#1, launch A#2
		deadline    -> 8.45s
		B success   -> B#1 ended, launch B#2
		deadline    -> 6.45s
	`)
}
