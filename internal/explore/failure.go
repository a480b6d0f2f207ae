package explore

import (
	"strings"
	"time"

	"github.com/supgen/supgen/dsl/tree"
	"github.com/supgen/supgen/runtime"
	"github.com/supgen/supgen/runtime/policy"
	"github.com/supgen/supgen/runtime/sim"
)

// A Kind is what goes wrong with a child.
type Kind uint8

const (
	Error       Kind = iota // a run ends so, as soon as it may; and so on
	Panic                   //
	Goexit                  //
	Timeout                 // a start is not ready in time; a job runs too long
	Unhealthy               // its heartbeats stop, or its checks fail
	External                //
	Again                   //
	Success                 // a run that should go on returns nil
	Skip                    //
	FatalConfig             //
	FatalBug                //
	Stuck                   // it does not stop when it is restarted by hand, or a job takes too long
	SlowStart               // it takes nearly all the time that a start, or a job, has
	SlowStop                // it takes all of its shutdown budget when it is restarted by hand
	Down                    // it is down since before, because an operator has paused it
	kinds
)

var kindWords = [kinds]string{"error", "panic", "goexit", "timeout", "unhealthy", "external", "again", "success", "skip",
	"fatal_config", "fatal_bug", "stuck", "slow start", "slow stop", "paused"}

// String is the kind's word.
func (k Kind) String() string { return kindWords[k] }

// outcomes are the kinds that are the end of a run.
var outcomes = map[Kind]policy.Outcome{
	Error: policy.OutcomeError, Panic: policy.OutcomePanic, Goexit: policy.OutcomeGoexit, External: policy.OutcomeExternal,
	Again: policy.OutcomeAgain, Success: policy.OutcomeSuccess, Skip: policy.OutcomeSkip,
	FatalConfig: policy.OutcomeFatalConfig, FatalBug: policy.OutcomeFatalBug,
}

// own reports whether a child that does so says itself that it should not go on.
func (k Kind) own() bool { return k == Success || k == Skip || k == Down }

// fatal reports whether a child that does so says that no restart can mend it.
func (k Kind) fatal() bool { return k == FatalConfig || k == FatalBug }

// Often is how often it goes wrong.
type Often uint8

const (
	Once   Often = iota // and all is well after that
	Always              // from that moment on, each run fails before it is ready
	Boot                // so does each run from the first on: the tree has never been up
	oftens
)

// String is in words.
func (o Often) String() string { return [oftens]string{"once", "again and again", "from the start"}[o] }

// often is how often it happens, of a kind of which that is to be said.
func (k Kind) often(o Often) string {
	switch k {
	case Down, SlowStart, SlowStop:
		return ""
	}
	return o.String()
}

// A Failure is one thing that goes wrong with one child, or with all replicas of one at a time.
type Failure struct {
	Child *tree.Child
	Path  string // of the child, of one replica, or of the row: all replicas, or the one instance of a dynamic child
	Kind  Kind
	Often Often
}

// String is in words: "Shop.DB: error, again and again".
func (f Failure) String() string {
	text := f.Subject() + ": " + f.Kind.String()
	if often := f.Kind.often(f.Often); often != "" {
		text += ", " + often
	}
	return text
}

// Subject is whom it concerns.
func (f Failure) Subject() string {
	if whole(f.Child, f.Path) {
		return f.Path + " (all of them)"
	}
	return f.Path
}

// whole reports whether a path stands for all replicas of a child.
func whole(c *tree.Child, path string) bool { return c.Replicas > 0 && path == c.Path() }

const (
	began = time.Minute      // when failures come: by then all has settled
	calm  = 30 * time.Second // when dynamic children are started, and what is down is paused
)

// who gives commands, and why.
const who, why = "explore", "what if"

// failures are all that can go wrong with a child, the same each time. None does with supervisors: it does with what is in
// them.
func failures(c *tree.Child) (all []Failure) {
	for _, path := range Subjects(c) {
		for k := range kinds {
			for o := range oftens {
				commanded := k == Stuck || k == SlowStop || k == Down
				if happens(c, k, o) && !(commanded && whole(c, path)) { // a command is one child's
					all = append(all, Failure{c, path, k, o})
				}
			}
		}
	}
	return all
}

// Subjects are the paths that failures of a child have: of a replicated one, one replica and all of them.
func Subjects(c *tree.Child) []string {
	switch {
	case c.Role == policy.Supervisor || c.Role == policy.Group:
		return nil
	case c.Count() > 1:
		return []string{c.Path() + "[0]", c.Path()}
	case c.Count() == 1:
		return []string{c.Path() + "[0]"}
	case c.Dynamic:
		return []string{c.Path() + instance(c)}
	}
	return []string{c.Path()}
}

// instance is how the one instance of a dynamic child that is started is called behind its row's path.
func instance(c *tree.Child) string {
	if c.Key < 0 {
		return "[#0]"
	}
	return key(c)
}

// key is its key, in brackets.
func key(c *tree.Child) string {
	switch {
	case c.Key < 0:
		return ""
	case strings.Contains(c.Params[c.Key].Type, "int"):
		return "[1]"
	}
	return `["a"]`
}

