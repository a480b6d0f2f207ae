package runtime

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// design.md, "Operators": each command answers with the state before and what comes next, carries who and why, and is
// idempotent.
func TestCommands(t *testing.T) {
	table := plain(
		Child{Name: "DB", Role: Service, Start: until},
		Child{Name: "HTTP", Role: Service, Needs: []ID{one}, Start: until},
	)
	supervise(t, table, func(t *testing.T, tree *Tree) {
		db := HandleOf(tree, one)
		say := func(command func(who, why string) (Answer, error), answer string) {
			t.Helper()
			a, err := command("ada", "a test")
			if got := fmt.Sprint(a.Before, " > ", a.Next, " ", a.Changed, " ", err); got != answer {
				t.Errorf("the answer is %q, want %q", got, answer)
			}
			synctest.Wait()
		}
		say(db.Pause, "ready > paused true <nil>")
		want(t, tree, "Root.DB", "paused#1")
		want(t, tree, "Root.HTTP", "restarting#1")
		say(db.Pause, "paused > paused false <nil>")
		say(db.Release, "declared > declared false supgen: release Root.DB: it cannot be done in its state")
		say(db.Resume, "paused > restarting true <nil>")
		want(t, tree, "Root.DB", "ready#2")
		want(t, tree, "Root.HTTP", "ready#2")
		say(db.Resume, "ready > ready false <nil>")
		say(db.Quarantine, "ready > quarantined true <nil>")
		say(db.Release, "quarantined > restarting true <nil>")
		say(db.Stop, "ready > stopped true <nil>")
		s, _ := db.State()
		if s.Stopped != StopByHand {
			t.Errorf("it is stopped because of %s", s.Stopped)
		}
		say(db.Start, "stopped > restarting true <nil>")
		say(db.Restart, "ready > restarting true <nil>")
		want(t, tree, "Root.DB", "ready#5")
		say(db.Remove, "declared > declared false supgen: remove Root.DB: it cannot be done in its state")
		if _, err := tree.Command("Root.X", VerbPause, "ada", "why"); !errors.Is(err, ErrUnknown) {
			t.Errorf("a command to nobody answers %v", err)
		}
		for _, audit := range [][2]string{{"", "why"}, {"ada", " \t"}} {
			if _, err := db.Restart(audit[0], audit[1]); !errors.Is(err, ErrAudit) {
				t.Errorf("a command by %q because of %q answers %v", audit[0], audit[1], err)
			}
		}
	})
}

func TestCommandsWhenNothingRuns(t *testing.T) {
	var tree *Tree
	supervise(t, plain(Child{Name: "C", Role: Service, Start: until}), func(t *testing.T, running *Tree) {
		tree = running
		idle := New(tree.table)
		if _, err := idle.Handle("Root.C").Restart("ada", "a test"); !errors.Is(err, ErrNotRunning) {
			t.Errorf("before Run, restart answers %v", err)
		}
		want(t, idle, "Root.C", "declared#0")
	})
	if _, err := tree.Handle("Root.C").Restart("ada", "a test"); !errors.Is(err, ErrNotRunning) {
		t.Errorf("after Run, restart answers %v", err)
	}
	want(t, tree, "Root.C", "stopped#1")
	if p := tree.Snapshot().Tree().Phase; p != TreeEnded {
		t.Errorf("the tree is %s", p)
	}
}

func TestWait(t *testing.T) {
	var tree *Tree
	table := plain(
		Child{Name: "Slow", Role: Service, Ready: Ready{Explicit: true}, Start: func(l Launch) error {
			time.Sleep(time.Second)
			l.Signal().Ready()
			return until(l)
		}},
		Child{Name: "Self", Role: Service, Start: func(l Launch) error {
			if err := tree.Handle("Root.Self").Wait(l.Context()); !errors.Is(err, ErrInside) {
				t.Errorf("waiting for itself answers %v", err)
			}
			if err := tree.AwaitReady(l.Context()); err != nil {
				t.Errorf("waiting for the whole tree answers %v", err)
			}
			return until(l)
		}},
	)
	synctest.Test(t, func(t *testing.T) {
		tree = New(table)
		ctx, cancel := context.WithCancel(t.Context())
		go tree.Run(ctx)
		synctest.Wait()
		began := time.Now()
		if err := tree.Handle("Root.Slow").Wait(t.Context()); err != nil || time.Since(began) != time.Second {
			t.Errorf("Wait answers %v after %s", err, time.Since(began))
		}
		tree.Handle("Root.Slow").Stop("ada", "a test")
		if err := tree.Handle("Root.Slow").Wait(t.Context()); !errors.Is(err, ErrState) {
			t.Errorf("waiting for a stopped child answers %v", err)
		}
		short, done := context.WithTimeout(t.Context(), time.Second)
		defer done()
		if err := tree.AwaitReady(short); err != nil {
			t.Errorf("a child stopped by hand keeps the tree from being ready: %v", err)
		}
		synctest.Wait() // Self, too, has seen it
		cancel()
		<-tree.Done()
		if err := tree.Handle("Root.Slow").Wait(t.Context()); !errors.Is(err, ErrNotRunning) {
			t.Errorf("waiting in a tree that ended answers %v", err)
		}
	})
}

