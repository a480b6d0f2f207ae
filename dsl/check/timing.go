package check

import (
	"math"
	"slices"
	"time"

	"github.com/supgen/supgen/dsl/diag"
	"github.com/supgen/supgen/dsl/syntax"
	"github.com/supgen/supgen/dsl/tree"
	"github.com/supgen/supgen/runtime/policy"
)

// timings warns of times that somebody wrote and that others make useless. Each statement is reported once, for the first
// child that it is useless for.
func (c *checker) timings(s *subject, reported map[diag.Pos]bool) {
	once := func(source *tree.Source) bool { return source.Pos.IsValid() && !reported[source.Pos] }
	if syntax.HasChildren(s.Role) && once(s.Throttle.Source) {
		reported[s.Throttle.Source.Pos] = c.neverTaken(s) || c.neverEmpty(s) || c.throttle(s)
	}
	if source := s.Backoff.Source; once(source) {
		reported[source.Pos] = c.reset(s, source.Pos)
	}
	if source := s.Ready.Source; once(source) {
		reported[source.Pos] = c.onlyCheck(s, source.Pos)
	}
	if source := s.Health.Source; once(source) && source.Kind != tree.SourceDefaults { // which are for others too
		reported[source.Pos] = c.healthOfJob(s, source.Pos)
	}
	if source := s.Health.Source; once(source) {
		reported[source.Pos] = c.pause(s, source.Pos)
	}
	if source := s.On[policy.OutcomeSuccess].Source; once(source) {
		reported[source.Pos] = c.goodEnds(s, source.Pos)
	}
	for _, row := range []tree.Value[tree.Row]{s.On[policy.OutcomeLimit], s.AtStart.Of(policy.OutcomeLimit)} {
		if once(row.Source) && row.Value.For > 0 && s.Restarts() {
			reported[row.Source.Pos] = c.shortQuarantine(s, row)
		}
	}
	if row := s.On[policy.OutcomeIntensity]; s.Role == policy.Group && row.Value.For > 0 && once(row.Source) {
		reported[row.Source.Pos] = c.shortRest(s, row)
	}
	for _, o := range s.Outcomes() {
		for _, rows := range []*tree.Rows{&s.On, s.AtStart} {
			if o < policy.OutcomeStuck && rows.Of(o).Value.For > 0 && once(rows.Of(o).Source) && s.NeverAsked(o, false) == "" {
				reported[rows.Of(o).Source.Pos] = c.noQuarantine(s, o, rows.Of(o))
			}
		}
	}
	if source := s.Shutdown.Source; once(source) {
		reported[source.Pos] = c.noTime(s, source.Pos) || c.hangs(s, source.Pos)
	}
	for _, row := range []tree.Value[tree.Row]{s.On[policy.OutcomeStuck], s.AtStart.Of(policy.OutcomeStuck)} {
		if row.Value.Action == policy.ActionRestart && once(row.Source) && s.NeverAsked(policy.OutcomeStuck, false) == "" {
			reported[row.Source.Pos] = true
			pos := row.Source.Pos
			c.Reportf(diag.CodeStuckRestart, pos, pos.Plus(len("on")), "each time that %q does not stop, one more run of it is left behind, and no limit counts how often", s.Name).
				Hintf("write quarantine or escalate; a run that is stuck only in its cleanups is restarted anyway")
		}
	}
}

// goodEnds reports a worker or a supervisor that gives up when it has ended well too often: by its backoff, which somebody
// wrote, its runs come soon enough after each other. A service that ends at all has failed.
func (c *checker) goodEnds(s *subject, pos diag.Pos) bool {
	limit := s.Limit.Value
	on, ok := s.layerAt(pos).Node.(*syntax.OnDecl)
	if !ok || on.Outcome.Value != policy.OutcomeSuccess.String() || s.On[policy.OutcomeSuccess].Value.Action != policy.ActionRestart ||
		s.Role != policy.Worker && s.Role != policy.Supervisor || s.NeverAsked(policy.OutcomeSuccess, false) != "" ||
		!s.Backoff.Source.Pos.IsValid() || s.RestartsTake(limit.N, 0, s.Backoff.Value.MeanSpan) > limit.In {
		return false
	}
	r := c.Reportf(diag.CodeGoodEndsCount, pos, pos.Plus(len("on")), "good ends of %q count in limit %s, which they reach alone", s.Name, rate(limit)).
		Notef(s.Backoff.Source.Range, "started again after this").
		Hintf("write on success retry, which counts nowhere")
	c.write(r, on.Action, "retry")
	return true
}

