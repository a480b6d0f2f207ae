package runtime

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/supgen/supgen/runtime/internal/kernel"
	"github.com/supgen/supgen/runtime/policy"
	"pgregory.net/rapid"
)

// TestLongestStops holds what is computed of a stop to what the kernel can be made to take, in random trees: it is never
// shorter, and reached where [StopOrder.Longest] says so. A check tries 20 trees; 10⁵ of them, in a quarter of an hour, are
//
//	go test ./runtime -run TestLongestStops -rapid.checks=5000 -timeout 1h
func TestLongestStops(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		for range 20 {
			s := newStops(t)
			s.reached()
			s.neverLonger()
		}
	})
}

// stops are the stops of one tree. Its children end when their abort is over, or at once. The first child of each supervisor
// is a dynamic one without a budget: it is asked to stop when its supervisor's turn comes, and tells when that was.
type stops struct {
	t     *rapid.T
	table []Child
	bound map[ID]time.Duration
	seen  map[ID]time.Duration // the longest that it took
	loose map[ID]bool          // where what is computed may be too long
}

func newStops(t *rapid.T) *stops {
	s := &stops{t: t, table: drawStops(t), bound: make(map[ID]time.Duration), seen: make(map[ID]time.Duration), loose: make(map[ID]bool)}
	order := policy.StopOrderOf(rows(s.table))
	for i, c := range s.table {
		if c.Role != Group {
			longest := order.Longest(ID(i))
			s.bound[ID(i)] = longest.Total
			s.adds(ID(i), longest)
			s.loose[ID(i)] = c.Role == Supervisor && entangled(s.table, ID(i))
		}
		for _, job := range c.Needs { // see [StopOrder.Longest]
			if s.table[job].Role != Job {
				continue
			}
			for id := range s.table {
				if id := ID(id); !s.table[job].Provides || id != job && !isBelow(s.table, job, id) && stopsWith(s.table, id)[job] {
					s.loose[id] = true
				}
			}
		}
	}
	return s
}

// stopsWith are the rows that stop with a child that is stopped alone.
func stopsWith(table []Child, id ID) map[ID]bool {
	all := map[ID]bool{id: true}
	for n := 0; n < len(all); {
		n = len(all)
		for i, c := range table {
			if i > 0 && c.Role != Group && all[c.Parent] || c.Linked && all[c.Of] || slices.ContainsFunc(c.Needs, func(x ID) bool { return all[x] }) {
				all[ID(i)] = true
			}
		}
	}
	return all
}

// entangled reports whether something inside a supervisor stops after something outside.
func entangled(table []Child, supervisor ID) bool {
	for i, c := range table {
		inside := func(x ID) bool { return isBelow(table, x, supervisor) }
		if !inside(ID(i)) && (slices.ContainsFunc(c.Needs, inside) || slices.ContainsFunc(c.Wants, inside) || slices.ContainsFunc(c.After, inside)) {
			return true
		}
	}
	return false
}

// isBelow reports whether a row is somewhere below a supervisor.
func isBelow(table []Child, id, supervisor ID) bool {
	for id > 0 {
		if id = table[id].Parent; id == supervisor {
			return true
		}
	}
	return false
}

// adds holds the chain of a bound to its sum.
func (s *stops) adds(id ID, longest policy.StopBound) {
	var sum time.Duration
	for _, x := range longest.Chain {
		sum += s.table[x].LameDuck + s.table[x].Shutdown.Drain + s.table[x].Shutdown.Abort
	}
	if sum != longest.Total {
		s.failf("of %s, %v is not %s", s.table[id].Name, longest.Chain, longest.Total)
	}
}

func (s *stops) failf(format string, args ...any) {
	s.t.Helper()
	text := fmt.Sprintf(format, args...) + "\n"
	for i, c := range s.table {
		text += fmt.Sprintf("%d in %d/%d: %s, %s, needs %v, wants %v, after %v, of %d, linked %t, provides %t, %d replicas, %v\n",
			i, c.Parent, c.Group, c.Role, c.Strategy, c.Needs, c.Wants, c.After, c.Of, c.Linked, c.Provides, c.Replicas, c.Shutdown)
	}
	s.t.Fatal(text)
}

