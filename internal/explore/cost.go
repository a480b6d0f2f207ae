package explore

import (
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/supgen/supgen/dsl/tree"
	"github.com/supgen/supgen/runtime"
	"github.com/supgen/supgen/runtime/policy"
	"github.com/supgen/supgen/runtime/sim"
)

// A Grade is what a cost comes to.
type Grade uint8

const (
	Nothing Grade = iota // nobody is down who would not be without it
	ItFalls              // it is down for a while, and nobody else is
	Fall                 // others are down for a while
	ItStays              // it stays down, and nobody else does
	Stay                 // others stay down
	Ends                 // the program ends
	grades
)

var gradeWords = [grades]string{"nobody goes down", "it goes down", "others go down", "it stays down", "others stay down", "the program ends"}

// String is in words.
func (g Grade) String() string { return gradeWords[g] }

// A Cost is what failures change, compared with the same tree when nothing fails. Times are virtual.
type Cost struct {
	Grade    Grade
	Chain    []string      // what the program ends with: what each level decided, and why
	After    time.Duration // the program ends, since the failures began
	Own      Outage        // of those that failed, the worst
	Others   []Outage      // of the others, the worst first, shown of them at most; none if the program ends
	Fall     int           // how many of the others are down
	Stay     int           // how many of those stay so
	Last     int           // how many are for as long as the failures last
	Total    time.Duration // how long all together are down
	NotReady time.Duration // how much longer the tree as a whole is not ready
	Unready  bool          // and is not at the end
	Launches int           // more of them
	Goes     bool          // so it goes on: launches and times are those of a part of it

	Unfinished bool // a program that would finish does not
}

// An Outage is how long a child is down that would not be.
type Outage struct {
	Path  string
	For   time.Duration
	Stays bool // it is down at the end
	Lasts bool // it is down, most of the time at least, for as long as failures are retried: it comes back by itself
	Gone  bool // it is dynamic, and is not started again once it has ended: Stays says nothing of that
}

const (
	// rounds are the retries after which a loop is taken to go on: a retry does not count, so nothing but the child itself ends
	// it, and whatever backs off has done so by then.
	rounds = 30
	// most bounds the launches of one simulation, over those of the calm one.
	most = 5000
	// shown bounds who is kept of those that a trial takes down.
	shown = 20
)

// A lane is what a simulation has told of one child, or the root.
type lane struct {
	up    bool
	since time.Duration // it is, or is not
	down  time.Duration // in all
	gens  int
	gone  bool
	first time.Duration // something happened to it
	loop  time.Duration // down, as the loop of retries that is watched began
}

func (l *lane) downAt(now time.Duration) time.Duration {
	if l.up {
		return l.down
	}
	return l.down + now - l.since
}

func (l *lane) turn(up bool, now time.Duration) {
	if up != l.up {
		l.down = l.downAt(now)
		l.up, l.since = up, now
	}
}

// A course is what a simulation came to.
type course struct {
	lanes   map[string]*lane
	root    lane
	now     time.Duration
	loop    time.Duration // since when nothing but retries was decided; 0 is not yet
	retries int
	events  int
	goes    bool
	ends    time.Duration // when the tree began to stop
	stops   bool          // it did: no failure caused what follows
	result  sim.Result
}

// play simulates a script. A loop is n failures that are retried again and again; after rounds of it nothing new comes.
func play(tree *runtime.Tree, root *tree.Child, s sim.Script, loops, launches int) (*course, error) {
	c := &course{lanes: map[string]*lane{}}
	supervisors := map[string]bool{}
	for child := range root.All() {
		if child.Role == policy.Supervisor {
			supervisors[child.Path()] = true
		}
	}
	started := 0
	result, err := sim.Watch(tree, s, func(e runtime.Event) bool {
		c.now = e.At
		c.events++
		if e.Kind == runtime.EventPhase && e.Phase == runtime.TreeStopping {
			c.ends, c.stops = e.At, true
		}
		if c.stops {
			return true
		}
		if e.Decision != nil && e.Kind != runtime.EventTransition {
			c.decided(e)
		}
		if e.From == e.To && e.Kind != runtime.EventRemoved {
			return true
		}
		up := e.To == runtime.LifecycleReady || e.Stopped == runtime.StopCompleted
		l := &c.root
		if e.Path != root.Path() {
			if supervisors[e.Path] {
				return true
			}
			if l = c.lanes[e.Path]; l == nil {
				l = &lane{first: e.At}
				if e.Kind == runtime.EventAdded {
					l.since = e.At
				}
				c.lanes[e.Path] = l
			}
		}
		l.gone = e.Kind == runtime.EventRemoved
		l.turn(up && !l.gone, e.At)
		if e.Kind == runtime.EventTransition && e.To == runtime.LifecycleRunning && e.From != runtime.LifecycleReady {
			l.gens++
			started++
		}
		c.goes = c.retries > rounds*max(1, loops) || started > launches+most
		return !c.goes
	})
	c.result = result
	switch {
	case c.stops:
		c.now = c.ends
	case !c.goes:
		c.now = until(s)
	}
	return c, err
}

