// Package simulation plays a script against a checked tree, and renders what happens and what is wrong with the script.
// The simulator itself is runtime/sim.
package simulation
