package runtime

import (
	"cmp"
	"time"

	"github.com/supgen/supgen/runtime/internal/kernel"
)

// specs is a filled table as the kernel wants it.
func specs(table []Child) []kernel.Spec {
	specs := make([]kernel.Spec, len(table))
	for i, c := range table {
		if i == 0 {
			c.Parent = -1
		}
		specs[i] = kernel.Spec{
			Parent: c.Parent, Group: c.Group, Of: c.Of, Role: c.Role, Replicas: max(1, c.Replicas),
			Linked: c.Linked, Optional: c.Optional, Dynamic: c.Dynamic, Max: c.Max,
			Needs: c.Needs, After: c.After, Provides: c.Provides,
			Strategy: c.Strategy, Intensity: c.Intensity, Limit: c.Limit, On: c.On, Quarantine: c.Quarantine, AtStart: c.AtStart, Backoff: c.Backoff,
			Throttle: c.Throttle, Concurrency: c.Concurrency, Ready: c.Ready, Health: c.Health,
			Shutdown: c.Shutdown, Timeout: c.Timeout, Finish: c.Finish,
		}
	}
	return specs
}

// filled is a table with every row effective, the intensities that nobody wrote included.
func filled(table []Child) []Child {
	all := make([]Child, len(table))
	children := make([]int, len(table)) // that count, by supervisor and group
	for i := range table {
		c := &all[i]
		*c = effective(table[i])
		if i > 0 {
			children[c.Parent] += counted(c)
		}
		if c.Group != 0 {
			children[c.Group] += counted(c)
		}
	}
	for i, n := range children {
		if c := &all[i]; (c.Role == Supervisor || c.Role == Group) && c.Intensity == (Limit{}) {
			c.Intensity = intensity(n)
		}
	}
	return all
}

// effective fills in what a row leaves to its role. What follows from other rows too is left: see filled.
func effective(c Child) Child {
	d := Defaults(c)
	c.Limit = cmp.Or(c.Limit, d.Limit)
	c.Backoff = cmp.Or(c.Backoff, d.Backoff)
	c.Shutdown = cmp.Or(c.Shutdown, d.Shutdown)
	for o := range c.On {
		c.On[o] = cmp.Or(c.On[o], d.On[o])
	}
	if !c.Ready.Immediate() {
		c.Ready.Within = cmp.Or(c.Ready.Within, 30*time.Second)
	}
	if c.Health.Heartbeat > 0 {
		c.Health.Dead = cmp.Or(c.Health.Dead, 2*c.Health.Stale)
	}
	if c.Health.Check.Every > 0 {
		c.Health.Fail = cmp.Or(c.Health.Fail, 3)
	}
	return c
}

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
