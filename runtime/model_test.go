package runtime

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/supgen/supgen/runtime/internal/kernel"
)

// A model is a second account of design.md, written to be compared with that page and with nothing else: it knows the
// kernel's inputs and answers, and none of its code. It looks at every child, again and again, until nothing changes.
//
// Three things it takes from the kernel: whether a command is accepted and the number of a dynamic child (the replies),
// when checks begin (the effects), and the delays of restarts, which are random and are held to their bounds.
type model struct {
	table    []Child  // effective
	members  []*mnode // in the order of declaration
	leaked   []*mrun  // given up, and still running
	scopes   []*mscope
	counted  map[ID][]time.Duration // restarts that count in the intensity of a supervisor or a group
	tokens   map[ID]*bucket
	queues   map[ID][]*mnode // under each supervisor, those that only wait for their turn
	checks   map[runID]*check
	launched map[kernel.Node][]uint64 // by the kernel, in this step: which generations
	now      time.Duration
	pulse    time.Duration // when a deadline is to be kept, if anything is measured
	measured bool          // so it was, after the last step
	freezes  []freeze
	phase    TreePhase // idle, running, stopping or ended
	leaves   bool      // while it runs: it was asked to stop
	leaveEnd time.Duration
	changed  bool
	stops    int                             // so far
	forGood  bool                            // what goes down with it stays down
	pulling  *mnode                          // what goes down for its own
	sparing  bool                            // for a retry: jobs that work are not taken along by a strategy
	acts     map[string]bool                 // what this step requires
	delays   map[kernel.Node][]time.Duration // what the kernel decided in this step
	wrong    string
}

type runID struct {
	node kernel.Node
	gen  uint64
}

// An mnode is a node of the tree.
type mnode struct {
	runID
	row, index int
	c          *Child
	in         *mnode // its supervisor
	life       Lifecycle
	reason     StopReason
	aim        aim // while it is shutting down
	attempt    int
	restarts   []time.Duration
	run        *mrun
	anew       bool // of a supervisor: its next start forgets what was
	up         bool // of a supervisor: it is started
	cleared    bool // of a supervisor that goes down: its children may, whatever else goes down later
	slots      int  // of a supervisor: how many were taken when it was last asked
	well, bad  bool // it ended by itself: well, or it failed for good
	skipped    bool // or it is switched off
	doomed     bool // it failed, and its supervisor with it
	held       bool // an operator keeps it down
	leaving    bool // it is no more, once its stuck run has returned
	auto       bool // its next launch is an automatic restart's
	first      bool // its next launch is its first
	scope      *mscope
	before     time.Duration // the delay before
	steadied   bool          // since its launch, attempts were judged by how long it was ready
	wasReady   bool          // since its launch
	lacks      any           // while it is running: why it is not ready, as it, or its check, said
	kept       *mrun         // of a job that completed: the run whose value is there
	readyAt    time.Duration // for the first time since
	proved     bool          // it was ready once, or has completed: its start is over
	term       time.Duration // of the quarantine that it goes to, or is in; 0 is until somebody ends it
	until      time.Duration // when that is over
	overdue    bool          // it is to start again, but for a stuck run
	wish       aim           // where an operator or the tree wanted it, whose run was written off
	byHand     bool          // an operator restarts it: its run goes down for that, or is stuck
	isolated   ID            // the group whose intensity was its last decision
	idle       bool          // of a supervisor: it waits for nobody but who is at rest, and that was told
	tried      bool          // since its supervisor started, a run of it has ended or failed
	failing    bool          // the same, of one that nobody asked to stop before, and since it was last ready
	stops      map[int]bool  // that it was taken down by, and is not down yet
	ranReady   time.Duration // and that on the running clock
}

// An aim is what becomes of a mnode that goes down.
type aim struct {
	life   Lifecycle
	reason StopReason
	gone   bool
	retire bool // it is temporary, and goes down with others
}

var (
	again  = aim{life: LifecycleRestarting}
	retire = aim{life: LifecycleStopped, reason: StopEnded, retire: true}
)

