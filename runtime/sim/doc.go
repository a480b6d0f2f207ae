// Package sim runs a supervised tree in virtual time: the state machine that supervises in production, without a
// goroutine and without a clock. An hour of restarts takes less than a millisecond, and the same tree, script and seed
// give the same timeline.
//
// The children themselves are not called. What they would do is in a [Script], which is a value and has a text of one
// statement a line:
//
//	// The database comes up slowly, and is lost once.
//	until 1m
//	Shop.DB ready after 200ms
//	at 5s Shop.DB error "the disk is gone"
//	at 9s pause Shop.DB by ada "new disk"
//
// [Run] brings a script to a tree and yields the [Timeline]:
//
//	200ms  Shop.DB    ready
//	200ms  Shop.HTTP  launched #1, ready
//	5s     Shop.DB    error (the disk is gone): restart in 100ms (1 of 10 in 10m)
//	5s     Shop.HTTP  asked to stop, because of Shop.DB
//	...
//
// # Scripts
//
// What a script says nothing about does well: a child is ready as soon as it is launched, runs until it is asked to stop
// and stops at once; a job completes at once, and returns an error if it is asked to stop before; heartbeats come and
// checks pass.
//
// A statement begins with a path, and says what each run of that child does, or those of some generations. The path of a
// replicated or dynamic child without an index or a key stands for all of them. Several clauses are joined by commas; of
// two that speak of the same the later holds.
//
//	Shop.DB ready after 200ms, stops after 1s
//	Shop.DB#1 panic after 3s            // the first run
//	Shop.DB#2..4 error                  // the second to the fourth
//	Shop.DB#5.. never ready             // all from the fifth on
//
// The clauses, each of which may have an "after DURATION", counted from the launch unless another beginning is named:
//
//	ready                               // says that it is ready, or its check passes from then on
//	unready                             // says that it is not ready any more
//	success, error, panic, goexit, external, again, fatal_config, fatal_bug, skip
//	                                    // ends so; a message may follow: error "no route to host"
//	stops [with error]                  // ends once it was asked to stop
//	aborts [with error]                 // ends once it was aborted, if it has not stopped before
//	silent                              // has no heartbeat any more
//	checks pass, checks fail, checks hang
//	hangs                               // does nothing any more: no heartbeat, no answer to checks, no stop
//
// "never" takes the place of "after": never ready, never ends, never stops, never aborts (the default).
//
// A statement that begins with "at TIME" happens once: a clause for the run that lives then, an operator's command, or
// the start of a dynamic child, which needs nobody to be named.
//
//	at 5s Shop.HTTP hangs
//	at 9s pause Shop.DB by ada "new disk"
//	at 9s start Shop.Session["a"]
//	at 1m shutdown by ada "enough"
//
// A statement "at TIME expect" says where a child should stand then: a word of its lifecycle, and with "#" which
// generation it should be. One that is to stop after others is still ready until it is asked to. What is not so is in the
// result, and supgen simulate fails.
//
//	at 30s expect Shop.HTTP ready
//	at 1m expect Shop.DB#2 ready        // it was restarted once
//	at 2m expect Shop.Parser quarantined
//
// "seed N" seeds the jitter; "until TIME" ends the simulation.
//
// A line "---" ends the script. The timeline behind it is what should happen: supgen test compares, and its flag --update
// writes it.
//
// At one moment, deadlines come first, then what children do, then what is said with "at"; what is expected then is
// looked at when nothing more happens at that moment.
package sim
