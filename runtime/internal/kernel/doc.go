// Package kernel is the state machine of a supervised tree.
//
// A Kernel is a plain value. It is given the time and one [Input] (a run ended, a child said that it is ready, a
// command came, a deadline passed), and answers with the effects to carry out (launch this run, cancel that one,
// publish this event) and the next deadline. It starts no goroutine, reads no clock, takes no lock, and draws its
// random numbers from a seed: the same inputs give the same effects, so that a history can be replayed and a tree
// simulated. Package runtime is the shell around it.
package kernel
