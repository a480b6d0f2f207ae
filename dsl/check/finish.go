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

// An ending is by what a supervisor finishes, as far as what is below it waits for that. That two wait for each other is
// reported elsewhere.
type ending struct {
	s      *subject
	bits   map[*tree.Child]uint64 // of what it finishes with
	all    uint64                 // what has to have ended
	elders map[*tree.Child]*elders
	starts map[*tree.Child]ended // what has ended by the time that a child may start
	passes map[*tree.Child]ended // what has ended by the time that it holds up nobody
}

// ended is what has ended: which of those that a supervisor finishes with, and one of them, the first that is met.
type ended struct {
	bits  uint64
	first *tree.Child
}

func (e ended) and(other ended) ended {
	return ended{e.bits | other.bits, cmp.Or(e.first, other.first)}
}

// elders are the children that others wait for under rest_for_one.
type elders struct {
	children []*tree.Child
	before   *elders // they wait for themselves
	ended    ended
	known    bool
}

// ending is nil where nothing waits for all that the supervisor finishes with. Of more than 64 that must all have ended none
// are distinguished.
func (c *checker) ending(s *subject) *ending {
	if e, ok := c.endings[s]; ok {
		return e
	}
	c.endings[s] = nil
	if st := s.own.find("finish"); st == nil || s.unsure() || len(st.Node.(*syntax.FinishDecl).Of) > len(s.Finish.Of) {
		return nil
	}
	e := &ending{s: s, bits: map[*tree.Child]uint64{}, elders: map[*tree.Child]*elders{}, starts: map[*tree.Child]ended{}, passes: map[*tree.Child]ended{}}
	for i, ref := range s.Finish.Of {
		ends := endsUnready(ref.Child)
		switch {
		case s.Finish.Any && ends:
			e.bits[ref.Child] = 1
		case !s.Finish.Any && (!ends || i >= 64):
			return nil
		case ends:
			e.bits[ref.Child] = 1 << i
		}
		e.all |= e.bits[ref.Child]
	}
	if e.all == 0 {
		return nil
	}
	e.order(s.Child)
	for _, x := range c.below(s) {
		if x.Role != policy.Group || x.Parent.Strategy.Value != policy.RestForOne { // or it is in the order of its supervisor
			e.order(x.Child)
		}
	}
	c.endings[s] = e
	return e
}

// order takes down the order of the children of a supervisor or a group.
func (e *ending) order(s *tree.Child) {
	var before *elders
	for _, slot := range s.Slots() {
		for _, child := range slot {
			if before != nil {
				e.elders[child] = before
			}
		}
		before = &elders{children: slot, before: before}
	}
}

// start is what has ended by the time that a child may start.
func (e *ending) start(x *tree.Child) ended {
	if x == e.s.Child {
		return ended{}
	}
	if found, ok := e.starts[x]; ok {
		return found
	}
	e.starts[x] = ended{}
	var found ended
	for _, ref := range slices.Concat(x.Needs, x.After) {
		found = found.and(e.pass(ref.Child))
	}
	found = found.and(e.passElders(e.elders[x]))
	found = found.and(e.start(x.Parent))
	e.starts[x] = found
	return found
}

// passElders is what has ended by the time that elders hold up nobody.
func (e *ending) passElders(el *elders) ended {
	if el == nil {
		return ended{}
	}
	if !el.known {
		el.known = true
		for _, child := range el.children {
			el.ended = el.ended.and(e.pass(child))
		}
		el.ended = el.ended.and(e.passElders(el.before))
	}
	return el.ended
}

// pass is what has ended by the time that a child holds up nobody. What is optional may not even have been tried.
func (e *ending) pass(x *tree.Child) ended {
	if x.Optional || !tree.IsBelow(x, e.s.Child) {
		return ended{}
	}
	if found, ok := e.passes[x]; ok {
		return found
	}
	e.passes[x] = ended{}
	var found ended
	if bits := e.bits[x]; bits > 0 {
		found = ended{bits, x}
	}
	found = found.and(e.start(x))
	if x.Role == policy.Supervisor {
		for _, child := range x.Members() {
			if child.Role != policy.Sidecar && !child.Dynamic {
				found = found.and(e.pass(child))
			}
		}
	}
	e.passes[x] = found
	return found
}

// over reports whether the supervisor has finished when this has ended.
func (e *ending) over(by ended) bool { return by.bits == e.all || e.s.Finish.Any && by.bits > 0 }

