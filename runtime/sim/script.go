package sim

import (
	"math"
	"time"

	"github.com/supgen/supgen/runtime"
)

// A Script is what the children of a tree do, and what happens to it. The zero Script is a tree in which all goes well.
type Script struct {
	Seed  uint64        // of the jitter; 0 is the tree's own (runtime.WithSeed), or 1 if it has none
	Until time.Duration // when the simulation ends, if the tree does not before; 0 is after an hour
	Rules []Rule        // the later one holds, of two that speak of the same
	Acts  []Act         // in any order; those of one moment in the order here

	Expects []Expect // in any order
}

// until is when the simulation ends.
func (s Script) until() time.Duration {
	if s.Until == 0 {
		return time.Hour
	}
	return s.Until
}

// Never is a time that does not come.
const Never time.Duration = math.MaxInt64

// A Rule is one thing that runs of a child do.
type Rule struct {
	Path        string          // of a child; of a replicated or dynamic row, all of it
	First, Last uint64          // the generations it is about; 0 means no bound
	Does        Deed            // what
	After       time.Duration   // counted from where the Deed says; Never takes the deed away
	Outcome     runtime.Outcome // of Ends; of Stops and Aborts, where none is success, and of a job, which that would complete, error
	Message     string          // of the Outcome
	Line        int             // of the text it was read from; 0 is none
}

// A Deed is something that a run does.
type Deed uint8

const (
	Ready      Deed = iota + 1 // says that it is ready, or its check passes, After its launch. By default at once
	Unready                    // says that it is not ready any more, After its launch
	Ends                       // ends with Outcome, After its launch. By default a job does, with success
	Stops                      // ends with Outcome, After it was asked to stop. By default at once
	Aborts                     // ends with Outcome, After it was aborted
	Silent                     // has no heartbeat, from After its launch on
	ChecksPass                 // its health check passes, from After its launch on. By default from the beginning
	ChecksFail                 // fails
	ChecksHang                 // does not return
	Hangs                      // does nothing any more, from After its launch on
	deeds
)

// An Act happens once: a rule for the run that lives then, whose After is counted from At; or a command.
type Act struct {
	At   time.Duration
	Rule Rule // if Verb is none; its generations do not count

	Verb     runtime.Verb // of an operator; runtime.VerbStart without a Who starts a dynamic child
	Path     string       // of the child: `Shop.Session["a"]`; of VerbShutdown, nothing
	Who, Why string
	Line     int // of the text it was read from; 0 is none
}

// An Expect is where a child should stand at a moment, once all that happens then has happened; of a tree that has
// ended before, where it stands since. Whether it does is in the [Result].
type Expect struct {
	At          time.Duration // not after the end of the simulation
	Path        string        // of a child; of a replicated or dynamic row, all of it, and one at least
	First, Last uint64        // the generations it may have; 0 means no bound
	Is          runtime.Lifecycle
	Line        int // of the text it was read from; 0 is none
}
