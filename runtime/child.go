package runtime

import "time"

// A Child is one row of the table that generated code hands to [New]: what a child is, where it hangs, its policy,
// and how it is called. A policy that is left zero is what [policy.Defaults] says.
//
// Row 0 is the root supervisor; a row comes after its Parent and its Group.
type Child struct {
	Parent ID
	Group  ID // 0 is none
	Of     ID // of a Sidecar: its primary, in the same supervisor
	Name   string
	Role   Role

	Linked   bool // of a Sidecar: restarted with its primary
	Optional bool // not waited for, and takes nothing else down
	Dynamic  bool // a template: children of it are started by Tree.Start
	Max      int  // of a template: how many there may be
	Replicas int  // 0 is not replicated; the most, where WithReplicas chooses how many
	Fewest   int  // of those: the fewest, and how many there are without WithReplicas; 0 is as many as Replicas

	Needs, Wants, After []ID
	Provides            bool // hands over a value, with a Port
	Tags                []string

	Strategy    Strategy
	Intensity   Limit // of a Supervisor or a Group
	Limit       Limit
	On          Table
	Quarantine  *Terms   // of On: how long its quarantines last; nil is until an operator releases them
	AtStart     *AtStart // what On says instead until the child was ready once since Run (a dynamic one: since its start)
	Backoff     Backoff
	Throttle    Throttle
	Concurrency int
	Ready       Ready
	Health      Health
	Shutdown    Shutdown
	Timeout     time.Duration // of a Job's run
	Finish      Finish
	LameDuck    time.Duration // of the root: for so long it goes on, not ready, before a stop that was asked for
	// From says which of these come from a statement that does not stand in the child itself: "limit, backoff: policy flaky;
	// shutdown: defaults of Shop". That of Tree.Policy says it of all that are not the role's own.
	From string

	// Start is the child itself, called on a goroutine of its own for each run. A supervisor's is for those below it
	// that have none of their own, nor has a supervisor between them: it tells them apart by Launch.Row.
	Start func(Launch) error
	// ReadyCheck and HealthCheck are called as Ready.Check and Health.Check say.
	ReadyCheck, HealthCheck func(Launch) error
}
