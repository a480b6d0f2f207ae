// Package bridge lets the packages beside runtime see of a tree what its users do not.
package bridge

import (
	"time"

	"github.com/supgen/supgen/runtime/internal/kernel"
	"github.com/supgen/supgen/runtime/policy"
)

// OpenSimulation makes a simulation of a *runtime.Tree that was not run, or says why it cannot. Package runtime sets it. A seed
// of nil is the tree's own, if it was given one.
var OpenSimulation func(tree any, seed *uint64) (*Simulation, error)

// A Simulation is a tree without goroutines and without a clock: its owner brings the time and the inputs, and carries
// the effects out. What is an any here has a type of package runtime, which this package cannot name.
type Simulation struct {
	Kernel *kernel.Kernel
	Specs  []policy.Spec
	Paths  []string // by row; a group has none

	// Step brings an input that is neither an Add nor a Command.
	Step func(now kernel.Time, in kernel.Input)
	// Start starts a dynamic child, path being its row's path and its key in brackets, if it has one.
	Start func(now kernel.Time, path string) error
	// Command is an operator's; the answer is a runtime.Answer.
	Command func(now kernel.Time, path string, v kernel.Verb, who, why string) (answer any, err error)

	Path    func(kernel.Node) string              // of a node
	Find    func(path string) (kernel.Node, bool) // a child that is there
	Event   func(kernel.Event) any                // as a runtime.Event
	State   func(kernel.Node, kernel.Time) any    // at a time since the last step, as a runtime.ChildState
	Asked   func(i, because kernel.Node) error    // the cause of i's context if it is asked to stop now
	Failure func() error                          // what Run returns, once the tree has ended
}

// Look looks at the run of a runtime.Launch. Package runtime sets it.
var Look func(launch any) Seen

// Seen is what a run has said so far.
type Seen struct {
	Value any       // what it handed over, until it has ended
	Beat  time.Time // its last heartbeat or progress, zero if there was none
}

// Abort ends the drain of the run of a runtime.Launch, as if its shutdown budget were over. Package runtime sets it.
var Abort func(launch any)

// Stub makes a runtime.Option that has the child at path, and all below it that have no other stub, do as a stand-in does.
// Package runtime sets it.
var Stub func(path string, s StandIn) any

// A StandIn is a child that does nothing. Its functions are func(runtime.Launch) error.
type StandIn struct {
	Provides bool // it hands over a value
	Serve    any  // is ready, and runs until it is asked to stop
	Do       any  // completes: of a job
}

// Watch looks at a *runtime.Tree as a whole. Unless it is to wait, it reports false where the tree's lock is held. Package
// runtime sets it.
var Watch func(tree any, wait bool) (Watched, bool)

// Watched is a tree at one moment.
type Watched struct {
	Phase    kernel.TreePhase
	Sequence uint64    // of the last event
	Next     time.Time // its next deadline, zero if there is none
	Started  bool      // its root was ready once
}

// Begun reports whether all children of some rows of a *runtime.Tree, by ID, were ready once, or have done their work. Dynamic children
// do not count. Package runtime sets it.
var Begun func(tree any, rows []bool) bool

// Serve is called before a probe says that a *runtime.Tree is ready: from then on it is sent requests, and a stop has its lame duck. It
// returns the phase; if that is not TreeRunning, the probe must not say so. Package runtime sets it.
var Serve func(tree any) kernel.TreePhase

// Rows are the rows of a *runtime.Tree, a []runtime.Child that is not to be changed, and their paths: a group has none. Package
// runtime sets it.
var Rows func(tree any) (rows any, paths []string)

// Attached is what package httpsup keeps with a *runtime.Tree, as long as there is the tree: make makes it the first time. Package
// runtime sets it.
var Attached func(tree any, make func() any) any

// LongestStop is the longest that a *runtime.Tree takes to stop. Package runtime sets it.
var LongestStop func(tree any) policy.StopBound

// Reported is when a run of a *runtime.Tree last said that it is alive, by Heartbeat or by Progress; the zero time if none did.
// Package runtime sets it.
var Reported func(tree any) time.Time

// Goroutines is a profile of all goroutines, and StacksOf what it says of those of the declaration at a path, bounded.
// Package runtime sets them.
var (
	Goroutines func() string
	StacksOf   func(profile, path string) string
)
