package runtime

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/supgen/supgen/runtime/internal/kernel"
	"pgregory.net/rapid"
)

// TestHistories runs random trees through random histories, and holds the kernel to the invariants of design.md
// ("Invariants") after every step. For more of them than a test run has time for:
//
//	go test ./runtime -run TestHistories -rapid.checks=1000000
func TestHistories(t *testing.T) {
	var last *world
	t.Cleanup(func() {
		if t.Failed() && last != nil {
			short := shrink(last.history().String())
			t.Logf("The last history that failed, in short:\n%s\n%s", short, verdict(short))
		}
	})
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(t, drawTable(t), rapid.Uint64().Draw(t, "seed"))
		last = w
		run := kernel.Input{Kind: kernel.InputRun}
		if rapid.IntRange(0, 99).Draw(t, "asked before") == 0 {
			run.Verb = VerbShutdown
		}
		w.step(run)
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			w.act(t)
		}
		w.finish(t)
	})
}

// drawTable draws a valid tree.
func drawTable(t *rapid.T) []Child {
	strategy := rapid.SampledFrom([]Strategy{OneForOne, OneForOne, OneForAll, RestForOne})
	table := []Child{{Name: "Root", Role: Supervisor, Strategy: strategy.Draw(t, "strategy"), Intensity: drawIntensity(t)}}
	table[0].LameDuck = rapid.SampledFrom([]time.Duration{0, 0, 2 * time.Second, 30 * time.Second}).Draw(t, "lame duck")
	parents, groups := []ID{0}, []ID{0}
	parent, group := ID(0), ID(0)
	size := rapid.IntRange(1, 9).Draw(t, "size")
	for len(table) <= size {
		id := ID(len(table))
		c := Child{Parent: parent, Group: group, Name: fmt.Sprintf("C%d", id), Limit: drawLimit(t)}
		c.Backoff = rapid.SampledFrom([]Backoff{
			{None: true}, {Min: time.Second, Max: 4 * time.Second, Factor: 2, Reset: 5 * time.Second},
			{Min: 3 * time.Second, Max: 9 * time.Second, Factor: 2, Jitter: DecorrelatedJitter, Reset: time.Minute},
		}).Draw(t, "backoff")
		switch kind := rapid.SampledFrom([]string{"service", "service", "worker", "job", "sidecar", "dynamic", "supervisor", "group", "up"}).Draw(t, "kind"); kind {
		case "up":
			if group != 0 {
				group, groups[len(groups)-1] = 0, 0
			} else if len(parents) > 1 {
				parents, groups = parents[:len(parents)-1], groups[:len(groups)-1]
				parent, group = parents[len(parents)-1], groups[len(groups)-1]
			}
			continue
		case "supervisor":
			c.Role, c.Strategy, c.Intensity = Supervisor, strategy.Draw(t, "strategy"), drawIntensity(t)
			c.Throttle = rapid.SampledFrom([]Throttle{{}, {}, {N: 2, Refill: 2 * time.Second}}).Draw(t, "throttle")
			c.Concurrency = rapid.SampledFrom([]int{0, 0, 1, 2}).Draw(t, "concurrency")
			for _, o := range []Outcome{OutcomeSuccess, OutcomeError, OutcomeStuck, OutcomeLimit, OutcomeIntensity} {
				if rapid.IntRange(0, 4).Draw(t, "row") == 0 {
					actions := []Action{ActionEscalate, ActionShutdown, ActionStop, ActionQuarantine, ActionRestart, ActionRetry}
					switch o {
					case OutcomeIntensity:
						actions = actions[:2]
					case OutcomeStuck, OutcomeLimit:
						actions = actions[:4]
					}
					c.On[o] = rapid.SampledFrom(actions).Draw(t, "action")
				}
			}
			c.Optional = rapid.IntRange(0, 4).Draw(t, "optional") == 0
			drawStart(t, &c, OutcomeError, OutcomeStuck, OutcomeLimit, OutcomeIntensity)
			drawNeeds(t, table, &c)
		case "group":
			if group != 0 {
				continue
			}
			c = Child{Parent: parent, Name: c.Name, Role: Group, Strategy: strategy.Draw(t, "strategy"), Intensity: drawIntensity(t)}
			c.On[OutcomeIntensity] = rapid.SampledFrom([]Action{ActionEscalate, ActionQuarantine}).Draw(t, "on intensity")
			c.Quarantine = drawTerms(t, c.On)
		default:
			c.Role = map[string]Role{"service": Service, "worker": Worker, "job": Job, "sidecar": Sidecar, "dynamic": Worker}[kind]
			if !drawChild(t, table, &c, kind) {
				continue
			}
		}
		if err := Validate(append(slices.Clone(table), c)); err != nil {
			continue // it needs what waits for it, say
		}
		table = append(table, c)
		switch c.Role {
		case Supervisor:
			parents, groups = append(parents, id), append(groups, 0)
			parent, group = id, 0
		case Group:
			group, groups[len(groups)-1] = id, id
		}
	}
	for id := range table {
		if n := len(table); n > id+2 && table[id].Role == Supervisor && rapid.IntRange(0, 3).Draw(t, "finish") == 0 {
			f := Finish{Any: rapid.Bool().Draw(t, "any")}
			for range rapid.IntRange(1, 2).Draw(t, "many") {
				f.Of = append(f.Of, ID(rapid.IntRange(id+1, n-1).Draw(t, "of")))
			}
			table[id].Finish = f
			if Validate(table) != nil {
				table[id].Finish = Finish{}
			}
		}
	}
	return table
}

