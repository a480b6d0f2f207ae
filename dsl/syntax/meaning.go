package syntax

import (
	"github.com/supgen/supgen/runtime"
	"time"
)

// What the statements say, in runtime's nouns; what they leave out is the language's own.

func (d *StrategyDecl) Value() (strategy runtime.Strategy) {
	_ = strategy.UnmarshalText([]byte(d.Strategy.Value)) // one that is unknown was reported
	return strategy
}

func (d *RateDecl) Value() runtime.Limit {
	return runtime.Limit{N: Count(d.N), In: Duration(d.In)}
}

func (d *BackoffDecl) Value() runtime.Backoff {
	language := runtime.Defaults(runtime.Child{Role: runtime.Service}).Backoff
	switch {
	case Said(d.None):
		return runtime.Backoff{None: true}
	case !Said(d.Max):
		delay := Duration(d.Min)
		return runtime.Backoff{Min: delay, Max: delay, Factor: language.Factor, Reset: language.Reset}
	}
	b := runtime.Backoff{Min: Duration(d.Min), Max: Duration(d.Max), Factor: language.Factor, Jitter: language.Jitter, Reset: language.Reset}
	if Said(d.Factor) {
		b.Factor = Number(d.Factor)
	}
	if Said(d.Reset) {
		b.Reset = Duration(d.Reset)
	}
	switch {
	case d.Jitter.Value == "full":
		b.Jitter = runtime.FullJitter
	case d.Jitter.Value == "decorrelated":
		b.Jitter = runtime.DecorrelatedJitter
	case Said(d.Jitter):
		b.Jitter = runtime.Jitter(Percent(d.Jitter))
	}
	return b
}

func (d *ThrottleDecl) Value() runtime.Throttle {
	return runtime.Throttle{N: Count(d.N), Refill: Duration(d.Refill)}
}

func (d *ConcurrencyDecl) Value() int { return Count(d.N) }

// defaultWithin is how long a child may take to become ready, if it does not say.
const defaultWithin = 30 * time.Second

func (d *ReadyDecl) Value() runtime.Ready {
	if Said(d.Immediate) {
		return runtime.Ready{}
	}
	r := runtime.Ready{Explicit: Said(d.Explicit), Check: d.Check.Value(), Within: defaultWithin}
	if Said(d.Within) {
		r.Within = Duration(d.Within)
	}
	if Said(d.CheckWithin) {
		r.Within = Duration(d.CheckWithin)
	}
	return r
}

func (d *CheckDecl) Value() runtime.Check {
	if d == nil {
		return runtime.Check{}
	}
	return runtime.Check{Every: Duration(d.Every), Timeout: Duration(d.Timeout)}
}

// defaultFail is how many checks in a row have to fail, if a child does not say.
const defaultFail = 3

func (d *HealthDecl) Value() runtime.Health {
	h := runtime.Health{Check: d.Check.Value()}
	switch {
	case d.Check != nil && Said(d.Fail):
		h.Fail = Count(d.Fail)
	case d.Check != nil:
		h.Fail = defaultFail
	default:
		h.Heartbeat, h.Stale = Duration(d.Heartbeat), Duration(d.Stale)
		h.Dead = 2 * h.Stale
		if Said(d.Dead) {
			h.Dead = Duration(d.Dead)
		}
	}
	return h
}

func (d *ShutdownDecl) Value() runtime.Shutdown {
	language := runtime.Defaults(runtime.Child{Role: runtime.Service}).Shutdown
	if Said(d.Unlimited) {
		return runtime.Shutdown{Unlimited: true, Abort: language.Abort}
	}
	s := runtime.Shutdown{Drain: Duration(d.Drain), Abort: language.Abort}
	if Said(d.Abort) {
		s.Abort = Duration(d.Abort)
	}
	s.None = s == runtime.Shutdown{}
	return s
}

func (d *TimeoutDecl) Value() time.Duration { return Duration(d.Run) }

// Restarts are the rows "success" and "failure" that restart sets.
var Restarts = map[string][2]runtime.Action{
	"permanent": {runtime.ActionRestart, runtime.ActionRestart},
	"transient": {runtime.ActionStop, runtime.ActionRestart},
	"temporary": {runtime.ActionStop, runtime.ActionStop},
}

// SpeaksOf reports whether restart sets a row. It leaves alone those about what is no fault of the child, but for
// temporary: that is never started again, whatever the reason.
func (d *RestartDecl) SpeaksOf(o runtime.Outcome) bool {
	switch o {
	case runtime.OutcomeSuccess, runtime.OutcomeError, runtime.OutcomePanic, runtime.OutcomeGoexit, runtime.OutcomeUnhealthy:
		return true
	case runtime.OutcomeTimeout, runtime.OutcomeExternal, runtime.OutcomeAgain:
		return d.Kind.Value == "temporary"
	}
	return false
}