// elsewhere reports whether x goes down for more than a restart of others.
func (x *mnode) elsewhere() bool {
	return x.life == LifecycleShuttingDown && x.aim != again && x.aim != retire
}

// An mrun is one run.
type mrun struct {
	runID
	of      *mnode
	given   map[runID]bool
	found   map[runID]bool // what it needs, whether that provides or not
	began   time.Duration  // on the running clock, like all that follows
	moved   time.Duration  // its start did, the last time that is known
	answer  time.Duration  // by then it is to have said when; 0 if nobody asks
	asked   bool
	off     bool // it is stuck, and written off
	beside  bool // it is stuck, and another may run beside it
	failed  bool // it was decided about while it lived: what it returns is ignored
	abortAt time.Duration
	stuckAt time.Duration
	aborted bool
	ended   bool          // its function has returned, and all that it started
	cleans  bool          // it left something to be cleaned up
	called  bool          // its cleanups were called
	offered bool          // it completed, and handed over what is withdrawn now
	pending Outcome       // it failed, and what it returns tells whether that came from outside
	outside bool          // its last check failed for something outside
	beat    time.Duration // the last that was heard of, on the running clock
	fails   int           // health checks, in a row
}

// An mscope is a barrier: its members wait for the end of all their runs, and for a time.
type mscope struct {
	until time.Duration
	armed bool // only its time is waited for
}

type bucket struct {
	tokens int
	since  time.Duration
}

// A freeze is a time in which no pulse came.
type freeze struct{ from, until time.Duration }

type check struct {
	number    uint32
	readiness bool
	began     time.Duration // on the running clock
	fails     int           // periods that it hung for
}

func newModel(table []Child, k *kernel.Kernel) *model {
	m := &model{counted: map[ID][]time.Duration{}, tokens: map[ID]*bucket{}, queues: map[ID][]*mnode{},
		checks: map[runID]*check{}}
	for _, c := range table {
		m.table = append(m.table, effective(c))
	}
	for id := range m.table {
		m.intensity(ID(id))
	}
	for id := range table {
		for i, n := range k.Nodes(ID(id)) {
			m.add(n, ID(id), i)
		}
	}
	return m
}

// intensity is what nobody wrote: twice as many as there are children that count in it, or more.
func (m *model) intensity(id ID) {
	n := 0
	for i, c := range m.table {
		if inside := i > 0 && c.Parent == id && c.Role != Group || id > 0 && c.Group == id; inside && !c.Dynamic && !c.Optional && c.On[OutcomeLimit] != ActionQuarantine {
			n += 2 * max(1, c.Replicas)
		}
	}
	if c := &m.table[id]; c.Intensity.In == 0 {
		c.Intensity = Limit{N: max(n, 30), In: 60e9}
	}
}

func (m *model) add(n kernel.Node, id ID, index int) *mnode {
	x := &mnode{runID: runID{node: n}, row: int(id), index: index, c: &m.table[id], attempt: 1, first: true}
	if id > 0 {
		x.in = m.of(x.c.Parent)[0]
	}
	m.members = append(m.members, x)
	slices.SortStableFunc(m.members, func(a, b *mnode) int { return cmp.Compare(a.row, b.row) })
	return x
}

func (m *model) of(id ID) (all []*mnode) {
	for _, x := range m.members {
		if x.row == int(id) {
			all = append(all, x)
		}
	}
	return all
}

func (m *model) node(n kernel.Node) *mnode {
	for _, x := range m.members {
		if x.node == n {
			return x
		}
	}
	return nil
}

func (x *mnode) supervisor() bool { return x.c.Role == Supervisor }

// below reports whether x is inside the supervisor s.
func (x *mnode) below(s *mnode) bool {
	for x = x.in; x != nil; x = x.in {
		if x == s {
			return true
		}
	}
	return false
}

// alive reports whether a run of x, or below it, is to be waited for.
func (m *model) alive(x *mnode) bool {
	return x.run != nil || slices.ContainsFunc(m.members, func(y *mnode) bool { return y.run != nil && y.below(x) })
}

