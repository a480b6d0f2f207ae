package runtime

import (
	"context"
	"math/rand/v2"
	stdruntime "runtime"
	"sync/atomic"
	"testing"
	"time"
)

// Children that fail in all ways at once, from goroutines of theirs and others, and clean up for a while: each run has one
// end, no run begins while anything of the last one is alive, and what a provider closes nothing holds.
func TestChaosParts(t *testing.T) {
	var alive, dead, opened, closed atomic.Int64
	handle := Port[*atomic.Bool]{Of: one}
	misbehave := func(run Run) {
		wait := func() { time.Sleep(time.Duration(rand.IntN(2000)) * time.Microsecond) }
		for range 3 {
			run.Go(func(ctx context.Context) error {
				wait()
				switch rand.IntN(4) {
				case 0:
					return errLost
				case 1:
					panic("lost")
				case 2:
					stdruntime.Goexit()
				}
				<-ctx.Done()
				return nil
			})
		}
		go func() { // as others start them
			defer func() { _ = recover() }()
			wait()
			if rand.IntN(2) == 0 {
				run.Fail(errLost)
			}
			_ = run.Do(func() error { wait(); panic("lost") })
		}()
	}
	provider := tireless("DB", func(l Launch) error {
		if alive.Add(1) != 1 {
			t.Error("two runs of DB")
		}
		h := new(atomic.Bool)
		opened.Add(1)
		l.Run().Cleanup(func(context.Context) error {
			h.Store(true)
			closed.Add(1)
			alive.Add(-1)
			return nil
		})
		handle.Provider(l).Ready(h)
		misbehave(l.Run())
		<-l.Context().Done()
		return nil
	})
	provider.Provides, provider.Ready = true, Ready{Explicit: true}
	user := tireless("HTTP", func(l Launch) error {
		h := handle.From(l)
		misbehave(l.Run())
		l.Run().Cleanup(func(context.Context) error {
			if h.Load() {
				dead.Add(1)
			}
			return nil
		})
		<-l.Context().Done()
		if h.Load() {
			dead.Add(1)
		}
		return nil
	})
	user.Needs, user.Replicas = []ID{one}, 4
	table := plain(provider, user)
	table[0].Intensity = often
	err := chaos(t, table, func(tree *Tree) {
		for on := storm(func() bool { return opened.Load() > 50 }); on(); {
			time.Sleep(time.Millisecond)
		}
	})
	if stopped(err) != nil || dead.Load() > 0 || opened.Load() != closed.Load() || opened.Load() < 50 {
		t.Errorf("Run returned %v; %d handles were opened, %d closed, %d of them while they were held", err, opened.Load(), closed.Load(), dead.Load())
	}
}
