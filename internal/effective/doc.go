// Package effective tells what the policy of a child comes to: the value of each statement and who said so, what the
// child waits for and who waits for it, what is restarted with it when it fails, how long it takes to stop, how
// soon its limit is spent, and how often it is restarted at worst.
//
// Everything is read from the checked tree; what the runtime would do follows from its rules, and is not tried.
// [Explain] answers for one child, [Overview] prints a tree with a line for each.
package effective