func (x *mnode) completed() bool { return x.life == LifecycleStopped && x.reason == StopCompleted }

// available reports whether what waits for x may start.
func (x *mnode) available() bool { return x.life == LifecycleReady || x.completed() }

func (x *mnode) onItsWay() bool {
	return x.life == LifecycleDeclared || x.life == LifecycleStarting && !x.up || x.life == LifecycleRestarting
}

func (m *model) availableRow(id ID) bool {
	return !slices.ContainsFunc(m.of(id), func(x *mnode) bool { return !x.available() })
}

func (x *mnode) temporary() bool {
	return x.c.On[OutcomeSuccess] == ActionStop && x.c.On[OutcomeError] == ActionStop && x.c.Role != Job
}

func (m *model) failf(format string, args ...any) {
	m.wrong = cmp.Or(m.wrong, fmt.Sprintf(format, args...))
}

func (m *model) act(verb string, r runID) {
	m.acts[fmt.Sprintf("%s %d#%d", verb, r.node, r.gen)] = true
}

// step follows one input: first what time did, in its order, then the input; after each, all that follows from it.
func (m *model) step(now time.Duration, in kernel.Input, k *kernel.Kernel) {
	m.now, m.acts, m.delays = now, map[string]bool{}, map[kernel.Node][]time.Duration{}
	for _, e := range k.Events() {
		if e.Decided && (e.Decision.Action == ActionRestart || e.Decision.Action == ActionRetry) {
			m.delays[e.Node] = append(m.delays[e.Node], e.Decision.Delay)
		}
	}
	m.freeze()
	m.launched = map[kernel.Node][]uint64{}
	for _, e := range k.Effects() {
		if e.Kind == kernel.EffectLaunch {
			m.launched[e.Node] = append(m.launched[e.Node], e.Gen)
		}
	}
	m.settle()
	m.input(in, k.Reply())
	m.settle()
	m.tellWaits()
	for n, left := range m.delays {
		if len(left) > 0 {
			m.failf("the kernel decided to restart node %d, and the model did not", n)
		}
	}
	for _, e := range k.Effects() {
		if e.Kind == kernel.EffectCheck {
			m.checks[runID{e.Node, e.Gen}] = &check{number: e.Check, readiness: e.Readiness, began: m.ran(now)}
		}
	}
	if m.measured = m.measures(); m.measured && m.pulse <= m.now {
		m.pulse = m.now + time.Second
	}
}

// freeze looks whether the process has run (design.md, "Health").
func (m *model) freeze() {
	if !m.measured || m.now < m.pulse {
		return
	}
	if m.now-m.pulse > 500*time.Millisecond {
		m.freezes = append(m.freezes, freeze{m.pulse, m.now})
	}
	m.pulse = m.now + time.Second
}

// ran is the running clock at a time: without the freezes until then.
func (m *model) ran(at time.Duration) time.Duration {
	ran := at
	for _, f := range m.freezes {
		ran -= max(0, min(at, f.until)-f.from)
	}
	return ran
}

// measures reports whether anything is measured on the running clock.
func (m *model) measures() bool {
	return slices.ContainsFunc(m.members, func(x *mnode) bool {
		switch r := x.run; {
		case r == nil:
			return false
		case r.asked || r.called:
			return r.aborted || !x.c.Shutdown.Unlimited
		case x.life == LifecycleShuttingDown:
			return false
		case x.c.Role == Job && x.c.Timeout > 0, !x.wasReady && !x.c.Ready.Immediate():
			return true
		}
		return x.serves() && (x.c.Health.Heartbeat > 0 || x.c.Health.Check.Every > 0)
	})
}