// drawStops draws a tree in which nothing that is stuck brings down another.
func drawStops(t *rapid.T) []Child {
	strategy := rapid.SampledFrom([]Strategy{OneForOne, OneForAll, RestForOne, RestForOne})
	run := func(Launch) error { return nil }
	var table []Child
	supervisor := func(parent ID, needs, after []ID) {
		id := ID(len(table))
		table = append(table,
			Child{Name: fmt.Sprint("C", id), Role: Supervisor, Parent: parent, Strategy: strategy.Draw(t, "strategy"), Needs: needs, After: after},
			Child{Name: "Turn", Role: Worker, Parent: id, Dynamic: true, Max: 1, Shutdown: Shutdown{None: true}, Start: run})
	}
	supervisor(0, nil, nil)
	table[0].LameDuck = time.Duration(rapid.IntRange(0, 9).Draw(t, "lame duck")) * time.Millisecond
	open, group := []ID{0}, ID(0)
	for range rapid.IntRange(2, 12).Draw(t, "size") {
		id, parent := ID(len(table)), open[len(open)-1]
		refs := func(what string) (refs []ID) {
			for range rapid.SampledFrom([]int{0, 0, 1, 1, 2}).Draw(t, what) {
				x := ID(rapid.IntRange(0, len(table)-1).Draw(t, what))
				if c := table[x]; x > 0 && !c.Dynamic && c.Role != Group && c.Role != Sidecar && !slices.Contains(refs, x) && !isBelow(append(table, Child{Parent: parent}), id, x) {
					refs = append(refs, x)
				}
			}
			return refs
		}
		before := table
		kind := rapid.SampledFrom([]string{"service", "service", "service", "job", "value", "sidecar", "dynamic", "supervisor", "supervisor", "group", "up"}).Draw(t, "kind")
		c := Child{Name: fmt.Sprint("C", id), Parent: parent, Group: group, Role: Service, Start: run, Replicas: rapid.SampledFrom([]int{0, 0, 0, 2}).Draw(t, "replicas")}
		c.Shutdown = Shutdown{Drain: time.Duration(rapid.IntRange(1, 30).Draw(t, "drain")) * time.Millisecond, Abort: time.Duration(rapid.IntRange(0, 9).Draw(t, "abort")) * time.Millisecond}
		switch kind {
		case "up":
			if group != 0 {
				group = 0
			} else if len(open) > 1 {
				open = open[:len(open)-1]
			}
			continue
		case "supervisor":
			if group != 0 || len(open) > 3 {
				continue
			}
			supervisor(parent, refs("needs"), refs("after"))
		case "group":
			if group != 0 {
				continue
			}
			table = append(table, Child{Name: c.Name, Parent: parent, Role: Group, Strategy: strategy.Draw(t, "strategy")})
		default:
			c.Needs, c.Wants, c.After = refs("needs"), refs("wants"), refs("after")
			switch kind {
			case "job", "value":
				c.Role, c.Provides = Job, kind == "value"
			case "dynamic":
				c.Role, c.Dynamic, c.Max, c.Replicas = Worker, true, 2, 0
			case "sidecar":
				c.Role, c.Linked = Sidecar, rapid.Bool().Draw(t, "linked")
				for x := range table {
					if p := table[x]; x > 0 && p.Parent == parent && p.Role != Sidecar && p.Role != Group && !p.Dynamic {
						c.Of = ID(x)
					}
				}
			}
			table = append(table, c)
		}
		if Validate(table) != nil {
			table = before // who waits for it waits for what it needs, say
			continue
		}
		switch kind {
		case "supervisor":
			open = append(open, id)
		case "group":
			group = id
		}
	}
	for i := range table {
		if c := &table[i]; c.Role != Group {
			c.On = Table{OutcomeStuck: ActionQuarantine, OutcomeError: ActionRestart, OutcomeFatalBug: ActionEscalate, OutcomeLimit: ActionQuarantine}
			c.Backoff, c.Limit = Backoff{None: true}, Limit{N: 100, In: time.Hour}
		}
		if i > 0 && table[i].Role == Supervisor {
			table[i].On[OutcomeFatalBug] = 0
		}
	}
	return table
}

// reached is what each child takes that is stopped alone.
func (s *stops) reached() {
	slow := func(ID) bool { return true }
	for i, c := range s.table {
		switch {
		case i == 0:
			s.stop(slow, 0, VerbShutdown)
		case c.Role == Job:
			s.stop(slow, ID(i), VerbRestart) // which ends what it keeps
		case c.Role != Group:
			s.stop(slow, ID(i), VerbStop)
		}
	}
	for id, bound := range s.bound {
		if !s.loose[id] && s.seen[id] < bound {
			s.failf("%d takes %s, and no more than %s was seen", id, bound, s.seen[id])
		}
	}
}

// neverLonger tries stops of other kinds, with children of which some end at once.
func (s *stops) neverLonger() {
	for range 3 {
		quick := rapid.Uint64().Draw(s.t, "quick")
		slow := func(id ID) bool { return quick>>id&1 == 0 }
		id := ID(rapid.IntRange(0, len(s.table)-1).Draw(s.t, "who"))
		if s.table[id].Role == Group {
			continue
		}
		s.stop(slow, id, rapid.SampledFrom([]Verb{VerbRestart, VerbPause, VerbQuarantine, VerbStop, VerbShutdown}).Draw(s.t, "verb"))
		s.fail(slow, id, rapid.SampledFrom([]Outcome{OutcomeError, OutcomeFatalBug}).Draw(s.t, "outcome"))
	}
}