func drawLimit(t *rapid.T) Limit {
	return rapid.SampledFrom([]Limit{{N: 0, In: time.Minute}, {N: 1, In: 10 * time.Second}, {N: 2, In: 5 * time.Second}, {N: 5, In: time.Minute}}).Draw(t, "limit")
}

// drawIntensity draws one that somebody wrote, or not.
func drawIntensity(t *rapid.T) Limit {
	return rapid.OneOf(rapid.Just(Limit{}), rapid.Custom(drawLimit)).Draw(t, "intensity")
}

func drawChild(t *rapid.T, table []Child, c *Child, kind string) bool {
	c.Start = func(Launch) error { return nil }
	c.ReadyCheck, c.HealthCheck = c.Start, c.Start
	if kind == "sidecar" {
		var of []ID
		for i, x := range table {
			if i > 0 && x.Parent == c.Parent && !x.Dynamic && x.Role != Sidecar && x.Role != Group {
				of = append(of, ID(i))
			}
		}
		if len(of) == 0 {
			return false
		}
		c.Of, c.Linked, c.Group = rapid.SampledFrom(of).Draw(t, "of"), rapid.Bool().Draw(t, "linked"), 0
	}
	if kind == "dynamic" {
		c.Dynamic, c.Max = true, 3
	} else if rapid.IntRange(0, 4).Draw(t, "replicas") == 0 {
		c.Replicas = 2
	}
	if c.Role != Job {
		c.Ready = rapid.SampledFrom([]Ready{{}, {Explicit: true, Within: 4 * time.Second}, {Check: Check{Every: 2 * time.Second, Timeout: time.Second}, Within: 7 * time.Second}}).Draw(t, "ready")
	} else {
		c.Timeout = rapid.SampledFrom([]time.Duration{0, 3 * time.Second}).Draw(t, "timeout")
	}
	c.Health = rapid.SampledFrom([]Health{{}, {}, {Heartbeat: time.Second, Stale: 3 * time.Second, Dead: 5 * time.Second}, {Check: Check{Every: 2 * time.Second, Timeout: time.Second}, Fail: 2}}).Draw(t, "health")
	c.Shutdown = rapid.SampledFrom([]Shutdown{{Drain: 2 * time.Second, Abort: time.Second}, {None: true}, {Drain: 5 * time.Second}, {Abort: time.Second}}).Draw(t, "shutdown")
	c.Optional = rapid.IntRange(0, 4).Draw(t, "optional") == 0
	c.Provides = c.Role == Job && rapid.Bool().Draw(t, "provides") || c.Ready.Explicit
	for _, o := range []Outcome{OutcomeSuccess, OutcomeError, OutcomeStuck, OutcomeLimit, OutcomePanic, OutcomeTimeout, OutcomeUnhealthy, OutcomeExternal, OutcomeAgain} {
		if rapid.IntRange(0, 5).Draw(t, "row") == 0 {
			actions := []Action{ActionRetry, ActionRestart, ActionStop, ActionQuarantine, ActionEscalate, ActionShutdown}
			switch o {
			case OutcomeStuck, OutcomeSuccess:
				actions = actions[1:]
			case OutcomeLimit:
				actions = actions[2:]
			}
			if o == OutcomeSuccess && c.Role == Job {
				continue
			}
			c.On[o] = rapid.SampledFrom(actions).Draw(t, "action")
		}
	}
	drawStart(t, c, OutcomeError, OutcomeTimeout, OutcomeStuck, OutcomeLimit)
	drawNeeds(t, table, c)
	return true
}

