package check

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/supgen/supgen/dsl/diag"
	"github.com/supgen/supgen/dsl/syntax"
	"github.com/supgen/supgen/dsl/tree"
	"github.com/supgen/supgen/runtime/policy"
)

// idle reports what a child says itself and what changes nothing: rows that are never asked, statements that stronger ones
// replace, and those that are about what it does not have. A policy and defaults are for several children, so that they may
// say what one of them cannot have.
func (c *checker) idle(s *subject) {
	if s.unsure() || c.anyInvalid(s) {
		return
	}
	for p := s.parent; p != nil; p = p.parent {
		if p.own.broken { // there may be defaults in what could not be read
			return
		}
	}
	for _, st := range s.own.stmts {
		switch st.Node.(type) {
		case *syntax.OnDecl, *syntax.RestartDecl:
			c.idleRow(s, st)
		}
	}
	c.idlePolicies(s)
	c.idleBackoff(s)
	c.idleReset(s)
	c.repeats(s)
	if syntax.HasChildren(s.Role) && len(s.children) > 0 && !slices.ContainsFunc(s.members(), (*subject).unsure) {
		c.withoutCause(s)
		c.idleStrategy(s)
		c.idleConcurrency(s)
		c.slowPlaces(s)
	}
}

// idleRow reports a statement about outcomes none of which asks it.
func (c *checker) idleRow(s *subject, st *syntax.Stmt) {
	atStart := isAtStart(st.Node)
	if atStart && !s.hasStart() {
		return // which was reported
	}
	var never, left, taken []policy.Outcome
	var stronger []diag.Range
	for _, o := range s.Outcomes() {
		if exactness(st.Node, o) == 0 {
			continue
		}
		row := s.On[o]
		if atStart {
			row = s.AtStart.Of(o)
		}
		switch at := row.Source.Range; {
		case s.NeverAsked(o, atStart) != "":
			never = append(never, o)
		case at.Pos == st.Pos():
			left = append(left, o)
		default:
			taken = append(taken, o)
			if !slices.Contains(stronger, at) {
				stronger = append(stronger, at)
			}
		}
	}
	if c.noneAllowed(s, st, left) || c.saidAlready(s, st, left) {
		return
	}
	_, restart := st.Node.(*syntax.RestartDecl)
	weak := func(o policy.Outcome) bool {
		return o == policy.OutcomeAgain || o == policy.OutcomeExternal || o == policy.OutcomeTimeout
	}
	var r *diag.Diagnostic
	switch {
	case len(taken) == 0 && len(left) == 0 && len(never) > 0:
		c.neverAsked(s, st, never[0])
		return
	case len(taken) > 0 && len(left) == 0:
		r = c.Reportf(diag.CodeNoEffect, st.Pos(), st.KeywordEnd(), "%q of %q changes nothing: each of its outcomes has a row of its own", rowText(st), s.Name).Hintf("remove it")
		c.remove(r, st)
	case len(taken) > 0 && restart && !s.Temporary() && s.sameByRole(st, left):
		r = c.Reportf(diag.CodeNoEffect, st.Pos(), st.KeywordEnd(), "%q of %q changes nothing: what would be another answer without it has a row of its own", rowText(st), s.Name).Hintf("remove it, or the row")
		c.remove(r, st)
	case len(taken) > 0 && restart && !slices.ContainsFunc(left, func(o policy.Outcome) bool { return !weak(o) }):
		words := make([]string, len(left))
		for i, o := range left {
			words[i] = o.String()
		}
		r = c.Reportf(diag.CodeNoEffect, st.Pos(), st.KeywordEnd(), "of %q of %q nothing is left but its answer to %s: the other outcomes have rows of their own", rowText(st), s.Name, diag.Enumeration(words)).
			Hintf("remove it, or write on %s stop for it", words[0])
	default:
		return
	}
	for _, at := range stronger {
		r.Notef(at, "such a row")
	}
}

