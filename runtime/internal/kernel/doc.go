// Package kernel is the state machine of a supervised tree.
//
// A Kernel is a plain value. It is given the time and one [Input] (a run ended, a child said that it is ready, a
// command came, a deadline passed), and answers with the effects to carry out (launch this run, cancel that one,
// publish this event) and the next deadline. It starts no goroutine, reads no clock, takes no lock, and draws its
// random numbers from a seed: the same inputs give the same effects, so that a history can be replayed and a tree
// simulated. Package runtime is the shell around it.
//
// # How a run goes down
//
// A run is up from its launch until all that it was is over. On the way it passes the stages below; its lifecycle is
// shutting_down all that time, and what it needs stays up (design.md, "What a run may do").
//
//	           failed, or takeDown            mayStop                     drain over
//	lives ────────────────────────▶ waiting ───────▶ asked ───────────────────────────▶ aborted ─────▶ stuck
//	  │ ended                         │ ended          │ ended                            │ ended        ▲
//	  ├───────────────────────────────┤                ▼              drain over          ▼              │
//	  ▼                               ▼             cleaning ─────────────────────▶ cleaningAborted ─────┤
//	ended, endedUncleaned ─────────────────────────▶  │                                   │              │
//	(while something holds its value)   nothing does  │ cleaned                           │ cleaned      │ ended,
//	                                                  ▼                                   ▼              ▼ cleaned
//	kept, keptUncleaned ──────────────────────────▶ down ◀─────────────────────────────────        the leak ends
//	(a job's value)   withdrawn, and nothing holds it
//
// A run with nothing to clean up skips cleaning: unless something still holds its value, it is down in the step that
// brings its end. In waiting, a run waits for all that stops before it; in ended only for those that hold its value, since
// nothing of it runs. What is left of its drain is its cleanups' too; a run that was not asked has all of it. Of one that is
// stuck from cleaningAborted on no function runs: its child goes on, and its leak ends when it is cleaned (design.md, "Abort").
package kernel
