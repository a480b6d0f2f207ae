package runtime

import (
	"cmp"
	"fmt"
	stdruntime "runtime"
	"slices"
	"strconv"
	"time"

	"github.com/supgen/supgen/runtime/internal/kernel"
)

// A Snapshot is a whole tree at one moment. Taking one waits for no child.
type Snapshot struct {
	tree  *Tree
	state TreeState
	rows  [][]ChildState
	keys  []map[string]ChildState
}

// Snapshot is consistent: all of it is of one moment. It works before Run and after the tree has ended, too. However
// large the tree is, it is not held up for long: it is copied a part at a time, and then what has changed meanwhile.
func (t *Tree) Snapshot() Snapshot {
	s := Snapshot{tree: t, rows: make([][]ChildState, len(t.table)), keys: make([]map[string]ChildState, len(t.table))}
	seen, since := t.survey()
	t.mu.Lock()
	seen = t.catchUp(seen, since)
	began := t.began
	s.state = t.treeState()
	t.mu.Unlock()

	rows := make([][]*sight, len(t.table))
	for i := range seen {
		if v := &seen[i]; v.there {
			rows[v.Row] = append(rows[v.Row], v)
		}
	}
	for id, row := range rows {
		s.rows[id] = make([]ChildState, len(row))
		if t.table[id].Dynamic {
			slices.SortFunc(row, func(a, b *sight) int { return cmp.Compare(a.Index, b.Index) }) // places are used again
		}
		for i, v := range row {
			s.rows[id][i] = t.childState(v, began)
			if v.dynamic != nil {
				if s.keys[id] == nil {
					s.keys[id] = make(map[string]ChildState, len(row))
				}
				s.keys[id][v.dynamic.key] = s.rows[id][i]
			}
		}
	}
	s.state.Root = s.rows[0][0]
	s.state.Ready = s.state.Ready && s.state.Root.Lifecycle == LifecycleReady
	return s
}

// survey copies all nodes, each at a moment of its own, and answers with the sequence that all of them are later than.
func (t *Tree) survey() (seen []sight, since uint64) {
	const part = 512
	for first, over := true, false; !over; first = false {
		t.mu.Lock()
		places := t.k.Places()
		if first {
			seen, since = make([]sight, 0, places), t.k.Seq()
		}
		for n, end := len(seen), min(places, len(seen)+part); n < end; n++ {
			seen = append(seen, t.look(kernel.Node(n)))
		}
		over = len(seen) == places
		t.mu.Unlock()
		stdruntime.Gosched() // to whoever waits for the lock
	}
	return seen, since
}

// catchUp makes of a survey what holds now. The last event about a node says how it stands (runtime.md, I6), but for what
// it waits for, and how many of its restarts still count. Under the lock.
func (t *Tree) catchUp(seen []sight, since uint64) []sight {
	for n := range seen {
		if v := &seen[n]; v.Wait != kernel.WaitNothing || v.Restarts > 0 {
			*v = t.look(kernel.Node(n))
		}
	}
	for n := len(seen); n < t.k.Places(); n++ {
		seen = append(seen, t.look(kernel.Node(n)))
	}
	if kept := uint64(len(t.ring.slots)); t.ring.last-since <= kept {
		for seq := since + 1; seq <= t.ring.last; seq++ {
			n := t.ring.slots[seq%kept].Node
			seen[n] = t.look(n)
		}
		return seen
	}
	for n := range seen {
		if t.k.LastSeq(kernel.Node(n)) > since {
			seen[n] = t.look(kernel.Node(n))
		}
	}
	return seen
}

// Tree is the state of the tree as a whole.
func (s Snapshot) Tree() TreeState { return s.state }

// Child is the state of a child that is neither replicated nor dynamic.
func (s Snapshot) Child(id ID) ChildState { return s.rows[id][0] }

// Replicas are the states of a replicated child, by index.
func (s Snapshot) Replicas(id ID) []ChildState { return s.rows[id] }

// Dynamic are the states of the children started from a dynamic row, by key; by number if it has none.
func (s Snapshot) Dynamic(id ID) map[string]ChildState { return s.keys[id] }

// All are the states of all children, in the order of the file.
func (s Snapshot) All() []ChildState {
	var all []ChildState
	for _, row := range s.rows {
		all = append(all, row...)
	}
	return all
}

