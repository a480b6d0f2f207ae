package sim

import (
	"container/heap"
	"errors"
	"slices"
	"time"

	"github.com/supgen/supgen/runtime"
	"github.com/supgen/supgen/runtime/internal/bridge"
	"github.com/supgen/supgen/runtime/internal/kernel"
	"github.com/supgen/supgen/runtime/policy"
)

// A world is what surrounds a kernel: the time, the runs and the operators.
type world struct {
	*bridge.Simulation
	script   Script
	acts     []Act    // those to come, by time
	expects  []Expect // those to be judged, by time
	unmet    []*LineError
	now      time.Duration
	runs     map[kernel.Node]*run // the last one of each node
	todos    todos
	timeline Timeline
	watch    func(runtime.Event) bool // takes the events, and there is no timeline
	left     bool                     // who watches has seen enough
	answer   *runtime.Answer          // to the command of this step
	over     bool
}

// A todo is something that a run, or its check, does at a time.
type todo struct {
	at    time.Duration
	order int // of those of one moment
	run   *run
	does  Deed
	check uint32 // if it is the end of this check, and not a deed
}

type todos struct {
	list  []todo
	count int
}

func (t *todos) Len() int      { return len(t.list) }
func (t *todos) Swap(i, j int) { t.list[i], t.list[j] = t.list[j], t.list[i] }
func (t *todos) Push(x any)    { t.list = append(t.list, x.(todo)) }
func (t *todos) Less(i, j int) bool {
	a, b := t.list[i], t.list[j]
	return a.at < b.at || a.at == b.at && a.order < b.order
}

func (t *todos) Pop() any {
	last := t.list[len(t.list)-1]
	t.list = t.list[:len(t.list)-1]
	return last
}

func newWorld(tree *runtime.Tree, script Script) (*world, error) {
	var seed *uint64
	if script.Seed != 0 {
		seed = &script.Seed
	}
	simulation, err := bridge.OpenSimulation(tree, seed)
	if err != nil {
		return nil, err
	}
	w := &world{Simulation: simulation, script: script, acts: slices.Clone(script.Acts), expects: byTime(script.Expects),
		runs: make(map[kernel.Node]*run)}
	slices.SortStableFunc(w.acts, func(a, b Act) int { return int(min(1, max(-1, a.At-b.At))) })
	return w, w.check()
}

// run lets time pass until a moment, or until nothing is left to happen.
func (w *world) run(until time.Duration) {
	w.step(kernel.Input{Kind: kernel.InputRun})
	for !w.over && !w.left {
		at, tick := Never, false
		if len(w.acts) > 0 {
			at = w.acts[0].At
		}
		if len(w.todos.list) > 0 {
			at = min(at, w.todos.list[0].at)
		}
		if d, ok := w.Kernel.Deadline(); ok && d <= at {
			at, tick = d, true
		}
		if at == Never || at > until {
			break
		}
		w.expect(at - 1)
		w.now = max(w.now, at)
		switch {
		case tick:
			w.step(kernel.Input{Kind: kernel.InputTick})
		case len(w.todos.list) > 0 && w.todos.list[0].at <= w.now:
			w.do(heap.Pop(&w.todos).(todo))
		default:
			act := w.acts[0]
			w.acts = w.acts[1:]
			w.act(act)
		}
	}
	w.expect(until)
}

// step brings one input to the kernel and carries out what it wants.
func (w *world) step(in kernel.Input) {
	w.Step(w.now, in)
	w.carryOut()
}

func (w *world) carryOut() {
	effects := slices.Clone(w.Kernel.Effects())
	if w.watch == nil {
		w.tell(slices.Clone(w.Kernel.Events()), effects)
	} else {
		w.show(w.Kernel.Events())
	}
	for _, e := range effects {
		switch e.Kind {
		case kernel.EffectLaunch:
			w.launch(e)
		case kernel.EffectAsk:
			w.runs[e.Node].asked = true
			w.stop(w.runs[e.Node], Stops)
		case kernel.EffectAbort:
			w.runs[e.Node].aborted = true
			w.stop(w.runs[e.Node], Aborts)
		case kernel.EffectCheck:
			if w.Kernel.Current(e.Node, e.Gen) { // it may have ended in this same step
				w.startCheck(w.runs[e.Node], e)
			}
		case kernel.EffectEnded:
			w.over = true
		}
	}
	for _, e := range effects {
		if e.Kind == kernel.EffectSample && w.Kernel.Current(e.Node, e.Gen) {
			w.step(kernel.Input{Kind: kernel.InputBeat, Node: e.Node, Gen: e.Gen, At: w.runs[e.Node].lastBeat(w.now, e.Readiness)})
		}
	}
}