// happens reports whether a child can fail so.
func happens(c *tree.Child, k Kind, o Often) bool {
	job := c.Role == policy.Job
	if job && o == Boot {
		return false // as Always: it runs at the start alone
	}
	switch k {
	case Timeout:
		return job && c.Timeout.Value > 0 || !c.Ready.Value.Immediate()
	case Unhealthy:
		return c.Health.Value != policy.Health{} && o != Boot
	case Success:
		return !job && o == Once
	case Skip:
		return o != Always && (o == Once || !job)
	case Stuck: // a job is asked to stop by its timeout
		return o == Once && (!job || c.Timeout.Value > 0)
	case SlowStart:
		return o == Once && (job && c.Timeout.Value > 0 || !c.Ready.Value.Immediate())
	case SlowStop:
		return o == Once && !job && c.Shutdown.Value.Drain > 0
	case Down:
		return o == Once && !job
	case FatalConfig, FatalBug:
		return o != Always && (o == Once || !job) // it is not tried again
	}
	return true
}

// at is when it begins.
func (f Failure) at() time.Duration {
	switch {
	case f.Kind == Down:
		return calm
	case f.Often == Boot, f.Kind == SlowStart, f.Kind == Timeout && f.Often == Once, f.Child.Role == policy.Job:
		return 0
	}
	return began
}

// add has a script make it happen.
func (f Failure) add(s *sim.Script) {
	job, explicit := f.Child.Role == policy.Job, !f.Child.Ready.Value.Immediate()
	rule := func(first, last uint64, r sim.Rule) {
		r.Path, r.First, r.Last = f.Path, first, last
		s.Rules = append(s.Rules, r)
	}
	act := func(r sim.Rule) {
		r.Path = f.Path
		s.Acts = append(s.Acts, sim.Act{At: began, Rule: r})
	}
	command := func(at time.Duration, v runtime.Verb) {
		s.Acts = append(s.Acts, sim.Act{At: at, Verb: v, Path: f.Path, Who: who, Why: why})
	}
	// later is the runs that fail so from their launch on: none, all but the first, or all.
	later := func(r sim.Rule) {
		first := uint64(2)
		if f.Often == Boot || job {
			first = 0
		}
		if explicit && !job && (r.Does == sim.Ends || r.Does == sim.Ready) {
			rule(first, 0, sim.Rule{Does: sim.Ready, After: sim.Never})
		}
		if r.Does != sim.Ready {
			rule(first, 0, r)
		}
	}
	switch f.Kind {
	case Timeout:
		r := sim.Rule{Does: sim.Ready, After: sim.Never}
		if job {
			r.Does = sim.Ends
		}
		switch {
		case f.Often == Once:
			rule(1, 1, r)
		case f.Often == Always && !job:
			act(sim.Rule{Does: sim.Ends, Outcome: policy.OutcomeError})
			later(r)
		default:
			later(r)
		}
	case Unhealthy:
		r := sim.Rule{Does: sim.ChecksFail}
		if f.Child.Health.Value.Heartbeat > 0 {
			r.Does = sim.Silent
		}
		act(r)
		if f.Often == Always {
			later(r)
		}
	case Stuck, SlowStop:
		r := sim.Rule{Does: sim.Stops, After: sim.Never}
		if f.Kind == SlowStop {
			r.After = max(0, f.Child.Shutdown.Value.Drain-time.Millisecond)
		}
		if job {
			rule(1, 1, sim.Rule{Does: sim.Ends, After: sim.Never})
		} else {
			command(f.at(), runtime.VerbRestart)
		}
		rule(1, 1, r)
	case SlowStart:
		r := sim.Rule{Does: sim.Ready, After: f.Child.Ready.Value.Within}
		if job {
			r = sim.Rule{Does: sim.Ends, Outcome: policy.OutcomeSuccess, After: f.Child.Timeout.Value}
		}
		r.After -= max(time.Millisecond, f.Child.Ready.Value.Check.Every)
		r.After = max(0, r.After)
		rule(1, 1, r)
	case Down:
		command(f.at(), runtime.VerbPause)
	default:
		r := sim.Rule{Does: sim.Ends, Outcome: outcomes[f.Kind]}
		switch {
		case job && f.Often == Once:
			rule(1, 1, r)
		case f.Often != Boot && !job:
			act(r)
		}
		if f.Often != Once {
			later(r)
		}
	}
}

// script is the simulation of some failures.
func script(root *tree.Child, o Options, failures ...Failure) sim.Script {
	s := sim.Script{Seed: o.Seed, Until: o.Until}
	for c := range root.All() {
		if c.Dynamic {
			s.Acts = append(s.Acts, sim.Act{At: calm / 2, Verb: runtime.VerbStart, Path: c.Path() + key(c)})
		}
	}
	if o.slow {
		for c := range root.All() {
			if c.Role == policy.Job {
				after := 2 * began
				if c.Timeout.Value > 0 {
					after = min(after, c.Timeout.Value/2)
				}
				s.Rules = append(s.Rules, sim.Rule{Path: c.Path(), Does: sim.Ends, Outcome: policy.OutcomeSuccess, After: after})
			}
		}
	}
	for _, f := range failures {
		f.add(&s)
	}
	return s
}

// Missable reports whether a child may be missing: it, or what it is in, is optional, a sidecar or dynamic.
func Missable(c *tree.Child) bool {
	for ; c != nil; c = c.Parent {
		if c.Optional || c.Dynamic || c.Role == policy.Sidecar {
			return true
		}
	}
	return false
}
