package runtime

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/supgen/supgen/runtime/internal/kernel"
	"github.com/supgen/supgen/runtime/policy"
)

// A Snapshot is a whole tree at one moment. Taking one waits for no child.
type Snapshot struct {
	tree  *Tree
	state TreeState
	all   []ChildState
	rows  [][]ChildState // of all
	sums  map[ID]rowSum  // of rows that are dynamic, or have failed
	keys  []map[string]ChildState
}

// Snapshot is consistent: all of it is of one moment. It works before Run and after the tree has ended, too. However
// large the tree is, it is not held up for long: it is looked at a part at a time, and then at what has changed meanwhile.
func (t *Tree) Snapshot() Snapshot {
	s := Snapshot{tree: t, rows: make([][]ChildState, len(t.table)), keys: make([]map[string]ChildState, len(t.table))}
	t.mu.Lock()
	n := t.k.NumNodes()
	t.mu.Unlock()
	v := survey{states: make([]ChildState, 0, n), dynamics: make([]*dynamic, 0, n), numbers: make([]int32, 0, n)}
	for over := false; !over; {
		t.mu.Lock()
		if over = v.part(t); over {
			s.state, s.sums = t.treeState(), t.rowSums()
		}
		t.mu.Unlock() // to a goroutine that has waited for a millisecond, which sync.Mutex sees to
	}
	started := v.started()
	if s.all = v.states[:0]; len(started) > 0 {
		s.all = make([]ChildState, 0, len(v.states))
	}
	first, of := 0, make(map[ID][]int)
	for _, n := range started {
		of[v.states[n].ID] = append(of[v.states[n].ID], n)
	}
	for id, c := range t.table {
		n, from := max(1, c.Replicas), len(s.all)
		if c.Role != Group && !c.Dynamic {
			s.all = append(s.all, v.states[first:first+n]...)
		}
		first += n
		for _, n := range of[ID(id)] {
			c := v.states[n]
			s.all = append(s.all, c)
			if s.keys[id] == nil {
				s.keys[id] = make(map[string]ChildState)
			}
			s.keys[id][v.dynamics[n].key] = c
		}
		s.rows[id] = slices.Clip(s.all[from:])
	}
	s.state.Root = s.rows[0][0]
	s.state.Ready = s.state.Ready && s.state.Root.Lifecycle == LifecycleReady
	return s
}

// A survey is how nodes stand, all of them at the moment of the last part.
type survey struct {
	states   []ChildState
	dynamics []*dynamic    // of those that are there
	numbers  []int32       // in the order of their starts
	waiting  []kernel.Node // what waits, and what has restarts that count: that changes without an event
	counted  []kernel.Node
	until    uint64      // the last event of that moment
	now      kernel.Time // and when it is
}

// part looks at the nodes that events were about, and at some more nodes. It reports whether these were the last. Under the lock.
func (v *survey) part(t *Tree) (over bool) {
	const most = 256
	places := t.k.NumNodes()
	v.now = t.present()
	v.catchUp(t)
	for range min(most, places-len(v.states)) {
		n := len(v.states)
		v.states, v.dynamics, v.numbers = append(v.states, ChildState{}), append(v.dynamics, nil), append(v.numbers, 0)
		v.look(t, kernel.Node(n))
	}
	if over = len(v.states) == places; over {
		for _, n := range v.waiting {
			v.look(t, n)
		}
		for _, n := range v.counted {
			restarts, left := t.k.RestartsAt(n, v.now)
			v.states[n].Restarts, v.states[n].Left = int(restarts), int(left)
		}
	}
	return over
}

// catchUp looks again at the nodes that events were about: the last event about a node says how it stands (design.md,
// I6), but for what it waits for, and how many of its restarts still count. Under the lock.
func (v *survey) catchUp(t *Tree) {
	since := v.until
	v.until = t.ring.last
	if kept := uint64(len(t.ring.slots)); v.until-since <= kept {
		for seq := since + 1; seq <= v.until; seq++ {
			if n := t.ring.slots[seq%kept].Node; int(n) < len(v.states) && t.k.Last()[n] == seq {
				v.look(t, n)
			}
		}
		return
	}
	for n, last := range t.k.Last()[:len(v.states)] {
		if last > since {
			v.look(t, kernel.Node(n))
		}
	}
}

// look looks at a node. Under the lock.
func (v *survey) look(t *Tree, n kernel.Node) {
	v.states[n], v.dynamics[n], v.numbers[n] = t.stateOf(n, v.now), nil, int32(t.k.Index(n))
	if t.k.Exists(n) {
		v.dynamics[n] = t.members[n].dynamic
	}
	if v.states[n].Waits != "" {
		v.waiting = append(v.waiting, n)
	}
	if v.states[n].Restarts > 0 {
		v.counted = append(v.counted, n)
	}
}

