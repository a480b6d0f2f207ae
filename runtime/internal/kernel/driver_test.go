package kernel

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/supgen/supgen/runtime/policy"
)

// play tells a kernel the story on the left of the arrows, and compares what it does with what stands on the right.
// A line is one of
//
//	run                         the tree is to start; "run stopped", it was asked to stop before
//	A ready                     the current run of A says so; also: unready, success, error, panic ... (it ended thus)
//	A#1 error                   a certain run of it
//	A unready full              it says that it is not ready, and why
//	A beats 3s                  the answer to a sample: the last heartbeat
//	A moves                     it says so, and tells it when its time to be ready is over
//	A passes, A fails           the check that was asked for last; A fails external: for something outside
//	A says error                it fails while it lives
//	A error cleanups            it ended thus, and left something to clean up; A cleaned: that is done
//	restart A, pause A ...      an operator's command; shutdown; "shutdown served", a probe had said that the tree is ready
//	add A                       a dynamic child of A is to be started: A[1], A[2] ...
//	at 5s, wait 5s, tick        time passes, deadline by deadline: until then, so long, or up to the next one
//	late 5s, frozen 5s          so much time passes and nobody knows: then comes a tick, or the next line
//	state A B                   a question about a View: see questions; phase, end, deadline, pulse, asked
//
// On the right stand the decisions, then the effects, in order; "7s:" before what a deadline on the way brought, and
// what a command was answered if it is more than yes. What stands after // is a comment.
func play(t *testing.T, d *draft, script string) *Kernel {
	t.Helper()
	return newTheatre(t, d, 1).play(script)
}

// narrate is play, and tells transitions, phases and commands too.
func narrate(t *testing.T, d *draft, script string) *Kernel {
	t.Helper()
	s := newTheatre(t, d, 1)
	s.loud = true
	return s.play(script)
}

// theatre is what surrounds a kernel while a script is played.
type theatre struct {
	t      *testing.T
	k      *Kernel
	rows   []string
	nodes  map[string]Node
	names  map[Node]string
	checks map[Node]uint32
	moved  map[Node]Time
	last   map[Node]Event // of each node
	lacks  map[Node]any   // why it is not ready, as it said
	now    Time
	loud   bool
	out    []string
}

func newTheatre(t *testing.T, d *draft, seed uint64) *theatre {
	s := &theatre{t: t, k: New(d.specs, seed), rows: d.names, nodes: make(map[string]Node), names: make(map[Node]string), checks: make(map[Node]uint32), moved: make(map[Node]Time), last: make(map[Node]Event), lacks: make(map[Node]any)}
	for id, name := range d.names {
		if d.specs[id].Dynamic {
			s.name(s.k.rows[id].firstNode, name)
		}
		nodes := s.k.Nodes(policy.ID(id))
		for i, n := range nodes {
			if len(nodes) > 1 {
				s.name(n, fmt.Sprintf("%s[%d]", name, i))
			} else {
				s.name(n, name)
			}
		}
	}
	return s
}

func (s *theatre) name(n Node, name string) { s.nodes[name], s.names[n] = n, name }

func (s *theatre) node(name string) Node {
	n, ok := s.nodes[name]
	if !ok {
		s.t.Fatalf("the script speaks of %q", name)
	}
	return n
}

func (s *theatre) play(script string) *Kernel {
	s.t.Helper()
	var got strings.Builder
	good := true
	for line := range strings.Lines(script) {
		line, _, _ = strings.Cut(line, "//")
		left, right, _ := strings.Cut(line, "->")
		in := strings.Fields(left)
		if len(in) == 0 {
			continue
		}
		s.out = nil
		s.do(in)
		is, want := strings.Join(s.out, ", "), strings.Join(strings.Fields(right), " ")
		fmt.Fprintf(&got, "\t\t%-18s -> %s\n", strings.Join(in, " "), is)
		if is != want {
			good = false
			fmt.Fprintf(&got, "\t\t%-18s !! %s\n", "    wanted", want)
		}
	}
	if !good {
		s.t.Errorf("this is what happens:\n%s", got.String())
	}
	return s.k
}

func (s *theatre) say(format string, args ...any) {
	s.out = append(s.out, fmt.Sprintf(format, args...))
}

