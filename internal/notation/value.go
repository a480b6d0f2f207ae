package notation

import (
	"fmt"
	"strconv"
	"time"

	"github.com/supgen/supgen/runtime/policy"
)

const none = "none"

// Limit is a limit or an intensity: "10 in 10m".
func Limit(l policy.Limit) string { return fmt.Sprintf("%d in %s", l.N, policy.Spell(l.In)) }

// Backoff is "50ms..5s factor 2 jitter 20% reset 1m", a constant delay, or "none".
func Backoff(b policy.Backoff) string {
	language := policy.Defaults(policy.Spec{Role: policy.Service}).Backoff
	switch {
	case b.None:
		return none
	case b.Min == b.Max && b.Jitter == 0 && b.Reset == language.Reset:
		return policy.Spell(b.Min)
	}
	jitter := fmt.Sprintf("%d%%", b.Jitter)
	switch b.Jitter {
	case policy.FullJitter:
		jitter = "full"
	case policy.DecorrelatedJitter:
		jitter = "decorrelated"
	}
	return fmt.Sprintf("%s..%s factor %s jitter %s reset %s", policy.Spell(b.Min), policy.Spell(b.Max),
		strconv.FormatFloat(b.Factor, 'g', -1, 64), jitter, policy.Spell(b.Reset))
}

// Ready is "immediate", "explicit within 5s", or the check.
func Ready(r policy.Ready) string {
	switch {
	case r.Immediate():
		return "immediate"
	case r.Explicit:
		return "explicit within " + policy.Spell(r.Within)
	}
	return fmt.Sprintf("%s within %s", check(r.Check), policy.Spell(r.Within))
}

// Health is the heartbeat, the check, or "none".
func Health(h policy.Health) string {
	switch {
	case h.Heartbeat > 0:
		return fmt.Sprintf("heartbeat %s stale %s dead %s", policy.Spell(h.Heartbeat), policy.Spell(h.Stale), policy.Spell(h.Dead))
	case h.Check.Every > 0:
		return fmt.Sprintf("%s fail %d", check(h.Check), h.Fail)
	}
	return none
}

func check(c policy.Check) string {
	return fmt.Sprintf("check every %s timeout %s", policy.Spell(c.Every), policy.Spell(c.Timeout))
}

// Shutdown is a child's stop budget: "15s abort 2s", or "unlimited".
func Shutdown(s policy.Shutdown) string {
	if s.Unlimited {
		return "unlimited"
	}
	return fmt.Sprintf("%s abort %s", policy.Spell(s.Drain), policy.Spell(s.Abort))
}

// Promise is what a supervisor says of its stop: a duration, or "none".
func Promise(s policy.Shutdown) string { return optional(s.Drain) }

// LameDuck is how long a tree leaves before it stops, or "none".
func LameDuck(d time.Duration) string { return optional(d) }

// Timeout is the longest that a job may run, or "none".
func Timeout(d time.Duration) string { return optional(d) }

func optional(d time.Duration) string {
	if d == 0 {
		return none
	}
	return policy.Spell(d)
}

// Throttle is "5 refill 1s", or "none".
func Throttle(t policy.Throttle) string {
	if t.N == 0 {
		return none
	}
	return fmt.Sprintf("%d refill %s", t.N, policy.Spell(t.Refill))
}

// Concurrency is a count, or "none".
func Concurrency(n int) string {
	if n == 0 {
		return none
	}
	return strconv.Itoa(n)
}
