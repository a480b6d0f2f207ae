package dsl

import (
	"time"

	"github.com/supgen/supgen/runtime"
)

// What the statements say, in runtime's nouns; what they leave out is the language's own.

func (d *strategyDecl) Value() (strategy runtime.Strategy) {
	_ = strategy.UnmarshalText([]byte(d.Strategy.Value)) // one that is unknown was reported
	return strategy
}

func (d *rateDecl) Value() runtime.Limit {
	return runtime.Limit{N: count(d.N), In: duration(d.In)}
}

func (d *backoffDecl) Value() runtime.Backoff {
	language := runtime.Defaults(runtime.Child{Role: runtime.Service}).Backoff
	switch {
	case said(d.None):
		return runtime.Backoff{None: true}
	case !said(d.Max):
		delay := duration(d.Min)
		return runtime.Backoff{Min: delay, Max: delay, Factor: language.Factor, Reset: language.Reset}
	}
	b := runtime.Backoff{Min: duration(d.Min), Max: duration(d.Max), Factor: language.Factor, Jitter: language.Jitter, Reset: language.Reset}
	if said(d.Factor) {
		b.Factor = number(d.Factor)
	}
	if said(d.Reset) {
		b.Reset = duration(d.Reset)
	}
	switch {
	case d.Jitter.Value == "full":
		b.Jitter = runtime.FullJitter
	case d.Jitter.Value == "decorrelated":
		b.Jitter = runtime.DecorrelatedJitter
	case said(d.Jitter):
		b.Jitter = runtime.Jitter(percent(d.Jitter))
	}
	return b
}

func (d *throttleDecl) Value() runtime.Throttle {
	return runtime.Throttle{N: count(d.N), Refill: duration(d.Refill)}
}

func (d *concurrencyDecl) Value() int { return count(d.N) }

// defaultWithin is how long a child may take to become ready, if it does not say.
const defaultWithin = 30 * time.Second

func (d *readyDecl) Value() runtime.Ready {
	if said(d.Immediate) {
		return runtime.Ready{}
	}
	r := runtime.Ready{Explicit: said(d.Explicit), Check: d.Check.Value(), Within: defaultWithin}
	if said(d.Within) {
		r.Within = duration(d.Within)
	}
	if said(d.CheckWithin) {
		r.Within = duration(d.CheckWithin)
	}
	return r
}

func (d *checkDecl) Value() runtime.Check {
	if d == nil {
		return runtime.Check{}
	}
	return runtime.Check{Every: duration(d.Every), Timeout: duration(d.Timeout)}
}

// defaultFail is how many checks in a row have to fail, if a child does not say.
const defaultFail = 3

func (d *healthDecl) Value() runtime.Health {
	h := runtime.Health{Check: d.Check.Value()}
	switch {
	case d.Check != nil && said(d.Fail):
		h.Fail = count(d.Fail)
	case d.Check != nil:
		h.Fail = defaultFail
	default:
		h.Heartbeat, h.Stale = duration(d.Heartbeat), duration(d.Stale)
		h.Dead = 2 * h.Stale
		if said(d.Dead) {
			h.Dead = duration(d.Dead)
		}
	}
	return h
}

func (d *shutdownDecl) Value() runtime.Shutdown {
	language := runtime.Defaults(runtime.Child{Role: runtime.Service}).Shutdown
	if said(d.Unlimited) {
		return runtime.Shutdown{Unlimited: true, Abort: language.Abort}
	}
	s := runtime.Shutdown{Drain: duration(d.Drain), Abort: language.Abort}
	if said(d.Abort) {
		s.Abort = duration(d.Abort)
	}
	s.None = s == runtime.Shutdown{}
	return s
}

func (d *timeoutDecl) Value() time.Duration { return duration(d.Run) }