// do plays one line.
func (s *theatre) do(in []string) {
	if q, ok := questions[in[0]]; ok {
		for _, name := range in[1:] {
			s.say("%s", q(s, s.k.View(s.node(name))))
		}
		return
	}
	if v, ok := verbNamed(in[0]); ok {
		n, served := root, in[len(in)-1] == "served"
		if len(in) > 1 && !served {
			n = s.node(in[1])
		}
		s.step(Input{Kind: InputCommand, Node: n, Verb: v, Served: served})
		return
	}
	switch in[0] {
	case "run":
		if len(in) > 1 { // "run stopped"
			s.step(Input{Kind: InputRun, Verb: VerbShutdown})
			return
		}
		s.step(Input{Kind: InputRun})
	case "add":
		s.step(Input{Kind: InputAdd, Row: policy.ID(slices.Index(s.rows, in[1]))})
	case "tick":
		if at, ok := s.k.Next(); ok {
			s.pass(max(at, s.now))
			s.out = []string{fmt.Sprintf("%s: %s", at, strings.Join(s.out, ", "))}
		}
	case "at":
		s.pass(s.duration(in[1]))
	case "wait":
		s.pass(s.now + s.duration(in[1]))
	case "late":
		s.now += s.duration(in[1])
		s.step(Input{Kind: InputTick})
	case "frozen":
		s.now += s.duration(in[1])
	case "deadline":
		if at, ok := s.k.Next(); ok {
			s.say("%s", at)
		}
	case "pulse":
		if at, ok := s.k.Deadline(); ok {
			s.say("%s", at)
		}
	case "phase":
		s.say("%s", s.k.Phase())
	case "end":
		s.sayEnd()
	case "asked":
		s.sayAsked()
	default:
		s.told(in)
	}
}

// told brings what a run says.
func (s *theatre) told(in []string) {
	name, gen, certain := strings.Cut(in[0], "#")
	n := s.node(name)
	if in[1] == "moves" {
		s.moved[n] = s.now
		return
	}
	i := Input{Node: n, Gen: s.k.View(n).Gen}
	if certain {
		i.Gen, _ = strconv.ParseUint(gen, 10, 64)
	}
	switch in[1] {
	case "ready":
		i.Kind = InputReady
	case "unready":
		if i.Kind = InputNotReady; len(in) > 2 {
			i.Cause = in[2]
		}
	case "beats":
		i.Kind, i.At = InputBeat, s.duration(in[2])
	case "passes", "fails":
		i.Kind, i.Check, i.Outcome = InputChecked, s.checks[n], policy.OutcomeSuccess
		if in[1] == "fails" {
			i.Outcome, i.Cause = policy.OutcomeError, fmt.Sprintf("check %d", i.Check)
		}
		if len(in) > 2 {
			i.Outcome = s.outcome(in[2])
		}
	case "cleaned":
		i.Kind = InputCleaned
	case "says":
		i.Kind, i.Outcome, i.Cause = InputFailed, s.outcome(in[2]), "word of "+name
	default:
		i.Kind, i.Outcome, i.Cause = InputEnded, s.outcome(in[1]), "cause of "+name
		i.Cleanups = len(in) > 2
	}
	s.step(i)
}

func (s *theatre) outcome(text string) (o policy.Outcome) {
	if err := o.UnmarshalText([]byte(text)); err != nil {
		s.t.Fatal(err)
	}
	return o
}

func (s *theatre) duration(text string) Time {
	d, err := time.ParseDuration(text)
	if err != nil {
		s.t.Fatal(err)
	}
	return d
}

// pass lets time pass, deadline by deadline.
func (s *theatre) pass(until Time) {
	for range 1000 {
		at, ok := s.k.Deadline()
		if !ok || at > until {
			s.now = max(s.now, until)
			s.step(Input{Kind: InputTick})
			return
		}
		s.now = max(s.now, at)
		before := len(s.out)
		s.step(Input{Kind: InputTick})
		if at < until && len(s.out) > before {
			s.out[before] = fmt.Sprintf("%s: %s", at, s.out[before])
		}
	}
	s.t.Fatalf("deadlines without end before %s", until)
}

func (s *theatre) step(in Input) {
	s.k.Step(s.now, &in)
	if r := s.k.Reply(); r.Refusal != Accepted {
		s.say("refused: %s", refusals[r.Refusal])
	} else if in.Kind == InputCommand && !r.Changed {
		s.say("already")
	}
	for _, e := range s.k.Events() {
		s.sayEvent(e)
		s.last[e.Node] = e
		switch {
		case e.Kind == EventNotReady || e.Kind == EventTransition && e.From == LifecycleReady && e.To == LifecycleRunning:
			s.lacks[e.Node] = e.Cause
		case e.To != LifecycleRunning:
			delete(s.lacks, e.Node)
		}
	}
	s.replays()
	effects := slices.Clone(s.k.Effects())
	for _, e := range effects {
		s.sayEffect(e)
	}
	for _, e := range effects {
		if e.Kind == EffectSample && e.Readiness {
			s.step(Input{Kind: InputBeat, Node: e.Node, Gen: e.Gen, At: s.moved[e.Node]})
		}
	}
}
