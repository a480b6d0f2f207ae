package check

import (
	"fmt"
	"slices"
	"time"

	"github.com/supgen/supgen/dsl/diag"
	"github.com/supgen/supgen/dsl/syntax"
	"github.com/supgen/supgen/dsl/tree"
	"github.com/supgen/supgen/runtime/policy"
)

// byChildren warns of the written limit of a supervisor in which nothing fails often enough for it, and reports whether it did.
func (c *checker) byChildren(s *subject, pos diag.Pos) bool {
	limit := s.Limit.Value
	if s.Role != policy.Supervisor || limit.N == 0 || s.FailsAfter == tree.Never || slices.ContainsFunc(c.below(s), c.unknown) {
		return false
	}
	after, by := s.SoonestFailure()
	steady := s.Backoff.Value
	steady.Max = steady.First() // it may have been ready for long each time
	if by == nil || s.RestartsTake(limit.N, after, steady.ShortestSpan) <= limit.In {
		return false
	}
	take := s.RestartsTake(limit.N, after, s.Backoff.Value.Span)
	why := "gives up"
	if by.Role == policy.Supervisor {
		why = "fails"
	}
	r := c.Reportf(diag.CodeLimitByChildren, pos, pos.Plus(len("limit")), "%q never reaches limit %s: nothing makes it fail sooner than %q, which %s after %s, so that %d restarts take %s", s.Name, rate(limit), by.Name, why, tree.Short(after), limit.N, tree.Short(take)).
		Notef(by.Range, "declared here").
		Hintf("write a window of %s or more, or let %s fail sooner", tree.Short(take), by.Name)
	if said := by.Backoff.Source.Range; said.Pos.IsValid() {
		r.Notef(said, "its backoff")
	}
	return true
}

// unknown reports whether something about the subject was not read, or reported, so that nothing is concluded from it.
func (c *checker) unknown(s *subject) bool { return s.unsure() || c.anyInvalid(s) }

// flat is why the delay of a subject never grows, and how long each run is that it is restarted after; "" if it may grow. A
// run that was ready for reset starts the count anew, and so does each start that is for an Again.
func (s *subject) flat() (why string, run time.Duration) {
	ways := slices.Concat(s.Failings(policy.ActionRestart), s.Failings(policy.ActionRetry))
	run = tree.Never
	for _, way := range ways {
		if b := s.BackoffAfter(way); s.Role == policy.Supervisor || b.Max > b.First() {
			return "", 0
		}
		if way.How != tree.FailsAgain {
			run = min(run, way.Run)
		}
	}
	switch {
	case len(ways) == 0 || s.Backoff.Value.First() >= s.Backoff.Value.Max:
		return "", 0
	case run == tree.Never:
		return fmt.Sprintf("%q is started again only on again, which lets no delay grow", s.Name), 0
	}
	return fmt.Sprintf("%q is unhealthy after %s at the soonest, and was then ready for longer than reset %s", s.Name, tree.Short(run), tree.Short(s.Backoff.Value.Reset)), run
}

// idleReset warns of the reset of a job's backoff.
func (c *checker) idleReset(s *subject) {
	st := s.own.find("backoff")
	if st == nil || s.Role != policy.Job {
		return
	}
	if d, ok := st.Node.(*syntax.BackoffDecl); ok && syntax.Said(d.Reset) {
		c.Reportf(diag.CodeNoEffect, syntax.Begin(d.Reset), syntax.End(d.Reset), "job %q is ready when it has completed, so that no run of it that fails was ready for reset %s", s.Name, d.Reset.Value).
			Hintf("remove the reset")
	}
}

// leastDead is how long a heartbeat has to be old so that no pause of the process makes it so (docs/runtime.md).
const leastDead = 2 * time.Second

// pause warns of a heartbeat that a short pause of the process may find dead, where that ends more than the child.
func (c *checker) pause(s *subject, pos diag.Pos) bool {
	row, h := s.On[policy.OutcomeUnhealthy], s.Health.Value
	if h.Heartbeat == 0 || h.Dead >= leastDead || row.Value.Action < policy.ActionEscalate || !row.Source.Pos.IsValid() {
		return false
	}
	what := fmt.Sprintf("makes %s fail", s.Parent.Name)
	if row.Value.Action == policy.ActionShutdown || s.Parent.Parent == nil {
		what = "ends the whole tree"
	}
	c.Reportf(diag.CodeDeadBelowPause, pos, pos.Plus(len("health")), "a pause of the process may find %q dead after %s, which %s", s.Name, tree.Short(h.Dead), what).
		Notef(row.Source.Range, "by this").
		Hintf("write dead %s or more, or on unhealthy restart", tree.Short(leastDead))
	return true
}

// slowPlaces warns of optional children that may hold all places of a concurrency for long, while a child declared after them
// waits for one.
func (c *checker) slowPlaces(s *subject) {
	places := s.Concurrency.Value
	if places == 0 {
		return
	}
	var holder *tree.Child
	for _, x := range s.Members() {
		missable := x.Optional || x.Role == policy.Sidecar
		switch slow := x.Ready.Value; {
		case x.Role == policy.Supervisor || x.Dynamic:
		case places <= 0 && !missable:
			by := holder.Ready.Source.Pos
			c.Reportf(diag.CodeAfterOptional, by, by.Plus(len("ready")), "%q may wait %s for a place of concurrency %d, which %q holds until it is ready or has failed, and it may be missing", x.Name, tree.Short(holder.Ready.Value.Within), s.Concurrency.Value, holder.Name).
				Notef(s.Concurrency.Source.Range, "the concurrency").
				Notef(x.Range, "who waits").
				Hintf("write a shorter time, or a higher concurrency")
			return
		case missable && x.Role != policy.Job && !slow.Immediate() && slow.Within >= longHold && len(x.Needs)+len(x.After) == 0:
			places -= max(1, x.Replicas)
			holder = x
		}
	}
}
