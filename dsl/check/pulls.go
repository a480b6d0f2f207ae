package check

import (
	"cmp"

	"github.com/supgen/supgen/dsl/tree"
	"github.com/supgen/supgen/runtime/policy"
)

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
