package kernel

import "github.com/supgen/supgen/runtime/policy"

// InputKind is what happened.
type InputKind uint8

const (
	InputTick     InputKind = iota // time passed
	InputRun                       // the tree is to start; with VerbShutdown it was asked to stop before
	InputFailed                    // the run Gen of Node failed, and lives: Outcome, Cause
	InputEnded                     // the run Gen of Node ended: Outcome, Cause; it left something to clean up: Cleanups
	InputCleaned                   // the cleanups of the run Gen of Node have ended, or if others may go on, Cleanups, one of them: Unclean, Outcome, Cause
	InputReady                     // the run Gen of Node is ready
	InputNotReady                  // the run Gen of Node is not ready: Cause, nil if it does not say why
	InputBeat                      // the run Gen of Node last said At that it is alive, or moves on: the answer to a Sample, of its moment
	InputChecked                   // check number Check of the run Gen of Node is over: Outcome, Cause
	InputAdd                       // a dynamic child of Row is to be started: answered in Reply
	InputCommand                   // an operator says Verb to Node: answered in Reply
	InputStacks                    // the stacks of the stuck run Gen of Node, and of others like it: Cause
)

// An Input is one thing that happened. Only the fields that its Kind names count.
type Input struct {
	Kind     InputKind
	Outcome  policy.Outcome
	Unclean  bool // of InputEnded, InputCleaned: were it asked to stop, it has done more than that
	Cleanups bool
	Served   bool // of VerbShutdown: a probe said that the tree is ready, whether its root ever was
	Verb     Verb
	Node     Node
	Row      policy.ID
	Check    uint32
	Gen      uint64
	At       Time
	Cause    any // carried to events and views, and looked at only for whether it is the same as before
}

// EffectKind is what is to be done.
type EffectKind uint8

const (
	EffectLaunch  EffectKind = iota // start the run Gen of Node
	EffectAsk                       // ask it to stop
	EffectAbort                     // its drain is over, or that of its cleanups
	EffectCleanup                   // call what the run Gen of Node left to be cleaned up
	EffectSample                    // answer with its last heartbeat, or progress
	EffectCheck                     // run its check, numbered Check: of its readiness or of its health
	EffectUncheck                   // the check took too long: cancel it
	EffectDrop                      // what Node handed over is void
	EffectGone                      // the dynamic child Node is no more
	EffectEnded                     // the tree has ended
)

// An Effect is one thing to do.
type Effect struct {
	Kind      EffectKind
	Readiness bool // of a check, or a sample: of readiness, not of health
	Node      Node
	Check     uint32
	Gen       uint64
	Until     Time // of EffectAsk and EffectCleanup: when its drain ends if nothing freezes, Forever if never; 0 if that stays as it is
	Because   Node // of EffectAsk: of what is taken down, whose end takes it along
}

// Forever is a time that does not come.
const Forever Time = 1<<63 - 1

// Refusal is why a command was not accepted.
type Refusal uint8

const (
	Accepted          Refusal = iota
	RefusedUnknown            // there is no such child
	RefusedState              // it cannot be done in that state
	RefusedStopping           // the tree is stopping
	RefusedNotRunning         // the tree is not running
	RefusedStuck              // a run of it is stuck
	RefusedMax                // there are as many as there may be
)

// Reply is the answer to a command.
type Reply struct {
	Refusal Refusal
	Changed bool // false: it was so already
	Node    Node
	Life    Lifecycle // before
	Gen     uint64    // before
	Next    Lifecycle // where it goes
}

// EventKind is what an event tells.
type EventKind uint8

const (
	EventTransition EventKind = iota // the lifecycle, or readiness, changed; of a run that says that it is not ready any more: Cause
	EventFailed                      // a failure, and the decision about it
	EventEnded                       // a run ended with Outcome, without a failure
	EventHealth                      // the health changed
	EventStale                       // something came from a run that is not the current one, and was ignored
	EventStuck                       // a run did not stop: it is leaked until it returns
	EventReturned                    // a stuck run returned
	EventCheckHung                   // a check did not return in time
	EventCommand                     // an operator said Verb
	EventAdded                       // a dynamic child was added
	EventRemoved                     // a dynamic child is gone
	EventPhase                       // the tree's phase changed
	EventAsked                       // a run was asked to stop
	EventAborted                     // a run has used up its drain
	EventStacks                      // the stacks of what got stuck: Cause
	EventFrozen                      // of the root: the process did not run for Frozen
	EventWaits                       // of a supervisor: its "finish when" waits for Cause, a []Node, and nothing but an operator moves these
	EventLost                        // a reader was too slow: never the kernel's own
	EventNotReady                    // a run that is not ready says why, or that it is for another reason: Cause
)

var eventKinds = []string{"transition", "failed", "ended", "health", "stale", "stuck", "returned", "check_hung", "command", "added", "removed", "phase", "asked", "aborted", "stacks", "frozen", "waits", "lost", "not_ready"}

func (e EventKind) String() string { return policy.Label(eventKinds, uint8(e)) }

// MarshalText writes the label.
func (e EventKind) MarshalText() ([]byte, error) {
	return policy.MarshalLabel("event kind", eventKinds, uint8(e))
}

// UnmarshalText reads a label.
func (e *EventKind) UnmarshalText(text []byte) error {
	return policy.UnmarshalLabel("event kind", eventKinds, text, (*uint8)(e))
}

// An Event tells what happened to one node, and carries the whole of what an observer knows of it afterwards, so that
// the last event of each node is the snapshot.
type Event struct {
	Seq       uint64
	At        Time
	Node      Node
	Kind      EventKind
	From, To  Lifecycle
	Health    HealthState
	Readiness Readiness
	Reason    StopReason
	Gen       uint64 // of the node
	Run       uint64 // of the run that the event is about
	Attempt   int32
	Restarts  int32 // inside the active window
	Phase     TreePhase
	Outcome   policy.Outcome // how the run ended; of EventHealth, why it is asked to stop, with Cause
	Decided   bool           // about this event, Decision is news
	Unclean   bool           // the run was asked to stop, or about to be, and has done more than that: Cause
	Cleanup   bool           // of EventStuck and EventReturned: all of the run but its cleanups had ended
	Verb      Verb
	Because   Node     // of a run that is asked to stop, or aborted: of what is taken down, whose end takes it along
	Failure   Failure  // the last one
	Decision  Decision // the last one
	Cause     any      // of a command: who and why; of a run that ended: what with
	Frozen    Time     // of a freeze: how long, as far as that is known
}

// Failure is how a run failed.
type Failure struct {
	Outcome policy.Outcome
	Cause   any
	Final   bool // none below the one that decided will start it again
}

// Decision is what followed.
type Decision struct {
	Outcome policy.Outcome // the row of the table that decided: a failure that trips a limit is decided by the limit's row
	Action  policy.Action
	AtStart bool // it was a row at the start
	Delay   Time // before a retry or a restart; of a quarantine how long it lasts, zero is until an operator ends it
	Since   Time // of a retry or a restart: when the first failure was since it was last ready
	At      Node // whose table it was: the child, or a supervisor or group above it
	Cause   any  // of an end without a failure: why
}
