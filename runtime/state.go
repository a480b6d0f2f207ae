package runtime

import "time"

// A ChildState is what is known of a child at one moment. It is a value, and marshals to JSON and back.
type ChildState struct {
	Path       string      `json:"path"`
	Parent     string      `json:"parent,omitempty"` // its supervisor's path; the root has none
	Key        string      `json:"key,omitempty"`    // of a dynamic child: its key, or its number if it has none
	ID         ID          `json:"id"`               // its row
	Name       string      `json:"name"`
	Role       Role        `json:"role"`
	Lifecycle  Lifecycle   `json:"lifecycle"`
	Health     HealthState `json:"health"`
	Readiness  Readiness   `json:"readiness"`
	Generation uint64      `json:"generation"`      // launches so far; path and generation identify one run
	Starts     uint64      `json:"starts"`          // since Run, never less: its launches, whatever the reason
	Failures   uint64      `json:"failures"`        // since Run, never less
	Attempt    int         `json:"attempt"`         // the try since it was last stable, from 1
	Restarts   int         `json:"restarts"`        // automatic ones inside the active window
	Left       int         `json:"left"`            // what its limit has left
	Stopped    StopReason  `json:"stopped"`         // why, if it is
	Since      time.Time   `json:"since"`           // it is in this lifecycle state; zero if it was never in another
	Waits      string      `json:"waits,omitempty"` // what it waits for on its way up, in words
	Wait       *Wait       `json:"wait,omitempty"`  // the same, and the end of a quarantine that ends by itself
	Tags       []string    `json:"tags,omitempty"`
	Failure    *Failure    `json:"failure,omitempty"`   // the last one
	Decision   *Decision   `json:"decision,omitempty"`  // the last one
	NotReady   *Failure    `json:"not_ready,omitempty"` // why it is not ready, as its run, or its last check, says; of one that is running
	Unclean    *Failure    `json:"unclean,omitempty"`   // its last unclean stop: it was asked to stop, and did more than that
	Sequence   uint64      `json:"sequence"`            // of the last event that changed it
}

// A Wait is what a child waits for that has no run, and is to have one.
type Wait struct {
	Kind WaitKind `json:"kind"`
	// On is the path of what it waits for: the child that is not ready, the supervisor whose turns it needs; of a restart, the
	// child because of which it went down, perhaps itself.
	On string `json:"on,omitempty"`
	// Until is when that is over at the earliest: the end of a backoff or of a quarantine, the next restart that a
	// throttle allows. It is zero if nobody knows.
	Until time.Time `json:"until,omitzero"`
}

// A Decision is what followed the end of a run.
type Decision struct {
	Action  Action        `json:"action"`
	Delay   time.Duration `json:"delay"` // before the restart, in nanoseconds
	Reason  string        `json:"reason"`
	Since   time.Time     `json:"since,omitzero"`    // of a retry or a restart: the child's first failure since it was ready
	At      string        `json:"at,omitempty"`      // the path of the child, or of the supervisor above it, whose row decided; "group NAME" of a group
	Row     Outcome       `json:"row,omitzero"`      // that row: "limit" if the child's limit was exceeded, whatever it had failed with
	AtStart bool          `json:"at_start,omitzero"` // it was a row at the start
}

// NewChildState is a child that was never started. It needs to say that it is ready unless immediate.
func NewChildState(path string, id ID, name string, immediate bool) ChildState {
	s := ChildState{Path: path, ID: id, Name: name, Readiness: ReadinessPending, Attempt: 1}
	if immediate {
		s.Readiness = ReadinessNotRequired
	}
	return s
}

// MarkReady sets lifecycle, readiness and the sequence.
func (s *ChildState) MarkReady(seq uint64) {
	s.Lifecycle, s.Sequence = LifecycleReady, seq
	if s.Readiness == ReadinessPending {
		s.Readiness = ReadinessReady
	}
}

// RecordFailure sets failed, unhealthy, the failure and the sequence. It is final only when the decision is escalate
// or shutdown.
func (s *ChildState) RecordFailure(f Failure, seq uint64) {
	s.Lifecycle, s.Health, s.Failure, s.Sequence = LifecycleFailed, HealthUnhealthy, &f, seq
	if s.Readiness == ReadinessReady {
		s.Readiness = ReadinessPending
	}
}

// RecordDecision sets the decision and the restart count.
func (s *ChildState) RecordDecision(d Decision, restarts int) {
	s.Decision, s.Restarts = &d, restarts
	if s.Failure != nil {
		f := *s.Failure
		f.Final = d.Action == ActionEscalate || d.Action == ActionShutdown
		s.Failure = &f
	}
}

// Apply brings a state up to an event of the same child: replaying a child's events from NewChildState on gives what
// a snapshot of the same moment says, but for what depends on others or on the time alone (Restarts, Left, Waits, Wait).
func (s *ChildState) Apply(e Event) {
	switch e.Kind {
	case EventFailed:
		s.Failures++
		s.RecordFailure(*e.Failure, e.Sequence)
		s.RecordDecision(*e.Decision, e.Restarts)
	case EventEnded:
		if e.Decision != nil { // the failure stays what it was: this is another run's
			s.Decision = e.Decision
		}
		if e.Failure != nil {
			s.Unclean = e.Failure
		}
	case EventAdded:
		s.Since = e.Time
	case EventTransition, EventNotReady:
		if e.Failure != nil {
			s.NotReady = e.Failure
		}
	}
	if e.To != LifecycleRunning {
		s.NotReady = nil
	}
	if e.Generation != s.Generation {
		s.Starts++
	}
	if e.To == LifecycleReady {
		s.MarkReady(e.Sequence)
	}
	if s.Lifecycle != e.To {
		s.Lifecycle = e.To
	}
	if e.From != e.To {
		s.Since = e.Time
	}
	s.Health, s.Readiness, s.Stopped = e.Health, e.Readiness, e.Stopped
	s.Generation, s.Attempt, s.Restarts, s.Sequence = e.Generation, e.Attempt, e.Restarts, e.Sequence
}

// A TreeState is what is known of a whole tree at one moment.
type TreeState struct {
	Path string `json:"path"` // the root's
	// Incarnation is another for each tree that was made, in this process or in any other: sequences of two trees with
	// different ones have nothing to do with each other.
	Incarnation string    `json:"incarnation"`
	Phase       TreePhase `json:"phase"`
	Ready       bool      `json:"ready"`
	Sequence    uint64    `json:"sequence"` // of the last event
	Time        time.Time `json:"time"`     // of the snapshot
	// Leaked names the runs that were asked to stop, did not, and still run: "Shop.HTTP#3", 3 being the generation, or
	// "Shop.DB#3 cleanup" if nothing of it runs but a cleanup; then the checks that have used up their time, and still
	// run: "Shop.HTTP#3 check".
	Leaked []string `json:"leaked,omitempty"`
	// Root is the root supervisor's own state.
	Root ChildState `json:"root"`
}

// Totals are what there was of one row since Run, for metrics: they never become less. Of a dynamic row they count the
// children that are gone, too.
type Totals struct {
	Starts   uint64 `json:"starts"`   // launches
	Restarts uint64 `json:"restarts"` // those of them that were not a child's first, whatever the reason
	Failures uint64 `json:"failures"`
}
