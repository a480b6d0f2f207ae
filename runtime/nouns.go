package runtime

import "github.com/supgen/supgen/runtime/internal/kernel"

// The nouns of supervision are the kernel's; they are spelled there and named here. Every one of them
// has a String method and marshals to its label, which is API: it does not change.

// Role is what a child is for.
type Role = kernel.Role

const (
	Supervisor = kernel.Supervisor // has children of its own
	Service    = kernel.Service    // should always run
	Worker     = kernel.Worker     // may end; is restarted when it fails
	Job        = kernel.Job        // runs once; completed is its good end
	Sidecar    = kernel.Sidecar    // starts before its primary, stops after it
	Group      = kernel.Group      // children of one supervisor that share a strategy and an intensity
)

// Strategy says which siblings an automatic restart takes along, in OTP's words.
type Strategy = kernel.Strategy

const (
	OneForOne  = kernel.OneForOne  // the child alone
	OneForAll  = kernel.OneForAll  // all siblings
	RestForOne = kernel.RestForOne // the siblings declared after it; they also start and stop in that order
)

// Outcome is how a run, a start or a policy ended: a row of a child's [Table].
type Outcome = kernel.Outcome

const (
	OutcomeNone        = kernel.OutcomeNone        // nothing has ended yet
	OutcomeSuccess     = kernel.OutcomeSuccess     // returned nil
	OutcomeError       = kernel.OutcomeError       // returned an error
	OutcomePanic       = kernel.OutcomePanic       // panicked
	OutcomeGoexit      = kernel.OutcomeGoexit      // called the standard library's runtime.Goexit
	OutcomeTimeout     = kernel.OutcomeTimeout     // was not ready in time, or a job ran too long
	OutcomeUnhealthy   = kernel.OutcomeUnhealthy   // its heartbeat died, or its check failed too often
	OutcomeExternal    = kernel.OutcomeExternal    // returned an ExternalDependency, or an error that is one by itself
	OutcomeAgain       = kernel.OutcomeAgain       // returned an Again
	OutcomeFatalConfig = kernel.OutcomeFatalConfig // returned a FatalConfig
	OutcomeFatalBug    = kernel.OutcomeFatalBug    // returned a FatalBug
	OutcomeSkip        = kernel.OutcomeSkip        // returned a Skip
	OutcomeStuck       = kernel.OutcomeStuck       // did not stop within its budget
	OutcomeLimit       = kernel.OutcomeLimit       // was restarted too often
	OutcomeIntensity   = kernel.OutcomeIntensity   // of a supervisor or a group: its children were restarted too often
)

// Action is what a table says to do about an outcome, in the order of strictness.
type Action = kernel.Action

const (
	ActionNone       = kernel.ActionNone       // nothing said: the role's own
	ActionRetry      = kernel.ActionRetry      // start it again, and count that nowhere
	ActionRestart    = kernel.ActionRestart    // start it again
	ActionStop       = kernel.ActionStop       // leave it stopped
	ActionQuarantine = kernel.ActionQuarantine // keep it out of automatic restart until an operator releases it, or its term is over
	ActionEscalate   = kernel.ActionEscalate   // its supervisor fails
	ActionShutdown   = kernel.ActionShutdown   // the whole tree ends
)

// Policies. In a [Child], the zero value of each means the role's own, see [Defaults].
type (
	// Table says what to do about each outcome: Table{OutcomePanic: ActionEscalate}.
	Table = kernel.Table
	// Terms say how long a quarantine lasts, by the outcome that led to it; zero is until an operator releases it.
	Terms = kernel.Terms
	// AtStart is what a child's table says until the child was ready once since Run.
	AtStart = kernel.AtStart
	// Limit allows N automatic restarts within a sliding window of In, its edge included.
	// Limit{0, d} allows none.
	Limit = kernel.Limit
	// Backoff is the delay before an automatic restart.
	Backoff = kernel.Backoff
	// Jitter spreads the delays of a Backoff: 0 to 100 is a percentage either way.
	Jitter = kernel.Jitter
	// Ready says when a run is ready: at once, when it says so, or when its check passes.
	Ready = kernel.Ready
	// Check is a function that is called every Every and cut off after Timeout.
	Check = kernel.Check
	// Health is how a ready run is watched.
	Health = kernel.Health
	// Shutdown is a stop budget: Drain, then Abort; what runs after that is stuck.
	Shutdown = kernel.Shutdown
	// Throttle lets N automatic launches through at once, then one every Refill.
	Throttle = kernel.Throttle
	// Finish ends a supervisor well when any, or all, of its children Of have ended well.
	Finish = kernel.Finish
)

const (
	FullJitter         = kernel.FullJitter         // uniform from zero to the delay
	DecorrelatedJitter = kernel.DecorrelatedJitter // uniform from Min to three times the delay before
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
	HealthUnknown   = kernel.HealthUnknown
	HealthHealthy   = kernel.HealthHealthy
	HealthStale     = kernel.HealthStale     // the last heartbeat is older than Stale
	HealthUnhealthy = kernel.HealthUnhealthy // its last run failed
)

// Readiness is whether a child has said that it can be used.
type Readiness = kernel.Readiness

const (
	ReadinessNotRequired = kernel.ReadinessNotRequired // it is ready as soon as it runs
	ReadinessPending     = kernel.ReadinessPending
	ReadinessReady       = kernel.ReadinessReady
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

// TreePhase is where a whole tree stands.
type TreePhase = kernel.TreePhase

const (
	TreeIdle        = kernel.TreeIdle // Run was not called
	TreeRunning     = kernel.TreeRunning
	TreeStopping    = kernel.TreeStopping    // a stop was requested
	TreeDraining    = kernel.TreeDraining    // runs were asked to stop
	TreeAborting    = kernel.TreeAborting    // some run used up its shutdown budget
	TreeReconciling = kernel.TreeReconciling // no run is waited for any more
	TreeEnded       = kernel.TreeEnded
)

// Verb is a command of an operator.
type Verb = kernel.Verb

const (
	VerbRestart    = kernel.VerbRestart
	VerbPause      = kernel.VerbPause
	VerbResume     = kernel.VerbResume
	VerbQuarantine = kernel.VerbQuarantine
	VerbRelease    = kernel.VerbRelease
	VerbStop       = kernel.VerbStop
	VerbStart      = kernel.VerbStart
	VerbRemove     = kernel.VerbRemove   // of a dynamic child
	VerbShutdown   = kernel.VerbShutdown // of the whole tree
)

// ID is a row of a generated table.
type ID = kernel.ID