// shortQuarantine reports a rest after too many restarts that is shorter than the delay before the last of them, or than both the
// longest delay and a tenth of the limit's window: it starts the child more often than its backoff alone.
func (c *checker) shortQuarantine(s *subject, row tree.Value[tree.Row]) bool {
	b, limit, pos := s.Backoff.Value, s.Limit.Value, row.Source.Pos
	if b.None || limit.N == 0 {
		return false
	}
	delay, why := b.First(), "%s before its last restart"
	for range min(limit.N-1, 100) {
		delay = b.Grown(delay)
	}
	if row.Value.For >= delay {
		if row.Value.For >= min(b.Max, limit.In/10) {
			return false
		}
		delay, why = b.Max, "its delays grow to %s"
	}
	r := c.Reportf(diag.CodeQuarantineShort, pos, pos.Plus(len("on")), "%q rests for %s when it has failed too often, and "+why+": its limit lets it start sooner", s.Name, tree.Short(row.Value.For), tree.Short(delay)).
		Hintf("write quarantine %s or more, or retry the failures and remove the limit", tree.Short(policy.Times(2, delay)))
	if on, ok := s.layerAt(pos).Node.(*syntax.OnDecl); ok && syntax.Said(on.For) {
		c.write(r, on.For, tree.Short(policy.Times(2, delay)))
	}
	if said := s.Backoff.Source; said.Pos.IsValid() {
		r.Notef(said.Range, "the backoff")
	}
	return true
}

// shortRest reports the same of a group, after too many restarts of its members.
func (c *checker) shortRest(s *subject, row tree.Value[tree.Row]) bool {
	delay, pos := s.Intensity.Value.In/10, row.Source.Pos
	for _, x := range s.Members() {
		if c.unknown(c.of(x)) || x.Backoff.Value.None {
			return false
		}
		delay = min(delay, x.Backoff.Value.Max)
	}
	if !s.Counted || row.Value.For >= delay {
		return false
	}
	c.Reportf(diag.CodeQuarantineShort, pos, pos.Plus(len("on")), "group %q rests for %s when its members have failed too often, and starts with an empty window: intensity %s holds nothing back", s.Name, tree.Short(row.Value.For), rate(s.Intensity.Value)).
		Hintf("write quarantine %s or more", tree.Short(s.Intensity.Value.In))
	return true
}

// noQuarantine reports a rest after one failure that is shorter than what a restart waits for at the least, or, where no restart
// can help, at the most.
func (c *checker) noQuarantine(s *subject, o policy.Outcome, row tree.Value[tree.Row]) bool {
	b, pos := s.Backoff.Value, row.Source.Pos
	delay, hint := b.First(), "write restart, which waits for its backoff and counts, or a longer time"
	if o == policy.OutcomeFatalConfig || o == policy.OutcomeFatalBug {
		delay, hint = b.Max, "write a longer time, such as quarantine 10m, or none"
	}
	if b.None || row.Value.For >= delay {
		return false
	}
	r := c.Reportf(diag.CodeQuarantineShort, pos, pos.Plus(len("on")), "%q rests for %s on %s, where a restart waits for %s, and nothing counts how often", s.Name, tree.Short(row.Value.For), o, tree.Short(delay)).
		Hintf("%s", hint)
	if said := s.Backoff.Source; said.Pos.IsValid() {
		r.Notef(said.Range, "the backoff")
	}
	return true
}

// noTime reports a child that no stop can end in time, where that brings down what is above it.
func (c *checker) noTime(s *subject, pos diag.Pos) bool {
	stop, stuck := s.Shutdown.Value, s.On[policy.OutcomeStuck].Value.Action
	if syntax.HasChildren(s.Role) || stop.Unlimited || stop.Drain+stop.Abort > 0 || stuck < policy.ActionEscalate {
		return false
	}
	what := "makes " + s.Parent.Name + " fail"
	if stuck == policy.ActionShutdown || s.Parent.Parent == nil {
		what = "ends the whole tree"
	}
	r := c.Reportf(diag.CodeNoTimeToStop, pos, pos.Plus(len("shutdown")), "%q has no time at all to stop, so that each stop of it is stuck, which %s", s.Name, what).
		Hintf("write shutdown 0s, which aborts at once and waits for 1s, or on stuck quarantine")
	c.writeStmt(r, s.layerAt(pos), "shutdown 0s")
	return true
}

