package runtime

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/supgen/supgen/runtime/internal/kernel"
)

// StopOutcome is how a child came down with its tree.
type StopOutcome string

const (
	StopNotRunning StopOutcome = "not_running" // it had no run
	StopRunning    StopOutcome = "running"     // it has not come down yet
	StopDrained    StopOutcome = "drained"     // it ended within its shutdown budget
	StopAborted    StopOutcome = "aborted"     // it ended after the abort
	StopStuck      StopOutcome = "stuck"       // it did not end: it is leaked
)

// A ChildReport is how one child came down.
type ChildReport struct {
	Path       string        `json:"path"`
	Generation uint64        `json:"generation"`
	Outcome    StopOutcome   `json:"outcome"`
	Cleanup    bool          `json:"cleanup,omitempty"` // of what is stuck: nothing of it runs but a cleanup
	Err        error         `json:"-"`                 // what it returned
	Took       time.Duration `json:"took"`
	Unclean    *Failure      `json:"unclean,omitempty"` // if it did more than stop: what it returned, or its panic
	Stacks     string        `json:"stacks,omitempty"`  // of what is stuck: where all goroutines of its declaration stood
}

// Ended is how a tree ended.
type Ended string

const (
	EndedFinished Ended = "finished" // well: its root's finish, or what shuts the tree down by success
	EndedAsked    Ended = "asked"    // it was asked to stop, and did
	EndedGaveUp   Ended = "gave_up"  // its root failed
	EndedUnclean  Ended = "unclean"  // finished, or asked to; but something is stuck, or did not stop cleanly
)

// A Report is how a tree came down, child by child in the order of the file.
type Report struct {
	Phase    TreePhase     `json:"phase"`
	Ended    Ended         `json:"ended,omitempty"` // how the tree ended, once it has
	Children []ChildReport `json:"children"`
	// Unlogged is how many events the log has lost (WithLogger): its handler was too slow for them, or panicked.
	Unlogged uint64 `json:"unlogged,omitempty"`
}

// Stuck are the paths of the children that did not stop.
func (r Report) Stuck() []string {
	var paths []string
	for _, c := range r.Children {
		if c.Outcome == StopStuck {
			paths = append(paths, c.Path)
		}
	}
	return paths
}

// Report tells how the tree comes, or came, down. Before the stop it says what runs.
func (t *Tree) Report() Report {
	t.mu.Lock()
	defer t.mu.Unlock()
	var r Report
	if t.final != nil {
		r = *t.final
		r.Children = slices.Clone(r.Children)
	} else {
		r = t.report()
	}
	r.Unlogged = t.unlogged()
	for i := range r.Children {
		if c := &r.Children[i]; c.Outcome == StopStuck {
			declared, _, _ := strings.Cut(c.Path, "[")
			c.Stacks = t.stacks[declared]
		}
	}
	return r
}

// report is the state of coming down. Under the lock.
func (t *Tree) report() Report {
	r := Report{Phase: t.phase(), Children: make([]ChildReport, 0, t.k.NumNodes())}
	if t.poison != nil {
		r.Ended = EndedGaveUp
	}
	leaked := t.k.Leaked()
	works := make(map[kernel.Node]bool) // of those with a stuck run: whether more than a cleanup is
	for _, l := range leaked {
		works[l.Node] = works[l.Node] || !l.Cleanup
	}
	for id := range t.table {
		for _, n := range t.k.Nodes(ID(id)) {
			if t.table[id].Role == Supervisor {
				continue
			}
			c := t.childReport(n)
			if work, stuck := works[n]; stuck {
				c.Outcome, c.Cleanup = StopStuck, !work
			}
			r.Children = append(r.Children, c)
		}
	}
	for _, l := range leaked {
		if path := t.path(l.Node); t.members[l.Node].dynamic != nil && t.dynamics[path] != l.Node { // it was removed
			r.Children = append(r.Children, ChildReport{Path: path, Generation: l.Gen, Outcome: StopStuck, Cleanup: l.Cleanup})
		}
	}
	return r
}

func (t *Tree) childReport(n kernel.Node) ChildReport {
	v := t.k.View(n)
	if r := t.members[n].run; r != nil && r.stop != nil && r.stop.report.Outcome != "" {
		c := r.stop.report
		if v.Up { // its function has returned, and not its cleanups
			c.Outcome = StopRunning
		}
		return c
	}
	c := ChildReport{Path: t.path(n), Generation: v.Gen, Outcome: StopNotRunning}
	if v.Up {
		c.Outcome = StopRunning
	}
	return c
}

// stopped notes how a run ended while the tree stops, be it before its turn to be asked. Under the lock.
func (t *Tree) stopped(r *run, o Outcome, f *Failure) {
	if t.members[r.node].run != r || t.k.Phase() < TreeStopping {
		return
	}
	l := r.stop
	if l == nil { // it was not asked yet
		l = new(stopRecord)
		r.stop, l.report.Path = l, r.path()
	} else if l.cause.Path != "" {
		l.report.Path, l.report.Took = l.cause.Path, t.now()-l.asked
	}
	c := &l.report
	c.Generation, c.Outcome = r.gen, StopDrained
	switch {
	case o == OutcomeStuck:
		c.Outcome = StopStuck
	case l.aborted:
		c.Outcome = StopAborted
	}
	if f != nil {
		c.Err = f.Err
		if !f.clean {
			c.Unclean = f
			if !t.belowOptional(r.row) {
				t.unclean = append(t.unclean, *c)
			}
		}
	}
}