// sameByRole reports whether the answers to some outcomes would be the same without an own statement of the subject, by its role alone.
func (s *subject) sameByRole(st *syntax.Stmt, outcomes []policy.Outcome) bool {
	role := s.Defaults().On
	return !slices.ContainsFunc(outcomes, func(o policy.Outcome) bool {
		return rowOn(st.Node, o) != tree.Row{Action: role[o]} || s.saidElsewhere(o, false)
	})
}

// saidAlready warns of a row without which each of the outcomes that it decides has the same answer: by a less exact row of
// the child, or, of a row at the start, by what holds later. One that only says what the role does is for its readers. It
// reports whether it did.
func (c *checker) saidAlready(s *subject, st *syntax.Stmt, decides []policy.Outcome) bool {
	d, ok := st.Node.(*syntax.OnDecl)
	if !ok || len(decides) == 0 || s.Role == policy.Job && isAtStart(d) { // which was reported
		return false
	}
	var by diag.Range
	for _, o := range decides {
		answer := s.On[o]
		if weaker := s.lessExact(o, st); weaker != nil {
			if !s.isAnswer(weaker) {
				return false
			}
			answer = tree.Value[tree.Row]{Value: rowOn(weaker.Node, o), Source: &tree.Source{Kind: tree.SourceStatement, Range: weaker.Range()}}
		} else if !isAtStart(d) || s.saidElsewhere(o, true) {
			return false
		}
		if answer.Value != rowOn(d, o) {
			return false
		}
		by = answer.Source.Range
	}
	r := c.Reportf(diag.CodeNoEffect, st.Pos(), st.KeywordEnd(), "%q of %q changes nothing: without it the answer is %s too", rowText(st), s.Name, rowOn(d, decides[0])).
		Hintf("remove it")
	c.remove(r, st)
	if by.Pos.IsValid() {
		r.Notef(by, "by this")
	}
	return true
}

// lessExact is the own row of the subject that decides about an outcome, at the same time, where the given one does not; or nil.
func (s *subject) lessExact(o policy.Outcome, than *syntax.Stmt) (row *syntax.Stmt) {
	best, most := 0, exactness(than.Node, o)
	for _, st := range s.own.stmts {
		if _, finish := st.Node.(*syntax.FinishDecl); finish || isAtStart(st.Node) && !isAtStart(than.Node) {
			continue
		}
		if exact := exactness(st.Node, o); exact > best && exact < most {
			best, row = exact, st
		}
	}
	return row
}

// isAnswer reports whether an own row of the subject is the answer to an outcome that comes about.
func (s *subject) isAnswer(row *syntax.Stmt) bool {
	return slices.ContainsFunc(s.Outcomes(), func(o policy.Outcome) bool {
		return s.On[o].Source.Pos == row.Pos() && s.NeverAsked(o, false) == "" ||
			s.AtStart.Of(o).Source.Pos == row.Pos() && s.NeverAsked(o, true) == ""
	})
}

// saidElsewhere reports whether a policy or defaults say something about an outcome, or only about it at the start.
func (s *subject) saidElsewhere(o policy.Outcome, onlyAtStart bool) bool {
	return slices.ContainsFunc(s.layers[1:], func(l layer) bool {
		return slices.ContainsFunc(l.settings.stmts, func(st *syntax.Stmt) bool {
			return (isAtStart(st.Node) || !onlyAtStart) && exactness(st.Node, o) > 0
		})
	})
}