// input is what happened.
func (m *model) input(in kernel.Input, reply kernel.Reply) {
	x := m.node(in.Node)
	current := x != nil && x.run != nil && x.run.gen == in.Gen
	switch in.Kind {
	case kernel.InputRun:
		if m.phase = TreeRunning; in.Verb == VerbShutdown {
			m.shutdown(false)
		}
	case kernel.InputAdd:
		if reply.Refusal == kernel.Accepted {
			m.add(reply.Node, in.Row, 0)
		}
	case kernel.InputCommand:
		switch {
		case reply.Refusal == kernel.Accepted && reply.Changed && in.Verb == VerbShutdown:
			m.shutdown(in.Served)
		case reply.Refusal == kernel.Accepted && reply.Changed:
			m.command(x, in.Verb)
		case reply.Refusal == kernel.Accepted && in.Verb != VerbShutdown: // it was so already; now an operator holds it
			x.term, x.overdue, x.byHand, x.wish = 0, false, x.byHand && x.run != nil, aim{}
			x.held = x.held || in.Verb == VerbPause || in.Verb == VerbQuarantine || in.Verb == VerbStop
		}
	case kernel.InputFailed:
		if current && !x.run.ended {
			m.failed(x, in.Outcome)
		}
	case kernel.InputEnded:
		if current && !x.run.ended {
			m.ended(x, in.Outcome, in.Cleanups)
		}
		if in.Cleanups && slices.ContainsFunc(m.leaked, func(r *mrun) bool { return r.runID == runID{in.Node, in.Gen} }) {
			m.act("cleanup", runID{in.Node, in.Gen}) // which nobody waits for
		}
		m.returned(x, runID{in.Node, in.Gen})
	case kernel.InputCleaned:
		if current && x.run.called {
			m.over(x)
		}
		m.returned(x, runID{in.Node, in.Gen})
	case kernel.InputReady:
		if current && x.life == LifecycleRunning && x.c.Ready.Explicit {
			m.ready(x)
		}
	case kernel.InputNotReady:
		switch {
		case !current || !x.c.Ready.Explicit:
		case x.life == LifecycleReady:
			x.life, x.lacks = LifecycleRunning, cmp.Or(in.Cause, kernel.NoCause)
		case x.life == LifecycleRunning && in.Cause != nil:
			x.lacks = in.Cause
		}
	case kernel.InputBeat:
		if current && x.life == LifecycleRunning && !x.serves() && x.run.answer > 0 {
			x.run.moved, x.run.answer = max(x.run.moved, m.ran(in.At)), 0
			if m.ran(m.now)-x.run.moved >= x.c.Ready.Within {
				m.suspect(x, OutcomeTimeout)
			}
		}
		if current && x.serves() && x.c.Health.Heartbeat > 0 {
			x.run.beat = max(x.run.beat, m.ran(in.At), x.ranReady)
			if m.ran(m.now)-x.run.beat > x.c.Health.Dead {
				m.suspect(x, OutcomeUnhealthy)
			}
		}
	case kernel.InputChecked:
		if c := m.checks[runID{in.Node, in.Gen}]; current && c != nil && c.number == in.Check {
			m.checked(x, c, in.Outcome, in.Cause)
		}
	}
}

// returned is the end of a stuck run, if it was one, or of the cleanups that it was stuck in.
func (m *model) returned(x *mnode, id runID) {
	m.leaked = slices.DeleteFunc(m.leaked, func(r *mrun) bool { return r.runID == id })
	switch {
	case x == nil || m.stuckRun(x) || !x.atRest() && x.life != LifecyclePaused:
	case x.overdue:
		x.wish = aim{}
		m.release(x)
	case x.wish != aim{} && m.phase == TreeRunning:
		x.aim, x.wish = x.wish, aim{}
		m.arrive(x)
	}
	if x != nil {
		m.leave(x)
	}
}

func (m *model) checked(x *mnode, c *check, o Outcome, cause any) {
	delete(m.checks, x.runID)
	if o != OutcomeSuccess {
		x.run.outside = o == OutcomeExternal // also of one that was cut off
	}
	switch {
	case x.life == LifecycleShuttingDown || c.fails > 0: // it was cut off
	case c.readiness:
		if o == OutcomeSuccess && x.life == LifecycleRunning {
			m.ready(x)
		} else if cause != nil {
			x.lacks = cause
		}
	case o == OutcomeSuccess:
		x.run.fails, x.run.outside = 0, false
	default:
		m.unfit(x)
	}
}

