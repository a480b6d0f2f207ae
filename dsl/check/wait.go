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

// What a child waits for is followed to whatever can end the wait (docs/design.md, "Starting"). What it needs has to be
// ready. What it comes after has to be ready or at rest; a job that is not optional has to have completed. Elder siblings
// hold up nobody once they are at rest, nor optional ones and sidecars once they were tried. A place of concurrency is held by a run that is not ready yet, and
// within ends that. A quarantine is not judged: it says by itself that it waits for an operator.

// endless reports the waits of a child that nothing ends, or that what it waits for may leave without an end.
func (c *checker) endless(s *subject) {
	c.implied(s)
	for _, need := range s.Needs {
		if !c.neverReady(s, need) {
			c.leftWaiting(s, need, true)
		}
	}
	for _, after := range s.After {
		if c.neverRests(s, after) {
			continue
		}
		if x := after.Child; x.Role == policy.Job && !x.Optional {
			c.leftWaiting(s, after, false)
		}
		c.slowMissable(s, after)
		c.notItsEnd(s, after)
	}
	if s.Of != nil {
		c.slowMissable(c.of(s.Of), tree.Ref{Child: s.Child, Range: s.decl.Of.Range()})
	}
}

// maxShared bounds how many subjects are looked at for a wait that is implied: it is nearby, or nobody sees it.
const maxShared = 100

// implied warns of a wait that another one implies: for what is needed by something whose lifetime the subject shares, for
// its own sidecar, and under rest_for_one for an elder sibling. What is left of the latter is the wait for a job that failed.
func (c *checker) implied(s *subject) {
	if len(s.After) == 0 || s.unsure() {
		return
	}
	by := map[*tree.Child]tree.Ref{} // of what is needed: who needs it, and where
	shared := []*subject{s}
	for i := 0; i < len(shared); i++ {
		x := shared[i]
		for _, need := range x.Needs {
			if len(shared) == maxShared {
				break
			}
			if _, ok := by[need.Child]; !ok && need.Child != s.Child {
				by[need.Child] = tree.Ref{Child: x.Child, Range: need.Range}
				shared = append(shared, c.of(need.Child))
			}
		}
		if p := x.parent; len(shared) < maxShared && p != nil && p.parent != nil && !slices.Contains(shared, p) {
			shared = append(shared, p)
		}
	}
	for _, after := range s.After {
		x := after.Child
		need, ok := by[x]
		elder, younger := c.elder(s, x)
		var why string
		switch {
		case ok:
			why = fmt.Sprintf("%q anyway: %q, whose lifetime it shares, needs it", x.Name, need.Child.Name)
		case x.Of == s.Child:
			why = fmt.Sprintf("its sidecar %q anyway", x.Name)
		case elder && younger == s.Child:
			why = fmt.Sprintf("%q anyway: it is an elder sibling under rest_for_one", x.Name)
		case elder:
			why = fmt.Sprintf("%q anyway: %q is a younger sibling of it under rest_for_one", x.Name, younger.Name)
		default:
			continue
		}
		r := c.Reportf(diag.CodeNoEffect, after.Pos, after.End, "%q waits for %s", s.Name, why).Hintf("remove it from after")
		if ok {
			r.Notef(need.Range, "needed here")
		}
		decls := s.decl.After
		item := func(i int) diag.Range { return decls[i].Range() }
		i := slices.IndexFunc(decls, func(d *syntax.RefDecl) bool { return d.Pos() == after.Pos })
		c.cutItem(r, len(decls), i, item)
	}
}

// elder reports whether x is an elder sibling, under rest_for_one, of s or of a supervisor that s is part of: that younger
// sibling is not up while x is not.
func (c *checker) elder(s *subject, x *tree.Child) (ok bool, younger *tree.Child) {
	by := c.of(x).parent
	if by.Strategy.Value != policy.RestForOne || x.Group != nil || x.Role == policy.Job || x.Optional || tree.OutsideOrder(x) {
		return false, nil
	}
	for ; s.parent != nil; s = s.parent {
		if s.parent == by {
			return !tree.OutsideOrder(s.Child) && x.Pos.Offset < s.Pos.Offset, s.Child
		}
	}
	return false, nil
}

