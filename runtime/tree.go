package runtime

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/supgen/supgen/runtime/internal/kernel"
)

// A Tree supervises. Generated code makes one with [New] and wraps it in typed methods. All methods may be called from
// any goroutine, from inside the children too, at any time: before Run and after it they answer what holds then.
type Tree struct {
	table   []Child
	paths   []string // by row
	options options
	members []member // by kernel.Node
	byPath  map[string]kernel.Node

	mu     sync.Mutex // guards all below; the user's code is never called under it
	k      *kernel.Kernel
	ring   ring
	base   context.Context // of all runs: Run's values
	began  time.Time       // Run; the kernel's zero
	timer  *time.Timer
	armed  kernel.Time // when it fires
	done   chan struct{}
	over   bool
	poison error                // the kernel panicked
	final  *Report              // once the tree has ended, and then not changed
	result error                // with it: what Run returns
	checks map[*run]kernel.Time // in flight, and how long they may be

	incoming *member // the dynamic child that is being added
}

// A member is the shell's side of a node.
type member struct {
	path  string
	key   string // of a dynamic child
	args  any    // and what it was started with
	run   *run   // the last one
	value any    // what it handed over, a *box[T]
	audit *Audit // the last command, until the next launch
	stop  *ChildReport
}

// New makes a tree that Run can run once. A table that no tree can be made of (an edited or badly merged file, a
// wrong [Override]) is a bug of the program, so New panics with all that is wrong with it.
func New(table []Child, opts ...Option) *Tree {
	o := options{ring: 1024}
	for _, opt := range opts {
		opt(&o)
	}
	if !o.seeded {
		o.seed = rand.Uint64()
	}
	table = append([]Child(nil), table...)
	if err := override(table, o.overrides); err != nil {
		panic(err)
	}
	if err := Validate(table); err != nil {
		panic(err)
	}
	if o.ring < 1 {
		panic(fmt.Errorf("supgen: a tree keeps at least 1 event, not %d", o.ring))
	}
	t := &Tree{table: table, paths: paths(table), options: o, byPath: make(map[string]kernel.Node), checks: make(map[*run]kernel.Time)}
	t.k = kernel.New(specs(table), o.seed)
	t.ring.slots = make([]moment, o.ring)
	for id, c := range table {
		for i := range max(1, c.Replicas) {
			path := replicaPath(t.paths[id], c, i)
			if c.Role != Group && !c.Dynamic {
				t.byPath[path] = kernel.Node(len(t.members))
			}
			t.members = append(t.members, member{path: path})
		}
	}
	return t
}

func override(table []Child, changes map[string][]func(*Child)) error {
	known := make(map[string]bool)
	for i, path := range paths(table) {
		known[path] = true
		for _, change := range changes[path] {
			change(&table[i])
		}
	}
	for path := range changes {
		if !known[path] || path == "" {
			return fmt.Errorf("supgen: Override of %q, which is no child of %s", path, table[0].Name)
		}
	}
	return nil
}

// Run starts the tree and returns when it has ended: when ctx ended or somebody called Shutdown, when it finished
// well, or when the root gave up. It returns nil if it was asked to stop, or finished well, and nothing is stuck; else
// an [*Error]. A second call returns ErrState.
//
// The children's contexts carry ctx's values but not its cancellation: if they inherited that, all of them would stop
// at once, and the order in which they stop would be lost.
func (t *Tree) Run(ctx context.Context) error {
	base := context.WithoutCancel(ctx)
	t.mu.Lock()
	if t.done != nil {
		t.mu.Unlock()
		return fmt.Errorf("supgen: run %s a second time: %w", t.paths[0], ErrState)
	}
	// Channels and timers are made here, so that a tree may be made outside a synctest bubble and run in it.
	t.done = make(chan struct{})
	t.base = base
	t.began = time.Now()
	t.armed = kernel.Forever
	t.timer = time.AfterFunc(time.Hour, t.tick)
	t.timer.Stop()
	logged := t.log()
	t.step(kernel.Input{Kind: kernel.InputRun})
	t.mu.Unlock()

	select {
	case <-ctx.Done():
		t.shutdown(Audit{Verb: VerbShutdown, Who: "context", Why: causeText(ctx)})
		<-t.done
	case <-t.done:
	}
	logged.drain()
	return t.failed()
}

// causeText is why ctx ended. Its cause is the user's code, and judged like a child's error.
func causeText(ctx context.Context) string {
	if _, f := judge(context.Cause(ctx)); f != nil {
		return f.Message
	}
	return "it ended"
}

// Done is closed when the tree has ended. It is nil until Run is called.
func (t *Tree) Done() <-chan struct{} {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.done
}