// unfit counts a failed health check.
func (m *model) unfit(x *mnode) {
	if x.run.fails++; x.run.fails >= x.c.Health.Fail {
		m.suspect(x, OutcomeUnhealthy)
	}
}

// serves reports whether the health of a run counts: from its readiness on, and a job has none.
func (x *mnode) serves() bool {
	return x.life == LifecycleReady || x.life == LifecycleRunning && (x.wasReady || x.c.Role == Job)
}

func (m *model) ready(x *mnode) {
	x.life, x.failing, x.lacks = LifecycleReady, false, nil
	if !x.wasReady {
		x.proved = true
		x.wasReady, x.readyAt, x.ranReady = true, m.now, m.ran(m.now)
		if x.run != nil {
			x.run.outside = false // what its checks said before is over
		}
	}
}

// fireAll does what is due at the next moment, if that has come.
func (m *model) fireAll() {
	for at := m.fireNext(-1); at >= 0; at = m.fireNext(at) {
		m.changed = true
	}
}

// fireNext does what is due next, if it is of a moment, unless that is -1; and answers with the moment, or -1. Of one
// moment, what runs were given comes first, then checks, then scopes.
func (m *model) fireNext(of time.Duration) time.Duration {
	if m.phase == TreeEnded {
		return -1
	}
	type timer struct {
		at   time.Duration
		rank int
		of   kernel.Node
		do   func()
	}
	var due []timer
	rank := 0
	after := func(at time.Duration, x *mnode, do func()) {
		if at <= m.now {
			due = append(due, timer{at, rank, x.node, do})
		}
	}
	running := func(at time.Duration, x *mnode, do func()) { after(at+m.now-m.ran(m.now), x, do) }
	for _, x := range m.members {
		r := x.run
		switch {
		case r == nil:
		case (r.asked || r.called) && !r.aborted:
			running(r.abortAt, x, func() { m.abort(r) })
		case r.asked || r.called:
			running(r.stuckAt, x, func() { m.stuck(x) })
		case x.life == LifecycleShuttingDown:
		case x.c.Role == Job && x.c.Timeout > 0:
			running(r.began+x.c.Timeout, x, func() { m.fails(x, OutcomeTimeout) })
		case !x.wasReady && !x.c.Ready.Immediate():
			if r.answer > 0 {
				running(r.answer, x, func() { m.suspect(x, OutcomeTimeout) })
				continue
			}
			running(r.moved+x.c.Ready.Within, x, func() { r.answer = m.ran(m.now) + 1 })
		}
	}
	rank = 1
	for _, x := range m.members {
		r, c, h := x.run, m.checks[x.runID], x.c.Health.Check
		switch {
		case r == nil || c == nil:
		case c.readiness && c.fails == 0:
			running(c.began+x.c.Ready.Check.Timeout, x, func() { c.fails, r.outside, x.lacks = 1, false, kernel.CheckHung })
		case c.readiness:
		case x.serves():
			at := c.began + time.Duration(c.fails)*h.Every
			if c.fails == 0 {
				at += h.Timeout
			}
			running(at, x, func() { c.fails, r.outside = c.fails+1, false; m.unfit(x) })
		}
	}
	rank = 2
	for _, s := range m.scopes {
		if s.armed {
			after(s.until, m.members[0], func() { s.armed = false })
		}
	}
	rank = 3
	for id, b := range m.tokens {
		if b.tokens == 0 && slices.ContainsFunc(m.queues[id], m.throttled) {
			after(b.since+m.table[id].Throttle.Refill, m.of(id)[0], func() { m.bucket(id); m.of(id)[0].slots = 1e6 })
		}
	}
	rank = 4
	for _, x := range m.members {
		if x.life == LifecycleQuarantined && x.term > 0 && !x.overdue {
			after(x.until, x, func() {
				if x.overdue = m.stuckRun(x); !x.overdue {
					m.release(x)
				}
			})
		}
	}
	rank = 5
	if m.leaves {
		after(m.leaveEnd, m.members[0], m.stopTree)
	}
	slices.SortStableFunc(due, func(a, b timer) int {
		return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.rank, b.rank), cmp.Compare(a.of, b.of))
	})
	if len(due) == 0 || of >= 0 && due[0].at != of {
		return -1
	}
	due[0].do()
	return due[0].at
}

