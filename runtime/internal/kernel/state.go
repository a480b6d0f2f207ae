package kernel

import "github.com/supgen/supgen/runtime/policy"

// Lifecycle is where a child stands (design.md, "State of a child").
type Lifecycle uint8

const (
	LifecycleDeclared     Lifecycle = iota // was never started
	LifecycleStarting                      // all it waits for is ready; perhaps it waits for its turn
	LifecycleRunning                       // launched, and not ready
	LifecycleReady                         // ready
	LifecycleRestarting                    // has no run and will get one
	LifecyclePaused                        // held by an operator
	LifecycleQuarantined                   // out of automatic restart until it is released
	LifecycleShuttingDown                  // going down
	LifecycleStopped                       // has ended and stays so
	LifecycleFailed                        // failed, and so did its supervisor
)

var lifecycles = []string{"declared", "starting", "running", "ready", "restarting", "paused", "quarantined", "shutting_down", "stopped", "failed"}

func (l Lifecycle) String() string { return policy.Label(lifecycles, uint8(l)) }

// MarshalText writes the label.
func (l Lifecycle) MarshalText() ([]byte, error) {
	return policy.MarshalLabel("lifecycle", lifecycles, uint8(l))
}

// UnmarshalText reads a label.
func (l *Lifecycle) UnmarshalText(text []byte) error {
	return policy.UnmarshalLabel("lifecycle", lifecycles, text, (*uint8)(l))
}

// HealthState is what a child's heartbeat or check says.
type HealthState uint8

const (
	HealthUnknown HealthState = iota
	HealthHealthy
	HealthStale     // the last heartbeat is older than stale
	HealthUnhealthy // its last run failed
)

var healths = []string{"unknown", "healthy", "stale", "unhealthy"}

func (h HealthState) String() string { return policy.Label(healths, uint8(h)) }

// MarshalText writes the label.
func (h HealthState) MarshalText() ([]byte, error) {
	return policy.MarshalLabel("health state", healths, uint8(h))
}

// UnmarshalText reads a label.
func (h *HealthState) UnmarshalText(text []byte) error {
	return policy.UnmarshalLabel("health state", healths, text, (*uint8)(h))
}

// Readiness is whether a child has said that it can be used.
type Readiness uint8

const (
	ReadinessNotRequired Readiness = iota // it is ready as soon as it runs
	ReadinessPending
	ReadinessReady
)

var readinesses = []string{"not_required", "pending", "ready"}

func (r Readiness) String() string { return policy.Label(readinesses, uint8(r)) }

// MarshalText writes the label.
func (r Readiness) MarshalText() ([]byte, error) {
	return policy.MarshalLabel("readiness", readinesses, uint8(r))
}

// UnmarshalText reads a label.
func (r *Readiness) UnmarshalText(text []byte) error {
	return policy.UnmarshalLabel("readiness", readinesses, text, (*uint8)(r))
}

// StopReason is why a child is stopped.
type StopReason uint8

const (
	StopNone      StopReason = iota // it is not
	StopCompleted                   // a job that did its work
	StopEnded                       // its table said stop
	StopByHand                      // an operator said so
	StopTree                        // the tree, or a supervisor above it, stopped
)

var stopReasons = []string{"none", "completed", "ended", "by_hand", "tree"}

func (s StopReason) String() string { return policy.Label(stopReasons, uint8(s)) }

// MarshalText writes the label.
func (s StopReason) MarshalText() ([]byte, error) {
	return policy.MarshalLabel("stop reason", stopReasons, uint8(s))
}

// UnmarshalText reads a label.
func (s *StopReason) UnmarshalText(text []byte) error {
	return policy.UnmarshalLabel("stop reason", stopReasons, text, (*uint8)(s))
}

// TreePhase is where a whole tree stands.
type TreePhase uint8

const (
	TreeIdle TreePhase = iota // Run was not called
	TreeRunning
	TreeLeaving     // a stop was asked for, and begins when the lame duck is over
	TreeStopping    // the stop began
	TreeDraining    // runs were asked to stop
	TreeAborting    // some run used up its shutdown budget
	TreeReconciling // no run is waited for any more
	TreeEnded
)

var treePhases = []string{"idle", "running", "leaving", "stopping", "draining", "aborting", "reconciling", "ended"}

func (t TreePhase) String() string { return policy.Label(treePhases, uint8(t)) }

// MarshalText writes the label.
func (t TreePhase) MarshalText() ([]byte, error) {
	return policy.MarshalLabel("tree phase", treePhases, uint8(t))
}

// UnmarshalText reads a label.
func (t *TreePhase) UnmarshalText(text []byte) error {
	return policy.UnmarshalLabel("tree phase", treePhases, text, (*uint8)(t))
}

// Verb is a command of an operator.
type Verb uint8

const (
	VerbNone Verb = iota
	VerbRestart
	VerbPause
	VerbResume
	VerbQuarantine
	VerbRelease
	VerbStop
	VerbStart
	VerbRemove   // of a dynamic child
	VerbShutdown // of the whole tree
)

var verbs = []string{"none", "restart", "pause", "resume", "quarantine", "release", "stop", "start", "remove", "shutdown"}

func (v Verb) String() string { return policy.Label(verbs, uint8(v)) }

// MarshalText writes the label.
func (v Verb) MarshalText() ([]byte, error) { return policy.MarshalLabel("verb", verbs, uint8(v)) }

// UnmarshalText reads a label.
func (v *Verb) UnmarshalText(text []byte) error {
	return policy.UnmarshalLabel("verb", verbs, text, (*uint8)(v))
}
