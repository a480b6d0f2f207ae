package kernel

import (
	"fmt"
	"time"

	"github.com/supgen/supgen/runtime/policy"
)

// A draft is a tree that is being written down in words:
//
//	tree(restForOne,
//		service("DB", provides, explicit),
//		supervisor("Ingest", worker("Reader", needs("DB"))))
type draft struct {
	specs []policy.Spec
	names []string
	refs  []func()
	at    policy.ID // whom the words are about
	group policy.ID // the group that they stand in
}

// A word says something about the child it stands in, or is a child of it.
type word func(*draft)

// tree is a root supervisor named Root.
func tree(words ...word) *draft {
	d := &draft{specs: []policy.Spec{defaults(policy.Supervisor)}, names: []string{"Root"}}
	d.specs[0].Parent = -1
	for _, w := range words {
		w(d)
	}
	for _, resolve := range d.refs {
		resolve()
	}
	return d
}

func supervisor(name string, words ...word) word { return child(policy.Supervisor, name, words) }
func group(name string, words ...word) word      { return child(policy.Group, name, words) }
func service(name string, words ...word) word    { return child(policy.Service, name, words) }
func worker(name string, words ...word) word     { return child(policy.Worker, name, words) }
func job(name string, words ...word) word        { return child(policy.Job, name, words) }

func sidecar(name, of string, words ...word) word {
	return child(policy.Sidecar, name, append(words, func(d *draft) {
		id := d.at
		d.refs = append(d.refs, func() { d.specs[id].Of = d.id(of) })
	}))
}

// dynamic is a row of workers that are started at run time, at most so many.
func dynamic(name string, most int, words ...word) word {
	is := func(d *draft) { d.spec().Dynamic, d.spec().Max = true, most; spare(d.spec()) }
	return child(policy.Worker, name, append([]word{is}, words...))
}

func child(role policy.Role, name string, words []word) word {
	return func(d *draft) {
		parent, in := d.at, d.group
		d.at = policy.ID(len(d.specs))
		s := defaults(role)
		s.Parent, s.Group = parent, in
		d.specs, d.names = append(d.specs, s), append(d.names, name)
		switch role {
		case policy.Group: // its members' parent is its own
			d.group = d.at
			for _, w := range words {
				d.member(w, parent)
			}
		default:
			d.group = 0
			for _, w := range words {
				w(d)
			}
		}
		d.at, d.group = parent, in
	}
}

// member says a word in a group: about the group, or a child of its parent.
func (d *draft) member(w word, parent policy.ID) {
	self, rows := d.at, len(d.specs)
	w(d)
	for i := rows; i < len(d.specs); i++ {
		if d.specs[i].Parent == self {
			d.specs[i].Parent = parent
		}
	}
}

func (d *draft) spec() *policy.Spec { return &d.specs[d.at] }

func (d *draft) id(name string) policy.ID {
	for i, n := range d.names {
		if n == name {
			return policy.ID(i)
		}
	}
	panic(fmt.Sprintf("there is no %s", name))
}

func (d *draft) ids(names []string) (ids []policy.ID) {
	for _, n := range names {
		ids = append(ids, d.id(n))
	}
	return ids
}

// refer adds references once all names are known.
func refer(names []string, to func(*policy.Spec) *[]policy.ID) word {
	return func(d *draft) {
		id := d.at
		d.refs = append(d.refs, func() { *to(&d.specs[id]) = d.ids(names) })
	}
}

func needs(names ...string) word {
	return refer(names, func(s *policy.Spec) *[]policy.ID { return &s.Needs })
}
func after(names ...string) word {
	return refer(names, func(s *policy.Spec) *[]policy.ID { return &s.After })
}

func finishAll(names ...string) word { return finish(false, names) }
func finishAny(names ...string) word { return finish(true, names) }

func finish(any bool, names []string) word {
	return func(d *draft) {
		d.spec().On[policy.OutcomeSuccess], d.spec().Finish.Any = policy.ActionStop, any
		refer(names, func(s *policy.Spec) *[]policy.ID { return &s.Finish.Of })(d)
	}
}

