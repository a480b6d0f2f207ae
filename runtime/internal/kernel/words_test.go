package kernel

import (
	"fmt"
	"time"
)

// A draft is a tree that is being written down in words:
//
//	tree(restForOne,
//		service("DB", provides, explicit),
//		supervisor("Ingest", worker("Reader", needs("DB"))))
type draft struct {
	specs []Spec
	names []string
	refs  []func()
	at    ID // whom the words are about
	group ID // the group that they stand in
}

// A word says something about the child it stands in, or is a child of it.
type word func(*draft)

// tree is a root supervisor named Root.
func tree(words ...word) *draft {
	d := &draft{specs: []Spec{defaults(Supervisor)}, names: []string{"Root"}}
	d.specs[0].Parent = -1
	for _, w := range words {
		w(d)
	}
	for _, resolve := range d.refs {
		resolve()
	}
	return d
}

func supervisor(name string, words ...word) word { return child(Supervisor, name, words) }
func group(name string, words ...word) word      { return child(Group, name, words) }
func service(name string, words ...word) word    { return child(Service, name, words) }
func worker(name string, words ...word) word     { return child(Worker, name, words) }
func job(name string, words ...word) word        { return child(Job, name, words) }

func sidecar(name, of string, words ...word) word {
	return child(Sidecar, name, append(words, func(d *draft) {
		id := d.at
		d.refs = append(d.refs, func() { d.specs[id].Of = d.id(of) })
	}))
}

// dynamic is a row of workers that are started at run time, at most so many.
func dynamic(name string, most int, words ...word) word {
	is := func(d *draft) { d.spec().Dynamic, d.spec().Max = true, most; spare(&d.spec().On) }
	return child(Worker, name, append([]word{is}, words...))
}

