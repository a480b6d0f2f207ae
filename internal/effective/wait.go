package effective

import (
	"slices"

	"github.com/supgen/supgen/dsl/diag"
	"github.com/supgen/supgen/dsl/tree"
	"github.com/supgen/supgen/runtime/policy"
)

// A Wait is one reason why one child starts after another.
type Wait struct {
	Path string   `json:"path"` // of the other one
	Why  string   `json:"why"`
	At   Position `json:"at,omitzero"` // of the word that says so
	of   *tree.Child
	back string // why, as it is said of the one that waits
}

func wait(c *tree.Child, why string, pos diag.Pos) Wait { return Wait{c.Path(), why, at(pos), c, why} }

func (w Wait) from(c *tree.Child) Wait { return Wait{c.Path(), w.back, w.At, c, w.Why} }

// WaitsIn is, for each child of a tree, what has to be ready, or done, before it starts.
func WaitsIn(root *tree.Child) map[*tree.Child][]Wait {
	r := relationsIn(root)
	all := map[*tree.Child][]Wait{}
	for c := range root.All() {
		all[c] = r.waitsFor(c)
	}
	return all
}

func (r *relations) waitsFor(c *tree.Child) []Wait {
	waits := r.ownWaits(c)
	for s := c.Parent; s != nil; s = s.Parent {
		for _, w := range r.ownWaits(s) {
			w.Why = "its supervisor " + s.Name + ": " + w.Why
			waits = append(waits, w)
		}
	}
	return waits
}

// ownWaits is what a child waits for by itself, and not because it is part of something that waits.
func (r *relations) ownWaits(c *tree.Child) []Wait {
	var waits []Wait
	for _, need := range c.Needs {
		waits = append(waits, wait(need.Child, "needs "+handed(c, need.Child), need.Pos))
	}
	for _, after := range c.After {
		waits = append(waits, wait(after.Child, "after it "+moment(after.Child)+only(after.Child.Optional || after.Child.Role == policy.Sidecar, ", or a run of it has ended"), after.Pos))
	}
	if c.Parent == nil || c.Role == policy.Group {
		return waits
	}
	for _, sidecar := range r.sidecars[c] {
		w := wait(sidecar, "is its sidecar", sidecar.Pos)
		w.back = "has it as a sidecar"
		waits = append(waits, w)
	}
	if order := r.order(c); order.slot > 0 {
		for _, elder := range r.slots[order.by][order.slot-1] {
			w := wait(elder, "is before it in the rest_for_one of "+order.by.Name, order.by.Strategy.Source.Pos)
			w.back = "is behind it in the rest_for_one of " + order.by.Name
			waits = append(waits, w)
		}
	}
	return waits
}

// handed is what a dependant receives of a provider. A supervisor's children receive what they need themselves.
func handed(c, provider *tree.Child) string {
	if provider.Provides == "" || c.Role == policy.Supervisor {
		return "it" // and is handed nothing
	}
	return "its " + provider.Hands()
}

func moment(c *tree.Child) string {
	if c.Role == policy.Job {
		return "has completed"
	}
	return "is ready"
}

// only is a text under a condition.
func only(is bool, text string) string {
	if is {
		return text
	}
	return ""
}

// waiters is who waits by itself for a child, or wants it, in the order of the file.
type waiters map[*tree.Child][]Wait

func waitersOf(root *tree.Child, waits func(*tree.Child) []Wait) waiters {
	all := waiters{}
	for c := range root.All() {
		for _, w := range waits(c) {
			all[w.of] = append(all[w.of], w.from(c))
		}
	}
	return all
}

// wanted is what a child is handed while there is some.
func wanted(c *tree.Child) []Wait {
	var wants []Wait
	for _, want := range c.Wants {
		w := wait(want.Child, "is handed "+handed(c, want.Child)+" while there is one", want.Pos)
		if want.Child.Replicas > 0 {
			w.Why = "is handed " + handed(c, want.Child) + ", of those that are ready"
		}
		w.back = w.Why
		wants = append(wants, w)
	}
	return wants
}

// waitedForBy is who starts later because of a child.
func waitedForBy(c *tree.Child, waiters waiters) []Wait {
	waits := slices.Clone(waiters[c])
	if c.Parent == nil || c.Role == policy.Group {
		return waits
	}
	if !c.Optional && !c.Dynamic {
		waits = append(waits, wait(c.Parent, "is ready only when it "+moment(c), diag.Pos{}))
	}
	for _, of := range c.Parent.Finish.Of {
		if of.Child == c {
			waits = append(waits, wait(c.Parent, "finishes when it has ended well", of.Pos))
		}
	}
	return waits
}
