package runtime

import (
	"context"
	stdruntime "runtime"
	"testing"
	"time"

	"github.com/supgen/supgen/runtime/internal/kernel"
)

// running is a tree that is ready, and what Run returns.
func running(t *testing.T, table []Child) (*Tree, <-chan error) {
	t.Helper()
	tree, ended := New(table), make(chan error)
	go func() { ended <- tree.Run(context.Background()) }()
	if err := tree.AwaitReady(context.Background()); err != nil {
		t.Fatal(err)
	}
	return tree, ended
}

// Runs that end while the tree is busy do not queue for its lock: one of them waits, and brings the ends of all.
func TestEndsWhileBusy(t *testing.T) {
	watchdog(t, "not all ends were brought")
	const n = 100
	end := make(chan struct{})
	table := plain(Child{Name: "A", Role: Service, Backoff: Backoff{None: true}, Replicas: n, Start: func(l Launch) error {
		if l.Run().Generation() == 1 {
			<-end
			return errLost
		}
		return until(l)
	}})
	table[0].Intensity = often
	tree, ended := running(t, table)

	tree.mu.Lock()
	close(end)
	for waitingEnds(tree) < n {
		stdruntime.Gosched()
	}
	if left := settled(func(stacks []string) bool { return len(stacks) == 2 }); len(left) != 2 {
		t.Errorf("%d goroutines are left, not Run's and that of who waits for all", len(left))
	}
	tree.mu.Unlock()

	again := func() (children int) {
		for _, c := range tree.Snapshot().Replicas(1) {
			if c.Generation == 2 && c.Lifecycle == LifecycleReady {
				children++
			}
		}
		return children
	}
	for again() < n {
		stdruntime.Gosched()
	}
	tree.Shutdown("ada", "a test")
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// docs/runtime.md, "Stopping": a run ends when it returns, however long the tree is busy: those that returned within their
// budget are not stuck, even if it is over when the tree hears of them, and of the deadline first.
func TestEndsAreOfWhenTheyCame(t *testing.T) {
	watchdog(t, "not all ends were brought")
	const n, drain = 200, 200 * time.Millisecond
	table := plain(Child{Name: "A", Role: Service, Replicas: n, Shutdown: Shutdown{Drain: drain, Abort: 1}, Start: until})
	tree, ended := running(t, table)
	tree.mu.Lock()
	asked := time.Now()
	tree.step(&kernel.Input{Kind: kernel.InputCommand, Verb: VerbShutdown, Cause: Audit{Verb: VerbShutdown, Who: "ada", Why: "a test"}})
	for waitingEnds(tree) < n {
		stdruntime.Gosched()
	}
	if took := time.Since(asked); took > drain {
		tree.mu.Unlock()
		<-ended
		t.Skipf("this machine took %s to end %d runs", took, n)
	}
	for time.Since(asked) < drain+time.Millisecond {
		stdruntime.Gosched()
	}
	tree.step(&kernel.Input{Kind: kernel.InputTick})
	tree.mu.Unlock()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	for _, c := range tree.Report().Children {
		if c.Outcome != StopDrained {
			t.Errorf("%s is %s", c.Path, c.Outcome)
		}
	}
}

// waitingEnds is how many runs have ended while the tree was busy.
func waitingEnds(tree *Tree) (n int) {
	tree.endQueue.mu.Lock()
	defer tree.endQueue.mu.Unlock()
	for _, batch := range tree.endQueue.batches {
		n += len(batch)
	}
	return n
}

// docs/runtime.md, "Ready and not ready": nor is one late that said in time that it is ready, while the tree was busy.
func TestReadyIsOfWhenItCame(t *testing.T) {
	watchdog(t, "it is never ready")
	const within = 300 * time.Millisecond
	said := make(chan struct{})
	tree := New(plain(Child{Name: "A", Role: Service, Ready: Ready{Explicit: true, Within: within}, Start: func(l Launch) error {
		<-said
		l.Signal().Ready()
		return until(l)
	}}))
	ended := make(chan error)
	go func() { ended <- tree.Run(context.Background()) }()
	launched := func() bool { return tree.Snapshot().Child(1).Generation > 0 }
	for !launched() {
		stdruntime.Gosched()
	}
	tree.mu.Lock()
	for launched := tree.k.Now(); tree.now() < launched+within/2; {
		stdruntime.Gosched()
	}
	close(said)
	blocked()
	for launched := tree.k.Now(); tree.now() <= launched+within; {
		stdruntime.Gosched()
	}
	if beat := kernel.Time(tree.members[1].run.beat.Load()); beat > 0 && tree.now() >= beat+within {
		tree.mu.Unlock()
		tree.Shutdown("ada", "a test")
		<-ended
		t.Skip("this machine is slow")
	}
	tree.step(&kernel.Input{Kind: kernel.InputTick})
	tree.mu.Unlock()
	if err := tree.AwaitReady(context.Background()); err != nil {
		t.Error(err)
	}
	if s := tree.Snapshot().Child(1); s.Generation != 1 {
		t.Errorf("it had to start again: %+v", s)
	}
	tree.Shutdown("ada", "a test")
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
