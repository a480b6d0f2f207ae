package explore

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/supgen/supgen/dsl/tree"
	"github.com/supgen/supgen/internal/parallel"
	"github.com/supgen/supgen/internal/table"
	"github.com/supgen/supgen/runtime"
	"github.com/supgen/supgen/runtime/policy"
	"github.com/supgen/supgen/runtime/sim"
)

// Options are how a tree is explored. The zero Options are sensible.
type Options struct {
	Seed  uint64        // of the jitter, and of what is tried of a large tree; 0 is 1
	Max   int           // how many trials, at most; 0 is as many as take some seconds
	Until time.Duration // virtual; 0 is an hour

	slow bool // jobs take a while: else the program has finished before anything fails
}

// A Trial is one or two failures, and what they cost.
type Trial struct {
	Number   int // from 1, the worst first
	Failures []Failure
	Cost     Cost

	events int // that it took
}

// String is in words.
func (t Trial) String() string {
	var words []string
	for _, f := range t.Failures {
		words = append(words, f.String())
	}
	return strings.Join(words, "; with ")
}

// Begins is when the first of its failures comes.
func (t Trial) Begins() time.Duration { return begins(t.Failures) }

func begins(failures []Failure) time.Duration {
	at := began
	for _, f := range failures {
		at = min(at, f.at())
	}
	return at
}

// A Report is what was found.
type Report struct {
	Root    *tree.Child
	Options Options
	Trials  []*Trial // the worst first: each single failure, and the pairs that cost more than each of the two
	Missing []string // who is not up although nothing fails
	Singles Tried
	Pairs   Tried // those that somebody has paused before included

	tree *runtime.Tree
}

// Tried is how many trials of a sort were made, of how many there are.
type Tried struct{ N, Of int }

// What bounds the trials if nobody does. That is some seconds.
const (
	launches = 1_500_000 // of the calm tree, of all single failures
	events   = 8_000_000 // of all pairs
)

// Explore tries what can fail in a tree.
func Explore(root *tree.Child, o Options) (*Report, error) {
	if o.Seed == 0 {
		o.Seed = 1
	}
	r := &Report{Root: root, Options: o, tree: sim.Tree(table.Of(root))}
	e := &explorer{Report: r}
	if err := e.begin(); err != nil {
		return nil, err
	}
	bounded := o.Max > 0
	if !bounded {
		r.Options.Max = max(200, min(20_000, launches/max(1, len(e.calm.lanes))))
	}
	if err := e.singles(); err != nil {
		return nil, err
	}
	if err := e.pairs(bounded); err != nil {
		return nil, err
	}
	slices.SortStableFunc(r.Trials, compare)
	for i, t := range r.Trials {
		t.Number = i + 1
	}
	return r, nil
}

// Script is the simulation of a trial, as supgen simulate reads it.
func (r *Report) Script(t *Trial) sim.Script { return script(r.Root, r.Options, t.Failures...) }

// Events are what happens in a trial, as far as it was looked at.
func (r *Report) Events(t *Trial) ([]runtime.Event, error) {
	var events []runtime.Event
	_, err := sim.Watch(r.tree, r.Script(t), func(e runtime.Event) bool {
		events = append(events, e)
		return len(events) < most
	})
	return events, err
}

type explorer struct {
	*Report
	calm     *course
	launches int // of the calm one
}

// begin plays the calm tree.
func (e *explorer) begin() (err error) {
	if e.calm, err = play(e.tree, e.Root, script(e.Root, e.Options), 0, 1<<30); err != nil {
		return err
	}
	if e.calm.stops && !e.Options.slow {
		e.Options.slow = true
		return e.begin()
	}
	for path, l := range e.calm.lanes {
		e.launches += l.gens
		if !l.up && !e.calm.stops {
			e.Missing = append(e.Missing, path)
		}
	}
	for c := range e.Root.All() {
		if c.Role != policy.Supervisor && c.Role != policy.Group && e.calm.lanes[c.Path()] == nil &&
			e.calm.lanes[c.Path()+"[0]"] == nil && !c.Dynamic && !e.calm.stops {
			e.Missing = append(e.Missing, c.Path()) // it was never launched
		}
	}
	slices.Sort(e.Missing)
	return nil
}

// singles tries single failures. What a table answers in the same way has the same course, and is tried once.
func (e *explorer) singles() error {
	var all []Failure
	for c := range e.Root.All() {
		all = append(all, failures(c)...)
	}
	e.Singles.Of = len(all)
	if len(all) > e.Options.Max {
		all = e.sample(all, max(1, e.Options.Max*4/5)) // and the rest is for pairs
	}
	e.Singles.N = len(all)
	trials := make([]*Trial, len(all))
	for i, f := range all {
		trials[i] = &Trial{Failures: []Failure{f}}
	}
	e.Trials = trials
	var first []*Trial
	same := map[string]*Trial{}
	for _, t := range trials {
		key := t.Failures[0].course()
		if same[key] == nil || key == "" {
			same[key] = t
			first = append(first, t)
		}
	}
	err := e.try(first)
	for _, t := range trials {
		if key := t.Failures[0].course(); key != "" {
			t.Cost, t.events = same[key].Cost, same[key].events
		}
	}
	return err
}

