package check

import (
	"slices"

	"github.com/supgen/supgen/runtime/policy"
)

// causes finds what can happen to supervisors and groups by what is below them: whether anything counts in their
// intensities, whether a supervisor fails, and whether its restart starts anything.
func (c *checker) causes() {
	for _, s := range slices.Backward(c.subjects) { // children come behind their supervisor
		if s.Parent != nil && s.unsure() {
			s.Parent.Fails, s.Parent.Counted, s.Parent.ComesBack = true, true, true
			if s.Group != nil {
				s.Group.Counted = true
			}
		}
		s.Fails = len(s.Finish.Of) > 0 || s.Fails || s.Answers(policy.OutcomeIntensity, policy.ActionEscalate)
		if s.Parent != nil && !s.Dynamic && s.Role != policy.Group && (s.Role != policy.Supervisor || s.ComesBack) {
			s.Parent.ComesBack = true
		}
		if s.Restarts() {
			for _, above := range s.CountsIn() {
				above.Counted = true
			}
		}
		if s.Parent != nil && s.Escalates() {
			s.Parent.Fails = true
		}
	}
}