// drawStart gives some quarantines an end, and some tables rows of their own at the start.
func drawStart(t *rapid.T, c *Child, rows ...Outcome) {
	c.Quarantine = drawTerms(t, effective(*c).On)
	if rapid.IntRange(0, 5).Draw(t, "at start") != 0 || c.Role != Supervisor && c.Role != Job && c.Ready.Immediate() {
		return
	}
	c.AtStart = &AtStart{}
	for _, o := range rows {
		actions := []Action{ActionNone, ActionNone, ActionRetry, ActionRestart, ActionStop, ActionQuarantine, ActionEscalate, ActionShutdown}
		switch o {
		case OutcomeStuck:
			actions = append(actions[:1:1], actions[3:]...)
		case OutcomeLimit:
			actions = append(actions[:1:1], actions[4:]...)
		case OutcomeIntensity:
			actions = []Action{ActionNone, ActionEscalate, ActionShutdown}
		}
		c.AtStart.On[o] = rapid.SampledFrom(actions).Draw(t, "action at start")
	}
	c.AtStart.Quarantine = drawTerms(t, c.AtStart.On)
}

// drawTerms gives some quarantines an end.
func drawTerms(t *rapid.T, on Table) *Terms {
	if rapid.Bool().Draw(t, "for good") {
		return nil
	}
	terms := new(Terms)
	for o, action := range on {
		if action == ActionQuarantine {
			terms[o] = rapid.SampledFrom([]time.Duration{0, 3 * time.Second, 20 * time.Second}).Draw(t, "term")
		}
	}
	return terms
}

func drawNeeds(t *rapid.T, table []Child, c *Child) {
	for i := 1; i < len(table); i++ {
		x := table[i]
		if x.Dynamic || x.Role == Group || ID(i) == c.Parent || ID(i) == c.Of {
			continue
		}
		switch rapid.IntRange(0, 5).Draw(t, "edge") {
		case 0:
			if x.Optional {
				continue
			}
			c.Needs = append(c.Needs, ID(i))
		case 1:
			c.After = append(c.After, ID(i))
		case 2:
			c.Wants = append(c.Wants, ID(i))
		}
	}
}

// A world is what surrounds a kernel, and remembers what the kernel should.
type world struct {
	t      rapid.TB
	table  []Child
	seed   uint64
	inputs []brought // so far
	late   bool      // so is the next one
	k      *kernel.Kernel
	now    time.Duration
	runs   []*liveRun // that have not returned
	seq    uint64
	states map[kernel.Node]ChildState // replayed from events
	counts map[kernel.Node][]time.Duration
	given  map[runID]map[kernel.Node]uint64 // at its last launch
	ended  bool
	asking time.Duration   // when the stop was requested, -1 before
	slack  time.Duration   // so much later deadlines were kept than they could, beside freezes
	over   time.Duration   // when the tree had ended
	log    []func() string // what happened, a line each

	model     *model
	replaying bool // nothing happens but what is in the file
}

type brought struct {
	at   time.Duration
	in   kernel.Input
	late bool // after a freeze: no deadline since the one before was kept
}

type liveRun struct {
	node     kernel.Node
	gen      uint64
	given    map[kernel.Node]uint64
	asked    bool
	stuck    bool
	ended    bool // it left something to be cleaned up
	cleans   bool // which is being done
	returned bool // after it was stuck: nobody waits for what it left to be cleaned up
	checks   []uint32
}

func newWorld(t rapid.TB, table []Child, seed uint64) *world {
	w := &world{t: t, table: table, seed: seed, k: kernel.New(specs(filled(table)), seed), states: make(map[kernel.Node]ChildState),
		counts: make(map[kernel.Node][]time.Duration), given: make(map[runID]map[kernel.Node]uint64), asking: -1}
	w.model = newModel(table, w.k)
	for id, c := range table {
		for _, n := range w.k.Nodes(ID(id)) {
			w.states[n] = NewChildState("", ID(id), c.Name, c.Role != Supervisor && c.Ready.Immediate())
		}
	}
	return w
}

