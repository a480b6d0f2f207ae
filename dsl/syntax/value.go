package syntax

import (
	"time"

	"github.com/supgen/supgen/runtime/policy"
)

// What the statements say, in runtime's nouns; what they leave out is the language's own.

// Value is what the statement means.
func (d *StrategyDecl) Value() (strategy policy.Strategy) {
	_ = strategy.UnmarshalText([]byte(d.Strategy.Value)) // one that is unknown was reported
	return strategy
}

// Value is what the statement means.
func (d *RateDecl) Value() policy.Limit {
	return policy.Limit{N: Count(d.N), In: Duration(d.In)}
}

// Value is what the statement means.
func (d *BackoffDecl) Value() policy.Backoff {
	language := policy.Defaults(policy.Spec{Role: policy.Service}).Backoff
	switch {
	case Said(d.None):
		return policy.Backoff{None: true}
	case !Said(d.Max):
		delay := Duration(d.Min)
		return policy.Backoff{Min: delay, Max: delay, Factor: language.Factor, Reset: language.Reset}
	}
	b := policy.Backoff{Min: Duration(d.Min), Max: Duration(d.Max), Factor: language.Factor, Jitter: language.Jitter, Reset: language.Reset}
	if Said(d.Factor) {
		b.Factor = Number(d.Factor)
	}
	if Said(d.Reset) {
		b.Reset = Duration(d.Reset)
	}
	switch {
	case d.Jitter.Value == "full":
		b.Jitter = policy.FullJitter
	case d.Jitter.Value == "decorrelated":
		b.Jitter = policy.DecorrelatedJitter
	case Said(d.Jitter):
		b.Jitter = policy.Jitter(Percent(d.Jitter))
	}
	return b
}

// Value is what the statement means.
func (d *ThrottleDecl) Value() policy.Throttle {
	return policy.Throttle{N: Count(d.N), Refill: Duration(d.Refill)}
}

// Value is what the statement means.
func (d *ConcurrencyDecl) Value() int { return Count(d.N) }

// Value is what the statement means.
func (d *ReadyDecl) Value() policy.Ready {
	if Said(d.Immediate) {
		return policy.Ready{}
	}
	r := policy.Ready{Explicit: Said(d.Explicit), Check: d.Check.Value(), Within: policy.DefaultWithin}
	if Said(d.Within) {
		r.Within = Duration(d.Within)
	}
	if Said(d.CheckWithin) {
		r.Within = Duration(d.CheckWithin)
	}
	return r
}

// Value is what the statement means.
func (d *CheckDecl) Value() policy.Check {
	if d == nil {
		return policy.Check{}
	}
	return policy.Check{Every: Duration(d.Every), Timeout: Duration(d.Timeout)}
}

// Value is what the statement means.
func (d *HealthDecl) Value() policy.Health {
	h := policy.Health{Check: d.Check.Value()}
	switch {
	case d.Check != nil && Said(d.Fail):
		h.Fail = Count(d.Fail)
	case d.Check != nil:
		h.Fail = policy.DefaultFail
	default:
		h.Heartbeat, h.Stale = Duration(d.Heartbeat), Duration(d.Stale)
		h.Dead = policy.DefaultDead(h.Stale)
		if Said(d.Dead) {
			h.Dead = Duration(d.Dead)
		}
	}
	return h
}

// Value is what the statement means.
func (d *ShutdownDecl) Value() policy.Shutdown {
	language := policy.Defaults(policy.Spec{Role: policy.Service}).Shutdown
	if Said(d.Unlimited) {
		return policy.Shutdown{Unlimited: true, Abort: language.Abort}
	}
	s := policy.Shutdown{Drain: Duration(d.Drain), Abort: language.Abort}
	if Said(d.Abort) {
		s.Abort = Duration(d.Abort)
	}
	s.None = s == policy.Shutdown{}
	return s
}

// Value is what the statement means.
func (d *LameDuckDecl) Value() time.Duration { return Duration(d.For) }

// Value is what the statement means.
func (d *TimeoutDecl) Value() time.Duration { return Duration(d.Run) }

// Restarts are the rows "success" and "failure" that restart sets.
var Restarts = map[string][2]policy.Action{
	"permanent": {policy.ActionRestart, policy.ActionRestart},
	"transient": {policy.ActionStop, policy.ActionRestart},
	"temporary": {policy.ActionStop, policy.ActionStop},
}

// SpeaksOf reports whether restart sets a row. It leaves alone those about what is not the child's fault, except
// temporary: that is never started again, whatever the reason.
func (d *RestartDecl) SpeaksOf(o policy.Outcome) bool {
	switch o {
	case policy.OutcomeSuccess, policy.OutcomeError, policy.OutcomePanic, policy.OutcomeGoexit, policy.OutcomeUnhealthy:
		return true
	case policy.OutcomeTimeout, policy.OutcomeExternal, policy.OutcomeAgain:
		return d.Kind.Value == "temporary"
	}
	return false
}
