package kernel

import "github.com/supgen/supgen/runtime/policy"

// A window counts moments within a sliding period, its edge included (design.md, "Count").
// It is a ring that grows with use.
type window struct {
	at   []Time
	head int
	n    int
}

// count forgets what is older than in, and counts the rest.
func (w *window) count(now, in Time) int {
	for w.n > 0 && now-w.at[w.head] > in {
		w.head = (w.head + 1) % len(w.at)
		w.n--
	}
	return w.n
}

// full reports whether one more would be one too many.
func (w *window) full(now Time, l policy.Limit) bool { return w.count(now, l.In) >= l.N }

func (w *window) add(now Time) {
	if w.n == len(w.at) {
		w.grow()
	}
	w.at[(w.head+w.n)%len(w.at)] = now
	w.n++
}

//go:noinline // rare, and on every stack that a run ends on
func (w *window) grow() {
	bigger := make([]Time, max(4, 2*w.n))
	copy(bigger, w.at[w.head:])
	copy(bigger[len(w.at)-w.head:], w.at[:w.head])
	w.at, w.head = bigger, 0
}

func (w *window) clear() { w.head, w.n = 0, 0 }