// course is the same for kinds of failure that a child is started again after in the same way: an error and a panic differ in
// nothing then but their words. Of others it is "".
func (f Failure) course() string {
	o, ends := outcomes[f.Kind]
	start := f.Child.AtStart.Of(o).Value
	if !ends || f.Child.On.Of(o).Value.Action != policy.ActionRestart || start.Action != policy.ActionNone && start.Action != policy.ActionRestart {
		return ""
	}
	switch f.Kind {
	case Error, Panic, Goexit:
		return fmt.Sprint(f.Path, f.Often, start.Action)
	}
	return ""
}

// sample is n of them, in their order, chosen by the seed.
func (e *explorer) sample(all []Failure, n int) []Failure {
	random := rand.New(rand.NewPCG(e.Options.Seed, 1))
	chosen := random.Perm(len(all))[:n]
	slices.Sort(chosen)
	var some []Failure
	for _, i := range chosen {
		some = append(some, all[i])
	}
	return some
}

// pairs tries two failures at a time, of those that do not end the program: as many as there is room for, and, unless that is
// bounded, time.
func (e *explorer) pairs(bounded bool) error {
	var able []*Trial
	took := 0
	answered := map[string]bool{}
	for _, t := range e.Trials {
		f := t.Failures[0]
		if f.Often == Boot || t.Cost.Grade == Ends || strings.HasPrefix(f.Kind.String(), "slow") || f.Kind == Success || f.Kind == Skip {
			continue
		}
		if key := fmt.Sprintf("%s %d %d %s", f.Path, f.Often, t.Cost.Grade, f.answer()); !answered[key] {
			answered[key] = true
			able = append(able, t)
			took += t.events
		}
	}
	var pairs [][2]*Trial
	room := e.Options.Max - e.Singles.N
	if !bounded && len(able) > 0 { // each pair takes what both of its failures do
		room = min(room, events/max(1, 2*took/len(able)))
		e.Options.Max = e.Singles.N + max(0, room)
	}
	random := rand.New(rand.NewPCG(e.Options.Seed, 2))
	for i, a := range able {
		for _, b := range able[i+1:] {
			if a.Failures[0].Child == b.Failures[0].Child {
				continue
			}
			e.Pairs.Of++
			switch { // each of them is among those that are tried with the same chance
			case len(pairs) < room:
				pairs = append(pairs, [2]*Trial{a, b})
			case room > 0:
				if n := random.IntN(e.Pairs.Of); n < room {
					pairs[n] = [2]*Trial{a, b}
				}
			}
		}
	}
	e.Pairs.N = len(pairs)
	trials := make([]*Trial, len(pairs))
	for i, p := range pairs {
		trials[i] = &Trial{Failures: []Failure{p[0].Failures[0], p[1].Failures[0]}}
	}
	if err := e.try(trials); err != nil {
		return err
	}
	for i, t := range trials {
		if p := pairs[i]; t.Cost.Grade > max(p[0].Cost.Grade, p[1].Cost.Grade) {
			e.Trials = append(e.Trials, t)
		}
	}
	return nil
}

// answer is what the child's table says: two kinds with the same answer have the same course.
func (f Failure) answer() string {
	o, ends := outcomes[f.Kind]
	if !ends {
		return f.Kind.String()
	}
	return fmt.Sprint(f.Child.On.Of(o).Value, f.Child.AtStart.Of(o).Value, f.Kind == Again, f.Kind.own())
}

// try plays trials on all processors.
func (e *explorer) try(trials []*Trial) error {
	errs := make([]error, len(trials))
	parallel.Range(len(trials), func(i int) { errs[i] = e.one(trials[i]) })
	for i, err := range errs {
		if err != nil {
			return fmt.Errorf("%v: %w", trials[i], err)
		}
	}
	return nil
}

func (e *explorer) one(t *Trial) error {
	loops := 0
	for _, f := range t.Failures {
		loops++
		if whole(f.Child, f.Path) {
			loops += f.Child.Count() - 1
		}
	}
	c, err := play(e.tree, e.Root, e.Script(t), loops, e.launches)
	if err != nil {
		return err
	}
	t.Cost, t.events = c.against(e.calm, t.Failures), c.events
	return nil
}

// compare orders trials, the worst first: by what it comes to, then one failure before two, and fewer before more.
func compare(a, b *Trial) int {
	fa, fb := a.Failures[0], b.Failures[0]
	return cmp.Or(
		cmp.Compare(b.Cost.Grade, a.Cost.Grade),
		cmp.Compare(len(a.Failures), len(b.Failures)),
		cmp.Compare(min(1, b.Cost.Last), min(1, a.Cost.Last)),
		cmp.Compare(weight(a), weight(b)),
		cmp.Compare(b.Cost.Stay, a.Cost.Stay),
		cmp.Compare(b.Cost.Last, a.Cost.Last),
		cmp.Compare(b.Cost.Fall, a.Cost.Fall),
		cmp.Compare(b.Cost.Total, a.Cost.Total),
		cmp.Compare(b.Cost.Launches, a.Cost.Launches),
		cmp.Compare(fa.Path, fb.Path),
		cmp.Compare(fa.Kind, fb.Kind),
	)
}

// weight is the less the less it takes: what nobody means before what a child asks for, one time before many.
func weight(t *Trial) (w int) {
	for _, f := range t.Failures {
		w = max(w, int(f.Often))
		switch {
		case f.Kind.own():
			w = max(w, 5)
		case f.Kind.fatal():
			w = max(w, 4)
		case f.Kind == Stuck || f.Kind == SlowStart || f.Kind == SlowStop:
			w = max(w, 3)
		}
	}
	return w
}

// row is a path without its index or key.
func row(path string) string {
	path, _, _ = strings.Cut(path, "[")
	return path
}