// settle looks at all members until nothing changes.
func (m *model) settle() {
	rounds := 0
	for m.changed = true; m.changed; rounds++ {
		if rounds > 1000 {
			panic("the model does not come to rest: " + m.String())
		}
		m.changed = false
		if m.arriveAll(); m.changed {
			continue
		}
		if m.finishAll(); m.changed {
			continue
		}
		if m.askAll(); m.changed {
			continue
		}
		if m.fireAll(); m.changed {
			continue
		}
		m.openScopes()
		for m.startNext() {
		}
		m.judgeAll()
	}
}

// arriveAll lets those that went down, and whose runs have ended, be what they were to be.
func (m *model) arriveAll() {
	for _, x := range slices.Clone(m.members) {
		if !x.supervisor() {
			m.mayArrive(x)
		}
	}
	if m.phase == TreeStopping && m.members[0].life != LifecycleShuttingDown && !m.alive(m.members[0]) {
		m.phase, m.changed = TreeEnded, true
		m.act("ended", runID{})
	}
}

// mayArrive lets one that went down be what it was to be. A supervisor has its place in the order of stopping.
func (m *model) mayArrive(x *mnode) {
	if x.life == LifecycleShuttingDown && !m.alive(x) && !(x.supervisor() && !x.cleared && m.waitsToStop(x)) && !m.goingDown(x) {
		m.arrive(x)
	}
}

// goingDown reports whether something in x is not down yet.
func (m *model) goingDown(x *mnode) bool {
	return slices.ContainsFunc(m.members, func(y *mnode) bool { return y.in == x && y.life == LifecycleShuttingDown })
}

func (m *model) arrive(x *mnode) {
	m.changed = true
	x.tried = x.tried || x.supervisor() && x.life == LifecycleShuttingDown // that is the end of a run of it
	m.dequeue(x)
	x.cleared, x.stops = false, nil
	x.life, x.reason = x.aim.life, x.aim.reason
	if x.until = m.now + x.term; x.held {
		x.term = 0 // an operator's has no end
	}
	if !x.onItsWay() {
		x.scope = nil
	}
	if x.aim.gone || x.c.Dynamic && x.life == LifecycleStopped && x.reason != StopByHand && m.phase == TreeRunning {
		x.life, x.reason, x.leaving, x.scope = LifecycleStopped, StopEnded, true, nil
		m.leave(x)
	}
}

// leave removes a dynamic child that has ended for good, once none of its runs may be met by its successor.
func (m *model) leave(x *mnode) {
	if !x.leaving || m.stuckRun(x) {
		return
	}
	m.members = slices.DeleteFunc(m.members, func(y *mnode) bool { return y == x })
}

// openScopes ends the barriers whose members have all ended and whose time has come: if that was not so when the last
// one ended, its timer says when.
func (m *model) openScopes() {
	m.scopes = slices.DeleteFunc(m.scopes, func(s *mscope) bool {
		in := slices.DeleteFunc(slices.Clone(m.members), func(x *mnode) bool { return x.scope != s })
		if slices.ContainsFunc(in, func(x *mnode) bool { return m.alive(x) || x.life == LifecycleShuttingDown }) {
			s.armed = false
			return false
		}
		if len(in) > 0 && (s.until > m.now || s.armed) {
			s.armed = true
			return false
		}
		for _, x := range in {
			x.scope = nil
		}
		m.changed = true
		return true
	})
}

