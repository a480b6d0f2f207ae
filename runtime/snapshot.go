package runtime

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
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

// Snapshot is consistent: all of it is of one moment. It works before Run and after the tree has ended, too.
func (t *Tree) Snapshot() Snapshot {
	t.mu.Lock()
	defer t.mu.Unlock()
	s := Snapshot{tree: t, rows: make([][]ChildState, len(t.table)), keys: make([]map[string]ChildState, len(t.table))}
	for id := range t.table {
		for _, n := range t.k.Nodes(ID(id)) {
			state := t.childState(n)
			s.rows[id] = append(s.rows[id], state)
			if t.table[id].Dynamic {
				if s.keys[id] == nil {
					s.keys[id] = make(map[string]ChildState)
				}
				s.keys[id][t.members[n].dynamic.key] = state
			}
		}
	}
	s.state = t.treeState(s.rows[0][0])
	return s
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

func (t *Tree) treeState(root ChildState) TreeState {
	s := TreeState{
		Path: t.paths[0], Phase: t.phase(), Ready: root.Lifecycle == LifecycleReady && !t.over,
		Sequence: t.k.Seq(), Time: time.Now(), Root: root,
	}
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
		if time.Since(t.began) >= until {
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

// childState is a node as users see it. Under the lock.
func (t *Tree) childState(n kernel.Node) ChildState {
	v, path := t.k.View(n), t.path(n)
	c := &t.table[v.Row]
	return ChildState{
		Path: path, ID: v.Row, Name: c.Name, Role: c.Role, Lifecycle: v.Lifecycle, Health: v.Health, Readiness: v.Readiness,
		Generation: v.Gen, Attempt: int(v.Attempt), Restarts: int(v.Restarts), Left: int(v.Left), Stopped: v.Reason,
		Since: t.began.Add(v.Since), Waits: t.waits(v), Tags: c.Tags,
		Failure: t.failure(v.Failure), Decision: t.decision(v.Decision, n, path), Sequence: v.LastSeq,
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
func rate(l Limit) string {
	in := l.In.String()
	if strings.HasSuffix(in, "m0s") {
		in = strings.TrimSuffix(in, "0s")
	}
	if strings.HasSuffix(in, "h0m") {
		in = strings.TrimSuffix(in, "0m")
	}
	return fmt.Sprintf("%d in %s", l.N, in)
}