// started are the dynamic children that are there, in the order of their starts: places are used again.
func (v *survey) started() (nodes []int) {
	for n, d := range v.dynamics {
		if d != nil {
			nodes = append(nodes, n)
		}
	}
	slices.SortFunc(nodes, func(a, b int) int { return cmp.Compare(v.numbers[a], v.numbers[b]) })
	return nodes
}

// Tree is the state of the tree as a whole.
func (s Snapshot) Tree() TreeState { return s.state }

// Child is the state of a child that is neither replicated nor dynamic.
func (s Snapshot) Child(id ID) ChildState { return s.rows[id][0] }

// Replicas are the states of a replicated child, by index. They are not to be changed.
func (s Snapshot) Replicas(id ID) []ChildState { return s.rows[id] }

// Dynamic are the states of the children started from a dynamic row, by key; by number if it has none.
func (s Snapshot) Dynamic(id ID) map[string]ChildState { return s.keys[id] }

// All are the states of all children, in the order of the file. They are not to be changed.
func (s Snapshot) All() []ChildState { return s.all }

// treeState is all but its root's. Under the lock.
func (t *Tree) treeState() TreeState {
	s := TreeState{Path: t.paths[0], Incarnation: t.incarnation, Phase: t.phase(), Ready: !t.hasEnded, Sequence: t.k.Seq(), Time: time.Now()}
	for _, l := range t.k.Leaked() {
		name := t.path(l.Node) + "#" + strconv.FormatUint(l.Gen, 10)
		if l.Cleanup {
			name += " cleanup"
		}
		s.Leaked = append(s.Leaked, name)
	}
	s.Leaked = append(s.Leaked, t.leakedChecks()...)
	return s
}

// leakedChecks names the checks that have used up their time and still run, perhaps longer than their run. Each was reported
// so: its context ends with its time, and with its run.
func (t *Tree) leakedChecks() (names []string) {
	for r, until := range t.checks {
		if t.k.RunningTime(t.now()) >= until {
			names = append(names, fmt.Sprintf("%s#%d check", r.path(), r.gen))
		}
	}
	slices.Sort(names)
	return names
}

// phase is the kernel's, unless that has panicked.
func (t *Tree) phase() TreePhase {
	if t.hasEnded {
		return TreeEnded
	}
	return t.k.Phase()
}

// present is the kernel's time now; of a tree that does not run, that of its last step. Under the lock.
func (t *Tree) present() kernel.Time {
	if t.done == nil || t.hasEnded {
		return t.k.Now()
	}
	return t.now()
}

// stateOf is a node as users see it, at a time since the last step. Under the lock.
func (t *Tree) stateOf(n kernel.Node, now kernel.Time) ChildState {
	v, c, m := t.k.ViewAt(n, now), &t.table[t.k.Row(n)], &t.members[n]
	s := ChildState{
		Path: t.path(n), ID: v.Row, Name: c.Name, Role: c.Role,
		Lifecycle: v.Lifecycle, Health: v.Health, Readiness: v.Readiness,
		Generation: v.Gen, Starts: v.Starts, Failures: v.Failures, Attempt: int(v.Attempt), Restarts: int(v.Restarts), Left: int(v.Left), Stopped: v.Reason,
		Since: m.since, Waits: t.waits(v), Wait: t.wait(v), Tags: c.Tags, Failure: t.failure(v.Failure), Sequence: v.LastSeq,
	}
	if v.Row != 0 {
		s.Parent = t.paths[c.Parent]
	}
	if m.dynamic != nil {
		s.Key = m.dynamic.key
	}
	s.Unclean, s.NotReady = uncleanStop(v.Unclean != nil, v.Unclean), notReady(v.NotReady)
	s.Decision = t.decision(v.Decision, n, s.Path)
	return s
}

// waits says what a child that is on its way up waits for.
func (t *Tree) waits(v kernel.View) string {
	switch v.Wait {
	case kernel.WaitNothing:
		return ""
	case kernel.WaitTree:
		return "the start of the tree"
	case kernel.WaitScope:
		return "its backoff, or the end of what restarts with it"
	case kernel.WaitSupervisor:
		return "its supervisor"
	case kernel.WaitTurn:
		return "its turn (concurrency or throttle)"
	case kernel.WaitStuck:
		return "the end of a run that is stuck, or has an older value, of " + t.path(v.On)
	case kernel.WaitTerm:
		return "the end of its quarantine"
	}
	return t.path(v.On)
}