// noneAllowed warns of a row that restarts what has a limit of none, and reports whether it did.
func (c *checker) noneAllowed(s *subject, st *syntax.Stmt, asked []policy.Outcome) bool {
	limit := s.Limit
	if len(asked) == 0 || limit.Value.N > 0 || rowOn(st.Node, asked[0]).Action != policy.ActionRestart || asked[0] >= policy.OutcomeStuck {
		return false
	}
	then := s.On[policy.OutcomeLimit].Value
	if row := s.AtStart.Of(policy.OutcomeLimit).Value; isAtStart(st.Node) && row.Action != policy.ActionNone {
		then = row
	}
	instead := then.String()
	if asked[0] == policy.OutcomeSuccess {
		instead = "retry, which counts nowhere"
	}
	instead = fmt.Sprintf("write %s %s, or", syntax.UniqueKey(st), instead)
	if _, ok := st.Node.(*syntax.RestartDecl); ok {
		instead = "remove it, or write"
	}
	c.Reportf(diag.CodeNoEffect, st.Pos(), st.KeywordEnd(), "%q of %q never restarts it: limit %s allows no restart, so that the answer is that of on limit, %s", rowText(st), s.Name, rate(limit.Value), then).
		Notef(limit.Source.Range, "the limit").
		Hintf("%s limit 1 in %s or more", instead, tree.Short(limit.Value.In))
	return true
}

// rowText is a row as it is written.
func rowText(st *syntax.Stmt) string {
	switch d := st.Node.(type) {
	case *syntax.RestartDecl:
		return "restart " + d.Kind.Value
	case *syntax.OnDecl:
		return syntax.UniqueKey(st) + " " + d.Action.Value
	}
	return syntax.KindOf(st)
}

// neverAsked reports a row with an outcome that the child cannot have. What a supervisor and a group have depends on what
// is below them, and withoutCause reports it.
func (c *checker) neverAsked(s *subject, st *syntax.Stmt, o policy.Outcome) {
	answer := rowOn(st.Node, o)
	atStart := isAtStart(st.Node)
	if syntax.HasChildren(s.Role) && o != policy.OutcomeSuccess && !(o == policy.OutcomeLimit && s.Fails) || s.Role == policy.Job && o == policy.OutcomeSuccess && (answer.StartsAgain() || answer.Action == policy.ActionStop) {
		return // a job that is started again was reported, and one that stops does
	}
	if s.Role == policy.Supervisor && slices.ContainsFunc(s.Parent.Finish.Of, func(ref tree.Ref) bool { return ref.Child == s.Child }) {
		return // which never finishes itself, and that was reported
	}
	r := c.Reportf(diag.CodeNeverAsked, st.Pos(), st.KeywordEnd(), "%q of %q is never asked: %s", syntax.UniqueKey(st), s.Name, s.NeverAsked(o, atStart))
	var hint string
	switch o {
	case policy.OutcomeSuccess:
		hint = "remove it"
		if s.Role == policy.Supervisor {
			hint = fmt.Sprintf("write in %s which children end it: finish when all A, B", s.Name)
		} else if answer.Action == policy.ActionShutdown && !s.Dynamic {
			hint = fmt.Sprintf("to end %s with it, write there finish when all %s", s.Parent.Name, s.Name)
		}
	case policy.OutcomeTimeout:
		hint = "write ready explicit within D, or remove the row"
		if s.Role == policy.Job {
			hint = "write timeout D, or remove the row"
		}
	case policy.OutcomeUnhealthy:
		hint = "write health heartbeat D stale D, or remove the row"
		if s.Health.Value != (policy.Health{}) {
			hint = "write it without at start, or on timeout at start"
		}
	case policy.OutcomeSkip:
		hint = "answer fatal_config instead, or remove the row"
	case policy.OutcomeStuck:
		hint = "write a shutdown that ends, or remove the row"
		if by := s.Shutdown.Source; by.Pos.IsValid() {
			r.Notef(by.Range, "by this")
		}
	case policy.OutcomeLimit:
		hint = "write restart for some outcome, or remove the row"
		if atStart && s.Restarts() {
			hint = "write restart for some outcome at start, or remove the row"
		}
	}
	if r.Hintf("%s", hint); strings.Contains(hint, "remove") {
		c.remove(r, st)
	}
}

