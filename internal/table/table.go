// Package table makes of a checked tree the table that its generated code hands to the runtime, so that a tree can be
// simulated before there is any code. The rows lack functions; sim.Tree takes them like that.
package table

import (
	"github.com/supgen/supgen/dsl/tree"
	"github.com/supgen/supgen/runtime"
	"github.com/supgen/supgen/runtime/policy"
)

// Of is the table of a root supervisor: a row for each child, in the order of the file, as codegen writes it.
func Of(root *tree.Child) []runtime.Child {
	ids := make(map[*tree.Child]policy.ID) // of no child it is 0, which means none
	for c := range root.All() {
		ids[c] = policy.ID(len(ids))
	}
	var rows []runtime.Child
	for c := range root.All() {
		rows = append(rows, row(c, ids))
	}
	return rows
}

func row(c *tree.Child, ids map[*tree.Child]policy.ID) runtime.Child {
	refs := func(refs []tree.Ref) (of []policy.ID) {
		for _, ref := range refs {
			of = append(of, ids[ref.Child])
		}
		return of
	}
	r := runtime.Child{
		Parent: ids[c.Parent], Group: ids[c.Group], Of: ids[c.Of], Name: c.Name, Role: c.Role,
		Linked: c.Linked, Optional: c.Optional, Dynamic: c.Dynamic, Max: c.Max, Replicas: c.Replicas, Fewest: c.Fewest,
		Needs: refs(c.Needs), Wants: refs(c.Wants), After: refs(c.After), Provides: c.Provides != "", Tags: c.Tags,
		Strategy: c.Strategy.Value, Intensity: c.Intensity.Value, Limit: c.Limit.Value, Backoff: c.Backoff.Value,
		Throttle: c.Throttle.Value, Concurrency: c.Concurrency.Value, Ready: c.Ready.Value, Health: c.Health.Value,
		Shutdown: c.Shutdown.Value, Timeout: c.Timeout.Value, LameDuck: c.LameDuck.Value,
		Finish: policy.Finish{Any: c.Finish.Any, Of: refs(c.Finish.Of)}, From: c.From(),
	}
	if c.Intensity.Source.Kind == tree.SourceRole {
		r.Intensity = policy.Limit{} // for the runtime to count
	}
	r.On, r.Quarantine = answers(&c.On)
	if on, quarantine := answers(c.AtStart); on != (policy.Table{}) {
		r.AtStart = &policy.AtStart{On: on, Quarantine: quarantine}
	}
	return r
}

// answers are rows as the runtime has them.
func answers(rows *tree.Rows) (on policy.Table, quarantine *policy.Terms) {
	for o := range policy.Outcome(len(on)) {
		row := rows.Of(o)
		on[o] = row.Value.Action
		if row.Value.For > 0 {
			if quarantine == nil {
				quarantine = new(policy.Terms)
			}
			quarantine[o] = row.Value.For
		}
	}
	return on, quarantine
}