// notItsEnd warns of a wait for what is ready as soon as it runs, where somebody wrote that it ends by itself: in a row, or in a
// finish. A service may mean to work beside what the supervisor finishes with; a job has its turn once.
func (c *checker) notItsEnd(s *subject, after tree.Ref) {
	x := c.of(after.Child)
	if row := x.endsAtOnce(); row.Pos.IsValid() && (s.Role == policy.Job || row == x.On[policy.OutcomeSuccess].Source.Range) {
		c.Reportf(diag.CodeAfterEnd, after.Pos, after.End, "%q does not wait for the end of %q, which is ready as soon as it is launched", s.Name, x.Name).
			Notef(row, "it ends by itself, by this").
			Hintf("make %s a job if its work has to be done before, or give it ready explicit", x.Name)
	}
}

// endsAtOnce is where it is written that a service or a worker that is ready as soon as it is launched ends by itself: in its
// row, or in what its supervisor finishes with.
func (s *subject) endsAtOnce() diag.Range {
	row := s.On[policy.OutcomeSuccess]
	if s.Role != policy.Service && s.Role != policy.Worker || s.Dynamic || s.unsure() || !s.Ready.Value.Immediate() ||
		row.Value.Action != policy.ActionStop {
		return diag.Range{}
	}
	if row.Source.Kind == tree.SourceStatement {
		if _, ok := s.own.at(row.Source.Pos).Node.(*syntax.OnDecl); ok {
			return row.Source.Range
		}
	}
	for _, ref := range s.Parent.Finish.Of {
		if ref.Child == s.Child {
			return ref.Range
		}
	}
	return diag.Range{}
}

// finishesUnready reports whether a supervisor has finished by the time that all its children are ready or have ended.
func finishesUnready(c *tree.Child) bool {
	if len(c.Finish.Of) == 0 {
		return false
	}
	if c.Finish.Any {
		return slices.ContainsFunc(c.Finish.Of, func(r tree.Ref) bool { return endsUnready(r.Child) })
	}
	return !slices.ContainsFunc(c.Finish.Of, func(r tree.Ref) bool { return !endsUnready(r.Child) })
}

// endsUnready reports whether what waits for a child waits until it has ended well.
func endsUnready(c *tree.Child) bool {
	return c.Role == policy.Job && !c.Optional || c.Role == policy.Supervisor && finishesUnready(c)
}

// leftWaiting warns of a wait for what may be left stopped, by its own table or with a supervisor that s is not part of. Who
// needs it is stopped with it, and a job that was left stopped has not completed.
func (c *checker) leftWaiting(s *subject, ref tree.Ref, needs bool) {
	for x := c.of(ref.Child); x != nil && !s.isPart(x); x = x.parent {
		if x.unsure() {
			return
		}
		// A job that has completed stays so when its supervisor ends, but its value is withdrawn.
		ended := ref.Child.Role != policy.Job || x.Child != ref.Child && ref.Child.Provides != ""
		o, row := x.leftStopped(needs && ended)
		if row.Value.Action != policy.ActionStop || c.invalid[row.Source.Pos] {
			continue
		}
		var r *diag.Diagnostic
		switch {
		case o == policy.OutcomeSuccess:
			r = c.Reportf(diag.CodeNeedsMayEnd, ref.Pos, ref.End, "%q may end well, and %q then stays stopped with it%s", x.Name, s.Name, s.missedBy())
		case ref.Child.Role == policy.Job:
			r = c.Reportf(diag.CodeNeedsMayEnd, ref.Pos, ref.End, "%q may be left stopped, on %s, and %q then waits without end for job %q to complete", x.Name, o, s.Name, ref.Child.Name)
		default:
			r = c.Reportf(diag.CodeNeedsMayEnd, ref.Pos, ref.End, "%q may be left stopped, on %s, and %q then stays stopped with it", x.Name, o, s.Name)
		}
		switch {
		case o == policy.OutcomeSuccess && len(x.Finish.Of) > 0:
			r.Notef(x.Finish.Range, "it finishes by this")
		case row.Source.Pos.IsValid():
			r.Notef(row.Source.Range, "it is left stopped by this")
		default:
			r.Notef(x.Range, "a %s is left stopped when it succeeds", x.Role)
		}
		switch {
		case o == policy.OutcomeSuccess && ref.Child.Role == policy.Job:
			r.Hintf("leave out the finish of %s, or declare %s outside of it", x.Name, ref.Child.Name)
		case ref.Child.Role == policy.Job:
			r.Hintf("write on %s restart or escalate, or make the job optional and write after %s", o, ref.Child.Name)
		case o == policy.OutcomeSuccess && x.endsAtOnce().Pos.IsValid():
			r.Hintf("make %s a job if its work has to be done before, or remove the row", x.Name)
		case o == policy.OutcomeSuccess && x.Role != policy.Supervisor:
			r.Hintf("make it a service, or write %s", instead(ref.Child))
		case o == policy.OutcomeSuccess:
			r.Hintf("write %s", instead(ref.Child))
		default:
			r.Hintf("write on %s restart or escalate, or write %s", o, instead(ref.Child))
		}
		return
	}
}