// hangs reports a stop without an end where somebody wrote what finds a run that hangs: that is asked to stop, and nothing
// follows. What is not ready in time may be slow, so that a within that nobody wrote does not count.
func (c *checker) hangs(s *subject, pos diag.Pos) bool {
	if !s.Shutdown.Value.Unlimited {
		return false
	}
	var by *tree.Source
	var when string
	switch h := s.Health.Value; {
	case h.Heartbeat > 0:
		by, when = s.Health.Source, "its heartbeat is dead"
	case h.Check.Every > 0:
		by, when = s.Health.Source, "its checks have failed too often"
	case s.Role == policy.Job && s.Timeout.Value > 0:
		by, when = s.Timeout.Source, "it has run for too long"
	case s.writesWithin():
		by, when = s.Ready.Source, "it is not ready in time"
	default:
		return false
	}
	c.Reportf(diag.CodeUnlimitedHang, pos, pos.Plus(len("shutdown")), "a run of %q that hangs is asked to stop when %s, and then waited for without end", s.Name, when).
		Notef(by.Range, "found by this").
		Hintf("write a shutdown that ends, such as shutdown 10m: what still runs then is stuck, and on stuck says what follows")
	return true
}

// writesWithin reports whether somebody wrote how long a start of the subject may take.
func (s *subject) writesWithin() bool {
	pos := s.Ready.Source.Pos
	if !pos.IsValid() {
		return false
	}
	d := s.layerAt(pos).Node.(*syntax.ReadyDecl)
	return syntax.Said(d.Within) || syntax.Said(d.CheckWithin)
}

// neverTaken reports a throttle of a supervisor in which nothing is started again.
func (c *checker) neverTaken(s *subject) bool {
	pos := s.Throttle.Source.Pos
	if s.Role != policy.Supervisor || c.invalid[pos] || slices.ContainsFunc(c.below(s), c.unknown) {
		return false
	}
	for _, child := range s.Members() {
		if child.Restarts() || child.Retries() || len(child.Needs) > 0 || child.Linked || comesBack(child) {
			return false
		}
	}
	r := c.Reportf(diag.CodeThrottleUnused, pos, pos.Plus(len("throttle")), "throttle %d refill %s never holds a restart back: no child of %q is ever restarted by itself", s.Throttle.Value.N, tree.Short(s.Throttle.Value.Refill), s.Name).
		Hintf("remove it, or let a child be restarted when it fails")
	c.remove(r, s.layerAt(pos))
	return true
}

// neverEmpty reports a throttle whose tokens are back before the children that it is for can have used them: each is started again
// after its own backoff, at the earliest.
func (c *checker) neverEmpty(s *subject) bool {
	t, pos := s.Throttle.Value, s.Throttle.Source.Pos
	if s.Role != policy.Supervisor || s.Strategy.Value != policy.OneForOne || c.invalid[pos] || slices.ContainsFunc(c.below(s), (*subject).unsure) {
		return false
	}
	children, soonest := 0, time.Duration(math.MaxInt64)
	for _, child := range s.Members() {
		if child.Role == policy.Supervisor || len(child.Needs) > 0 || child.Linked || child.Backoff.Value.None || c.anyInvalid(c.of(child)) ||
			child.Group != nil && child.Group.Strategy.Value != policy.OneForOne {
			return false
		}
		children += max(1, child.Replicas, child.Max)
		soonest = min(soonest, child.Backoff.Value.ShortestSpan(1))
	}
	if children == 0 || children > t.N || policy.Times(children, t.Refill) > soonest {
		return false
	}
	r := c.Reportf(diag.CodeThrottleUnused, pos, pos.Plus(len("throttle")), "throttle %d refill %s never holds a restart back: each child of %q waits for %s or more before it", t.N, tree.Short(t.Refill), s.Name, tree.Short(soonest)).
		Hintf("write a slower throttle, or remove it")
	c.remove(r, s.layerAt(pos))
	return true
}

// reset reports a written reset of a backoff that comes about with nearly each run that was ready at all.
func (c *checker) reset(s *subject, pos diag.Pos) bool {
	b := s.Backoff.Value
	if d := s.layerAt(pos).Node.(*syntax.BackoffDecl); !syntax.Said(d.Reset) || b.Reset >= b.Min || s.Role == policy.Job {
		return false
	}
	r := c.Reportf(diag.CodeBackoffReset, pos, pos.Plus(len("backoff")), "a run that was ready for %s counts as stable, so that the delay of one that fails later never grows beyond %s", tree.Short(b.Reset), tree.Short(b.Min)).
		Hintf("write reset %s or more, or backoff %s if it should not grow", tree.Short(b.Max), tree.Short(b.Min))
	c.write(r, s.layerAt(pos).Node.(*syntax.BackoffDecl).Reset, tree.Short(b.Max))
	return true
}

