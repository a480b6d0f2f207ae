package policy

import "time"

// Table says what to do about each outcome.
type Table [OutcomeIntensity + 1]Action

// Terms say how long a quarantine lasts, by the outcome that led to it; zero is until an operator releases it.
type Terms [OutcomeIntensity + 1]time.Duration

// AtStart is what a child's table says until the child was ready once since Run (a dynamic one: since its start).
// An outcome that On leaves out is answered as ever.
type AtStart struct {
	On         Table
	Quarantine *Terms // of On; nil if none has an end
}

// Limit allows N automatic restarts within a sliding window of In, its edge included.
// Limit{N: 0, In: d} allows none; the zero Limit is the role's own.
type Limit struct {
	N  int
	In time.Duration
}

// Jitter spreads delays: 0 to 100 is a percentage either way.
type Jitter int8

const (
	FullJitter         Jitter = -1 // uniform from zero to the delay
	DecorrelatedJitter Jitter = -2 // uniform from Min to three times the delay before
)

// Backoff is the delay before an automatic restart: Min·Factor^(attempt-2), at the most Max, then
// jitter, still at the most Max. The attempt starts again from 1 after a run that was ready for Reset.
// The zero Backoff is the language's own (50ms..5s factor 2 jitter 20% reset 1m).
type Backoff struct {
	None     bool // no delay at all
	Min, Max time.Duration
	Factor   float64
	Jitter   Jitter
	Reset    time.Duration
}

// Check is a function that is called every Every and cut off after Timeout.
type Check struct{ Every, Timeout time.Duration }

// Ready says when a run is ready: at once (the zero Ready), when it says so, or when its check passes.
// One that is not ready Within its time has failed (OutcomeTimeout).
type Ready struct {
	Explicit bool
	Check    Check
	Within   time.Duration
}

// Immediate reports whether a run is ready as soon as it is launched.
func (r Ready) Immediate() bool { return !r.Explicit && r.Check.Every == 0 }

// Health is how a ready run is watched. A heartbeat older than Stale is an event, one older than Dead
// a failure; so are Fail failed checks in a row.
type Health struct {
	Heartbeat, Stale, Dead time.Duration
	Check                  Check
	Fail                   int
}

// Shutdown is a stop budget: Drain from the request to the abort, Abort from there until what still
// runs is stuck. The zero Shutdown is the language's own (5s abort 1s); None is 0s abort 0s.
type Shutdown struct {
	None         bool
	Drain, Abort time.Duration
	Unlimited    bool // Drain never ends
}

// Throttle lets N automatic launches through at once, then one every Refill.
type Throttle struct {
	N      int
	Refill time.Duration
}

// Finish ends a supervisor well when any, or all, of its children Of have ended well by themselves.
type Finish struct {
	Any bool
	Of  []ID
}

// ID is a row of a tree: its place in the []Spec that New is given. A row may stand for several nodes (replicas,
// or the children started from a dynamic row).
type ID int32

// A Spec is one row: what a child is, and its whole effective policy. Nothing in it has a default any more.
// Rows stand in preorder: row 0 is the root, a child's row follows its parent's and its group's.
type Spec struct {
	Parent   ID // of the root: -1
	Group    ID // 0 is none
	Of       ID // of a sidecar: its primary
	Role     Role
	Replicas int // at least 1

	Linked, Optional, Dynamic bool

	Max int // of a dynamic row: how many there may be

	Needs, Wants, After []ID
	Provides            bool

	Strategy    Strategy
	Intensity   Limit
	Limit       Limit
	On          Table
	Quarantine  *Terms   // of On; nil if none has an end
	AtStart     *AtStart // nil is never another
	Backoff     Backoff
	Throttle    Throttle
	Concurrency int // 0 means no bound
	Ready       Ready
	Health      Health
	Shutdown    Shutdown
	Timeout     time.Duration
	Finish      Finish
	LameDuck    time.Duration // of the root; 0 is none
}