// withoutCause warns of what a supervisor or a group says about failures that nothing below it can cause.
func (c *checker) withoutCause(s *subject) {
	all := func(is func(*syntax.Stmt) bool) (all []*syntax.Stmt) {
		for _, st := range s.own.stmts {
			if is(st) {
				all = append(all, st)
			}
		}
		return all
	}
	intensity := all(func(st *syntax.Stmt) bool {
		return syntax.KindOf(st) == "intensity" || exactness(st.Node, policy.OutcomeIntensity) > 0
	})
	if len(intensity) > 0 && !s.Counted {
		r := c.Reportf(diag.CodeWithoutCause, intensity[0].Pos(), intensity[0].KeywordEnd(), "no child of %s %q counts in its intensity, so that it is never spent", s.Role, s.Name).
			Hintf("remove it; what is not restarted, may be missing or is quarantined by its limit counts in no intensity")
		c.remove(r, intensity...)
	}
	again := all(func(st *syntax.Stmt) bool {
		return slices.Contains([]string{"limit", "backoff", "restart"}, syntax.KindOf(st)) || exactness(st.Node, policy.OutcomeError) > 0 || exactness(st.Node, policy.OutcomeLimit) > 0
	})
	if len(again) > 0 && s.Parent != nil && s.Role == policy.Supervisor && !s.Fails {
		r := c.Reportf(diag.CodeWithoutCause, again[0].Pos(), again[0].KeywordEnd(), "nothing below %q makes it fail, so that it is never restarted", s.Name).
			Hintf("remove it, or let the failure of some child escalate")
		c.remove(r, again...)
	}
}

// idlePolicies warns of a policy that a child uses, and that changes nothing in it.
func (c *checker) idlePolicies(s *subject) {
	st := s.own.find("use")
	if st == nil {
		return
	}
	var effective []string
	s.sources(func(source *tree.Source) {
		if source.Kind == tree.SourcePolicy {
			effective = append(effective, source.Name)
		}
	})
	for _, d := range st.Node.(*syntax.UseDecl).Policies {
		p := c.policies[d.Name.Value]
		if p != nil && slices.Contains(effective, p.Name) && c.inheritsFirst(s, p) {
			r := c.Reportf(diag.CodeNoEffect, syntax.Begin(d.Name), syntax.End(d.Name), "policy %q changes nothing in %q: defaults use it already", p.Name, s.Name).
				Hintf("remove it")
			c.cutPolicy(r, st, p)
		}
		if p == nil || slices.Contains(effective, p.Name) {
			continue
		}
		l := layer{tree.SourcePolicy, p.Name, p.settings}
		i := slices.IndexFunc(p.settings.stmts, func(st *syntax.Stmt) bool { return s.takes(st, l) })
		if i < 0 {
			continue // which was reported
		}
		r := c.Reportf(diag.CodeNoEffect, syntax.Begin(d.Name), syntax.End(d.Name), "policy %q changes nothing in %q", p.Name, s.Name).
			Hintf("remove it: all that it says is said more strongly, or is about what cannot happen there")
		c.cutPolicy(r, st, p)
		effective = append(effective, p.Name)
		r.Notef(p.settings.stmts[i].Range(), "it says this")
		for _, l := range s.layers {
			if by := l.settings.find(syntax.KindOf(p.settings.stmts[i])); by != nil && syntax.KindOf(by) != "on" && by != p.settings.stmts[i] {
				r.Notef(by.Range(), "this is stronger")
				break
			}
		}
	}
}

// sources visits the sources of all values of a child but for those of rows that are never asked.
func (s *subject) sources(visit func(*tree.Source)) {
	for _, source := range s.Statements {
		visit(source)
	}
	for _, o := range s.Outcomes() {
		if s.NeverAsked(o, false) == "" {
			visit(s.On[o].Source)
		}
		if s.AtStart != nil && s.NeverAsked(o, true) == "" {
			visit(s.AtStart.Of(o).Source)
		}
	}
}

