package policy

import (
	"cmp"
	"time"
)

// Defaults is the policy of a child about which nothing else is said: the weakest source of the language's "where a
// value comes from". It follows from what s is (its Role, Optional, Dynamic, Finish) and from what its rows for success
// and error say; all else of s does not matter. The runtime fills in a table with it, and the compiler takes it for what
// a .sup file leaves out.
//
// The Intensity is zero: how much it is depends on the children ([DefaultIntensity]).
func Defaults(s Spec) Spec {
	d := Spec{
		Role:     s.Role,
		Backoff:  Backoff{Min: 50 * time.Millisecond, Max: 5 * time.Second, Factor: 2, Jitter: 20, Reset: time.Minute},
		Shutdown: Shutdown{Drain: 5 * time.Second, Abort: time.Second},
		On: Table{
			OutcomeSuccess:     ActionRestart,
			OutcomeError:       ActionRestart,
			OutcomePanic:       ActionRestart,
			OutcomeGoexit:      ActionRestart,
			OutcomeTimeout:     ActionRetry,
			OutcomeUnhealthy:   ActionRestart,
			OutcomeExternal:    ActionRetry,
			OutcomeAgain:       ActionRetry,
			OutcomeFatalConfig: ActionShutdown,
			OutcomeFatalBug:    ActionEscalate,
			OutcomeSkip:        ActionStop,
			OutcomeStuck:       ActionEscalate,
			OutcomeLimit:       ActionEscalate,
		},
	}
	switch s.Role {
	case Service:
		d.Limit = Limit{N: 10, In: 10 * time.Minute}
	case Worker:
		d.Limit = Limit{N: 3, In: 5 * time.Minute}
		d.On[OutcomeSuccess] = ActionStop
	case Job:
		d.Limit = Limit{N: 1, In: 10 * time.Minute}
		d.On[OutcomeSuccess] = ActionStop
		d.On[OutcomeTimeout] = ActionEscalate
	case Sidecar:
		d.Limit = Limit{N: 5, In: 10 * time.Minute}
	case Supervisor:
		d.Limit = Limit{N: 3, In: time.Hour}
		d.On[OutcomeIntensity] = ActionEscalate
		d.Shutdown = Shutdown{}
		if len(s.Finish.Of) > 0 {
			d.On[OutcomeSuccess] = ActionStop
		}
	case Group:
		d.On = Table{OutcomeIntensity: ActionEscalate}
		d.Backoff, d.Shutdown = Backoff{}, Shutdown{}
	}
	if s.Role == Sidecar || s.Optional || s.Dynamic {
		spareTable(&d.On, s.On)
	}
	return d
}

// spareTable has a child that may be missing bring nobody down. A temporary one just ends, but for a stuck run: its key and
// its place are kept until that returns.
func spareTable(own *Table, said Table) {
	a := ActionQuarantine
	if cmp.Or(said[OutcomeSuccess], own[OutcomeSuccess]) == ActionStop && cmp.Or(said[OutcomeError], own[OutcomeError]) == ActionStop {
		a = ActionStop
	}
	own[OutcomeFatalBug], own[OutcomeFatalConfig], own[OutcomeLimit] = a, a, a
	own[OutcomeStuck] = ActionQuarantine
}

// DefaultIntensity is the Intensity of a supervisor or a group that declares none: twice the number of the
// children that count in it, at least 30, in 1m, so that no single cause that hits each of them once makes it give up.
// The children are effective rows. A group's members count in the group and in its supervisor; replicas count each, a
// nested supervisor is one. Optional children do not count, nor those whose
// limit quarantines, nor dynamic ones, whose number is not known.
func DefaultIntensity(children ...Spec) Limit {
	n := 0
	for i := range children {
		n += counted(&children[i])
	}
	return intensityOf(n)
}

// counted is for how many children a row counts in an intensity.
func counted(s *Spec) int {
	if s.Role == Group || s.Optional || s.Dynamic || s.On[OutcomeLimit] == ActionQuarantine {
		return 0
	}
	return max(1, s.Replicas)
}

// intensityOf is that of so many children.
func intensityOf(counted int) Limit { return Limit{N: max(30, 2*counted), In: time.Minute} }

// What a policy means that is only said in part.
const (
	DefaultWithin = 30 * time.Second // a child that is not ready at once is ready within this
	DefaultFail   = 3                // so many checks in a row have to fail
)

// DefaultDead is the age at which a heartbeat is dead, if only the one at which it is stale was given.
func DefaultDead(stale time.Duration) time.Duration { return Times(2, stale) }