// A stage is a tree on which a stop is tried.
type stage struct {
	*stops
	k     *kernel.Kernel
	now   time.Duration
	slow  func(ID) bool
	asked map[ID]time.Duration // the first of a row
	down  map[kernel.Node]time.Duration
}

func (s *stops) stage(slow func(ID) bool) *stage {
	w := &stage{stops: s, k: kernel.New(specs(filled(s.table)), 1), slow: func(ID) bool { return false }, asked: make(map[ID]time.Duration), down: make(map[kernel.Node]time.Duration)}
	w.step(kernel.Input{Kind: kernel.InputRun})
	for i, c := range s.table {
		for range c.Max {
			w.step(kernel.Input{Kind: kernel.InputAdd, Row: ID(i)})
		}
	}
	for i := range slices.Backward(s.table) { // what waits for it runs before it is not done any more
		needed := slices.ContainsFunc(s.table, func(x Child) bool { return slices.Contains(x.Needs, ID(i)) })
		if s.table[i].Role == Job && !needed { // it runs again, by hand
			for _, n := range w.k.Nodes(ID(i)) {
				w.step(kernel.Input{Kind: kernel.InputCommand, Node: n, Verb: VerbRestart})
			}
		}
	}
	w.slow = slow
	clear(w.asked)
	clear(w.down)
	return w
}

func (w *stage) step(in kernel.Input) kernel.Reply {
	w.k.Step(w.now, &in)
	reply := w.k.Reply()
	for _, e := range w.k.Events() {
		if _, ok := w.down[e.Node]; !ok && e.From == LifecycleShuttingDown && e.To != LifecycleShuttingDown {
			w.down[e.Node] = w.now
		}
	}
	for _, e := range slices.Clone(w.k.Effects()) {
		id := w.k.Row(e.Node)
		switch e.Kind {
		case kernel.EffectLaunch:
			if w.table[id].Role == Job && e.Gen == 1 {
				w.step(kernel.Input{Kind: kernel.InputEnded, Node: e.Node, Gen: e.Gen, Outcome: OutcomeSuccess, Cleanups: w.table[id].Provides})
			}
		case kernel.EffectAsk:
			if _, ok := w.asked[id]; !ok {
				w.asked[id] = w.now
			}
			if !w.slow(id) {
				w.step(kernel.Input{Kind: kernel.InputEnded, Node: e.Node, Gen: e.Gen, Outcome: OutcomeSuccess})
			}
		case kernel.EffectCleanup:
			if !w.slow(id) {
				w.step(kernel.Input{Kind: kernel.InputCleaned, Node: e.Node, Gen: e.Gen})
			}
		}
	}
	return reply
}

// stop has an operator stop a child.
func (s *stops) stop(slow func(ID) bool, id ID, v Verb) {
	w := s.stage(slow)
	nodes := w.k.Nodes(id)
	if len(nodes) == 0 {
		return
	}
	if w.step(kernel.Input{Kind: kernel.InputCommand, Node: nodes[0], Verb: v}).Refusal != kernel.Accepted {
		return
	}
	w.watch()
	if v != VerbShutdown || id == 0 {
		s.saw(id, w.down[nodes[0]])
	}
}

// fail has a child fail.
func (s *stops) fail(slow func(ID) bool, id ID, o Outcome) {
	w := s.stage(slow)
	for _, n := range w.k.Nodes(id) {
		w.step(kernel.Input{Kind: kernel.InputFailed, Node: n, Gen: w.k.View(n).Gen, Outcome: o})
	}
	w.watch()
}

// watch waits until nothing goes down any more, and holds each supervisor to its bound from its turn on.
func (w *stage) watch() {
	for range 1000 {
		at, ok := w.k.Deadline()
		if !ok || w.now > time.Minute {
			break
		}
		w.now = at
		w.step(kernel.Input{Kind: kernel.InputTick})
	}
	for i, c := range w.table {
		if c.Role != Supervisor {
			continue
		}
		turn, asked := w.asked[ID(i+1)]
		if down, ended := w.down[w.k.Nodes(ID(i))[0]]; asked && ended {
			w.saw(ID(i), down-turn)
		}
	}
}

// saw holds how long a stop took to what is computed.
func (s *stops) saw(id ID, took time.Duration) {
	if took > s.bound[id] {
		s.failf("%d took %s to stop, and no more than %s is computed", id, took, s.bound[id])
	}
	s.seen[id] = max(s.seen[id], took)
}