// show hands the events of a step to who watches.
func (w *world) show(events []kernel.Event) {
	for _, e := range events {
		if w.left = w.left || !w.watch(w.Event(e).(runtime.Event)); w.left {
			return
		}
	}
}

// plan has a run do something at a time.
func (w *world) plan(t todo) {
	if t.at == Never {
		return
	}
	w.todos.count++
	t.order = w.todos.count
	heap.Push(&w.todos, t)
}

// do is what a run does now, unless the script changed that since, or hangs.
func (w *world) do(t todo) {
	r := t.run
	switch {
	case r.over:
		return
	case t.check != 0:
		w.endCheck(r, t.check)
		return
	case r.due[t.does] != t.at || r.hangs(w.now):
		return
	}
	in := kernel.Input{Node: r.node, Gen: r.gen}
	switch t.does {
	case Ready:
		in.Kind = kernel.InputReady
	case Unready:
		in.Kind = kernel.InputNotReady
	case Ends, Stops, Aborts:
		w.end(r, r.rules[t.does])
		return
	}
	w.step(in)
}

// end is the end of a run, as a rule says.
func (w *world) end(r *run, rule Rule) {
	r.over = true
	in := kernel.Input{Kind: kernel.InputEnded, Node: r.node, Gen: r.gen, Outcome: rule.Outcome}
	if in.Outcome == runtime.OutcomeNone {
		in.Outcome = runtime.OutcomeSuccess
	}
	if in.Outcome != runtime.OutcomeSuccess {
		f := &runtime.Failure{Kind: in.Outcome, Message: rule.Message}
		if f.Message == "" {
			f.Message = simulated
		}
		f.Err = errors.New(f.Message)
		in.Cause, in.Unclean = f, rule.Outcome != runtime.OutcomeNone && rule.Outcome != runtime.OutcomeSkip && rule.Outcome != runtime.OutcomeAgain
	}
	w.step(in)
}

// simulated is the message of a failure that the script gives none.
const simulated = "simulated"

// act is what is said with "at".
func (w *world) act(a Act) {
	switch {
	case a.Verb == kernel.VerbNone:
		w.actRule(a.Rule)
	case a.Verb == runtime.VerbStart && a.Who == "":
		if err := w.Start(w.now, a.Path); err != nil {
			w.line(Line{Path: a.Path, Text: "not started: " + reason(err), Err: err})
			return
		}
		w.carryOut()
	default:
		if a.Verb == runtime.VerbShutdown {
			a.Path = w.Paths[0]
		}
		answer, err := w.Command(w.now, a.Path, a.Verb, a.Who, a.Why)
		if err != nil {
			w.line(Line{Path: a.Path, Text: spellCommand(a.Verb, a.Who, a.Why) + ": refused, " + reason(err), Err: err})
			return
		}
		given := answer.(runtime.Answer)
		w.answer = &given
		w.carryOut()
		w.answer = nil
	}
}

// actRule brings a rule to the run that lives now: of a whole row, to each of them.
func (w *world) actRule(rule Rule) {
	found := false
	for id, path := range w.Paths {
		for _, n := range w.Kernel.Nodes(policy.ID(id)) {
			r := w.runs[n]
			if r == nil || r.over || !matches(rule.Path, r.path, path) {
				continue
			}
			found = true
			w.tellRule(r.path, rule)
			w.change(r, rule)
		}
	}
	if !found {
		w.line(Line{Path: rule.Path, Text: spellDeed(rule) + ": it has no run"})
	}
}

func (w *world) result() Result {
	r := Result{Timeline: w.timeline, Ended: w.over, Unmet: w.unmet}
	for id := range w.Specs {
		for _, n := range w.Kernel.Nodes(policy.ID(id)) {
			r.Children = append(r.Children, w.State(n, w.now).(runtime.ChildState))
		}
	}
	if w.over {
		r.Err = w.Failure()
	}
	return r
}