func (w *world) failf(format string, args ...any) {
	w.t.Fatalf("%s\n\nThis history, to be saved in testdata/histories/NAME.txt:\n\n%s\nWhat happened:\n\n%s", fmt.Sprintf(format, args...), w.history(), w.story())
}

// note keeps what happens, in words that are only made if somebody reads them.
func (w *world) note(what func() string) {
	now := w.now
	w.log = append(w.log, func() string { return fmt.Sprintf("%v  %s", now, what()) })
}

// story is what happened.
func (w *world) story() string {
	var b strings.Builder
	for _, line := range w.log {
		b.WriteString(line() + "\n")
	}
	return b.String()
}

// history is what the world went through so far.
func (w *world) history() history {
	h := history{seed: w.seed, table: w.table}
	for _, b := range w.inputs {
		h.inputs = append(h.inputs, timed{b.at, b.late, w.spell(b.in)})
	}
	return h
}

// act does one random thing.
func (w *world) act(t *rapid.T) {
	var run *liveRun
	if len(w.runs) > 0 {
		run = rapid.SampledFrom(w.runs).Draw(t, "run")
	}
	act := rapid.SampledFrom([]string{"tick", "tick", "end", "end", "end", "fail", "cleaned", "cleaned", "asked", "asked", "ready", "ready", "unready", "stale", "check", "add", "late", "command", "command", "wait", "freeze", "stop"}).Draw(t, "act")
	switch {
	case act == "tick":
		w.tick()
	case act == "wait":
		w.advance(w.now + time.Duration(rapid.IntRange(0, 3000).Draw(t, "ms"))*time.Millisecond)
	case act == "freeze": // nothing comes in time
		w.now += time.Duration(rapid.IntRange(500, 12000).Draw(t, "ms")) * time.Millisecond
		w.late = true
		if w.asking >= 0 {
			w.slack += 1500 * time.Millisecond
		}
		w.step(kernel.Input{Kind: kernel.InputTick})
	case act == "add", act == "late":
		for id, c := range w.table {
			if !c.Dynamic {
				continue
			}
			if act == "late" && w.asking < 0 { // what is due meanwhile comes in the same step
				w.now, w.late = w.now+time.Duration(rapid.IntRange(0, 7000).Draw(t, "ms"))*time.Millisecond, true
			}
			w.step(kernel.Input{Kind: kernel.InputAdd, Row: ID(id)})
			break
		}
	case act == "command":
		w.step(kernel.Input{Kind: kernel.InputCommand, Node: kernel.Node(rapid.IntRange(0, len(w.states)-1).Draw(t, "node")),
			Verb: rapid.SampledFrom([]Verb{VerbRestart, VerbPause, VerbResume, VerbQuarantine, VerbRelease, VerbStop, VerbStart, VerbRemove}).Draw(t, "verb")})
	case act == "stop":
		if rapid.IntRange(0, 9).Draw(t, "really") == 0 || w.table[0].LameDuck > 0 && rapid.IntRange(0, 2).Draw(t, "leave") == 0 {
			w.step(kernel.Input{Kind: kernel.InputCommand, Verb: VerbShutdown, Served: rapid.Bool().Draw(t, "served")})
		}
	case run == nil:
	case act == "end":
		o := rapid.SampledFrom([]Outcome{OutcomeSuccess, OutcomeSuccess, OutcomeError, OutcomeError, OutcomePanic, OutcomeFatalBug, OutcomeFatalConfig, OutcomeSkip, OutcomeExternal, OutcomeExternal, OutcomeAgain}).Draw(t, "outcome")
		w.end(run, o, rapid.IntRange(0, 2).Draw(t, "cleanups") == 0)
	case act == "fail":
		o := rapid.SampledFrom([]Outcome{OutcomeError, OutcomeError, OutcomePanic, OutcomeExternal, OutcomeAgain, OutcomeFatalBug, OutcomeSkip, OutcomeSuccess}).Draw(t, "outcome")
		w.step(kernel.Input{Kind: kernel.InputFailed, Node: run.node, Gen: run.gen, Outcome: o})
	case act == "cleaned":
		if i := slices.IndexFunc(w.runs, func(r *liveRun) bool { return r.cleans }); i >= 0 {
			w.cleaned(w.runs[i])
		}
	case act == "asked":
		if i := slices.IndexFunc(w.runs, func(r *liveRun) bool { return r.asked && !r.ended }); i >= 0 {
			o := rapid.SampledFrom([]Outcome{OutcomeSuccess, OutcomeError, OutcomeExternal}).Draw(t, "outcome")
			w.end(w.runs[i], o, rapid.IntRange(0, 3).Draw(t, "cleanups") == 0)
		}
	case act == "ready":
		w.step(kernel.Input{Kind: kernel.InputReady, Node: run.node, Gen: run.gen})
	case act == "unready":
		cause := rapid.SampledFrom([]any{nil, "away", "full"}).Draw(t, "cause")
		w.step(kernel.Input{Kind: kernel.InputNotReady, Node: run.node, Gen: run.gen, Cause: cause})
	case act == "stale":
		if run.gen > 1 && !slices.ContainsFunc(w.runs, func(r *liveRun) bool { return r.node == run.node && r.gen == run.gen-1 }) {
			w.step(kernel.Input{Kind: kernel.InputEnded, Node: run.node, Gen: run.gen - 1, Outcome: OutcomeError})
		}
	case act == "check" && len(run.checks) > 0:
		c := run.checks[0]
		run.checks = run.checks[1:]
		w.step(kernel.Input{Kind: kernel.InputChecked, Node: run.node, Gen: run.gen, Check: c, Outcome: rapid.SampledFrom([]Outcome{OutcomeSuccess, OutcomeError, OutcomeExternal}).Draw(t, "result"),
			Cause: rapid.SampledFrom([]any{nil, "away", "full"}).Draw(t, "cause")})
	}
}