// idleBackoff reports a backoff of a child that is never started again by itself.
func (c *checker) idleBackoff(s *subject) {
	st := s.own.find("backoff")
	if b := s.Backoff.Value; st != nil && (b.None || b.Max < policy.MinRetryDelay) && s.Retries() && !s.Restarts() && !syntax.HasChildren(s.Role) {
		then := "there is no start without a delay"
		if !b.None {
			then = fmt.Sprintf("none of its delays is waited for: the longest is %s", tree.Short(b.Max))
		}
		r := c.Reportf(diag.CodeNoEffect, st.Pos(), st.KeywordEnd(), "%q is retried and never restarted, and a retry waits for 50ms at least, so that %s", s.Name, then).
			Hintf("write backoff 50ms, or one that grows: backoff 50ms..5s")
		c.writeStmt(r, st, "backoff 50ms")
	}
	if st == nil || s.Backoff.Value.None || s.Retries() || s.Restarts() && s.Limit.Value.N > 0 || s.Role == policy.Supervisor && !s.Fails {
		return
	}
	r := c.Reportf(diag.CodeBackoffUnused, st.Pos(), st.KeywordEnd(), "%q is never started again, so there is nothing to wait for", s.Name).
		Hintf("remove the backoff, or the statement that stops the restarts")
	c.remove(r, st)
	if by := s.Limit.Source; s.Restarts() && by.Pos.IsValid() {
		r.Notef(by.Range, "by this limit")
	}
}

// idleStrategy warns of a strategy that has nobody to take along, and nothing to order.
func (c *checker) idleStrategy(s *subject) {
	st := s.own.find("strategy")
	if st == nil || s.Strategy.Value == policy.OneForOne {
		return
	}
	var siblings []*tree.Child
	runs, grouped := 0, true // one of a group is restarted by the group's strategy
	for _, child := range s.Members() {
		if tree.OutsideOrder(child) {
			continue
		}
		siblings = append(siblings, child)
		runs += max(1, child.Replicas)
		grouped = grouped && child.Group != nil && s.Role != policy.Group
	}
	why, hint := "", "remove it; sidecars and dynamic children are restarted alone, whatever the strategy is"
	switch {
	case s.Strategy.Value == policy.OneForAll && runs > 1 && !grouped && c.neverAgain(s, siblings):
		why = fmt.Sprintf("no child of %q is ever restarted by itself", s.Name)
		hint = "remove it, or let a child be restarted when it fails"
	case s.Strategy.Value == policy.RestForOne && len(s.Slots()) > 1, s.Strategy.Value == policy.OneForAll && runs > 1 && !grouped:
		return
	case len(siblings) > 1 && grouped:
		why = fmt.Sprintf("the children of %q are in groups, whose strategies are their own", s.Name)
	case len(siblings) == 1:
		why = fmt.Sprintf("%q has no siblings that a strategy is for", siblings[0].Name)
	default:
		why = fmt.Sprintf("%q has no children that a strategy is for", s.Name)
	}
	r := c.Reportf(diag.CodeStrategyAlone, st.Pos(), st.KeywordEnd(), "%s, so that %s restarts nothing else", why, s.Strategy.Value).
		Hintf("%s", hint)
	c.remove(r, st)
}

// neverAgain reports whether none of the siblings that a strategy is for starts again by itself, or with something else that
// it needs.
func (c *checker) neverAgain(s *subject, siblings []*tree.Child) bool {
	ends := func(x *tree.Child) bool {
		return slices.Contains([]*tree.Child{x.Parent, x.Group}, s.Child) && !tree.OutsideOrder(x) &&
			!x.Restarts() && !x.Retries() && !x.Answers(policy.OutcomeStuck, policy.ActionRestart)
	}
	for _, x := range siblings {
		if (x.Group == nil || s.Role == policy.Group) && !ends(x) {
			return false
		}
	}
	return !slices.ContainsFunc(c.below(s), func(x *subject) bool {
		return slices.ContainsFunc(x.Needs, func(need tree.Ref) bool { return !ends(need.Child) })
	})
}

