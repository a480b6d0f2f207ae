package runtime

import (
	"context"
	"fmt"
	"math/rand/v2"
	"runtime/pprof"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/supgen/supgen/runtime/internal/kernel"
	"github.com/supgen/supgen/runtime/policy"
)

// A Tree supervises. Generated code makes one with [New] and wraps it in typed methods. All methods may be called from
// any goroutine, from inside the children too, at any time: before Run and after it they answer what holds then.
type Tree struct {
	table         []Child
	paths         []string // by row
	incarnation   string
	options       options
	misconfigured error                  // Run returns it
	rows          map[string]kernel.Node // by path, of those that are neither groups nor dynamic: the first
	members       []member               // by kernel.Node
	below         func() map[ID][]ID     // the rows below each row

	wanted   []*slot  // by row: of what others want
	slots    sync.Map // by path, of dynamic children that provide: the *slot of each, for who has not the lock
	attach   sync.Once
	attached any // see bridge.Attached
	endQueue endQueue
	mu       sync.Mutex // guards all below; the user's code is never called under it
	k        *kernel.Kernel
	ring     ring
	began    time.Time // Run; the kernel's zero
	clock    time.Time // of the last step, the wall clock's too
	timer    *time.Timer
	armed    kernel.Time   // when it fires
	done     chan struct{} // closed at the end; made in Run, which waits for it
	hasEnded bool
	started  bool                   // the root was ready once
	served   bool                   // a probe said that the tree is ready
	begun    []bool                 // by node, of those that are not dynamic: it was ready once, or has done its work
	poison   error                  // the kernel panicked
	final    *Report                // once the tree has ended, and then not changed
	result   error                  // with it: what Run returns
	checks   map[*run]kernel.Time   // in flight, and how long they may be, on the running clock
	audits   map[kernel.Node]*Audit // the last command, until the next launch

	unclean []ChildReport     // of runs that ended while the tree stopped
	stacks  map[string]string // of what got stuck last, by the path of its declaration
	stuck   []stuckRun        // whose stacks are not told yet

	gathering chan struct{} // closed when nobody looks for them any more; nil then
	logged    *logWriter    // made in Run

	samples   []kernel.Effect        // that the last steps want, and have not got
	endingRun *run                   // whose end, with cleanups, is being stepped
	in        kernel.Input           // of the run that ended: a stack has no room for it
	asked     StopError              // of this step, but for the path; none without With
	because   kernel.Node            // whose
	bases     [][]context.Context    // by row, one or that of each replica: the values and the labels of runs
	dynamics  map[string]kernel.Node // by path
	incoming  *dynamic               // the one that is being added
	awaited   chan struct{}          // Done's, closed with done; made when somebody asks, perhaps outside the bubble that Run is in
}

// New makes a tree that Run can run once. It does not keep or change the table, of which other trees may be made too. A
// table that no tree can be made of (an edited or badly merged file, a wrong [Override]) is a bug of the program, so New
// panics with all that is wrong with it.
func New(table []Child, opts ...Option) *Tree {
	o := options{ring: 1024}
	for _, opt := range opts {
		opt(&o)
	}
	if !o.seeded {
		o.seed = rand.Uint64()
	}
	table = clone(table)
	changed, err := override(table, o.overrides)
	if err != nil {
		panic(err)
	}
	if err := stub(table, o.stubs); err != nil {
		panic(err)
	}
	if err := Validate(table); err != nil {
		panic(err)
	}
	if err := validateOverridden(table, changed); err != nil {
		panic(err)
	}
	table = filled(table)
	misconfigured := chooseReplicas(table, o.replicas) // after all that is computed of the most
	for i := range table[1:] {
		if c := &table[i+1]; c.Start == nil {
			c.Start = table[c.Parent].Start
		}
	}
	if o.ring < 1 {
		panic(fmt.Errorf("supgen: a tree keeps at least 1 event, not %d", o.ring))
	}
	t := assemble(table, specs(table), o)
	t.misconfigured = misconfigured
	return t
}

// assemble makes a tree of a table that is known to be one, and has all that its rows leave out; specs are the kernel's of it.
func assemble(table []Child, specs []policy.Spec, o options) *Tree {
	t := &Tree{
		table: table, paths: paths(table), incarnation: fmt.Sprintf("%016x", rand.Uint64()), options: o, rows: make(map[string]kernel.Node), dynamics: make(map[string]kernel.Node),
		checks: make(map[*run]kernel.Time), audits: make(map[kernel.Node]*Audit),
		below: sync.OnceValue(func() map[ID][]ID { return childrenOf(table) }),
	}
	t.k = kernel.New(specs, o.seed)
	t.ring.slots = make([]journalEntry, o.ring)
	nodes := 0
	for _, c := range table {
		nodes += max(1, c.Replicas)
	}
	t.members = make([]member, 0, nodes)
	t.begun = make([]bool, nodes)
	t.wanted = make([]*slot, len(table))
	for _, c := range table {
		for _, want := range c.Wants {
			if t.wanted[want] == nil {
				t.wanted[want] = newSlot(table[want].Replicas)
			}
		}
	}
	for id, c := range table {
		if c.Role != Group && !c.Dynamic {
			t.rows[t.paths[id]] = kernel.Node(len(t.members))
		}
		for i := range max(1, c.Replicas) {
			t.members = append(t.members, member{row: ID(id), index: int32(i)})
		}
	}
	return t
}