// finishesBefore warns of a child that waits until its supervisor has finished.
func (c *checker) finishesBefore(s *subject) {
	e := c.ending(s)
	if e == nil {
		return
	}
	listed := map[*tree.Child]bool{}
	for _, ref := range s.Finish.Of {
		listed[ref.Child] = true
		by := e.start(ref.Child)
		if !e.over(by) || c.of(ref.Child).unsure() {
			continue
		}
		i := slices.IndexFunc(s.Finish.Of, func(r tree.Ref) bool { return r.Child == by.first })
		c.Reportf(diag.CodeFinishBefore, ref.Pos, ref.End, "%q starts when %q has ended, and %q has finished by then", ref.Child.Name, by.first.Name, s.Name).
			Notef(s.Finish.Of[i].Range, "it finishes with this").
			Hintf("write finish when all, or take %s out", by.first.Name)
	}
	late := map[*tree.Child]bool{} // that, and what it is part of
	for _, x := range c.below(s) {
		by := e.start(x.Child)
		if x.Role == policy.Group || x.unsure() || !e.over(by) || listed[x.Child] {
			continue
		}
		told := e.over(e.start(x.Parent)) || e.waitsFor(x.Child, late) || slices.ContainsFunc(x.Needs, func(r tree.Ref) bool { return c.of(r.Child).unready != nil })
		for part := x.Child; part != s.Child; part = part.Parent {
			late[part] = true
		}
		if told {
			continue
		}
		when := fmt.Sprintf("when %q has ended, and %q has finished by then", by.first.Name, s.Name)
		if !e.over(e.pass(by.first)) {
			when = fmt.Sprintf("when all have ended that %q finishes with, and it has finished by then", s.Name)
		}
		r := c.Reportf(diag.CodeFinishBefore, x.Pos, x.End, "%q starts %s", x.Name, when).
			Notef(s.Finish.Range, "it finishes with these")
		if x.Parent != s.Child || x.Dynamic || x.On[policy.OutcomeSuccess].Value.Action != policy.ActionStop || x.Role == policy.Supervisor {
			r.Hintf("let it start earlier, or remove it")
			continue
		}
		names := []string{x.Name}
		if !s.Finish.Any {
			names = append(refNames(s.Finish.Of), names...)
		}
		r.Hintf("write finish when all %s", strings.Join(names, ", "))
	}
}

// waitsFor reports whether a child waits for one of these.
func (e *ending) waitsFor(x *tree.Child, of map[*tree.Child]bool) bool {
	return slices.ContainsFunc(slices.Concat(x.Needs, x.After), func(r tree.Ref) bool { return of[r.Child] }) ||
		e.elders[x] != nil && slices.ContainsFunc(e.elders[x].children, func(elder *tree.Child) bool { return of[elder] })
}

func refNames(refs []tree.Ref) (names []string) {
	for _, ref := range refs {
		names = append(names, ref.Child.Name)
	}
	return names
}

// finishWaits warns of a supervisor that may be left without an end of what it finishes with, good or bad.
func (c *checker) finishWaits(s *subject, restarted pulls) {
	if len(s.Finish.Of) == 0 || s.unsure() || slices.ContainsFunc(s.Finish.Of, func(r tree.Ref) bool { return c.of(r.Child).unsure() || c.anyInvalid(c.of(r.Child)) }) {
		return
	}
	first := s.Finish.Of[0]
	if !slices.ContainsFunc(s.Finish.Of, func(r tree.Ref) bool { return !r.Child.MayBeMissing() }) {
		names, are, fail := quotedNames(s.Finish.Of), "they are", "fail"
		if len(s.Finish.Of) == 1 {
			are, fail = "it is", "fails"
		}
		c.Reportf(diag.CodeFinishMayWait, first.Pos, s.Finish.Of[len(s.Finish.Of)-1].End, "%q never finishes if %s %s for good: %s optional, and missing then", s.Name, names, fail, are).
			Notef(c.of(first.Child).own.find("optional").Range(), "by this").
			Hintf("remove optional, so that %q fails then", s.Name)
		return
	}
	type stop struct {
		ref tree.Ref
		by  *tree.Child
	}
	var stops []stop
	for _, ref := range s.Finish.Of {
		if by := c.stoppedWith(c.of(ref.Child), restarted); by != nil {
			stops = append(stops, stop{ref, by})
		}
	}
	if s.Finish.Any && len(stops) < len(s.Finish.Of) {
		return
	}
	for _, stop := range stops {
		x := stop.ref.Child
		c.Reportf(diag.CodeFinishMayWait, stop.ref.Pos, stop.ref.End, "%q is not started again when a restart of %q has stopped it, and %q then waits without end for it", x.Name, stop.by.Name, s.Name).
			Notef(x.On[policy.OutcomeError].Source.Range, "it is temporary by this").
			Notef(stop.by.Range, "declared here").
			Hintf("write restart transient in %s, or make it a job", x.Name)
	}
}

// stoppedWith is whose automatic restart leaves a temporary child stopped, if there is one.
func (c *checker) stoppedWith(s *subject, restarted pulls) *tree.Child {
	if !s.Temporary() {
		return nil
	}
	for p := s; p.parent != nil; p = p.parent {
		for _, need := range p.Needs {
			if by := restarted.of(need.Child); by != nil {
				return by
			}
		}
		if by := restarted.sibling(p.Child); by != nil {
			return by
		}
	}
	return nil
}

// quotedNames is names as a sentence has them: "A", "B" and "C".
func quotedNames(refs []tree.Ref) (text string) {
	for i, ref := range refs {
		switch {
		case i == 0:
		case i == len(refs)-1:
			text += " and "
		default:
			text += ", "
		}
		text += fmt.Sprintf("%q", ref.Child.Name)
	}
	return text
}
