package runtime

import (
	stdruntime "runtime"
	"testing"
	"unsafe"
)

// What there is of each child, and of each run, is small: a tree may have 100,000 of them, and what a run is made of is
// allocated at each restart.
func TestSizes(t *testing.T) {
	if unsafe.Sizeof(uintptr(0)) != 8 {
		t.Skip("these are the sizes of a machine of 64 bits")
	}
	for name, size := range map[string]struct{ is, most uintptr }{
		"member":  {unsafe.Sizeof(member{}), 64},
		"run":     {unsafe.Sizeof(run{}), 128},
		"Failure": {unsafe.Sizeof(Failure{}), 80},
	} {
		if size.is > size.most {
			t.Errorf("a %s has %d bytes, and %d at the most", name, size.is, size.most)
		}
	}
}

// A restart allocates the record of the run, which is its context, the goroutine's closure, and the failure.
func TestRestartAllocations(t *testing.T) {
	const restarts = 10_000
	var before, after stdruntime.MemStats
	runs := 0
	table := plain(Child{Name: "C", Role: Service, Backoff: Backoff{None: true}, Limit: often, Start: func(l Launch) error {
		switch runs++; {
		case runs == 100: // what grows with use has grown
			stdruntime.ReadMemStats(&before)
		case runs == 100+restarts:
			stdruntime.ReadMemStats(&after)
			l.run.tree.Shutdown("ada", "a test")
			return until(l)
		}
		return errLost
	}})
	table[0].Intensity = often
	if err := New(table).Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if each := float64(after.Mallocs-before.Mallocs) / restarts; each > 3.1 { // the windows of the limits still grow
		t.Errorf("a restart allocates %.2f times, and 3 times at the most", each)
	}
}