// belowOptional reports whether a child, or a supervisor above it, is optional: then what it loses at the end is reported, and is not an
// matter of the whole tree.
func (t *Tree) belowOptional(id ID) bool {
	for ; id != 0; id = t.table[id].Parent {
		if t.table[id].Optional {
			return true
		}
	}
	return false
}

// Error is why a tree ended that was not just asked to: its root gave up, or something did not stop, or not cleanly.
type Error struct {
	// Path is the child whose failure went up to the root; "" if the tree was asked to stop and only Stuck is wrong.
	Path    string
	Failure *Failure
	// Chain is what each level decided, and why, from the child up to the root: "Shop.DB: error, escalate", or
	// "Shop.DB: 31 restarts in 1m, intensity 30 in 1m of Shop, escalate".
	Chain []string
	// Stuck names what did not stop within its budget and still ran when the tree had ended, each once: "Shop.HTTP", or
	// "Shop.DB cleanup" if nothing of the run was left but a cleanup.
	Stuck []string
	// Unclean are the runs that ended while the tree stopped, and did more than stop: a flush that failed, a panic. Those of
	// optional children, and of what is below one, are in the Report alone.
	Unclean []ChildReport
	err     error
}

func (e *Error) Error() string {
	var parts []string
	if e.Path != "" {
		part := e.Path + " failed"
		switch f := e.Failure; {
		case f == nil:
		case f.Kind == OutcomeSuccess: // too often, or its table says that this is the end
			part = e.Path + " " + f.Message
		default:
			part += fmt.Sprintf(" (%s: %s)", f.Kind, f.Message)
		}
		if len(e.Chain) > 0 {
			part += " [" + strings.Join(e.Chain, " > ") + "]"
		}
		parts = append(parts, part)
	}
	if len(e.Stuck) > 0 {
		parts = append(parts, "did not stop: "+strings.Join(e.Stuck, ", "))
	}
	if len(e.Unclean) > 0 {
		parts = append(parts, "did not stop cleanly: "+uncleanText(e.Unclean))
	}
	if len(parts) == 0 { // made by somebody else
		return "supgen: the tree failed"
	}
	return "supgen: " + strings.Join(parts, "; ")
}

// uncleanText names the first of them, and what each did.
func uncleanText(reports []ChildReport) string {
	return firstFew(reports, ", ", func(c ChildReport) string {
		return fmt.Sprintf("%s (%s: %s)", c.Path, c.Unclean.Kind, c.Unclean.Message)
	})
}

// Unwrap is the child's own error, joined with those of Unclean.
func (e *Error) Unwrap() error { return e.err }

// Is makes errors.Is(err, ErrStuck) hold if something did not stop, and ErrUnclean if something did not stop cleanly.
func (e *Error) Is(target error) bool {
	return target == ErrStuck && len(e.Stuck) > 0 || target == ErrUnclean && len(e.Unclean) > 0
}

// failed is what Run returns.
func (t *Tree) failed() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case t.poison != nil:
		return t.poison
	case t.final != nil:
		return t.result
	}
	return t.outcome()
}

// outcome is how the tree came down. Under the lock.
func (t *Tree) outcome() error {
	e := &Error{}
	named := make(map[string]bool)
	for _, l := range t.k.Leaked() {
		name := t.path(l.Node)
		if l.Cleanup {
			name += " cleanup"
		}
		if !named[name] {
			named[name] = true
			e.Stuck = append(e.Stuck, name)
		}
	}
	e.Unclean = t.unclean
	if end := t.k.End(); !end.Asked {
		e.Path = t.path(end.Node)
		e.Failure = t.failure(kernel.Failure{Outcome: end.Outcome, Cause: end.Cause, Final: true})
		e.err = e.Failure.Err
		if e.err == nil {
			e.err = errors.New(e.Failure.Message)
		}
		for n := end.Node; n != kernel.None; n = t.k.Parent(n) {
			d, path := t.k.View(n).Decision, t.path(n)
			e.Chain = append(e.Chain, fmt.Sprintf("%s: %s, %s", path, cmp.Or(t.tripped(d, n, path), d.Outcome.String()), d.Action))
			if d.Action != ActionEscalate {
				break
			}
		}
	}
	if len(e.Unclean) > 0 {
		e.err = joined(e.err, e.Unclean)
	}
	if e.Path == "" && len(e.Stuck) == 0 && len(e.Unclean) == 0 {
		return nil
	}
	return e
}

// joined is err with the errors of unclean stops.
func joined(err error, unclean []ChildReport) error {
	errs := []error{err}
	for _, c := range unclean {
		errs = append(errs, c.Err)
	}
	return errors.Join(errs...)
}

// endedHow is how the tree ended, with what outcome says. Under the lock.
func (t *Tree) endedHow(result error) Ended {
	switch end := t.k.End(); {
	case !end.Asked:
		return EndedGaveUp
	case result != nil:
		return EndedUnclean
	case end.Node == kernel.None: // by a command
		return EndedAsked
	}
	return EndedFinished
}
