package runtime

import (
	"cmp"
	"time"

	"github.com/supgen/supgen/runtime/internal/kernel"
)

// specs is a table as the kernel wants it: effective policies, with nothing left to a default.
func specs(table []Child) []kernel.Spec {
	specs := make([]kernel.Spec, len(table))
	for i, c := range table {
		c = effective(c)
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

// effective fills in what a row leaves to its role.
func effective(c Child) Child {
	d := Defaults(c.Role)
	c.Intensity = cmp.Or(c.Intensity, d.Intensity)
	c.Limit = cmp.Or(c.Limit, d.Limit)
	c.Backoff = cmp.Or(c.Backoff, d.Backoff)
	c.Shutdown = cmp.Or(c.Shutdown, d.Shutdown)
	if c.Optional {
		d.On[OutcomeLimit] = ActionQuarantine
	}
	if len(c.Finish.Of) > 0 {
		d.On[OutcomeSuccess] = ActionStop
	}
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
