package kernel

import (
	"math"
	"time"
)

// Span is the sum of the delays before the first n restarts, without jitter.
func (b Backoff) Span(n int) time.Duration {
	if b.None {
		return 0
	}
	var span time.Duration
	delay := b.Min
	for i := range n {
		if delay >= b.Max {
			return later(span, times(n-i, b.Max))
		}
		span = later(span, delay)
		delay = b.Grown(delay)
	}
	return span
}

// ShortestSpan is Span, with each delay as short as jitter can make it.
func (b Backoff) ShortestSpan(n int) time.Duration {
	switch {
	case b.None || b.Jitter == FullJitter:
		return 0
	case b.Jitter == DecorrelatedJitter:
		return times(n, b.Min)
	}
	return time.Duration(float64(b.Span(n)) * float64(100-b.Jitter) / 100)
}

// Grown is the delay after another, without jitter.
func (b Backoff) Grown(delay time.Duration) time.Duration {
	if next := float64(delay) * b.Factor; next < float64(b.Max) {
		return time.Duration(next)
	}
	return b.Max
}

func times(n int, d time.Duration) time.Duration {
	if n > 0 && d > math.MaxInt64/time.Duration(n) {
		return math.MaxInt64
	}
	return time.Duration(n) * d
}
