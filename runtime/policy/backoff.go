package policy

import (
	"math"
	"time"
)

// MinRetryDelay is the shortest delay before a retry, which no limit bounds.
const MinRetryDelay = 50 * time.Millisecond

// Span is the sum of the delays before the first n restarts, without jitter; where each is drawn by the one before
// (DecorrelatedJitter), as they are on average.
func (b Backoff) Span(n int) time.Duration {
	return b.sum(n, func(d time.Duration) time.Duration { return d })
}

// MeanSpan is Span, with each delay as jitter makes it on average.
func (b Backoff) MeanSpan(n int) time.Duration { return b.sum(n, b.Mean) }

// ShortestSpan is Span, with each delay as short as jitter can make it.
func (b Backoff) ShortestSpan(n int) time.Duration {
	if b.Jitter == DecorrelatedJitter && !b.None {
		return Times(n, b.Min)
	}
	return b.sum(n, b.shortest)
}

// sum adds up the first n delays, each as jitter makes it.
func (b Backoff) sum(n int, jitter func(time.Duration) time.Duration) time.Duration {
	if b.None {
		return 0
	}
	var span time.Duration
	delay := b.First()
	for i := range n {
		if delay >= b.Max {
			return Sum(span, Times(n-i, jitter(b.Max)))
		}
		span = Sum(span, jitter(delay))
		delay = b.Grown(delay)
	}
	return span
}

// First is the delay before the first restart, without jitter.
func (b Backoff) First() time.Duration {
	if b.Jitter == DecorrelatedJitter && b.Min < b.Max-b.Min {
		return 2 * b.Min // between Min and three times as much
	}
	return min(b.Min, b.Max)
}

// Grown is the delay after another, without jitter.
func (b Backoff) Grown(delay time.Duration) time.Duration {
	next := float64(delay) * b.Factor
	if b.Jitter == DecorrelatedJitter {
		next = (float64(b.Min) + 3*float64(delay)) / 2
	}
	if next < float64(b.Max) {
		return time.Duration(next)
	}
	return b.Max
}

// shortest is the least that jitter makes of a delay.
func (b Backoff) shortest(delay time.Duration) time.Duration {
	switch b.Jitter {
	case FullJitter:
		return 0
	case DecorrelatedJitter:
		return b.Min
	}
	return time.Duration(float64(delay) * float64(100-b.Jitter) / 100)
}

// Mean is what jitter makes of a delay on average: none becomes longer than Max.
func (b Backoff) Mean(delay time.Duration) time.Duration {
	switch b.Jitter {
	case FullJitter:
		return delay / 2
	case DecorrelatedJitter:
		return delay
	}
	d, most, jitter := float64(delay), float64(b.Max), float64(b.Jitter)/100
	if d == 0 || jitter == 0 || d*(1+jitter) <= most {
		return delay
	}
	cut := 1 - (most/d-1)/jitter // the part of the longer half that Max cuts off
	return time.Duration(d * (1 - jitter*cut*cut/4))
}

// Rate bounds how often a child restarts that fails as soon as it can: no more than per second times the sum of a time in
// seconds and of lead, within any time, each clearing of its windows adding another lead. Its attempts start again after a
// run that was ready for Reset, or do not grow at all where calm is set.
func (b Backoff) Rate(calm bool) (perSecond float64, lead time.Duration) {
	least := b.shortest(b.Min)
	if b.None || least <= 0 {
		return math.Inf(1), 0
	}
	lead = Sum(b.Max, b.Reset)
	if calm || b.Jitter == DecorrelatedJitter {
		return 1 / least.Seconds(), lead
	}
	const most = 1000 // restarts until the delay is the longest; with a factor as small as that, the first one bounds them all
	span, delay := time.Duration(0), b.Min
	for n := 1; n <= most; n++ {
		if delay >= b.Max {
			return max(perSecond, 1/b.shortest(b.Max).Seconds()), lead
		}
		span = Sum(span, b.shortest(delay))
		perSecond = max(perSecond, float64(n)/Sum(span, b.Reset).Seconds())
		delay = b.Grown(delay)
	}
	return 1 / least.Seconds(), lead
}
