package check

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/supgen/supgen/dsl/diag"
	"github.com/supgen/supgen/dsl/tree"
	"github.com/supgen/supgen/runtime/policy"
)

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
			Notef(c.of(first.Child).own.find("optional").Pos(), "by this").
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
			Notef(x.On[policy.OutcomeError].Source.Pos, "it is temporary by this").
			Notef(stop.by.Pos, "declared here").
			Hintf("write restart transient in %s, or make it a job", x.Name)
	}
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

// pulls is what is restarted by itself while its supervisor goes on, as far as it was asked for.
type pulls struct {
	needed   map[*tree.Child]*tree.Child    // of what is needed: it, or what takes it along
	siblings map[*tree.Child][2]*tree.Child // of a supervisor or a group: the first, and the first that the strategy of another group is for
}

// of is what takes x along when it is restarted, or x. A job without a value stays completed.
func (p pulls) of(x *tree.Child) *tree.Child {
	if by, ok := p.needed[x]; ok {
		return by
	}
	p.needed[x] = nil // a cycle is reported elsewhere
	var by *tree.Child
	switch {
	case x.Role != policy.Job && (x.Restarts() || x.Retries()):
		by = x
	case x.Role != policy.Job || x.Provides != "":
		for _, need := range x.Needs {
			by = cmp.Or(by, p.of(need.Child))
		}
	}
	p.needed[x] = by
	return by
}

// sibling is what takes x along by a strategy when it is restarted.
func (p pulls) sibling(x *tree.Child) *tree.Child {
	if tree.OutsideOrder(x) {
		return nil
	}
	if x.Group != nil {
		if by := p.by(x.Group, x, x); by != nil {
			return by
		}
	}
	return p.by(x.Parent, x, cmp.Or(x.Group, x))
}

// by is what takes x along by the strategy of s, where all of its unit go by another one.
func (p pulls) by(s, x, unit *tree.Child) *tree.Child {
	if s.Strategy.Value == policy.OneForOne {
		return nil
	}
	unitOf := func(y *tree.Child) *tree.Child {
		if s.Role == policy.Group || y.Group == nil {
			return y
		}
		return y.Group
	}
	first, ok := p.siblings[s]
	if !ok {
		for _, y := range s.Members() {
			if tree.OutsideOrder(y) || !y.Restarts() && !y.Retries() {
				continue
			}
			if first[0] == nil {
				first[0] = y
			} else if unitOf(y) != unitOf(first[0]) {
				first[1] = y
				break
			}
		}
		p.siblings[s] = first
	}
	for _, y := range first {
		if y != nil && unitOf(y) != unit && (s.Strategy.Value == policy.OneForAll || y.Pos.Offset < x.Pos.Offset) {
			return y
		}
	}
	return nil
}
