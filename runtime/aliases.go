package runtime

import (
	"github.com/supgen/supgen/runtime/internal/kernel"
	"github.com/supgen/supgen/runtime/policy"
)

// The vocabulary of supervision: what a child is, and how it is treated, from package policy; and where a child and a tree stand,
// from the kernel. Every enumeration has a String method and marshals to its label, which is API: it does not change.

// Role is what a child is for.
type Role = policy.Role

const (
	Supervisor = policy.Supervisor // has children of its own
	Service    = policy.Service    // should always run
	Worker     = policy.Worker     // may end; is restarted when it fails
	Job        = policy.Job        // runs once; completed is its good end
	Sidecar    = policy.Sidecar    // starts before its primary, stops after it
	Group      = policy.Group      // children of one supervisor that share a strategy and an intensity
)

// Strategy says which siblings an automatic restart takes along, in OTP's words.
type Strategy = policy.Strategy

const (
	OneForOne  = policy.OneForOne  // the child alone
	OneForAll  = policy.OneForAll  // all siblings
	RestForOne = policy.RestForOne // the siblings declared after it; they also start and stop in that order
)

// Outcome is how a run, a start or a policy ended: a row of a child's [Table].
type Outcome = policy.Outcome

const (
	OutcomeNone        = policy.OutcomeNone        // nothing has ended yet
	OutcomeSuccess     = policy.OutcomeSuccess     // returned nil
	OutcomeError       = policy.OutcomeError       // returned an error
	OutcomePanic       = policy.OutcomePanic       // panicked
	OutcomeGoexit      = policy.OutcomeGoexit      // called the standard library's runtime.Goexit
	OutcomeTimeout     = policy.OutcomeTimeout     // was not ready in time, or a job ran too long
	OutcomeUnhealthy   = policy.OutcomeUnhealthy   // its heartbeat died, or its check failed too often
	OutcomeExternal    = policy.OutcomeExternal    // returned an ExternalDependency, or an error that is one by itself
	OutcomeAgain       = policy.OutcomeAgain       // returned an Again
	OutcomeFatalConfig = policy.OutcomeFatalConfig // returned a FatalConfig
	OutcomeFatalBug    = policy.OutcomeFatalBug    // returned a FatalBug
	OutcomeSkip        = policy.OutcomeSkip        // returned a Skip
	OutcomeStuck       = policy.OutcomeStuck       // did not stop within its budget
	OutcomeLimit       = policy.OutcomeLimit       // was restarted too often
	OutcomeIntensity   = policy.OutcomeIntensity   // of a supervisor or a group: its children were restarted too often
)

// Action is what a table says to do about an outcome, in the order of strictness.
type Action = policy.Action

const (
	ActionNone       = policy.ActionNone       // nothing said: the role's own
	ActionRetry      = policy.ActionRetry      // start it again, and count that nowhere
	ActionRestart    = policy.ActionRestart    // start it again
	ActionStop       = policy.ActionStop       // leave it stopped
	ActionQuarantine = policy.ActionQuarantine // keep it out of automatic restart until an operator releases it, or its term is over
	ActionEscalate   = policy.ActionEscalate   // its supervisor fails
	ActionShutdown   = policy.ActionShutdown   // the whole tree ends
)

// Policies. In a [Child], the zero value of each means the role's own, see [policy.Defaults].

// Table says what to do about each outcome: Table{OutcomePanic: ActionEscalate}. It is an array with an Action for each
// Outcome.
type Table = policy.Table

// Terms say how long a quarantine lasts, by the outcome that led to it: an array of durations. Zero is until an operator
// releases it.
type Terms = policy.Terms

// AtStart is what a child's table says until the child was ready once since Run.
//
//	On         Table  // an outcome that it leaves out is answered as ever
//	Quarantine *Terms // of On; nil if none has an end
type AtStart = policy.AtStart

// Limit allows N automatic restarts within a sliding window of In, its edge included. Limit{0, d} allows none.
//
//	N  int
//	In time.Duration
type Limit = policy.Limit

// Backoff is the delay before an automatic restart: Min·Factor^(attempt-2), at the most Max, then jitter, still at the most
// Max. The attempt is 1 again after a run that was ready for Reset.
//
//	None     bool          // no delay at all
//	Min, Max time.Duration
//	Factor   float64
//	Jitter   Jitter
//	Reset    time.Duration
type Backoff = policy.Backoff

// Jitter spreads the delays of a Backoff: 0 to 100 is a percentage either way, and there are FullJitter and
// DecorrelatedJitter.
type Jitter = policy.Jitter

// Ready says when a run is ready: at once (the zero Ready), when it says so, or when its check passes. One that is not ready
// Within its time has failed ([OutcomeTimeout]).
//
//	Explicit bool
//	Check    Check
//	Within   time.Duration
type Ready = policy.Ready

// Check is a function that is called every Every and cut off after Timeout.
//
//	Every, Timeout time.Duration
type Check = policy.Check

// Health is how a ready run is watched. A heartbeat that is older than Stale is an event, one that is older than Dead a
// failure; so are Fail failed checks in a row.
//
//	Heartbeat, Stale, Dead time.Duration
//	Check                  Check
//	Fail                   int
type Health = policy.Health