// added holds that nobody is started below who stays down: that would wait for ever.
func (w *world) added() {
	reply := w.k.Reply()
	if reply.Refusal != kernel.Accepted {
		return
	}
	if w.model.leaves {
		w.failf("node %d is started while the tree leaves", reply.Node)
	}
	for p := w.k.Parent(reply.Node); p != kernel.None; p = w.k.Parent(p) {
		if x := w.model.node(p); x.life == LifecycleShuttingDown && x.aim.life != LifecycleRestarting || x.atRest() || x.life == LifecyclePaused {
			w.failf("I9: node %d is started below %d, which is %s", reply.Node, p, x.life)
		}
	}
}

// end is the end of a run's function, and of all that it started: the only one.
func (w *world) end(r *liveRun, o Outcome, cleanups bool) {
	if !r.ended {
		w.step(kernel.Input{Kind: kernel.InputEnded, Node: r.node, Gen: r.gen, Outcome: o, Cleanups: cleanups})
	}
}

// cleaned is the end of a run's cleanups.
func (w *world) cleaned(r *liveRun) {
	w.step(kernel.Input{Kind: kernel.InputCleaned, Node: r.node, Gen: r.gen})
}

// tick goes to the next moment at which anything happens.
func (w *world) tick() bool {
	at, ok := w.k.Next()
	if ok {
		w.advance(max(at, w.now))
	}
	return ok
}

// advance lets time pass, deadline by deadline.
func (w *world) advance(to time.Duration) {
	for range 10_000 {
		at, ok := w.k.Deadline()
		if !ok || at > to {
			w.now = to
			w.step(kernel.Input{Kind: kernel.InputTick})
			return
		}
		w.now = max(w.now, at)
		w.step(kernel.Input{Kind: kernel.InputTick})
	}
	w.failf("I8: deadlines without end")
}

// step brings an input to the kernel, carries the effects out and checks the invariants.
func (w *world) step(in kernel.Input) {
	w.inputs = append(w.inputs, brought{w.now, in, w.late})
	w.late = false
	w.note(func() string { return "< " + w.spell(in) })
	if in.Kind == kernel.InputEnded || in.Kind == kernel.InputCleaned {
		w.runs = slices.DeleteFunc(w.runs, func(r *liveRun) bool {
			is := r.node == in.Node && r.gen == in.Gen
			r.ended, r.returned = r.ended || is, r.returned || is && r.stuck
			return is && !in.Cleanups
		})
	}
	w.k.Step(w.now, &in)
	w.model.step(w.now, in, w.k)
	if in.Kind == kernel.InputAdd {
		w.added()
	}
	w.carryOut()
}

