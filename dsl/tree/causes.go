package tree

import (
	"slices"

	"github.com/supgen/supgen/runtime/policy"
)

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
