package notation

import (
	"fmt"
	"strconv"
	"time"

	"github.com/supgen/supgen/dsl/tree"
	"github.com/supgen/supgen/runtime"
)

const none = "none"

// Limit is a limit or an intensity: "10 in 10m".
func Limit(l runtime.Limit) string { return fmt.Sprintf("%d in %s", l.N, tree.Duration(l.In)) }

// Backoff is "50ms..5s factor 2 jitter 20% reset 1m", a constant delay, or "none".
func Backoff(b runtime.Backoff) string {
	language := runtime.Defaults(runtime.Child{Role: runtime.Service}).Backoff
	switch {
	case b.None:
		return none
	case b.Min == b.Max && b.Jitter == 0 && b.Reset == language.Reset:
		return tree.Duration(b.Min)
	}
	jitter := fmt.Sprintf("%d%%", b.Jitter)
	switch b.Jitter {
	case runtime.FullJitter:
		jitter = "full"
	case runtime.DecorrelatedJitter:
		jitter = "decorrelated"
	}
	return fmt.Sprintf("%s..%s factor %s jitter %s reset %s", tree.Duration(b.Min), tree.Duration(b.Max),
		strconv.FormatFloat(b.Factor, 'g', -1, 64), jitter, tree.Duration(b.Reset))
}

// Ready is "immediate", "explicit within 5s", or the check.
func Ready(r runtime.Ready) string {
	switch {
	case r.Immediate():
		return "immediate"
	case r.Explicit:
		return "explicit within " + tree.Duration(r.Within)
	}
	return fmt.Sprintf("%s within %s", check(r.Check), tree.Duration(r.Within))
}

// Health is the heartbeat, the check, or "none".
func Health(h runtime.Health) string {
	switch {
	case h.Heartbeat > 0:
		return fmt.Sprintf("heartbeat %s stale %s dead %s", tree.Duration(h.Heartbeat), tree.Duration(h.Stale), tree.Duration(h.Dead))
	case h.Check.Every > 0:
		return fmt.Sprintf("%s fail %d", check(h.Check), h.Fail)
	}
	return none
}

func check(c runtime.Check) string {
	return fmt.Sprintf("check every %s timeout %s", tree.Duration(c.Every), tree.Duration(c.Timeout))
}

// Shutdown is a child's stop budget: "15s abort 2s", or "unlimited".
func Shutdown(s runtime.Shutdown) string {
	if s.Unlimited {
		return "unlimited"
	}
	return fmt.Sprintf("%s abort %s", tree.Duration(s.Drain), tree.Duration(s.Abort))
}

// Promise is what a supervisor says of its stop: a duration, or "none".
func Promise(s runtime.Shutdown) string { return optional(s.Drain) }

// Timeout is the longest that a job may run, or "none".
func Timeout(d time.Duration) string { return optional(d) }

func optional(d time.Duration) string {
	if d == 0 {
		return none
	}
	return tree.Duration(d)
}

// Throttle is "5 refill 1s", or "none".
func Throttle(t runtime.Throttle) string {
	if t.N == 0 {
		return none
	}
	return fmt.Sprintf("%d refill %s", t.N, tree.Duration(t.Refill))
}

// Concurrency is a count, or "none".
func Concurrency(n int) string {
	if n == 0 {
		return none
	}
	return strconv.Itoa(n)
}