// language.md, "Dynamic children".
func TestDynamic(t *testing.T) {
	type args struct{ name string }
	var mu sync.Mutex
	ends := make(map[string]func())
	table := plain(Child{Name: "S", Role: Worker, Dynamic: true, Max: 2, Start: func(l Launch) error {
		ctx, cancel := context.WithCancel(l.Context())
		mu.Lock()
		ends[Args[args](l).name] = cancel
		mu.Unlock()
		<-ctx.Done()
		return nil
	}})
	var tree *Tree
	start := func(name string) error {
		_, err := tree.Start(context.Background(), one, Key(name), args{name})
		return err
	}
	supervise(t, table, func(t *testing.T, running *Tree) {
		tree = running
		for _, name := range []string{"a", `b"`} {
			if err := start(name); err != nil {
				t.Error(err)
			}
		}
		synctest.Wait()
		want(t, tree, `Root.S["b\""]`, "ready#2")
		if got := len(tree.Snapshot().Dynamic(one)); got != 2 {
			t.Errorf("there are %d", got)
		}
		if err := start("a"); !errors.Is(err, ErrDuplicateKey) {
			t.Errorf("a second one answers %v", err)
		}
		if err := start("c"); !errors.Is(err, ErrMax) {
			t.Errorf("a third one answers %v", err)
		}
		ends["a"]() // it ends for good: its key and place are free
		synctest.Wait()
		if err := start("a"); err != nil {
			t.Error(err)
		}
		synctest.Wait()
		want(t, tree, `Root.S["a"]`, "ready#3")
		if _, err := DynamicOf(tree, one, Key("a")).Remove("ada", "a test"); err != nil {
			t.Error(err)
		}
		synctest.Wait()
		if _, err := DynamicOf(tree, one, Key("a")).State(); !errors.Is(err, ErrUnknown) {
			t.Errorf("after it was removed, its state is %v", err)
		}
		cancelled, cancel := context.WithCancelCause(t.Context())
		cancel(errors.New("too late"))
		if _, err := tree.Start(cancelled, one, Key("x"), args{}); err == nil || err.Error() != "supgen: start Root.S: too late" {
			t.Errorf("with a context that ended, Start answers %v", err)
		}
	})
	if err := start("z"); !errors.Is(err, ErrNotRunning) {
		t.Errorf("after Run, Start answers %v", err)
	}
}

func TestKeys(t *testing.T) {
	type named string
	type id uint8
	for want, got := range map[string]InstanceKey{
		`["a b"]`: Key("a b"), `["7"]`: Key(named("7")), `[7]`: Key(7), `[255]`: Key(id(255)), `[-1]`: Key(int64(-1)), `[""]`: Key(""),
	} {
		if got.segment() != want {
			t.Errorf("the segment of a key is %s, want %s", got.segment(), want)
		}
	}
}

// Unkeyed dynamic children are numbered.
func TestNoKey(t *testing.T) {
	table := plain(Child{Name: "S", Role: Worker, Dynamic: true, Max: 9, Start: until})
	supervise(t, table, func(t *testing.T, tree *Tree) {
		for _, path := range []string{"Root.S[#1]", "Root.S[#2]"} {
			if h, err := tree.Start(t.Context(), one, NoKey, nil); err != nil || h.Path() != path {
				t.Errorf("Start answers %v, %v", h.Path(), err)
			}
		}
		if _, ok := tree.Snapshot().Dynamic(one)["2"]; !ok {
			t.Errorf("the snapshot has %v", tree.Snapshot().Dynamic(one))
		}
	})
}

func TestOverride(t *testing.T) {
	table := plain(Child{Name: "C", Role: Service, Start: func(l Launch) error { return errors.New("lost") }})
	err := supervise(t, table, func(t *testing.T, tree *Tree) { <-tree.Done() }, Override("Root.C", func(c *Child) {
		c.Limit = Limit{N: 0, In: time.Minute}
		c.On[OutcomeLimit] = ActionShutdown
	}))
	if err == nil || err.Error() != "supgen: Root.C failed (error: lost) [Root.C: 1 restart in 1m, limit 0 in 1m of Root.C, shutdown]" {
		t.Errorf("Run returned %v", err)
	}
	defer func() {
		if p := recover(); p == nil || fmt.Sprint(p) != `supgen: Override of "Root.X", which is no child of Root` {
			t.Errorf("New panicked with %v", p)
		}
	}()
	New(table, Override("Root.X", func(*Child) {}))
}