// judgeAll says which supervisors are not ready any more, and then which are.
func (m *model) judgeAll() {
	judged := func(s *mnode) (ready, is bool) {
		if !s.supervisor() || !s.up || s.life == LifecycleShuttingDown {
			return false, false
		}
		for _, x := range m.members {
			if x.in == s && !x.c.Optional && !x.c.Dynamic && x.life != LifecycleReady && x.life != LifecycleStopped && !(x.c.Role == Sidecar && x.spared()) {
				return false, true
			}
		}
		return true, true
	}
	for _, s := range slices.Backward(m.members) { // from the inside to the root
		if ready, is := judged(s); is && !ready && s.life == LifecycleReady {
			s.life, m.changed = LifecycleRunning, true
		}
	}
	for _, s := range m.members {
		if ready, _ := judged(s); ready && s.life != LifecycleReady && !(m.leaves && s.in == nil) {
			m.changed = true
			m.ready(s)
		}
	}
}

// finishAll ends the supervisors whose children have done what they were for.
func (m *model) finishAll() {
	for _, s := range slices.Clone(m.members) {
		if m.finishing(s) {
			if o := m.finished(s); o != OutcomeNone {
				m.decide(s, o)
			}
		}
	}
}

// finishing reports whether s ends by itself.
func (m *model) finishing(s *mnode) bool {
	back := s.life == LifecycleShuttingDown && s.aim == again && !s.anew // to what has ended
	return m.phase == TreeRunning && (s.up || back) && len(s.c.Finish.Of) > 0
}

// A part is how one that "finish when" names stands.
type part int

const (
	goesOn part = iota
	waitsForOperator
	missing
	skippedOver
	endedWell
	endedBadly
)

func (x *mnode) part() part {
	switch {
	case !x.atRest() && x.life != LifecyclePaused, x.moves():
		return goesOn
	case x.life == LifecycleQuarantined && x.c.Optional && !x.held:
		return missing
	case x.life != LifecycleStopped || x.reason != StopEnded && x.reason != StopCompleted:
		return waitsForOperator
	case x.well:
		return endedWell
	case x.bad:
		return endedBadly
	case x.skipped:
		return skippedOver
	}
	return waitsForOperator
}

// moves reports whether x, at rest, goes elsewhere by itself.
func (x *mnode) moves() bool {
	return x.wish != aim{} || x.overdue || x.life == LifecycleQuarantined && x.term > 0
}

// parts are those that s finishes with, by how they stand.
func (m *model) parts(s *mnode) map[part][]*mnode {
	parts := map[part][]*mnode{}
	for _, id := range s.c.Finish.Of {
		for _, x := range m.of(id) {
			parts[x.part()] = append(parts[x.part()], x)
		}
	}
	return parts
}

// finished is how a supervisor ends whose children have done what they were for.
func (m *model) finished(s *mnode) Outcome {
	parts := m.parts(s)
	all := len(parts[goesOn])+len(parts[waitsForOperator]) == 0
	switch {
	case !all && !s.c.Finish.Any:
	case len(parts[endedBadly]) > 0:
		return OutcomeError
	case len(parts[endedWell]) > 0:
		return OutcomeSuccess
	}
	return OutcomeNone
}

// tellWaits tells, once, of a supervisor that nothing automatic ends, who is at rest and holds that up.
func (m *model) tellWaits() {
	for _, s := range m.members {
		if !m.finishing(s) {
			continue
		}
		parts, holders, idle := m.parts(s), map[kernel.Node]bool{}, true
		for _, x := range parts[waitsForOperator] {
			holders[x.node] = true
		}
		for _, x := range parts[goesOn] {
			found := m.holders(x)
			for _, y := range found {
				holders[y.node] = true
			}
			idle = idle && len(found) > 0
		}
		of := slices.Sorted(maps.Keys(holders))
		if s.c.Finish.Any || len(of) == 0 {
			for _, x := range parts[missing] {
				of = append(of, x.node)
			}
		}
		told := s.idle
		if s.idle = idle && len(of) > 0; s.idle && !told {
			m.act(fmt.Sprint("waits ", of), s.runID)
		}
	}
}