// idleConcurrency warns of a bound that no launch ever waits for. A place is held from the launch to the readiness, by all
// but jobs and supervisors.
func (c *checker) idleConcurrency(s *subject) {
	st := s.own.find("concurrency")
	if st == nil {
		return
	}
	all, slow := 0, 0
	for _, child := range s.Members() {
		n := max(1, child.Replicas, child.Max)
		if child.Role == policy.Supervisor {
			continue
		}
		all += n
		if child.Role != policy.Job && !child.Ready.Value.Immediate() {
			slow += n
		}
	}
	inTurn, ordered := s.inTurn()
	hint := "remove it, or write a smaller number"
	if slow == 0 && all > s.Concurrency.Value {
		hint = "write ready explicit in those whose start takes time, or remove it"
	}
	var why string
	switch n := s.Concurrency.Value; {
	case all <= n:
		why = fmt.Sprintf("the children of %q that are launched are %d at most", s.Name, all)
	case slow == 0:
		why = fmt.Sprintf("the children of %q are ready as soon as they are launched, or hold no place", s.Name)
	case slow < n:
		why = fmt.Sprintf("the children of %q that take time to become ready are %d", s.Name, slow)
	case ordered && inTurn <= n:
		why = fmt.Sprintf("by rest_for_one each child of %q waits until the one before it is ready", s.Name)
		hint = "remove it"
	default:
		return
	}
	r := c.Reportf(diag.CodeConcurrencyUnused, st.Pos(), st.KeywordEnd(), "%s, so that concurrency %d holds nothing back", why, s.Concurrency.Value).
		Hintf("%s", hint)
	c.remove(r, st)
}

// inTurn is how many children of a supervisor rest_for_one launches at a time, if each of them waits for the one before it.
func (s *subject) inTurn() (most int, ok bool) {
	for _, child := range s.Members() {
		if tree.OutsideOrder(child) || child.Optional {
			return 0, false
		}
	}
	slots := s.Slots()
	for _, slot := range slots {
		n := 0
		for _, child := range slot {
			n += max(1, child.Replicas)
		}
		most = max(most, n)
	}
	return most, len(slots) > 0
}

// unusedFactor warns of the factor of a delay that does not grow by it.
func (c *checker) unusedFactor(st *syntax.Stmt) {
	d, ok := st.Node.(*syntax.BackoffDecl)
	if !ok || !syntax.Said(d.Factor) || c.invalid[st.Pos()] {
		return
	}
	if d.Jitter.Value == "decorrelated" {
		r := c.Reportf(diag.CodeNoEffect, syntax.Begin(d.Factor), syntax.End(d.Factor), "the delay does not grow by factor %s: with decorrelated jitter it is up to three times the one before", d.Factor.Value).
			Notef(syntax.RangeOf(d.Jitter), "the jitter").Hintf("remove the factor, or write jitter full")
		c.cutFactor(r, d)
	} else if syntax.Duration(d.Min) == syntax.Duration(d.Max) {
		r := c.Reportf(diag.CodeNoEffect, syntax.Begin(d.Factor), syntax.End(d.Factor), "the delay does not grow by factor %s: %s is all that it may be", d.Factor.Value, d.Max.Value).
			Hintf("write a longer maximum, or remove the factor")
		c.cutFactor(r, d)
	}
}

// takesDown warns of a child that may be missing, and that brings down others by an ordinary failure. What a row at the
// start, or one about something fatal, does is meant so.
func (c *checker) takesDown(s *subject, reported map[diag.Pos]bool) {
	if s.unsure() || syntax.HasChildren(s.Role) || s.Role != policy.Sidecar && !s.Optional && !s.Dynamic || c.anyInvalid(s) {
		return
	}
	c.takesSiblings(s)
	for _, o := range s.Outcomes() {
		row := s.On[o]
		pos := row.Source.Pos
		if row.Value.Action < policy.ActionEscalate || s.NeverAsked(o, false) != "" || !pos.IsValid() || reported[pos] {
			continue
		}
		if o < policy.OutcomeError || o > policy.OutcomeAgain {
			reported[pos] = c.empties(s, o)
			continue
		}
		reported[pos] = true
		what := fmt.Sprintf("makes %q fail", s.Parent.Name)
		if row.Value.Action == policy.ActionShutdown {
			what = "ends the whole tree"
		}
		hint := "write restart or quarantine for it"
		if s.Optional {
			hint += ", or remove optional"
		}
		r := c.Reportf(diag.CodeTakesDown, pos, pos.Plus(len("on")), "%s %q may be missing, but its first %s %s", s.kindOfChild(row.Value.Action), s.Name, o, what).Hintf("%s", hint)
		if row.Source.Kind != tree.SourceStatement {
			r.Notef(s.Range, "declared here")
		}
	}
}

