package tree

import (
	"slices"

	"github.com/supgen/supgen/runtime/policy"
)

// Outcomes are the rows that the child's table has.
func (c *Child) Outcomes() []policy.Outcome {
	switch {
	case c.Role == policy.Group, c.Role == policy.Supervisor && c.Parent == nil:
		return intensityRow
	case c.Role == policy.Supervisor:
		return nestedRows
	}
	return childRows
}

var (
	intensityRow = []policy.Outcome{policy.OutcomeIntensity}
	nestedRows   = []policy.Outcome{policy.OutcomeSuccess, policy.OutcomeError, policy.OutcomeLimit, policy.OutcomeIntensity}
	childRows    = func() (rows []policy.Outcome) {
		for o := policy.OutcomeSuccess; o < policy.OutcomeIntensity; o++ {
			rows = append(rows, o)
		}
		return rows
	}()
)

// NeverAsked says why a row that the child's table has is never asked, as far as the declarations tell; "" of one that
// may be. An outcome that cannot come about asks no row, and neither does one that the runtime answers by itself: a job
// that has completed stays so, and what others need cannot be switched off.
func (c *Child) NeverAsked(o policy.Outcome, atStart bool) string {
	switch o {
	case policy.OutcomeSuccess:
		if c.Role == policy.Job {
			return "a job that succeeds has completed, and stays so"
		}
		if c.Role == policy.Supervisor && len(c.Finish.Of) == 0 {
			return "without finish it never ends well"
		}
	case policy.OutcomeError:
		if c.Role == policy.Supervisor && !c.Fails {
			return "nothing below it makes it fail"
		}
	case policy.OutcomeTimeout:
		if c.Role == policy.Job && c.Timeout.Value == 0 {
			return "it has no timeout"
		}
		if c.Role != policy.Job && c.Ready.Value.Immediate() {
			return "it is ready as soon as it is launched"
		}
	case policy.OutcomeUnhealthy:
		if c.Health.Value == (policy.Health{}) {
			return "nothing watches its health"
		}
		if atStart && c.Role != policy.Job {
			return "its health is watched only once it is ready"
		}
	case policy.OutcomeSkip:
		if c.Needed {
			return "others need it, so that a skip is a fatal_config"
		}
	case policy.OutcomeStuck:
		if c.Shutdown.Value.Unlimited {
			return "its stop may take as long as it likes"
		}
	case policy.OutcomeLimit:
		switch {
		case !c.Restarts():
			return "no row restarts it"
		case atStart && !c.restartsIn(true):
			return "no row restarts it at its start"
		case !atStart && c.Role != policy.Job && c.AtStart.Of(o).Value.Action != policy.ActionNone && !c.restartsIn(false):
			return "no row restarts it after its start"
		}
	case policy.OutcomeIntensity:
		if !c.Counted {
			return "nothing counts in its intensity"
		}
	}
	return ""
}

// Answers reports whether a row of the child that may be asked, at the start or later, has the action.
func (c *Child) Answers(o policy.Outcome, action policy.Action) bool {
	return c.On[o].Value.Action == action && c.NeverAsked(o, false) == "" ||
		c.AtStart.Of(o).Value.Action == action && c.NeverAsked(o, true) == ""
}

// Restarts reports whether a row of the child restarts it, so that its limit counts.
func (c *Child) Restarts() bool { return c.startsAgain(policy.ActionRestart) }

// Retries reports whether a row of the child retries it.
func (c *Child) Retries() bool { return c.startsAgain(policy.ActionRetry) }

// startsAgain reports whether an end of the child is answered with the action. What is started beside a run that is stuck
// does not count.
func (c *Child) startsAgain(action policy.Action) bool {
	return c.Parent != nil && slices.ContainsFunc(c.Outcomes(), func(o policy.Outcome) bool {
		return o < policy.OutcomeStuck && c.Answers(o, action)
	})
}

// restartsIn reports whether a row that holds at the start, or one that holds later, restarts the child.
func (c *Child) restartsIn(start bool) bool {
	return slices.ContainsFunc(c.Outcomes(), func(o policy.Outcome) bool {
		row := c.On[o].Value
		if at := c.AtStart.Of(o).Value; start && at.Action != policy.ActionNone {
			row = at
		}
		return o < policy.OutcomeStuck && row.Action == policy.ActionRestart && c.NeverAsked(o, start) == ""
	})
}

// Escalates reports whether the child makes its supervisor fail. A stuck run that is not written off does, since it keeps
// the supervisor from a restart.
func (c *Child) Escalates() bool {
	return slices.ContainsFunc(c.Outcomes(), func(o policy.Outcome) bool {
		switch {
		case o == policy.OutcomeIntensity && c.Role == policy.Supervisor: // fails itself by it
			return false
		case o == policy.OutcomeStuck && c.Answers(o, policy.ActionRestart):
			return true
		}
		return c.Answers(o, policy.ActionEscalate)
	})
}

// MayBeMissing reports whether a child that is optional may be in quarantine until an operator releases it, by its own table or
// with its group. A finish does not wait for it then.
func (c *Child) MayBeMissing() bool {
	missing := func(row Value[Row]) bool { return row.Value.Action == policy.ActionQuarantine && row.Value.For == 0 }
	if !c.Optional {
		return false
	}
	if c.Group != nil && c.Group.Counted && missing(c.Group.On[policy.OutcomeIntensity]) {
		return true
	}
	return slices.ContainsFunc(c.Outcomes(), func(o policy.Outcome) bool {
		return o != policy.OutcomeSkip && o != policy.OutcomeStuck && (missing(c.On[o]) && c.NeverAsked(o, false) == "" || missing(c.AtStart.Of(o)) && c.NeverAsked(o, true) == "")
	})
}

// Temporary reports whether a child that goes down with others is not started again with them, as in the kernel.
func (c *Child) Temporary() bool {
	stops := func(o policy.Outcome) bool { return c.On[o].Value.Action == policy.ActionStop }
	return c.Role != policy.Job && stops(policy.OutcomeSuccess) && stops(policy.OutcomeError)
}
