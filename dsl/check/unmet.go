package check

import (
	"github.com/supgen/supgen/dsl/tree"
	"github.com/supgen/supgen/runtime/policy"
)

// An unmet need is one that was reported: the subject can never start.
type unmet struct {
	mistake int // among what the checker has reported
	subject *subject
}

// A waiter waits for a child.
type waiter struct {
	*subject
	ref  tree.Ref
	verb string
}

// maxWaiting bounds how many of those who wait for one child are listed.
const maxWaiting = 10

// noteWaiting notes beside each unmet need who waits, directly or through others, for the child that has it.
func (c *checker) noteWaiting() {
	if len(c.unmet) == 0 {
		return
	}
	waiters := map[*tree.Child][]waiter{}
	for _, s := range c.subjects {
		for _, ref := range s.Needs {
			waiters[ref.Child] = append(waiters[ref.Child], waiter{s, ref, "needs"})
		}
		for _, ref := range s.After {
			waiters[ref.Child] = append(waiters[ref.Child], waiter{s, ref, "comes after"})
		}
	}
	for _, u := range c.unmet {
		c.waitingFor(u, waiters)
	}
}

func (c *checker) waitingFor(u unmet, waiters map[*tree.Child][]waiter) {
	r := &c.List[u.mistake]
	told := map[*subject]bool{u.subject: true}
	for queue := []*subject{u.subject}; len(queue) > 0; queue = queue[1:] {
		s := queue[0]
		for part := s; part != nil && (part == s || s.holdsUp(part)); part = part.parent {
			for _, w := range waiters[part.Child] {
				if told[w.subject] {
					continue
				}
				if len(told) > maxWaiting {
					r.Notef(w.ref.Range, "and so on")
					return
				}
				told[w.subject] = true
				queue = append(queue, w.subject)
				if part == s {
					r.Notef(w.ref.Range, "%q %s %q", w.Name, w.verb, s.Name)
				} else {
					r.Notef(w.ref.Range, "%q %s %q, which %q is part of", w.Name, w.verb, part.Name, s.Name)
				}
			}
		}
	}
}

// holdsUp reports whether a supervisor that s is part of is not ready unless s is.
func (s *subject) holdsUp(supervisor *subject) bool {
	for child := s; child != supervisor; child = child.parent {
		if child.Dynamic || child.own.find("optional") != nil {
			return false
		}
	}
	return supervisor.Role == policy.Supervisor
}

// cannotStart remembers that what was reported after so many mistakes keeps a subject from starting.
func (c *checker) cannotStart(s *subject, mistakes int) {
	for i := mistakes; i < len(c.List); i++ {
		c.unmet = append(c.unmet, unmet{i, s})
	}
}
