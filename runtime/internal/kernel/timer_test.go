package kernel

import (
	"math/rand/v2"
	"testing"
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
			if p := *k.place(kind, of); p >= 0 {
				delete(want, k.timers[p])
			}
			if random.IntN(3) == 0 {
				k.disarm(kind, of)
				continue
			}
			at := Time(random.IntN(20))
			k.arm(kind, of, at)
			want[timer{at, kind, of}] = true
		}
		for i, u := range k.timers {
			if int(*k.place(u.kind, u.of)) != i || !want[u] {
				t.Fatalf("%+v stands at %d, its place is %d, it was set: %t", u, i, *k.place(u.kind, u.of), want[u])
			}
		}
		if len(k.timers) != len(want) {
			t.Fatalf("%d deadlines, want %d", len(k.timers), len(want))
		}
		for last := k.pop(); len(k.timers) > 0; {
			next := k.pop()
			if next.at < last.at || next.at == last.at && (next.kind < last.kind || next.kind == last.kind && next.of <= last.of) {
				t.Fatalf("%+v comes before %+v", last, next)
			}
			last = next
		}
	}
}
