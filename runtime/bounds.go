package runtime

import (
	"fmt"
	"time"
	"unicode"

	"github.com/supgen/supgen/runtime/policy"
)

// What the language bounds, a table may not exceed: sums of these stay within the integers of every machine.
const (
	maxCount    = 1<<31 - 1
	maxRate     = 1_000_000 // the times of so many restarts, or tokens, are kept
	maxReplicas = 1 << 16
	maxDuration = 10 * 365 * 24 * time.Hour
)

// bounds checks that an effective row says nothing that is out of all proportion.
func (v *validator) bounds(id ID, c Child) {
	for _, d := range [...]struct {
		what string
		is   time.Duration
	}{
		{"limit", c.Limit.In}, {"intensity", c.Intensity.In}, {"backoff", c.Backoff.Max}, {"backoff's reset", c.Backoff.Reset},
		{"throttle", c.Throttle.Refill}, {"within", c.Ready.Within}, {"readiness check", c.Ready.Check.Every},
		{"heartbeat", c.Health.Heartbeat}, {"stale", c.Health.Stale}, {"dead", c.Health.Dead}, {"health check", c.Health.Check.Every},
		{"shutdown", c.Shutdown.Drain}, {"abort", c.Shutdown.Abort}, {"timeout", c.Timeout}, {"lame_duck", c.LameDuck},
	} {
		v.atMost(id, d.what, d.is)
	}
	terms := []*Terms{c.Quarantine}
	if c.AtStart != nil {
		terms = append(terms, c.AtStart.Quarantine)
	}
	for _, t := range terms {
		if t == nil {
			continue
		}
		for o, d := range t {
			v.atMost(id, "quarantine on "+Outcome(o).String(), d)
		}
	}
	for _, n := range [...]struct {
		what     string
		is, most int
	}{
		{"limit", c.Limit.N, maxRate}, {"intensity", c.Intensity.N, maxRate}, {"throttle", c.Throttle.N, maxRate},
		{"concurrency", c.Concurrency, maxCount}, {"fail", c.Health.Fail, maxCount}, {"max", c.Max, maxCount},
		{"replicas", c.Replicas, maxReplicas},
	} {
		if n.is > n.most {
			v.failf(id, "its %s is %d, and %d at the most", n.what, n.is, n.most)
		}
	}
}

func (v *validator) atMost(id ID, what string, d time.Duration) {
	if d > maxDuration {
		v.failf(id, "its %s is %s, and %s at the most", what, policy.Spell(d), policy.Spell(maxDuration))
	}
}

// named checks that a row has a name that a path can hold, and no other its path.
func (v *validator) named(id ID, c Child) {
	if !identifier(c.Name) {
		v.errs = append(v.errs, fmt.Errorf("supgen: row %d: %q is not a name", id, c.Name))
	}
	if c.Role == Group {
		return
	}
	if first, taken := v.taken[v.paths[id]]; taken {
		v.failf(id, "row %d has this path already", first)
		return
	}
	v.taken[v.paths[id]] = id
}

// identifier reports whether a name is one of Go, as the parts of a path are.
func identifier(name string) bool {
	for i, r := range name {
		if r != '_' && !unicode.IsLetter(r) && (i == 0 || !unicode.IsDigit(r)) {
			return false
		}
	}
	return name != ""
}
