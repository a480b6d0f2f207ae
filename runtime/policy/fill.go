package policy

import "cmp"

// Fill is a table with every row [Effective], the intensities that nobody wrote included.
func Fill(table []Spec) []Spec {
	all := make([]Spec, len(table))
	children := make([]int, len(table)) // that count, by supervisor and group
	for i := range table {
		s := &all[i]
		*s = Effective(table[i])
		if i > 0 {
			children[s.Parent] += counted(s)
		}
		if s.Group != 0 {
			children[s.Group] += counted(s)
		}
	}
	for i, n := range children {
		if s := &all[i]; (s.Role == Supervisor || s.Role == Group) && s.Intensity == (Limit{}) {
			s.Intensity = intensityOf(n)
		}
	}
	return all
}

// Effective fills in what a row leaves to its role. What follows from other rows too is left: see [Fill].
func Effective(s Spec) Spec {
	d := Defaults(s)
	s.Limit = cmp.Or(s.Limit, d.Limit)
	s.Backoff = cmp.Or(s.Backoff, d.Backoff)
	s.Shutdown = cmp.Or(s.Shutdown, d.Shutdown)
	for o := range s.On {
		s.On[o] = cmp.Or(s.On[o], d.On[o])
	}
	if !s.Ready.Immediate() {
		s.Ready.Within = cmp.Or(s.Ready.Within, DefaultWithin)
	}
	if s.Health.Heartbeat > 0 {
		s.Health.Dead = cmp.Or(s.Health.Dead, DefaultDead(s.Health.Stale))
	}
	if s.Health.Check.Every > 0 {
		s.Health.Fail = cmp.Or(s.Health.Fail, DefaultFail)
	}
	return s
}