// onlyCheck reports a check of readiness of which there is time for one.
func (c *checker) onlyCheck(s *subject, pos diag.Pos) bool {
	check, within := s.Ready.Value.Check, s.Ready.Value.Within
	if check.Every == 0 || check.Every < within {
		return false
	}
	r := c.Reportf(diag.CodeCheckWithin, pos, pos.Plus(len("ready")), "%q is checked once, as it is launched: the second check would come after %s, and it has failed after %s", s.Name, tree.Short(check.Every), tree.Short(within)).
		Hintf("write a shorter period, or within %s or more", tree.Short(3*check.Every))
	if d := s.layerAt(pos).Node.(*syntax.ReadyDecl); syntax.Said(d.CheckWithin) {
		c.write(r, d.CheckWithin, tree.Short(3*check.Every))
	} else {
		end := syntax.End(d.Check.Timeout)
		r.Fix("write within "+tree.Short(3*check.Every), diag.Edit{Range: diag.Range{Pos: end, End: end}, New: " within " + tree.Short(3*check.Every)})
	}
	return true
}

// healthOfJob reports a job that its timeout ends before it can be unhealthy.
func (c *checker) healthOfJob(s *subject, pos diag.Pos) bool {
	h, timeout := s.Health.Value, s.Timeout.Value
	dead, what := h.Dead, "its heartbeat is dead"
	if h.Check.Every > 0 {
		dead, what = policy.Times(h.Fail, h.Check.Every), "its checks have failed too often"
	}
	if s.Role != policy.Job || timeout == 0 || dead < timeout {
		return false
	}
	r := c.Reportf(diag.CodeHealthTimeout, pos, pos.Plus(len("health")), "job %q is never unhealthy: %s after %s, and it has timed out after %s", s.Name, what, tree.Short(dead), tree.Short(timeout)).
		Notef(s.Timeout.Source.Range, "the timeout").
		Hintf("write shorter times, or remove it")
	c.remove(r, s.layerAt(pos))
	return true
}

// throttle reports one that holds nothing back but retries that follow each other fast, since the intensity that somebody wrote
// is spent before; and one that keeps that intensity from being spent. It reports whether it did.
func (c *checker) throttle(s *subject) bool {
	t, intensity := s.Throttle.Value, s.Intensity.Value
	pos, said := s.Throttle.Source.Pos, s.Intensity.Source.Pos
	if !said.IsValid() || c.invalid[said] || c.invalid[pos] || s.Role != policy.Supervisor || slices.ContainsFunc(c.below(s), (*subject).unsure) {
		return false
	}
	children, alone := 0, true // each that fails is counted, and takes nobody along
	for _, child := range s.Members() {
		children += max(1, child.Replicas, child.Max)
		alone = alone && slices.Contains(child.CountsIn(), s.Child) && len(child.Needs) == 0 && !child.Linked &&
			(child.Group == nil || child.Group.Strategy.Value == policy.OneForOne)
	}
	refilled := int(intensity.In / t.Refill) // within the window
	switch {
	case alone && s.Strategy.Value == policy.OneForOne && max(children, intensity.N) <= t.N && intensity.N <= refilled:
		r := c.Reportf(diag.CodeThrottleUnused, pos, pos.Plus(len("throttle")), "throttle %d refill %s never holds a restart back: intensity %s is spent first", t.N, tree.Short(t.Refill), rate(intensity)).
			Notef(s.Intensity.Source.Range, "the intensity").Hintf("write a smaller throttle, or remove it")
		c.remove(r, s.layerAt(pos))
	case intensity.N-children-t.N >= refilled: // each fails once without a token
		c.Reportf(diag.CodeThrottleUnused, said, said.Plus(len("intensity")), "intensity %s is never spent: with throttle %d refill %s there are no more than %d failures within %s", rate(intensity), t.N, tree.Short(t.Refill), children+t.N+refilled, tree.Short(intensity.In)).
			Notef(s.Throttle.Source.Range, "the throttle").Hintf("write a smaller intensity, or a faster throttle")
	default:
		return false
	}
	return true
}