// takesSiblings warns of an optional child whose restarts restart all its siblings. Under rest_for_one its place says so.
func (c *checker) takesSiblings(s *subject) {
	by := cmp.Or(s.Group, s.Parent)
	if !s.Optional || tree.OutsideOrder(s.Child) || by.Strategy.Value != policy.OneForAll || !s.Restarts() && !s.Retries() {
		return
	}
	for _, x := range by.Members() {
		if x == s.Child || tree.OutsideOrder(x) || x.Group != s.Group {
			continue
		}
		st := s.own.find("optional")
		r := c.Reportf(diag.CodeTakesDown, st.Pos(), st.KeywordEnd(), "%s %q may be missing, but each restart of it restarts %q too, by %s", s.kindOfChild(policy.ActionNone), s.Name, x.Name, by.Strategy.Value).
			Hintf("put it under a supervisor of its own, or remove optional")
		if said := by.Strategy.Source.Range; said.Pos.IsValid() {
			r.Notef(said, "the strategy")
		}
		return
	}
}

// ownSidecar reports a primary that needs its own sidecar.
func (c *checker) ownSidecar(s *subject) {
	for _, ref := range s.Needs {
		if ref.Child.Of == s.Child {
			c.Reportf(diag.CodeTakesDown, ref.Pos, ref.End, "%q goes down with its sidecar %q, since it needs it: a sidecar alone never takes its primary down", s.Name, ref.Child.Name).
				Notef(ref.Child.Range, "declared here").
				Hintf("remove it: a sidecar starts before its primary; or make %s a service", ref.Child.Name)
		}
	}
}

// empties warns of a dynamic child that has its supervisor restarted, where that starts nothing again: no child of it comes
// back, the one that failed included. It reports whether it did.
func (c *checker) empties(s *subject, o policy.Outcome) bool {
	row, by := s.On[o], s.parent
	if !s.Dynamic || row.Value.Action != policy.ActionEscalate || by.Parent == nil || by.ComesBack || by.unsure() ||
		!by.On[policy.OutcomeError].Value.StartsAgain() {
		return false
	}
	pos := row.Source.Pos
	c.Reportf(diag.CodeTakesDown, pos, pos.Plus(len(s.layerAt(pos).Keyword.Value)), "on %s of one %q all children of %q are removed, and its restart starts none: dynamic children do not come back", o, s.Name, by.Name).
		Notef(by.Range, "all its children are dynamic").
		Hintf("write quarantine or stop for it")
	return true
}

// fatal warns of a row that starts again what says that this is of no use, or not wanted.
func (c *checker) fatal(st *syntax.Stmt) {
	d, ok := st.Node.(*syntax.OnDecl)
	if !ok || c.invalid[st.Pos()] {
		return
	}
	for _, o := range []policy.Outcome{policy.OutcomeFatalConfig, policy.OutcomeFatalBug, policy.OutcomeSkip} {
		switch {
		case d.Outcome.Value != o.String() || !rowOn(d, o).StartsAgain():
		case o == policy.OutcomeSkip:
			c.Reportf(diag.CodeFatalRestarts, syntax.Begin(d.Action), syntax.End(d.Action), "%s means that it is switched off: each restart finds it so, and counts in its limit", o).
				Hintf("remove the row, or write quarantine 10m to look again later, which counts nowhere")
		default:
			c.Reportf(diag.CodeFatalRestarts, syntax.Begin(d.Action), syntax.End(d.Action), "%s means that no restart can mend it", o).
				Hintf("write quarantine, or quarantine 10m to try again later; a failure that may pass is returned as another error")
		}
	}
}
