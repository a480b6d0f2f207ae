package check

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/supgen/supgen/dsl/diag"
	"github.com/supgen/supgen/dsl/tree"
	"github.com/supgen/supgen/runtime/policy"
)

// startsForever finds supervisors that are never ready, since they, or one in them, have finished before and start again, and those
// of them that are never at rest either, as long as nothing fails.
func (c *checker) startsForever() {
	for _, s := range slices.Backward(c.subjects) { // children come behind their supervisor
		if s.Role != policy.Supervisor || s.unsure() {
			s.unready = nil
			continue
		}
		if finishesUnready(s.Child) {
			s.unready = s
		}
		if len(s.Finish.Of) == 0 || s.finishesAgain() {
			s.restless = s.unready
		}
		if s.restless != nil && s.parent != nil {
			s.parent.unready = s.restless
		}
	}
}

// finishesAgain reports whether a supervisor that has finished is started again, without an end at which it rests.
func (s *subject) finishesAgain() bool {
	switch s.On[policy.OutcomeSuccess].Value.Action {
	case policy.ActionRetry:
		return true
	case policy.ActionRestart:
		limit := s.On[policy.OutcomeLimit].Value.Action
		return limit != policy.ActionStop && limit != policy.ActionQuarantine
	}
	return false
}

// neverReady reports a need of what is never ready, and whether it did. What comes after a supervisor that finishes before
// it is ready does not wait: it is at rest then.
func (c *checker) neverReady(s *subject, need tree.Ref) bool {
	provider := c.of(need.Child)
	if provider.unready == nil || provider.restless != nil {
		return c.neverRests(s, need)
	}
	if provider.unready != provider {
		c.startsAgain(s, need.Pos, need.End, fmt.Sprintf("%q", provider.Name), provider)
		return true
	}
	c.Reportf(diag.CodeNeedsNever, need.Pos, need.End, "%q never starts: %q has finished before it is ready", s.Name, provider.Name).
		Notef(provider.Finish.Range, "it finishes when these have completed, and is not ready before they have").
		Hintf("write after %s", provider.Name)
	return true
}

// neverRests reports a wait for what is neither ready nor at rest as long as nothing fails, and whether it did.
func (c *checker) neverRests(s *subject, ref tree.Ref) bool {
	x := c.of(ref.Child)
	if x.restless != nil {
		c.startsAgain(s, ref.Pos, ref.End, fmt.Sprintf("%q", x.Name), x)
		return true
	}
	by := x.parent
	if by == nil || by.restless != by || s.isPart(by) {
		return false
	}
	if e := c.ending(by); e == nil || !e.over(e.pass(x.Child)) {
		return false
	}
	c.Reportf(diag.CodeNeedsNever, ref.Pos, ref.End, "%q never starts: %q starts again as soon as %q has ended", s.Name, by.Name, x.Name).
		Notef(by.On[policy.OutcomeSuccess].Source.Range, "started again by this").
		Hintf(firstOnce, by.Name)
	return true
}

const firstOnce = "put what has to be done once before into a job outside of %s, and wait for that"

// startsAgain reports a wait for a supervisor that is never ready, since it or one in it starts again.
func (c *checker) startsAgain(s *subject, pos, end diag.Pos, what string, x *subject) {
	why := "starts again whenever it has finished, and is not ready before"
	by := cmp.Or(x.restless, x.unready)
	if by != x {
		why = fmt.Sprintf("is never ready, since %q in it starts again whenever it has finished", by.Name)
	}
	c.Reportf(diag.CodeNeedsNever, pos, end, "%q never starts: %s %s", s.Name, what, why).
		Notef(by.On[policy.OutcomeSuccess].Source.Range, "started again by this").
		Hintf(firstOnce, by.Name)
}

// behindElders reports the first child that under rest_for_one waits for an elder sibling that is neither ready nor at
// rest, and warns of a long wait for one that is optional.
func (c *checker) behindElders(s *subject) {
	slots := s.Slots()
	for i := 1; i < len(slots); i++ {
		younger := c.of(slots[i][0])
		for _, elder := range slots[i-1] {
			if x := c.of(elder); x.restless != nil && !younger.unsure() {
				c.startsAgain(younger, younger.Pos, younger.End, fmt.Sprintf("its elder sibling %q", x.Name), x)
				return
			}
			c.slowMissable(younger, tree.Ref{Child: elder, Range: diag.Range{Pos: younger.Pos, End: younger.End}})
		}
	}
}
