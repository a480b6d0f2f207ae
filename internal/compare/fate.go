package compare

import (
	"fmt"
	"slices"

	"github.com/supgen/supgen/dsl/tree"
	"github.com/supgen/supgen/internal/notation"
	"github.com/supgen/supgen/runtime/policy"
)

// fate is what an answer makes of a child and of those above it: "it is quarantined until an operator releases it".
func fate(c *tree.Child, r tree.Row) string {
	switch r.Action {
	case policy.ActionRetry:
		return "it is tried again without end"
	case policy.ActionRestart:
		if limit := c.Limit.Value; limit.N > 0 {
			return "it is restarted, up to " + notation.Limit(limit)
		}
		return "it is not restarted, as its limit is 0: " + fate(c, c.On[policy.OutcomeLimit].Value)
	case policy.ActionStop:
		if c.Dynamic {
			return "it is removed"
		}
		return "it stays stopped"
	case policy.ActionQuarantine:
		if r.For > 0 {
			return "it is down for " + policy.Spell(r.For)
		}
		return "it is quarantined until an operator releases it"
	case policy.ActionEscalate:
		return fails(c.Parent)
	case policy.ActionShutdown:
		return theEnd
	}
	return ""
}

const theEnd = "the whole tree ends"

// fails is what follows when a supervisor fails; of none, which is above a root, the tree ends.
func fails(s *tree.Child) string {
	if s == nil || s.Parent == nil {
		return theEnd
	}
	row := s.On[policy.OutcomeError].Value
	if endsTree(s, row) {
		return s.Name + " fails, and " + theEnd
	}
	switch row.Action {
	case policy.ActionRetry, policy.ActionRestart:
		return s.Name + " is restarted with all that is below it"
	case policy.ActionEscalate:
		return s.Name + " fails, and " + fails(s.Parent)
	}
	return s.Name + " fails and stays down"
}

// endsTree reports whether an answer ends the tree at once.
func endsTree(c *tree.Child, r tree.Row) bool {
	switch r.Action {
	case policy.ActionShutdown:
		return true
	case policy.ActionEscalate:
		s := c.Parent
		return s == nil || s.Parent == nil || endsTree(s, s.On[policy.OutcomeError].Value)
	case policy.ActionRestart:
		return c.Limit.Value.N == 0 && endsTree(c, c.On[policy.OutcomeLimit].Value)
	}
	return false
}

// moment is what a child is waited for to be: a job, complete.
func moment(c *tree.Child) string {
	if c.Role == policy.Job {
		return "complete"
	}
	return "ready"
}

// takes is the siblings that a strategy restarts with a child, and whose strategy it is. A job that has completed stays so.
func takes(c *tree.Child) (by *tree.Child, taken []*tree.Child) {
	ahead, behind := beside(c)
	by = strategist(c)
	if by != nil && by.Strategy.Value == policy.OneForAll {
		behind = append(ahead, behind...)
	}
	return by, slices.DeleteFunc(behind, done)
}

// takers is the siblings with which a strategy restarts a child.
func takers(c *tree.Child) []*tree.Child {
	if done(c) {
		return nil
	}
	ahead, behind := beside(c)
	if by := strategist(c); by != nil && by.Strategy.Value == policy.OneForAll {
		ahead = append(ahead, behind...)
	}
	return ahead
}

// beside is the siblings ahead of a child and behind it, where a strategy restarts some of them together.
func beside(c *tree.Child) (ahead, behind []*tree.Child) {
	by := strategist(c)
	if by == nil || by.Strategy.Value == policy.OneForOne {
		return nil, nil
	}
	all := siblings(by)
	i := slices.Index(all, c)
	if i < 0 { // a group, whose members are beside others
		return nil, nil
	}
	return slices.Clone(all[:i]), slices.Clone(all[i+1:])
}

// siblings is those that a strategy is about.
func siblings(by *tree.Child) []*tree.Child {
	return slices.DeleteFunc(by.Members(), func(c *tree.Child) bool { return c.Role == policy.Sidecar || c.Dynamic })
}

// names is "A, B and C", or how many there are beside the first ones.
func names(children []*tree.Child) string {
	var words []string
	for i, c := range children {
		if i == 3 && len(children) > 4 {
			words = append(words, fmt.Sprintf("%d more", len(children)-i))
			break
		}
		words = append(words, c.Name)
	}
	return list(words)
}

func ordinal(n int) string {
	suffix := "th"
	if n%100/10 != 1 {
		switch n % 10 {
		case 1:
			suffix = "st"
		case 2:
			suffix = "nd"
		case 3:
			suffix = "rd"
		}
	}
	return fmt.Sprint(n, suffix)
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