func (w *world) carryOut() {
	for _, e := range w.k.Events() {
		w.event(e)
	}
	w.markStuck() // a run may be given up and another launched in one step, or be launched and given up
	var samples []kernel.Effect
	for _, e := range w.k.Effects() {
		w.note(func() string { return "> " + w.describe(e) })
		switch e.Kind {
		case kernel.EffectLaunch:
			w.launch(e)
		case kernel.EffectAsk:
			if !w.kept(e) {
				w.find(e).asked = true
			}
		case kernel.EffectCleanup:
			w.cleanup(w.find(e))
		case kernel.EffectCheck:
			if w.k.Current(e.Node, e.Gen) { // it may have ended in this same step
				r := w.find(e)
				r.checks = append(r.checks, e.Check)
			}
		case kernel.EffectSample:
			samples = append(samples, e)
		case kernel.EffectEnded:
			w.ended, w.over = true, w.now
		}
	}
	w.markStuck()
	w.invariants()
	if diff := w.model.compare(w.k); diff != "" {
		w.failf("model: %s", diff)
	}
	for _, e := range samples {
		if w.replaying || !w.k.Current(e.Node, e.Gen) {
			continue
		}
		beat := time.Duration(0)
		switch s := w.now / time.Second % 10; {
		case s%2 == 0 && !e.Readiness, s == 0: // a start moves on less often than a heart beats
			beat = w.now
		case s == 1:
			beat = max(0, w.now-2500*time.Millisecond)
		}
		w.step(kernel.Input{Kind: kernel.InputBeat, Node: e.Node, Gen: e.Gen, At: beat})
	}
}

// kept reports whether an effect is about a job that has completed, and left nothing to be cleaned up.
func (w *world) kept(e kernel.Effect) bool {
	return w.table[w.k.Row(e.Node)].Role == Job && !slices.ContainsFunc(w.runs, func(r *liveRun) bool { return r.node == e.Node && r.gen == e.Gen })
}

// cleanup holds that what is handed over is cleaned up only when nothing holds it, unless its run was stuck.
func (w *world) cleanup(r *liveRun) {
	if !r.ended || r.cleans {
		w.failf("I5: run %d of node %d is cleaned up, and has not ended, or was before", r.gen, r.node)
	}
	r.cleans = true
	for _, user := range w.runs {
		if gen, holds := user.given[r.node]; holds && gen == r.gen && !user.stuck && !r.stuck {
			w.failf("I3: run %d of node %d is cleaned up, and node %d holds its value", r.gen, r.node, user.node)
		}
	}
}

func (w *world) markStuck() {
	for _, e := range w.k.Events() {
		for _, r := range w.runs {
			r.stuck = r.stuck || e.Kind == EventStuck && r.node == e.Node && r.gen == e.Run
		}
	}
}

func (w *world) find(e kernel.Effect) *liveRun {
	for _, r := range w.runs {
		if r.node == e.Node && r.gen == e.Gen {
			return r
		}
	}
	w.failf("I5: effect %+v for a run that is not there", e)
	return nil
}

func (w *world) event(e kernel.Event) {
	w.note(func() string {
		return fmt.Sprintf("! %d %s %s#%d %s>%s attempt %d %s %s %v", e.Seq, e.Kind, w.name(e.Node), e.Gen, e.From, e.To, e.Attempt, e.Outcome, e.Decision.Action, e.Decision.Delay)
	})
	if e.Seq != w.seq+1 {
		w.failf("I6: event %d follows %d", e.Seq, w.seq)
	}
	w.seq = e.Seq
	s, ok := w.states[e.Node]
	if !ok && w.table[w.k.Row(e.Node)].Dynamic && (e.Kind == EventStale || e.Kind == EventReturned) {
		return // of a child that is gone, its row is told of
	}
	if e.Kind == EventAdded {
		s, ok = NewChildState("", w.k.Row(e.Node), w.table[w.k.Row(e.Node)].Name, w.table[w.k.Row(e.Node)].Ready.Immediate()), true
		delete(w.counts, e.Node)
	}
	if !ok {
		w.failf("I6: event of unknown node %d", e.Node)
	}
	if e.Kind != EventAdded && e.Kind != EventFailed && s.Lifecycle != e.From && e.Kind == EventTransition {
		w.failf("I6: transition from %s of a child that was %s", e.From, s.Lifecycle)
	}
	pub := Event{Sequence: e.Seq, Kind: e.Kind, From: e.From, To: e.To, Health: e.Health, Readiness: e.Readiness, Stopped: e.Reason,
		Generation: e.Gen, Attempt: int(e.Attempt), Restarts: int(e.Restarts)}
	if e.Decided {
		pub.Decision = &Decision{Action: e.Decision.Action}
		pub.Failure = &Failure{Kind: e.Failure.Outcome, Final: e.Failure.Final}
	}
	if e.Cause != nil && (e.Kind == EventNotReady || e.Kind == EventTransition) {
		pub.Failure = &Failure{Message: fmt.Sprint(e.Cause)}
	}
	s.Apply(pub)
	w.states[e.Node] = s
	if e.Kind == EventTransition && e.To == LifecycleRunning && e.From != LifecycleReady {
		w.launched(e)
	}
	if back := slices.ContainsFunc(w.k.Events(), func(r kernel.Event) bool { return r.Kind == EventReturned && r.Node == e.Node }); (back || e.From == LifecycleQuarantined) && e.To == LifecycleRestarting && e.Restarts == 0 {
		delete(w.counts, e.Node) // its term is over, or its run that was written off
	}
	if e.Decided && e.Decision.Action == ActionRestart {
		w.countRestart(e.Node)
	}
}