// decided counts retries.
func (c *course) decided(e runtime.Event) {
	if e.Decision.Action != policy.ActionRetry {
		c.retries = 0
		return
	}
	if c.retries++; c.retries == rounds/2 {
		c.loop = e.At
		for _, l := range c.lanes {
			l.loop = l.downAt(e.At)
		}
		c.root.loop = c.root.downAt(e.At)
	}
}

func until(s sim.Script) time.Duration {
	if s.Until == 0 {
		return time.Hour
	}
	return s.Until
}

// looping reports whether nothing but retries came at last.
func (c *course) looping() bool { return c.retries > rounds }

// stays reports whether a lane is down at the end.
func (c *course) stays(l *lane) bool { return !l.up && !c.looping() }

// lasts reports whether a lane is down most of the time while failures are retried.
func (c *course) lasts(l *lane) bool {
	return c.looping() && 2*(l.downAt(c.now)-l.loop) >= c.now-c.loop
}

// against is what a course costs, compared with that of the calm tree.
func (c *course) against(calm *course, failures []Failure) Cost {
	cost := Cost{Goes: c.goes, Unfinished: calm.stops && !c.stops}
	if err := c.result.Err; c.result.Ended && err != nil && !(calm.stops && asked(err)) {
		cost.Grade, cost.Chain, cost.After = Ends, chain(err), max(0, c.ends-begins(failures))
	}
	failed := func(path string) *Failure {
		for i, f := range failures {
			if f.Path == path || whole(f.Child, f.Path) && f.Path == row(path) {
				return &failures[i]
			}
		}
		return nil
	}
	for path, was := range calm.lanes {
		is := c.lanes[path]
		if c.goes && was.first > c.now {
			continue // it was not looked at for so long
		}
		if is == nil {
			is = &lane{}
		}
		cost.Launches += max(0, is.gens-was.gens)
		if cost.Grade == Ends {
			continue
		}
		o := Outage{Path: path, For: is.downAt(c.now) - was.downAt(c.now), Stays: c.stays(is) && was.up, Lasts: c.lasts(is) && was.up}
		if is.gone && !was.gone {
			o.For, o.Stays, o.Lasts, o.Gone = time.Millisecond, false, false, true
		}
		f := failed(path)
		switch {
		case o.For <= 0 && !o.Stays:
		case f == nil:
			cost.Others = append(cost.Others, o)
		case len(failures) > 1 && f.Kind.own(): // that is asked for
		case worse(o, cost.Own):
			cost.Own = o
		}
	}
	if cost.Grade == Ends {
		return cost
	}
	slices.SortFunc(cost.Others, func(a, b Outage) int {
		switch {
		case worse(a, b):
			return -1
		case worse(b, a):
			return 1
		}
		return 0
	})
	cost.Fall, cost.Total = len(cost.Others), cost.Own.For
	for _, o := range cost.Others {
		cost.Total += o.For
		switch {
		case o.Stays:
			cost.Stay++
		case o.Lasts:
			cost.Last++
		}
	}
	cost.Others = slices.Clone(cost.Others[:min(shown, cost.Fall)])
	cost.NotReady = max(0, c.root.downAt(c.now)-calm.root.downAt(c.now))
	cost.Unready = c.stays(&c.root) && calm.root.up
	switch {
	case cost.Unfinished:
		cost.Grade = Stay
	case len(cost.Others) > 0 && cost.Others[0].Stays:
		cost.Grade = Stay
	case cost.Own.Stays && !(len(failures) == 1 && failures[0].Kind.own()):
		cost.Grade = ItStays
	case len(cost.Others) > 0:
		cost.Grade = Fall
	case cost.Own.Path != "":
		cost.Grade = ItFalls
	}
	return cost
}

// worse orders outages: those that stay or last, then the longer ones, then by path.
func worse(a, b Outage) bool {
	switch {
	case a.Stays != b.Stays:
		return a.Stays
	case a.Lasts != b.Lasts:
		return a.Lasts
	case a.For != b.For:
		return a.For > b.For
	}
	return b.Path == "" || a.Path < b.Path
}

// asked reports whether a tree that has ended was asked to stop, or finished, and did not stop well.
func asked(err error) bool {
	var e *runtime.Error
	return errors.As(err, &e) && e.Path == ""
}

// chain is why a tree has ended.
func chain(err error) []string {
	var e *runtime.Error
	switch {
	case !errors.As(err, &e):
	case len(e.Chain) > 0:
		return e.Chain
	case len(e.Stuck) > 0:
		return []string{strings.Join(e.Stuck, ", ") + ": stuck"}
	}
	return []string{err.Error()}
}