// treeState is all but its root's. Under the lock.
func (t *Tree) treeState() TreeState {
	s := TreeState{Path: t.paths[0], Phase: t.phase(), Ready: !t.over, Sequence: t.k.Seq(), Time: time.Now()}
	nodes, gens := t.k.Leaked()
	for i, n := range nodes {
		s.Leaked = append(s.Leaked, t.path(n)+"#"+strconv.FormatUint(gens[i], 10))
	}
	s.Leaked = append(s.Leaked, t.leakedChecks()...)
	return s
}

// leakedChecks names the checks that have used up their time and still run, perhaps longer than their run. Each was told
// so: its context ends with its time, and with its run.
func (t *Tree) leakedChecks() (names []string) {
	for r, until := range t.checks {
		if t.now() >= until {
			names = append(names, fmt.Sprintf("%s#%d check", r.path(), r.gen))
		}
	}
	slices.Sort(names)
	return names
}

// phase is the kernel's, unless that has panicked.
func (t *Tree) phase() TreePhase {
	if t.over {
		return TreeEnded
	}
	return t.k.Phase()
}

// A sight is what is copied of a node under the lock, and told of others then.
type sight struct {
	kernel.View
	there    bool // a child, and not a place that is free
	dynamic  *dynamic
	waits    string
	decision *Decision
}

// look is under the lock.
func (t *Tree) look(n kernel.Node) sight {
	if !t.k.There(n) {
		return sight{}
	}
	s := sight{View: t.k.View(n), there: true, dynamic: t.members[n].dynamic}
	if s.Wait != kernel.WaitNothing {
		s.waits = t.waits(s.View)
	}
	if s.Decision.Outcome != OutcomeNone {
		s.decision = t.decision(s.Decision, n, t.path(n))
	}
	return s
}

// childState is a node as users see it.
func (t *Tree) childState(v *sight, began time.Time) ChildState {
	c := &t.table[v.Row]
	return ChildState{
		Path: t.pathAt(v.Row, int(v.Index), v.dynamic), ID: v.Row, Name: c.Name, Role: c.Role,
		Lifecycle: v.Lifecycle, Health: v.Health, Readiness: v.Readiness,
		Generation: v.Gen, Attempt: int(v.Attempt), Restarts: int(v.Restarts), Left: int(v.Left), Stopped: v.Reason,
		Since: began.Add(v.Since), Waits: v.waits, Tags: c.Tags,
		Failure: t.failure(v.Failure), Decision: v.decision, Sequence: v.LastSeq,
	}
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
	}
	return t.path(v.On)
}

// failure is a kernel's failure as users see it; one that nobody returned is described here.
func (t *Tree) failure(f kernel.Failure) *Failure {
	if f.Outcome == OutcomeNone {
		return nil
	}
	v := Failure{Kind: f.Outcome, Category: categoryOf(f.Outcome), Message: sentences[f.Outcome]}
	if cause, ok := f.Cause.(*Failure); ok {
		v = *cause
		if cause.Kind == OutcomeSkip && f.Outcome != OutcomeSkip {
			v.Message = "others need it, so it cannot be skipped: " + v.Message
		}
		v.Kind, v.Category = f.Outcome, categoryOf(f.Outcome)
	}
	v.Final = f.Final
	return &v
}

// sentences describe the failures that no child returns.
var sentences = map[Outcome]string{
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
	row := &t.table[t.k.Row(d.At)]
	switch {
	case row.Role == Group:
		path = "group " + row.Name
	case d.At != n:
		path = t.path(d.At)
	}
	reason := "on " + d.Outcome.String()
	switch d.Outcome {
	case OutcomeLimit:
		reason = fmt.Sprintf("limit %s of %s", rate(effective(*row).Limit), path)
	case OutcomeIntensity:
		reason = fmt.Sprintf("intensity %s of %s", rate(effective(*row).Intensity), path)
	}
	return &Decision{Action: d.Action, Delay: d.Delay, Reason: reason}
}

// rate is a limit as a .sup file spells it: "3 in 1m".
func rate(l Limit) string { return fmt.Sprintf("%d in %s", l.N, kernel.Spell(l.In)) }
