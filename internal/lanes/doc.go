// Package lanes draws what happens in a tree as SVG: a lane for each child, from left to right as time passes.
//
// Shape and word show the states of a child, and so does colour: a full bar is ready, one that rises is on its way up,
// one that falls on its way down; a low, dashed one waits to be restarted, and a line is a child that is at rest. A cross is
// a failure. Gaps in time are drawn by their logarithm: what takes milliseconds and what takes hours both can be seen.
package lanes