// holders are those at rest, for an operator to move, that x waits for, through others too.
func (m *model) holders(x *mnode) (of []*mnode) {
	switch {
	case x.in != nil && !x.in.up:
		return m.holders(x.in)
	case x.atRest() || x.life == LifecyclePaused:
		if !x.moves() {
			of = append(of, x)
		}
	case x.onItsWay():
		for _, y := range m.blockers(x) {
			of = append(of, m.holders(y)...)
		}
	}
	return of
}

// compare is where the kernel differs from the model, or "".
func (m *model) compare(k *kernel.Kernel) string {
	if m.wrong != "" {
		return m.wrong
	}
	if leaves := k.Phase() == TreeLeaving; leaves != m.leaves {
		return fmt.Sprintf("the kernel's tree leaves: %t, the model's: %t", leaves, m.leaves)
	}
	acts := map[string]bool{}
	verbs := map[kernel.EffectKind]string{kernel.EffectLaunch: "launch", kernel.EffectAsk: "ask", kernel.EffectAbort: "abort",
		kernel.EffectCleanup: "cleanup"}
	for _, e := range k.Effects() {
		if verb, ok := verbs[e.Kind]; ok {
			acts[fmt.Sprintf("%s %d#%d", verb, e.Node, e.Gen)] = true
		} else if e.Kind == kernel.EffectEnded {
			acts["ended 0#0"] = true
		}
	}
	for _, e := range k.Events() {
		if e.Kind == EventStuck {
			acts[fmt.Sprintf("stuck %d#%d", e.Node, e.Run)] = true
		} else if e.Kind == EventWaits {
			acts[fmt.Sprintf("waits %v %d#%d", e.Cause, e.Node, e.Run)] = true
		}
	}
	if !maps.Equal(acts, m.acts) {
		return fmt.Sprintf("the kernel requires %v, the model %v", slices.Sorted(maps.Keys(acts)), slices.Sorted(maps.Keys(m.acts)))
	}
	for _, x := range m.members {
		v := k.View(x.node)
		restarts := len(within(x.restarts, x.c.Limit, m.now))
		if falls := v.Lifecycle == LifecycleFailed || x.life == LifecycleFailed; falls && m.phase >= TreeStopping && x.in != nil {
			x.life, x.reason = v.Lifecycle, v.Reason // of what a tree takes down, some failed before
		}
		got := standing{v.Lifecycle, v.Reason, v.Readiness, v.Gen, int(v.Attempt), int(v.Restarts)}
		want := standing{x.life, x.reason, x.readiness(), x.gen, x.attempt, restarts}
		if got != want {
			return fmt.Sprintf("node %d (%s) is %s, in the model %s", x.node, x.c.Name, got, want)
		}
		if x.life != LifecycleRunning {
			x.lacks = nil
		}
		if v.NotReady != x.lacks {
			return fmt.Sprintf("node %d (%s) is not ready because of %v, in the model of %v", x.node, x.c.Name, v.NotReady, x.lacks)
		}
	}
	return ""
}

// A standing is what kernel and model are compared by.
type standing struct {
	life              Lifecycle
	reason            StopReason
	readiness         Readiness
	gen               uint64
	attempt, restarts int
}

func (s standing) String() string {
	return fmt.Sprintf("%s %s %s#%d attempt %d restarts %d", s.life, s.reason, s.readiness, s.gen, s.attempt, s.restarts)
}

func (x *mnode) readiness() Readiness {
	switch {
	case !x.supervisor() && x.c.Ready.Immediate():
		return ReadinessNotRequired
	case x.life == LifecycleReady:
		return ReadinessReady
	}
	return ReadinessPending
}

// within is what of a window is still in it.
func within(window []time.Duration, l Limit, now time.Duration) (in []time.Duration) {
	for _, at := range window {
		if now-at <= l.In {
			in = append(in, at)
		}
	}
	return in
}