// countRestart holds I4: no more automatic restarts within a window than its limit.
func (w *world) countRestart(n kernel.Node) {
	l := effective(w.table[w.k.Row(n)]).Limit
	w.counts[n] = append(w.counts[n], w.now)
	in := 0
	for _, at := range w.counts[n] {
		if w.now-at <= l.In {
			in++
		}
	}
	// The window of a child is cleared when its supervisor restarts: that is seen as a launch of the supervisor.
	if in > l.N {
		w.failf("I4: node %d was restarted %d times in %s, its limit is %d", n, in, l.In, l.N)
	}
}

func (w *world) launch(e kernel.Effect) {
	v := w.k.View(e.Node)
	c := w.table[v.Row]
	if w.asking >= 0 {
		w.failf("I7: node %d was launched after the stop was requested", e.Node)
	}
	w.markStuck()
	for _, r := range w.runs {
		if r.node == e.Node && !(r.stuck && (r.returned || w.model.beside(runID{r.node, r.gen}, c))) {
			w.failf("I1: a second run of node %d", e.Node)
		}
	}
	w.runs = append(w.runs, &liveRun{node: e.Node, gen: e.Gen, given: w.given[runID{e.Node, e.Gen}]})
}

// launched holds I2, as the events tell it: one step may launch a child and then take down what it needs.
func (w *world) launched(e kernel.Event) {
	given := make(map[kernel.Node]uint64)
	for _, id := range w.table[w.k.Row(e.Node)].Needs {
		for _, n := range w.k.Nodes(id) {
			x := w.states[n]
			if x.Lifecycle != LifecycleReady && !(x.Lifecycle == LifecycleStopped && x.Stopped == StopCompleted) {
				w.failf("I2: node %d was launched while %d, which it needs, is %s", e.Node, n, x.Lifecycle)
			}
			if w.table[id].Provides {
				given[n] = x.Generation
			}
		}
	}
	w.given[runID{e.Node, e.Gen}] = given
}

func (w *world) invariants() {
	if w.k.Phase() >= TreeStopping && w.asking < 0 {
		w.asking = w.now
	}
	w.clearWindows()
	given := make(map[kernel.Node]uint64)
	for _, r := range w.runs {
		v := w.k.View(r.node)
		if !r.stuck && (!v.Up || v.Gen != r.gen) && !w.k.Kept(r.node, r.gen) {
			w.failf("I5: run %d of node %d lives and the kernel does not know", r.gen, r.node)
		}
		for p, gen := range r.given {
			if r.returned || r.stuck && w.model.writtenOff(runID{r.node, r.gen}) {
				break
			}
			if g, ok := given[p]; ok && g != gen {
				w.failf("I3: living runs were given generations %d and %d of node %d", g, gen, p)
			}
			given[p] = gen
			x := w.k.View(p)
			gone := x.Gen != gen || !x.Up && !(x.Lifecycle == LifecycleStopped && x.Reason == StopCompleted)
			if gone && !r.stuck && v.Lifecycle != LifecycleShuttingDown {
				w.failf("I3: node %d outlives generation %d of node %d, and is %s", r.node, gen, p, v.Lifecycle)
			}
		}
	}
	w.snapshot()
}