func linked(d *draft)     { d.spec().Linked = true }
func optional(d *draft)   { d.spec().Optional = true; spare(d.spec()) }
func provides(d *draft)   { d.spec().Provides = true }
func oneForAll(d *draft)  { d.spec().Strategy = policy.OneForAll }
func restForOne(d *draft) { d.spec().Strategy = policy.RestForOne }
func explicit(d *draft)   { d.spec().Ready = policy.Ready{Explicit: true, Within: 30 * time.Second} }
func quick(d *draft)      { d.spec().Backoff = policy.Backoff{None: true} }
func unlimited(d *draft)  { d.spec().Shutdown = policy.Shutdown{Unlimited: true, Abort: time.Second} }

func lameDuck(d time.Duration) word {
	return func(of *draft) { of.spec().LameDuck = d }
}

// temporary is what restart temporary writes into the table: it is never started again.
func temporary(d *draft) {
	for o := policy.OutcomeSuccess; o <= policy.OutcomeExternal; o++ {
		d.spec().On[o] = policy.ActionStop
	}
}

func replicas(n int) word                       { return func(d *draft) { d.spec().Replicas = n } }
func concurrency(n int) word                    { return func(d *draft) { d.spec().Concurrency = n } }
func on(o policy.Outcome, a policy.Action) word { return func(d *draft) { d.spec().On[o] = a } }
func atStart(o policy.Outcome, a policy.Action) word {
	return func(d *draft) {
		if d.spec().AtStart == nil {
			d.spec().AtStart = new(policy.AtStart)
		}
		d.spec().AtStart.On[o] = a
	}
}

// quarantine has a row quarantine for so long.
func quarantine(o policy.Outcome, term time.Duration) word {
	return func(d *draft) {
		if d.spec().Quarantine == nil {
			d.spec().Quarantine = new(policy.Terms)
		}
		d.spec().On[o], d.spec().Quarantine[o] = policy.ActionQuarantine, term
	}
}

func timeout(in time.Duration) word { return func(d *draft) { d.spec().Timeout = in } }
func within(in time.Duration) word  { return func(d *draft) { d.spec().Ready.Within = in } }
func delays(b policy.Backoff) word  { return func(d *draft) { d.spec().Backoff = b } }
func constant(in time.Duration) word {
	return delays(policy.Backoff{Min: in, Max: in, Factor: 1, Reset: time.Minute})
}

func limit(n int, in time.Duration) word {
	return func(d *draft) { d.spec().Limit = policy.Limit{N: n, In: in} }
}

func intensity(n int, in time.Duration) word {
	return func(d *draft) { d.spec().Intensity = policy.Limit{N: n, In: in} }
}

func throttle(n int, refill time.Duration) word {
	return func(d *draft) { d.spec().Throttle = policy.Throttle{N: n, Refill: refill} }
}

func shutdown(drain, abort time.Duration) word {
	return func(d *draft) {
		d.spec().Shutdown = policy.Shutdown{None: drain+abort == 0, Drain: drain, Abort: abort}
	}
}

func readyCheck(every, timeout, within time.Duration) word {
	return func(d *draft) {
		d.spec().Ready = policy.Ready{Check: policy.Check{Every: every, Timeout: timeout}, Within: within}
	}
}

func heartbeat(every, stale, dead time.Duration) word {
	return func(d *draft) { d.spec().Health = policy.Health{Heartbeat: every, Stale: stale, Dead: dead} }
}

func healthCheck(every, timeout time.Duration, fail int) word {
	return func(d *draft) {
		d.spec().Health = policy.Health{Check: policy.Check{Every: every, Timeout: timeout}, Fail: fail}
	}
}

// defaults are those of a role, but for the jitter: a transcript says exactly when a restart comes.
func defaults(role policy.Role) policy.Spec {
	s := policy.Defaults(policy.Spec{Role: role})
	s.Replicas, s.Backoff.Jitter = 1, 0
	if role == policy.Supervisor || role == policy.Group {
		s.Intensity = policy.DefaultIntensity()
	}
	return s
}

// spare has a child that may be missing bring nothing else down, as its defaults say.
func spare(s *policy.Spec) {
	on := policy.Defaults(policy.Spec{Role: s.Role, Optional: true}).On
	for _, o := range []policy.Outcome{policy.OutcomeFatalConfig, policy.OutcomeFatalBug, policy.OutcomeStuck, policy.OutcomeLimit} {
		s.On[o] = on[o]
	}
}