// clone is a copy of a table that has nothing in common with it.
func clone(table []Child) []Child {
	table = slices.Clone(table)
	for i := range table {
		c := &table[i]
		c.Needs, c.Wants, c.After = slices.Clone(c.Needs), slices.Clone(c.Wants), slices.Clone(c.After)
		c.Tags, c.Finish.Of = slices.Clone(c.Tags), slices.Clone(c.Finish.Of)
		c.Quarantine = cloned(c.Quarantine)
		if c.AtStart = cloned(c.AtStart); c.AtStart != nil {
			c.AtStart.Quarantine = cloned(c.AtStart.Quarantine)
		}
	}
	return table
}

// cloned is a copy of what p points to, if it does.
func cloned[T any](p *T) *T {
	if p == nil {
		return nil
	}
	v := *p
	return &v
}

// Run starts the tree and returns when it has ended: when ctx ended or somebody called Shutdown, when it finished
// well, or when the root gave up. If ctx has ended already it launches nothing. It returns nil if it was asked to stop,
// or finished well, and nothing is stuck or did not stop cleanly; else an [*Error]. [Tree.Report] tells which. A second
// call returns ErrState.
//
// The children's contexts carry ctx's values but not its cancellation: if they inherited that, all of them would stop
// at once, and the order in which they stop would be lost.
func (t *Tree) Run(ctx context.Context) error {
	bases := t.basesOf(context.WithoutCancel(ctx))
	in := kernel.Input{Kind: kernel.InputRun}
	switch {
	case t.misconfigured != nil:
		in.Verb, in.Cause = VerbShutdown, Audit{Verb: VerbShutdown, Who: "configuration", Why: t.misconfigured.Error()}
	case ctx.Err() != nil:
		in.Verb, in.Cause = VerbShutdown, endOf(ctx)
	}
	t.mu.Lock()
	if t.done != nil {
		t.mu.Unlock()
		return fmt.Errorf("supgen: run %s a second time: %w", t.paths[0], ErrState)
	}
	// Channels and timers are made here, so that a tree may be made outside a synctest bubble and run in it.
	t.done = make(chan struct{})
	t.bases = bases
	t.began = time.Now()
	t.armed = kernel.Forever
	t.timer = time.AfterFunc(time.Hour, t.tick)
	t.timer.Stop()
	t.logged = t.log()
	t.step(&in)
	t.mu.Unlock()

	select {
	case <-ctx.Done():
		t.shutdown(endOf(ctx))
		<-t.done
	case <-t.done:
	}
	t.gathered()
	t.logged.flush()
	if t.misconfigured != nil {
		return t.misconfigured
	}
	return t.failed()
}

// Labels of goroutines in profiles. A profile has a line for each stack and each set of labels, so there are not too many of them.
const (
	pathLabel  = "supgen.path"
	indexLabel = "supgen.index" // of up to maxIndexed replicas
	keyLabel   = "supgen.key"   // WithKeyLabels
	maxIndexed = 1000
)

// basesOf are what the contexts of runs are made of, by row: ctx with the labels that say in profiles what a goroutine is.
func (t *Tree) basesOf(ctx context.Context) [][]context.Context {
	bases := make([][]context.Context, len(t.table))
	for id, path := range t.paths {
		if path == "" {
			continue
		}
		base := pprof.WithLabels(ctx, pprof.Labels(pathLabel, path))
		bases[id] = []context.Context{base}
		if n := t.table[id].Replicas; 0 < n && n <= maxIndexed {
			bases[id] = make([]context.Context, n)
			for i := range bases[id] {
				bases[id][i] = pprof.WithLabels(base, pprof.Labels(indexLabel, strconv.Itoa(i)))
			}
		}
	}
	return bases
}

// now is the kernel's time.
func (t *Tree) now() kernel.Time { return time.Since(t.began) }

// endOf is the end of ctx as a command. Its cause is the user's code, and judged like a child's error.
func endOf(ctx context.Context) Audit {
	if s, ok := context.Cause(ctx).(*stopSignal); ok {
		return s.audit()
	}
	a := Audit{Verb: VerbShutdown, Who: "context", Why: "it ended"}
	if _, f := judge(context.Cause(ctx), true, nil); f != nil {
		a.Why = f.Message
	}
	return a
}

// Done is closed when the tree has ended. It may be asked for before Run, too.
func (t *Tree) Done() <-chan struct{} {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.awaited == nil {
		t.awaited = make(chan struct{})
		if t.hasEnded {
			close(t.awaited)
		}
	}
	return t.awaited
}