// clearWindows forgets counts below a supervisor that was started anew: its node's generation rose.
func (w *world) clearWindows() {
	for _, e := range w.k.Events() {
		if e.Kind == EventTransition && e.To == LifecycleStarting && w.table[w.k.Row(e.Node)].Role == Supervisor {
			for n := range w.counts {
				for p := w.k.Parent(n); p != kernel.None; p = w.k.Parent(p) {
					if p == e.Node && w.k.View(n).Restarts == 0 {
						delete(w.counts, n)
						break
					}
				}
			}
		}
	}
}

// snapshot holds I6: the events, replayed, are the snapshot.
func (w *world) snapshot() {
	for id := range w.table {
		for _, n := range w.k.Nodes(ID(id)) {
			v, s := w.k.View(n), w.states[n]
			if v.Lifecycle != s.Lifecycle || v.Health != s.Health || v.Readiness != s.Readiness || v.Gen != s.Generation ||
				int(v.Attempt) != s.Attempt || v.Reason != s.Stopped || v.LastSeq != s.Sequence ||
				(v.NotReady != nil) != (s.NotReady != nil) || v.NotReady != nil && fmt.Sprint(v.NotReady) != s.NotReady.Message ||
				v.Failure.Outcome != OutcomeNone && (s.Failure == nil || *s.Failure != Failure{Kind: v.Failure.Outcome, Final: v.Failure.Final}) {
				w.failf("I6: node %d is %+v, replayed %+v", n, v, s)
			}
		}
	}
}

// finish lets time pass until nothing moves, checks that nothing is left half done (I9), stops the tree, checks that
// this ends within its bound (I7), and lets whoever is stuck return.
func (w *world) finish(t *rapid.T) {
	for range 300 {
		if len(w.runs) > 0 && rapid.IntRange(0, 2).Draw(t, "drain") > 0 {
			for _, r := range slices.Clone(w.runs) {
				switch {
				case r.cleans && !r.stuck:
					w.cleaned(r)
				case r.asked && !r.stuck:
					w.end(r, OutcomeSuccess, false)
				}
			}
		}
		if !w.tick() {
			w.atRest()
			break
		}
	}
	var bound time.Duration
	for _, c := range w.table {
		if c.Role == Supervisor || c.Role == Group {
			continue
		}
		s := effective(c).Shutdown
		bound += s.Drain + s.Abort // replicas, and the children of a dynamic row, stop at once
	}
	w.step(kernel.Input{Kind: kernel.InputCommand, Verb: VerbShutdown})
	for range 1000 {
		if !w.tick() {
			break
		}
	}
	if !w.ended {
		w.failf("I7: the tree does not end")
	}
	if took := w.model.ran(w.over) - w.model.ran(w.asking); took > bound+w.slack {
		w.failf("I7: the tree took %s of running time to end, its bound is %s", took, bound)
	}
	for _, r := range slices.Clone(w.runs) {
		if !r.stuck {
			w.failf("I5: run %d of node %d lives after the end, and is not stuck", r.gen, r.node)
		}
		w.end(r, OutcomeError, false)
		w.cleaned(r)
	}
	if leaked := w.k.Leaked(); len(leaked) > 0 {
		w.failf("I5: leaks are left: %v", leaked)
	}
}

// atRest holds I9.
func (w *world) atRest() {
	for id, c := range w.table {
		for _, n := range w.k.Nodes(ID(id)) {
			v := w.k.View(n)
			switch v.Wait {
			case kernel.WaitScope:
				w.failf("I9: node %d waits in a scope that nothing opens", n)
			case kernel.WaitTurn:
				if w.table[c.Parent].Concurrency == 0 {
					w.failf("I9: node %d waits for a turn that nobody gives", n)
				}
			case kernel.WaitReady, kernel.WaitElder:
				if x := w.k.View(v.On); x.Lifecycle == LifecycleReady {
					w.failf("I9: node %d waits for %d, which is ready", n, v.On)
				}
			case kernel.WaitSupervisor:
				if x := w.k.View(v.On); x.Up && x.Lifecycle != LifecycleShuttingDown {
					w.failf("I9: node %d waits for its supervisor, which is %s", n, x.Lifecycle)
				}
			}
			if v.Lifecycle == LifecycleShuttingDown {
				stuckUnder := slices.ContainsFunc(w.runs, func(r *liveRun) bool { return (r.asked || r.cleans) && !r.stuck })
				if !stuckUnder {
					w.failf("I9: node %d is going down, and nobody is asked to", n)
				}
			}
		}
	}
}
