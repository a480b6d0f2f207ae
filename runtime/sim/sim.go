package sim

import (
	"errors"

	"github.com/supgen/supgen/runtime"
)

// A Result is what a simulation came to.
type Result struct {
	Timeline Timeline
	Children []runtime.ChildState // at its end, in the order of the file; their times begin with the year 2000
	Ended    bool                 // the tree has ended
	Err      error                // what Run returned, if it has
	Unmet    []*LineError         // what the script expected and was not so, in order of time
}

// Child is the state of the child at path, or false if there is none.
func (r Result) Child(path string) (runtime.ChildState, bool) {
	for _, c := range r.Children {
		if c.Path == path {
			return c, true
		}
	}
	return runtime.ChildState{}, false
}

// Tree is a tree of a table, for those who have one without functions: rows that lack a Start, a ReadyCheck or a
// HealthCheck are given one that does nothing. Like runtime.New, it panics if the table is not a tree.
func Tree(table []runtime.Child, options ...runtime.Option) *runtime.Tree {
	table = append([]runtime.Child(nil), table...)
	nothing := func(runtime.Launch) error { return errors.New("this tree is for simulation") }
	for i := range table {
		c := &table[i]
		if c.Role == runtime.Supervisor || c.Role == runtime.Group {
			continue
		}
		for _, f := range []*func(runtime.Launch) error{&c.Start, &c.ReadyCheck, &c.HealthCheck} {
			if *f == nil {
				*f = nothing
			}
		}
	}
	return runtime.New(table, options...)
}

// Run simulates a tree that was made and not run; it can be run afterwards. It fails if the tree was run, or if the
// script is about children that there are not, or has them do what they cannot: all mistakes are reported.
func Run(tree *runtime.Tree, script Script) (Result, error) {
	w, err := newWorld(tree, script)
	if err != nil {
		return Result{}, err
	}
	w.run(script.until())
	return w.result(), nil
}

// Watch is like Run, and delivers the events: each is handed to f as it happens, until f returns false, which ends the
// simulation there. The result has neither the timeline nor the children. A tree may be watched several times at once.
func Watch(tree *runtime.Tree, script Script, f func(runtime.Event) bool) (Result, error) {
	w, err := newWorld(tree, script)
	if err != nil {
		return Result{}, err
	}
	w.watch = f
	w.run(script.until())
	r := Result{Ended: w.over, Unmet: w.unmet}
	if w.over {
		r.Err = w.Failure()
	}
	return r, nil
}