// instead is what to write in place of needs.
func instead(x *tree.Child) string {
	if x.Provides != "" && x.Role != policy.Job {
		return "wants " + x.Name + " to go on without it"
	}
	return "after " + x.Name + " if its start is all that matters"
}

// missedBy says that the supervisor of what stays stopped never finishes; "" if it may.
func (s *subject) missedBy() string {
	if s.Parent == nil {
		return ""
	}
	if f := s.Parent.Finish; (!f.Any || len(f.Of) == 1) && slices.ContainsFunc(f.Of, func(ref tree.Ref) bool { return ref.Child == s.Child }) {
		return fmt.Sprintf(", so that %q never finishes", s.Parent.Name)
	}
	return ""
}

// leftStopped is the first outcome that leaves the subject stopped while its supervisor goes on, and the row that says so;
// a good end counts only if ended is set.
func (s *subject) leftStopped(ended bool) (o policy.Outcome, row tree.Value[tree.Row]) {
	for _, o := range s.Outcomes() {
		if o == policy.OutcomeSkip || o == policy.OutcomeSuccess && (!ended || s.Role == policy.Job) || s.NeverAsked(o, false) != "" {
			continue // what others need is not switched off, and a skipped job holds up nobody
		}
		for _, row := range []tree.Value[tree.Row]{s.On[o], s.AtStart.Of(o)} {
			if row.Value.Action == policy.ActionStop {
				return o, row
			}
		}
	}
	return policy.OutcomeNone, tree.Value[tree.Row]{}
}

// longWait is how long something may wait for what may be missing before that is worth a warning.
const longWait = 10 * time.Minute

// longHold is how long what may be missing may hold the last place of a concurrency: nobody wrote that others wait for it, and
// each start of it takes the place again.
const longHold = 5 * time.Minute

// slowMissable warns of a wait for an optional child, or a sidecar, that takes long to become ready, or to fail.
func (c *checker) slowMissable(s *subject, ref tree.Ref) {
	x := ref.Child
	wait, by := x.Ready.Value.Within, x.Ready.Source
	if x.Role == policy.Job {
		wait, by = x.Timeout.Value, x.Timeout.Source
	}
	if !x.Optional && x.Role != policy.Sidecar || wait <= longWait || c.of(x).unsure() || c.invalid[by.Pos] {
		return
	}
	is, hint := "optional", "write a shorter time there, or do not come after it"
	switch {
	case x.Of == s.Child:
		is, hint = "its sidecar", "write a shorter time there"
	case ref.Pos == s.Pos: // an elder sibling
		hint = "write a shorter time there, or declare it after the others"
	case !x.Optional:
		is = "a sidecar"
	}
	c.Reportf(diag.CodeAfterOptional, ref.Pos, ref.End, "%q may wait %s for %q, which is %s", s.Name, tree.Short(wait), x.Name, is).
		Notef(by.Range, "it may take as long by this").
		Hintf("%s", hint)
}
