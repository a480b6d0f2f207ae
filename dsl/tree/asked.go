package tree

import (
	"slices"

	"github.com/supgen/supgen/runtime"
)

// Outcomes are the rows that the child's table has.
func (c *Child) Outcomes() []runtime.Outcome {
	switch {
	case c.Role == runtime.Group, c.Role == runtime.Supervisor && c.Parent == nil:
		return intensityRow
	case c.Role == runtime.Supervisor:
		return nestedRows
	}
	return childRows
}

var (
	intensityRow = []runtime.Outcome{runtime.OutcomeIntensity}
	nestedRows   = []runtime.Outcome{runtime.OutcomeSuccess, runtime.OutcomeError, runtime.OutcomeLimit, runtime.OutcomeIntensity}
	childRows    = func() (rows []runtime.Outcome) {
		for o := runtime.OutcomeSuccess; o < runtime.OutcomeIntensity; o++ {
			rows = append(rows, o)
		}
		return rows
	}()
)

// NeverAsked says why a row that the child's table has is never asked, as far as the declarations tell; "" of one that
// may be. An outcome that cannot come about asks no row, and neither does one that the runtime answers by itself: a job
// that has completed stays so, and what others need cannot be switched off.
func (c *Child) NeverAsked(o runtime.Outcome, atStart bool) string {
	switch o {
	case runtime.OutcomeSuccess:
		if c.Role == runtime.Job {
			return "a job that succeeds has completed, and stays so"
		}
		if c.Role == runtime.Supervisor && len(c.Finish.Of) == 0 {
			return "without finish it never ends well"
		}
	case runtime.OutcomeError:
		if c.Role == runtime.Supervisor && !c.Fails {
			return "nothing below it makes it fail"
		}
	case runtime.OutcomeTimeout:
		if c.Role == runtime.Job && c.Timeout.Value == 0 {
			return "it has no timeout"
		}
		if c.Role != runtime.Job && c.Ready.Value.Immediate() {
			return "it is ready as soon as it is launched"
		}
	case runtime.OutcomeUnhealthy:
		if c.Health.Value == (runtime.Health{}) {
			return "nothing watches its health"
		}
		if atStart && c.Role != runtime.Job {
			return "its health is watched only once it is ready"
		}
	case runtime.OutcomeSkip:
		if c.Needed {
			return "others need it, so that a skip is a fatal_config"
		}
	case runtime.OutcomeStuck:
		if c.Shutdown.Value.Unlimited {
			return "its stop may take as long as it likes"
		}
	case runtime.OutcomeLimit:
		switch {
		case !c.Restarts():
			return "no row restarts it"
		case atStart && !c.restartsIn(true):
			return "no row restarts it at its start"
		case !atStart && c.Role != runtime.Job && c.AtStart.Of(o).Value.Action != runtime.ActionNone && !c.restartsIn(false):
			return "no row restarts it after its start"
		}
	case runtime.OutcomeIntensity:
		if !c.Counted {
			return "nothing counts in its intensity"
		}
	}
	return ""
}

// Answers reports whether a row of the child that may be asked, at the start or later, has the action.
func (c *Child) Answers(o runtime.Outcome, action runtime.Action) bool {
	return c.On[o].Value.Action == action && c.NeverAsked(o, false) == "" ||
		c.AtStart.Of(o).Value.Action == action && c.NeverAsked(o, true) == ""
}

// Restarts reports whether a row of the child restarts it, so that its limit counts.
func (c *Child) Restarts() bool { return c.startsAgain(runtime.ActionRestart) }

// Retries reports whether a row of the child retries it.
func (c *Child) Retries() bool { return c.startsAgain(runtime.ActionRetry) }

// startsAgain reports whether an end of the child is answered with the action. What is started beside a run that is stuck
// counts nowhere.
func (c *Child) startsAgain(action runtime.Action) bool {
	return c.Parent != nil && slices.ContainsFunc(c.Outcomes(), func(o runtime.Outcome) bool {
		return o < runtime.OutcomeStuck && c.Answers(o, action)
	})
}

// restartsIn reports whether a row that holds at the start, or one that holds later, restarts the child.
func (c *Child) restartsIn(start bool) bool {
	return slices.ContainsFunc(c.Outcomes(), func(o runtime.Outcome) bool {
		row := c.On[o].Value
		if at := c.AtStart.Of(o).Value; start && at.Action != runtime.ActionNone {
			row = at
		}
		return o < runtime.OutcomeStuck && row.Action == runtime.ActionRestart && c.NeverAsked(o, start) == ""
	})
}

// Escalates reports whether the child makes its supervisor fail. A stuck run that is not written off does, since it keeps
// the supervisor from a restart.
func (c *Child) Escalates() bool {
	return slices.ContainsFunc(c.Outcomes(), func(o runtime.Outcome) bool {
		switch {
		case o == runtime.OutcomeIntensity && c.Role == runtime.Supervisor: // fails itself by it
			return false
		case o == runtime.OutcomeStuck && c.Answers(o, runtime.ActionRestart):
			return true
		}
		return c.Answers(o, runtime.ActionEscalate)
	})
}
