package tree

import (
	"math"
	"slices"
	"time"

	"github.com/supgen/supgen/runtime/policy"
)

// Never is the time until what does not happen.
const Never = time.Duration(math.MaxInt64)

// SoonestFailure is how soon after its start a supervisor may fail so that its limit counts it, and the child by which it
// fails, or nil if it is not one alone. No run of it fails sooner, however its children fail; some may never fail so soon.
// A stuck run does not count, since it keeps the supervisor from a restart. It goes by FailsAfter of the supervisors in it.
func (c *Child) SoonestFailure() (after time.Duration, by *Child) {
	if len(c.Finish.Of) > 0 || c.overspends() {
		return 0, nil
	}
	after = Never
	for _, x := range c.Children {
		if x.Role == policy.Group && x.overspends() {
			return 0, nil
		}
	}
	for _, x := range c.Members() {
		if soon := x.escalatesAfter(); soon < after {
			after, by = soon, x
		}
	}
	return after, by
}

// escalatesAfter is how soon after its start a child may make its supervisor fail.
func (c *Child) escalatesAfter() time.Duration {
	soonest := Never
	for _, o := range c.Outcomes() {
		if o == policy.OutcomeStuck || o == policy.OutcomeIntensity || !c.Answers(o, policy.ActionEscalate) {
			continue
		}
		if o != policy.OutcomeLimit {
			_, run := c.failing(o)
			soonest = min(soonest, run)
			continue
		}
		for _, way := range c.Failings(policy.ActionRestart) {
			if take := c.soonestRestarts(c.Limit.Value.N, way); take <= c.Limit.Value.In {
				soonest = min(soonest, policy.Sum(way.Run, take))
			}
		}
	}
	return soonest
}

// overspends reports whether the restarts of what counts in the intensity of a supervisor or a group may exceed it so that
// the supervisor fails. It may report that of some who, together, cannot.
func (c *Child) overspends() bool {
	if !c.Answers(policy.OutcomeIntensity, policy.ActionEscalate) {
		return false
	}
	var counted []*Child
	runs := 0
	for _, x := range c.Members() {
		if slices.Contains(x.CountsIn(), c) && x.Restarts() {
			counted = append(counted, x)
			runs += max(1, x.Replicas, x.Max)
		}
	}
	intensity := c.Intensity.Value
	return slices.ContainsFunc(counted, func(x *Child) bool {
		return slices.ContainsFunc(x.Failings(policy.ActionRestart), func(way Failing) bool {
			return x.soonestRestarts(intensity.N/runs, way) <= intensity.In
		})
	})
}

// soonestRestarts is the shortest that n restarts take, with runs that fail like that or so late that the delay starts anew.
func (c *Child) soonestRestarts(n int, way Failing) time.Duration {
	b := c.BackoffAfter(way)
	if c.Role != policy.Job {
		b.Max = min(b.Max, policy.Sum(b.First(), b.Reset))
	}
	return c.RestartsTake(n, way.Run, b.ShortestSpan)
}
