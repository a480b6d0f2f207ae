// Package explore finds what takes a tree down: it tries every failure of every child in the simulator, and says what each
// costs.
//
// A [Failure] is one thing that goes wrong with one child: a [Kind], which is an outcome of a run or something slow, and how
// [Often]. A [Trial] is one or two of them, which [Explore] plays: the tree has been up for a minute when they come. A trial's
// [Cost] is what it changes, compared with the same tree when nothing fails: who goes down, for how long, how many more
// launches, and whether the program ends. Its [Grade] sorts costs that no length of time makes comparable.
//
// Every single failure is tried. Of two failures those are tried that end the program by neither of them alone, a child that
// is down already (an operator has paused it) being one of the two; only what costs more than each of the two does is kept.
// A tree that is too large for that is sampled: [Report.Tried] says how much of it.
package explore