// Shutdown is a stop budget: Drain from the request to the abort, Abort from there until what still runs is stuck.
//
//	None         bool // no budget: 0s abort 0s
//	Drain, Abort time.Duration
//	Unlimited    bool // Drain never ends
type Shutdown = policy.Shutdown

// Throttle lets N automatic launches through at once, then one every Refill.
//
//	N      int
//	Refill time.Duration
type Throttle = policy.Throttle

// Finish ends a supervisor well when any, or all, of its children Of have ended well by themselves.
//
//	Any bool
//	Of  []ID
type Finish = policy.Finish

const (
	FullJitter         = policy.FullJitter         // uniform from zero to the delay
	DecorrelatedJitter = policy.DecorrelatedJitter // uniform from Min to three times the delay before
)

// Lifecycle is where a child stands.
type Lifecycle = kernel.Lifecycle

const (
	LifecycleDeclared     = kernel.LifecycleDeclared     // was never started
	LifecycleStarting     = kernel.LifecycleStarting     // all it waits for is ready; perhaps it waits for its turn
	LifecycleRunning      = kernel.LifecycleRunning      // launched, and not ready
	LifecycleReady        = kernel.LifecycleReady        // ready
	LifecycleRestarting   = kernel.LifecycleRestarting   // has no run and will get one
	LifecyclePaused       = kernel.LifecyclePaused       // held by an operator
	LifecycleQuarantined  = kernel.LifecycleQuarantined  // out of automatic restart until it is released
	LifecycleShuttingDown = kernel.LifecycleShuttingDown // going down
	LifecycleStopped      = kernel.LifecycleStopped      // has ended and stays so
	LifecycleFailed       = kernel.LifecycleFailed       // failed, and so did its supervisor
)

// HealthState is what a child's heartbeat or check says.
type HealthState = kernel.HealthState

const (
	HealthUnknown   = kernel.HealthUnknown   // nothing has been heard yet
	HealthHealthy   = kernel.HealthHealthy   // it beats, or its check passes
	HealthStale     = kernel.HealthStale     // the last heartbeat is older than Stale
	HealthUnhealthy = kernel.HealthUnhealthy // its last run failed
)

// Readiness is whether a child has said that it can be used.
type Readiness = kernel.Readiness

const (
	ReadinessNotRequired = kernel.ReadinessNotRequired // it is ready as soon as it runs
	ReadinessPending     = kernel.ReadinessPending     // it has not said so yet, or took it back
	ReadinessReady       = kernel.ReadinessReady       // it can be used
)

// StopReason is why a child is stopped.
type StopReason = kernel.StopReason

const (
	StopNone      = kernel.StopNone      // it is not
	StopCompleted = kernel.StopCompleted // a job that did its work
	StopEnded     = kernel.StopEnded     // its table said stop
	StopByHand    = kernel.StopByHand    // an operator said so
	StopTree      = kernel.StopTree      // the tree, or a supervisor above it, stopped
)

// WaitKind is what kind of thing a child waits for on its way up.
type WaitKind = kernel.Wait

const (
	WaitNothing    = kernel.WaitNothing    // it waits for nothing
	WaitRun        = kernel.WaitTree       // the start of the tree
	WaitRestart    = kernel.WaitScope      // its backoff, or the end of what restarts with it
	WaitSupervisor = kernel.WaitSupervisor // its supervisor is not started
	WaitReady      = kernel.WaitReady      // a child that it needs, that it comes after, or that is its sidecar
	WaitElder      = kernel.WaitElder      // an elder sibling under rest_for_one
	WaitStuck      = kernel.WaitStuck      // a run that is stuck, or that has an older value
	WaitTurn       = kernel.WaitTurn       // its turn, by the concurrency or the throttle of its supervisor
	WaitQuarantine = kernel.WaitTerm       // the end of its quarantine
)

// TreePhase is where a whole tree stands.
type TreePhase = kernel.TreePhase

const (
	TreeIdle        = kernel.TreeIdle        // Run was not called
	TreeRunning     = kernel.TreeRunning     // Run was called, and nothing stops it
	TreeLeaving     = kernel.TreeLeaving     // a stop was asked for, and begins when the root's LameDuck is over
	TreeStopping    = kernel.TreeStopping    // the stop began
	TreeDraining    = kernel.TreeDraining    // runs were asked to stop
	TreeAborting    = kernel.TreeAborting    // some run used up its shutdown budget
	TreeReconciling = kernel.TreeReconciling // no run is waited for any more
	TreeEnded       = kernel.TreeEnded       // Run returns
)

// Verb is a command of an operator.
type Verb = kernel.Verb

const (
	VerbRestart    = kernel.VerbRestart    // a new run
	VerbPause      = kernel.VerbPause      // down until Resume
	VerbResume     = kernel.VerbResume     // of what is paused
	VerbQuarantine = kernel.VerbQuarantine // out of automatic restart until Release
	VerbRelease    = kernel.VerbRelease    // of what is quarantined
	VerbStop       = kernel.VerbStop       // down until Start
	VerbStart      = kernel.VerbStart      // of what is stopped or failed
	VerbRemove     = kernel.VerbRemove     // of a dynamic child
	VerbShutdown   = kernel.VerbShutdown   // of the whole tree
)

// ID is a row of a generated table.
type ID = policy.ID
