package runtime

import (
	"slices"

	"github.com/supgen/supgen/runtime/policy"
)

// specs is a filled table as the kernel wants it.
func specs(table []Child) []policy.Spec {
	specs := rows(table)
	for i := range specs {
		specs[i].Replicas = max(1, specs[i].Replicas)
	}
	specs[0].Parent = -1
	return specs
}

// rows is a table as it stands.
func rows(table []Child) []policy.Spec {
	specs := make([]policy.Spec, len(table))
	for i := range table {
		specs[i] = table[i].spec()
	}
	return specs
}

// spec is what a row says of its child's place and policy, as it stands there.
func (c *Child) spec() policy.Spec {
	return policy.Spec{
		Parent: c.Parent, Group: c.Group, Of: c.Of, Role: c.Role, Replicas: c.Replicas,
		Linked: c.Linked, Optional: c.Optional, Dynamic: c.Dynamic, Max: c.Max,
		Needs: c.Needs, Wants: c.Wants, After: c.After, Provides: c.Provides,
		Strategy: c.Strategy, Intensity: c.Intensity, Limit: c.Limit, On: c.On, Quarantine: c.Quarantine, AtStart: c.AtStart, Backoff: c.Backoff,
		Throttle: c.Throttle, Concurrency: c.Concurrency, Ready: c.Ready, Health: c.Health,
		Shutdown: c.Shutdown, Timeout: c.Timeout, Finish: c.Finish, LameDuck: c.LameDuck,
	}
}

// with is the row with the policies of a spec of it.
func (c Child) with(s policy.Spec) Child {
	c.Intensity, c.Limit, c.On, c.Backoff, c.Ready, c.Health, c.Shutdown = s.Intensity, s.Limit, s.On, s.Backoff, s.Ready, s.Health, s.Shutdown
	return c
}

// filled is a table with every row effective, the intensities that nobody wrote included.
func filled(table []Child) []Child {
	all := slices.Clone(table)
	for i, s := range policy.Fill(rows(table)) {
		all[i] = table[i].with(s)
	}
	return all
}

// effective fills in what a row leaves to its role. What follows from other rows too is left: see filled.
func effective(c Child) Child { return c.with(policy.Effective(c.spec())) }

// paths names each row: "Shop.Ingest.Reader". A group has no segment of its own, and no path.
func paths(table []Child) []string {
	paths := make([]string, len(table))
	for i, c := range table {
		switch {
		case i == 0:
			paths[i] = c.Name
		case c.Role != Group:
			paths[i] = paths[c.Parent] + "." + c.Name
		}
	}
	return paths
}
