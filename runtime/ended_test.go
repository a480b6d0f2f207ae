package runtime

import (
	"context"
	stdruntime "runtime"
	"testing"
)

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
	tree := New(table)
	ended := make(chan error)
	go func() { ended <- tree.Run(context.Background()) }()
	if err := tree.AwaitReady(context.Background()); err != nil {
		t.Fatal(err)
	}

	tree.mu.Lock()
	close(end)
	for waiting := 0; waiting < n; {
		stdruntime.Gosched()
		tree.ends.mu.Lock()
		waiting = 0
		for _, batch := range tree.ends.batches {
			waiting += len(batch)
		}
		tree.ends.mu.Unlock()
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
