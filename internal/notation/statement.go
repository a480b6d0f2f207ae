package notation

import (
	"github.com/supgen/supgen/dsl/tree"
	"github.com/supgen/supgen/runtime/policy"
)

// A Statement is one effective value of a child, and who said so.
type Statement struct {
	Keyword string
	Value   string
	Source  *tree.Source
}

// Statements are the values of a child's policy that its role has, in the order of the manual. Its table of outcomes
// is not among them: see [Rows].
func Statements(c *tree.Child) []Statement {
	var list []Statement
	say := func(keyword, value string, source *tree.Source) {
		list = append(list, Statement{keyword, value, source})
	}
	children := c.Role == policy.Supervisor || c.Role == policy.Group
	if children {
		say("strategy", c.Strategy.Value.String(), c.Strategy.Source)
		say("intensity", Limit(c.Intensity.Value), c.Intensity.Source)
	}
	if IsRestarted(c) {
		say("limit", Limit(c.Limit.Value), c.Limit.Source)
		say("backoff", Backoff(c.Backoff.Value), c.Backoff.Source)
	}
	switch {
	case c.Role == policy.Supervisor:
		say("throttle", Throttle(c.Throttle.Value), c.Throttle.Source)
		say("concurrency", Concurrency(c.Concurrency.Value), c.Concurrency.Source)
		say("shutdown", Promise(c.Shutdown.Value), c.Shutdown.Source)
		if c.Parent == nil {
			say("lame_duck", LameDuck(c.LameDuck.Value), c.LameDuck.Source)
		}
	case c.Role != policy.Group:
		if c.Role != policy.Job {
			say("ready", Ready(c.Ready.Value), c.Ready.Source)
		}
		say("health", Health(c.Health.Value), c.Health.Source)
		say("shutdown", Shutdown(c.Shutdown.Value), c.Shutdown.Source)
	}
	if c.Role == policy.Job {
		say("timeout", Timeout(c.Timeout.Value), c.Timeout.Source)
	}
	return list
}

// IsRestarted reports whether a child is one that restarts, limits and backoffs are for: all but a root and a group.
func IsRestarted(c *tree.Child) bool { return c.Parent != nil && c.Role != policy.Group }

// A Row is what a child's table says about an outcome, and who said so.
type Row struct {
	Outcome policy.Outcome
	AtStart bool
	Answer  tree.Row
	Source  *tree.Source
}

// When is the row's outcome as it is written: "error at start".
func (r Row) When() string {
	if r.AtStart {
		return r.Outcome.String() + " at start"
	}
	return r.Outcome.String()
}

// Rows are the rows of a child's table that its role has, in the order of the manual, each before what holds instead
// of it at the start.
func Rows(c *tree.Child) []Row {
	var rows []Row
	for _, o := range c.Outcomes() {
		rows = append(rows, Row{o, false, c.On[o].Value, c.On[o].Source})
		if start := c.AtStart.Of(o); start.Value.Action != policy.ActionNone {
			rows = append(rows, Row{o, true, start.Value, start.Source})
		}
	}
	return rows
}