// wait is the same for programs. Under the lock.
func (t *Tree) wait(v kernel.View) *Wait {
	if v.Wait == kernel.WaitNothing {
		return nil
	}
	w := &Wait{Kind: v.Wait}
	if v.On != kernel.None {
		w.On = t.path(v.On)
	}
	if v.Until > 0 {
		w.Until = t.began.Add(v.Until)
	}
	return w
}

// failure is a kernel's failure as users see it; one that nobody returned is described here.
func (t *Tree) failure(f kernel.Failure) *Failure {
	if f.Outcome == OutcomeNone {
		return nil
	}
	v := Failure{Kind: f.Outcome, Category: categoryOf(f.Outcome), Message: sentences[f.Outcome]}
	if f.Cause == kernel.CheckHung {
		v.Message += ": its check did not return in time"
	} else if cause, ok := f.Cause.(*Failure); ok {
		v = *cause
		switch f.Outcome {
		case OutcomeTimeout, OutcomeUnhealthy, OutcomeStuck: // that of its last check, or of what had failed before it was stuck
			v.Message = sentences[f.Outcome] + ": " + v.Message
		case OutcomeFatalConfig:
			if cause.Kind == OutcomeSkip {
				v.Message = "others need it, so it cannot be skipped: " + v.Message
			}
		}
		v.Kind, v.Category = f.Outcome, categoryOf(f.Outcome)
	}
	v.Final = f.Final
	return &v
}

// uncleanStop is an unclean stop as users see it.
func uncleanStop(is bool, cause any) *Failure {
	f, ok := cause.(*Failure)
	if !is || !ok {
		return nil
	}
	v := *f
	return &v
}

// notReady is why a run is not ready, as users see it.
func notReady(cause any) *Failure {
	switch cause := cause.(type) {
	case nil:
		return nil
	case *Failure:
		f := *cause
		return &f
	}
	if cause == kernel.CheckHung {
		return &Failure{Kind: OutcomeTimeout, Category: CategoryTimeout, Message: "its check did not return in time"}
	}
	return &Failure{Kind: OutcomeNone, Category: CategoryHealth, Message: "it did not say why"}
}

// sentences describe the failures that no child returns.
var sentences = map[Outcome]string{
	OutcomeSuccess:   "returned nil",
	OutcomeTimeout:   "was not ready, or not done, in time",
	OutcomeUnhealthy: "its heartbeat died, or its check failed too often",
	OutcomeStuck:     "did not stop within its budget",
	OutcomeError:     "gave up", // a supervisor's
}

// decision is a kernel's decision about the node at path as users see it.
func (t *Tree) decision(d kernel.Decision, n kernel.Node, path string) *Decision {
	if d.Outcome == OutcomeNone {
		return nil
	}
	v := &Decision{
		Action: d.Action, Delay: d.Delay, Reason: t.tripped(d, n, path), At: t.decidedAt(d, n, path), Row: d.Outcome, AtStart: d.AtStart,
	}
	if v.Reason == "" {
		v.Reason = "on " + d.Outcome.String()
		if cause, ok := d.Cause.(*Failure); ok {
			v.Reason += ": " + cause.Message
		}
	}
	if d.Action == ActionRetry || d.Action == ActionRestart {
		v.Since = t.began.Add(d.Since)
	}
	return v
}

// decidedAt is whose row decided about the node at path: its own, or that of what is around it.
func (t *Tree) decidedAt(d kernel.Decision, n kernel.Node, path string) string {
	switch row := &t.table[t.k.Row(d.At)]; {
	case row.Role == Group:
		return "group " + row.Name
	case d.At != n:
		return t.path(d.At)
	}
	return path
}

// tripped says what decided instead of the row of how a run ended, about the node at path: a limit, whose and what number it
// was, or a stuck run.
func (t *Tree) tripped(d kernel.Decision, n kernel.Node, path string) string {
	row := &t.table[t.k.Row(d.At)]
	path = t.decidedAt(d, n, path)
	exceeded := func(what string, l Limit) string {
		restarts := "restarts"
		if l.N == 0 {
			restarts = "restart"
		}
		return fmt.Sprintf("%d %s in %s, %s %s of %s", l.N+1, restarts, policy.Spell(l.In), what, rate(l), path)
	}
	switch {
	case d.Outcome == OutcomeLimit:
		return exceeded("limit", row.Limit)
	case d.Outcome == OutcomeIntensity:
		return exceeded("intensity", row.Intensity)
	case d.Outcome == OutcomeStuck && row.Role == Supervisor:
		return "a run in it is stuck, so it cannot restart"
	}
	return ""
}

// rate is a limit as a .sup file spells it: "3 in 1m".
func rate(l Limit) string { return fmt.Sprintf("%d in %s", l.N, policy.Spell(l.In)) }
