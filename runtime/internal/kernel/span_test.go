package kernel

import (
	"testing"
	"time"

	"github.com/supgen/supgen/runtime/policy"
)

// The sums are those of the delays that the kernel draws: none is shorter than the shortest, and on average they are the
// mean (design.md, "Backoff").
func TestSpans(t *testing.T) {
	const restarts, rounds = 9, 4000
	for name, b := range map[string]policy.Backoff{
		"none":         {None: true},
		"constant":     {Min: time.Second, Max: time.Second, Factor: 2},
		"growing":      {Min: time.Second, Max: time.Minute, Factor: 2},
		"percent":      {Min: time.Second, Max: 20 * time.Second, Factor: 2, Jitter: 50},
		"cut off":      {Min: time.Minute, Max: 61 * time.Second, Factor: 2, Jitter: 50},
		"all of it":    {Min: time.Second, Max: time.Second, Factor: 2, Jitter: 100},
		"full":         {Min: time.Second, Max: 20 * time.Second, Factor: 2, Jitter: policy.FullJitter},
		"decorrelated": {Min: time.Second, Max: time.Hour, Factor: 2, Jitter: policy.DecorrelatedJitter},
	} {
		t.Run(name, func(t *testing.T) {
			var sum float64
			for seed := range uint64(rounds) {
				span := drawn(b, restarts, seed)
				if least := b.ShortestSpan(restarts); span < least-restarts {
					t.Fatalf("%s were drawn, less than %s", span, least)
				}
				sum += span.Seconds()
			}
			if mean, want := sum/rounds, b.MeanSpan(restarts).Seconds(); mean < 0.97*want || mean > 1.03*want {
				t.Errorf("on average %.3fs were drawn, not %.3fs", mean, want)
			}
		})
	}
}

// drawn is the sum of the first n delays that the kernel draws.
func drawn(b policy.Backoff, n int, seed uint64) (span time.Duration) {
	k := New([]policy.Spec{{Parent: -1, Role: policy.Supervisor, Replicas: 1, Intensity: policy.Limit{N: 100, In: time.Minute}}, {Role: policy.Service, Replicas: 1, Limit: policy.Limit{N: 100, In: time.Minute}, Backoff: b}}, seed)
	for range n {
		p := k.nodes[1].writeHistory()
		k.nodes[1].attempt++
		p.delay = k.backoff(1)
		span += p.delay
	}
	return span
}
