package kernel

import "github.com/supgen/supgen/runtime/policy"

// A View is what can be known of a node at one moment.
type View struct {
	Row       policy.ID
	Index     int32
	Lifecycle Lifecycle
	Health    HealthState
	Readiness Readiness
	Reason    StopReason
	Gen       uint64
	Starts    uint64 // since Run
	Failures  uint64 // since Run
	Attempt   int32
	Restarts  int32 // inside the active window
	Left      int32 // what its limit has left
	Up        bool
	Held      bool
	Leaked    int32
	Failure   Failure
	Suspect   Failure // of a run that failed while alive, and is not decided about until it has ended
	Decision  Decision
	Unclean   any // the cause of its last unclean stop
	NotReady  any // why it is not ready, as it or its last check said; NoCause if it did not say why
	LastSeq   uint64
	Wait      Wait // of one that is on its way up, or quarantined for a term
	On        Node // what it waits for
	Until     Time // when that is over at the earliest, as far as that is known
}

// NumNodes is how many nodes there are, those counted that stand for none.
func (k *Kernel) NumNodes() int { return len(k.nodes) }

// Exists reports whether a node is a child: not one that is gone, nor the place of a row that has none of its own.
func (k *Kernel) Exists(i Node) bool { return !k.nodes[i].gone && !k.template(i) }

// AwaitsStop reports whether a run of a node that was ready is to stop, and goes on as before until others are down: it was
// not asked yet, and did not fail.
func (k *Kernel) AwaitsStop(i Node) bool {
	n := &k.nodes[i]
	return n.up && n.wasReady && n.stage == stageWaiting && !n.decided
}

// View looks at a node, as of the last step. It may be called between steps only.
func (k *Kernel) View(i Node) View { return k.ViewAt(i, k.now) }

// ViewAt looks at a node at a time since the last step, and before the next: its restarts leave their window meanwhile.
func (k *Kernel) ViewAt(i Node, now Time) View {
	n, r := &k.nodes[i], k.rowOf(i)
	p := n.readHistory()
	restarts, left := k.RestartsAt(i, now)
	v := View{
		Row: n.row, Index: n.index, Lifecycle: n.life, Health: n.health, Readiness: n.readiness, Reason: n.reason,
		Gen: n.gen, Attempt: n.attempt, Restarts: restarts, Left: left, Up: n.up, Held: n.held,
		Leaked: n.leaked, Failure: p.failure, Decision: p.decision, Unclean: p.unclean, NotReady: p.notReady, LastSeq: k.lastSeq[i], On: None,
	}
	v.Starts, v.Failures = n.gen, p.failures
	if r.Dynamic {
		v.Starts = p.relaunches
		if n.gen > n.genBefore {
			v.Starts++
		}
	}
	if p.suspected != policy.OutcomeNone {
		v.Suspect = Failure{Outcome: p.suspected, Cause: n.checkCause()}
	}
	switch {
	case n.up:
	case !resting(n.life):
		k.viewWait(i, &v)
	case n.life == LifecycleQuarantined && n.timerAt[timerPhase] >= 0:
		v.Wait, v.Until = WaitTerm, k.timers[callers][n.timerAt[timerPhase]].at
	}
	return v
}

// RestartsAt counts the automatic restarts of a node that are inside its window at a time since the last step, and what its limit
// has left.
func (k *Kernel) RestartsAt(i Node, now Time) (restarts, left int32) {
	limit := k.rowOf(i).Limit
	restarts = int32(k.nodes[i].readHistory().window.count(max(now, k.now), limit.In))
	return restarts, max(0, int32(limit.N)-restarts)
}

// viewWait says what a node on its way up waits for.
func (k *Kernel) viewWait(i Node, v *View) {
	n := &k.nodes[i]
	switch v.Wait, v.On = k.wait(i); v.Wait {
	case WaitScope:
		v.On, v.Until = n.because, k.scopes[n.scope].opensAt
	case WaitNothing: // but for its turn
		if v.Wait, v.On = WaitTurn, k.parentOf(i); v.On == None {
			return
		}
		if super := k.nodes[v.On].super; n.turn == turnThrottle && k.supervisors[super].timerAt >= 0 {
			v.Until = k.timers[callers][k.supervisors[super].timerAt].at
		}
	}
}

// Nodes are the nodes of a row: its replicas, or the children started from it in the order of their start.
func (k *Kernel) Nodes(id policy.ID) []Node {
	r := &k.rows[id]
	if r.Role == policy.Group {
		return nil
	}
	if !r.Dynamic {
		return k.nodesOf(id)
	}
	var nodes []Node
	for d := range k.startedOf(r.firstNode) {
		nodes = append(nodes, d)
	}
	return nodes
}

// Quarantined is how many of the children started from a dynamic row are quarantined.
func (k *Kernel) Quarantined(id policy.ID) int { return int(k.rows[id].quarantined) }

// Launches are how often the children started from a dynamic row were started since Run, and how often again: those that are
// gone, too.
func (k *Kernel) Launches(id policy.ID) (starts, restarts uint64) {
	r := &k.rows[id]
	return r.launches, r.launches - r.firstLaunches
}

// Failures are those of all children of a row since Run, the ones that are gone included; nil if there were none.
func (k *Kernel) Failures(id policy.ID) *Failures { return k.rows[id].failures }

// Row is the row of a node.
func (k *Kernel) Row(i Node) policy.ID { return k.nodes[i].row }

// Index is which of the replicas of its row a node is, or the number of a dynamic child.
func (k *Kernel) Index(i Node) int { return int(k.nodes[i].index) }

// Attempt is the try since a node was last stable.
func (k *Kernel) Attempt(i Node) int32 { return k.nodes[i].attempt }

// NotReady is why a node is not ready, as in its View.
func (k *Kernel) NotReady(i Node) any { return k.nodes[i].readHistory().notReady }

// Parent is the supervisor of a node, None of the root.
func (k *Kernel) Parent(i Node) Node { return k.parentOf(i) }

// Current reports whether gen is the run of a node that lives and is not going down.
func (k *Kernel) Current(i Node, gen uint64) bool {
	n := &k.nodes[i]
	return n.up && n.gen == gen && n.goal == goalNone
}

// Decides reports whether a failure of the run gen of a node would be decided about while it lives.
func (k *Kernel) Decides(i Node, gen uint64, o policy.Outcome) bool {
	n := &k.nodes[i]
	return n.up && n.gen == gen && n.stage < stageAsked && !n.decided && n.readHistory().suspected == policy.OutcomeNone &&
		o != policy.OutcomeSuccess && (n.goal == goalNone || !n.goal.covers(k.action(i, o)))
}

// Kept reports whether what the run gen of a node made is there to be used, though the run has ended.
func (k *Kernel) Kept(i Node, gen uint64) bool {
	n := &k.nodes[i]
	return n.gen == gen && n.stage >= stageKept && !n.up
}

// Last are the sequence numbers of the last event about each node.
func (k *Kernel) Last() []uint64 { return k.lastSeq }

// Now is the time of the last step.
func (k *Kernel) Now() Time { return k.now }

// RunningTime is the time of the running clock when the caller's is now, as far as freezes are known.
func (k *Kernel) RunningTime(now Time) Time { return k.clock.toRunning(now) }

// Seq is the sequence number of the last event.
func (k *Kernel) Seq() uint64 { return k.seq }