func child(role Role, name string, words []word) word {
	return func(d *draft) {
		parent, in := d.at, d.group
		d.at = ID(len(d.specs))
		s := defaults(role)
		s.Parent, s.Group = parent, in
		d.specs, d.names = append(d.specs, s), append(d.names, name)
		switch role {
		case Group: // its members' parent is its own
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
func (d *draft) member(w word, parent ID) {
	self, rows := d.at, len(d.specs)
	w(d)
	for i := rows; i < len(d.specs); i++ {
		if d.specs[i].Parent == self {
			d.specs[i].Parent = parent
		}
	}
}

func (d *draft) spec() *Spec { return &d.specs[d.at] }

func (d *draft) id(name string) ID {
	for i, n := range d.names {
		if n == name {
			return ID(i)
		}
	}
	panic(fmt.Sprintf("there is no %s", name))
}

func (d *draft) ids(names []string) (ids []ID) {
	for _, n := range names {
		ids = append(ids, d.id(n))
	}
	return ids
}

// refer adds references once all names are known.
func refer(names []string, to func(*Spec) *[]ID) word {
	return func(d *draft) {
		id := d.at
		d.refs = append(d.refs, func() { *to(&d.specs[id]) = d.ids(names) })
	}
}

func needs(names ...string) word { return refer(names, func(s *Spec) *[]ID { return &s.Needs }) }
func after(names ...string) word { return refer(names, func(s *Spec) *[]ID { return &s.After }) }

func finishAll(names ...string) word { return finish(false, names) }
func finishAny(names ...string) word { return finish(true, names) }

func finish(any bool, names []string) word {
	return func(d *draft) {
		d.spec().On[OutcomeSuccess], d.spec().Finish.Any = ActionStop, any
		refer(names, func(s *Spec) *[]ID { return &s.Finish.Of })(d)
	}
}

func linked(d *draft)     { d.spec().Linked = true }
func optional(d *draft)   { d.spec().Optional = true; spare(&d.spec().On) }
func provides(d *draft)   { d.spec().Provides = true }
func oneForAll(d *draft)  { d.spec().Strategy = OneForAll }
func restForOne(d *draft) { d.spec().Strategy = RestForOne }
func explicit(d *draft)   { d.spec().Ready = Ready{Explicit: true, Within: 30 * time.Second} }
func quick(d *draft)      { d.spec().Backoff = Backoff{None: true} }
func unlimited(d *draft)  { d.spec().Shutdown = Shutdown{Unlimited: true, Abort: time.Second} }

// temporary is what restart temporary writes into the table: it is never started again.
func temporary(d *draft) {
	for o := OutcomeSuccess; o <= OutcomeExternal; o++ {
		d.spec().On[o] = ActionStop
	}
}

func replicas(n int) word         { return func(d *draft) { d.spec().Replicas = n } }
func concurrency(n int) word      { return func(d *draft) { d.spec().Concurrency = n } }
func on(o Outcome, a Action) word { return func(d *draft) { d.spec().On[o] = a } }
func atStart(o Outcome, a Action) word {
	return func(d *draft) {
		if d.spec().AtStart == nil {
			d.spec().AtStart = new(AtStart)
		}
		d.spec().AtStart.On[o] = a
	}
}

// quarantine has a row quarantine for so long.
func quarantine(o Outcome, term time.Duration) word {
	return func(d *draft) {
		if d.spec().Quarantine == nil {
			d.spec().Quarantine = new(Terms)
		}
		d.spec().On[o], d.spec().Quarantine[o] = ActionQuarantine, term
	}
}

func timeout(in time.Duration) word { return func(d *draft) { d.spec().Timeout = in } }
func within(in time.Duration) word  { return func(d *draft) { d.spec().Ready.Within = in } }
func delays(b Backoff) word         { return func(d *draft) { d.spec().Backoff = b } }
func constant(in time.Duration) word {
	return delays(Backoff{Min: in, Max: in, Factor: 1, Reset: time.Minute})
}

func limit(n int, in time.Duration) word {
	return func(d *draft) { d.spec().Limit = Limit{n, in} }
}

func intensity(n int, in time.Duration) word {
	return func(d *draft) { d.spec().Intensity = Limit{n, in} }
}

func throttle(n int, refill time.Duration) word {
	return func(d *draft) { d.spec().Throttle = Throttle{n, refill} }
}

func shutdown(drain, abort time.Duration) word {
	return func(d *draft) { d.spec().Shutdown = Shutdown{None: drain+abort == 0, Drain: drain, Abort: abort} }
}

func readyCheck(every, timeout, within time.Duration) word {
	return func(d *draft) { d.spec().Ready = Ready{Check: Check{every, timeout}, Within: within} }
}

func heartbeat(every, stale, dead time.Duration) word {
	return func(d *draft) { d.spec().Health = Health{Heartbeat: every, Stale: stale, Dead: dead} }
}

func healthCheck(every, timeout time.Duration, fail int) word {
	return func(d *draft) { d.spec().Health = Health{Check: Check{every, timeout}, Fail: fail} }
}

// defaults are the language's for a role, but for the jitter: a transcript says exactly when a restart comes.
func defaults(role Role) Spec {
	s := Spec{Role: role, Replicas: 1}
	if role == Group {
		s.Intensity, s.On = Limit{30, time.Minute}, Table{OutcomeIntensity: ActionEscalate}
		return s
	}
	for o := OutcomeSuccess; o <= OutcomeExternal; o++ {
		s.On[o] = ActionRestart
	}
	s.On[OutcomeTimeout], s.On[OutcomeExternal], s.On[OutcomeAgain] = ActionRetry, ActionRetry, ActionRetry
	s.On[OutcomeFatalConfig], s.On[OutcomeFatalBug] = ActionShutdown, ActionEscalate
	s.On[OutcomeSkip], s.On[OutcomeStuck], s.On[OutcomeLimit] = ActionStop, ActionEscalate, ActionEscalate
	s.Backoff = Backoff{Min: 50 * time.Millisecond, Max: 5 * time.Second, Factor: 2, Reset: time.Minute}
	s.Shutdown = Shutdown{Drain: 5 * time.Second, Abort: time.Second}
	switch role {
	case Supervisor:
		s.Limit, s.Intensity, s.On[OutcomeIntensity] = Limit{3, time.Hour}, Limit{30, time.Minute}, ActionEscalate
	case Service:
		s.Limit = Limit{10, 10 * time.Minute}
	case Worker:
		s.Limit, s.On[OutcomeSuccess] = Limit{3, 5 * time.Minute}, ActionStop
	case Job:
		s.Limit, s.On[OutcomeSuccess], s.On[OutcomeTimeout] = Limit{1, 10 * time.Minute}, ActionStop, ActionEscalate
	case Sidecar:
		s.Limit = Limit{5, 10 * time.Minute}
		spare(&s.On)
	}
	return s
}

// spare has a child that may be missing bring nothing else down.
func spare(on *Table) {
	for _, o := range []Outcome{OutcomeFatalConfig, OutcomeFatalBug, OutcomeStuck, OutcomeLimit} {
		on[o] = ActionQuarantine
	}
}
