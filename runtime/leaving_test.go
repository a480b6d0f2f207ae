package runtime

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// leaver is a tree with a lame duck.
func leaver(lameDuck time.Duration, children ...Child) []Child {
	table := plain(children...)
	table[0].LameDuck = lameDuck
	return table
}

// design.md, "Leave": the tree is not ready, its runs go on, dynamic children are refused, and operators are obeyed. Who asked
// for the stop is why it comes.
func TestLeave(t *testing.T) {
	var why error
	err := supervise(t, leaver(10*time.Second,
		Child{Name: "A", Role: Service, Start: func(l Launch) error { <-l.Context().Done(); why = context.Cause(l.Context()); return nil }},
		Child{Name: "B", Role: Service, Start: until},
		Child{Name: "D", Role: Worker, Dynamic: true, Max: 2, Start: until},
	), func(t *testing.T, tree *Tree) {
		stands := func(want string) {
			t.Helper()
			synctest.Wait()
			s := tree.Snapshot().Tree()
			if got := fmt.Sprintf("%s ready %t, report %s %s", s.Phase, s.Ready, tree.Report().Phase, tree.Report().Children[0].Outcome); got != want {
				t.Errorf("it is %s, want %s", got, want)
			}
		}
		stands("running ready true, report running running")
		if a, err := tree.Shutdown("ada", "deploy"); err != nil || !a.Changed || a.Next != LifecycleStopped {
			t.Errorf("the answer is %+v, %v", a, err)
		}
		stands("leaving ready false, report leaving running")
		if _, err := tree.Start(t.Context(), three, NoKey, nil); !errors.Is(err, ErrStopping) {
			t.Errorf("a dynamic child: %v", err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := tree.AwaitReady(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("it is awaited: %v", err)
		}
		if _, err := tree.Handle("Root").Restart("bob", "a look"); err != nil {
			t.Error(err)
		}
		synctest.Wait()
		want(t, tree, "Root.A", "ready#2")
		if got := fmt.Sprint(why); got != "Root.A is asked to stop with Root (restart by bob: a look)" {
			t.Errorf("it was restarted because %s", got)
		}
		time.Sleep(9*time.Second - 1)
		stands("leaving ready false, report leaving running")
		time.Sleep(time.Nanosecond)
		<-tree.Done()
		if r := tree.Report(); r.Ended != EndedAsked {
			t.Errorf("it ended %s", r.Ended)
		}
	})
	if got := fmt.Sprint(err, ", ", why); got != "<nil>, Root.A is asked to stop with Root (shutdown by ada: deploy)" {
		t.Error(got)
	}
}

// "A second request ends it", the end of Run's context after a Shutdown too; the first one stays the reason.
func TestLeaveOfASecondRequest(t *testing.T) {
	for name, again := range map[string]func(*Tree, context.CancelFunc) error{
		"Shutdown": func(tree *Tree, _ context.CancelFunc) error {
			a, err := tree.Shutdown("bob", "now")
			if !a.Changed {
				err = errors.New("nothing has changed")
			}
			return err
		},
		"the context": func(_ *Tree, cancel context.CancelFunc) error { cancel(); return nil },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var why error
				tree := New(leaver(time.Hour, Child{Name: "A", Role: Service, Start: func(l Launch) error {
					<-l.Context().Done()
					why = context.Cause(l.Context())
					return nil
				}}))
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				go tree.Run(ctx)
				synctest.Wait()
				began := time.Now()
				if _, err := tree.Shutdown("ada", "deploy"); err != nil {
					t.Error(err)
				}
				time.Sleep(time.Second)
				if err := again(tree, cancel); err != nil {
					t.Error(err)
				}
				<-tree.Done()
				if took := time.Since(began); took != time.Second || fmt.Sprint(why) != "Root.A is asked to stop with Root (shutdown by ada: deploy)" {
					t.Errorf("it took %s; %v", took, why)
				}
			})
		})
	}
}

// "how it ended is then its own": a tree that fails or finishes while it leaves was not stopped by who asked for it.
func TestLeaveOfATreeThatEnds(t *testing.T) {
	unready := Child{Name: "N", Role: Service, Ready: Ready{Explicit: true}, Start: func(l Launch) error { // when the request comes
		l.Signal().Ready()
		l.Signal().NotReady()
		return until(l)
	}}
	finishing := leaver(time.Hour, Child{Name: "W", Role: Worker, Start: after(2*time.Second, nil)}, Child{Name: "S", Role: Service, Start: until}, unready)
	finishing[0].Finish = Finish{Of: []ID{1}}
	for name, c := range map[string]struct {
		table []Child
		ended Ended
		says  string
	}{
		"finishes": {finishing, EndedFinished, "supgen: Root finished\n"},
		"fails": {leaver(time.Hour, Child{Name: "W", Role: Worker, Start: after(2*time.Second, FatalConfig(errors.New("no password")))}, Child{Name: "S", Role: Service, Start: until}, unready),
			EndedGaveUp, "supgen: Root.W failed (fatal_config: no password) [Root.W: fatal_config, shutdown]\n"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := program{New(c.table)}
				time.AfterFunc(time.Second, func() { p.tree.Shutdown("ada", "deploy") })
				var says strings.Builder
				began := time.Now()
				mainStatus(p, nil, make(chan os.Signal), &says)
				if r := p.tree.Report(); r.Ended != c.ended || says.String() != c.says || time.Since(began) != 2*time.Second {
					t.Errorf("it ended %s after %s, and says %s", r.Ended, time.Since(began), &says)
				}
				var withAudit []string
				for e := range p.tree.EventsFrom(t.Context(), 1) {
					if e.Kind == EventAsked && e.Audit != nil {
						withAudit = append(withAudit, e.Path)
					}
				}
				if len(withAudit) > 0 {
					t.Errorf("because of who asked before, these were asked to stop: %v", withAudit)
				}
			})
		})
	}
}

// docs/runtime.md, "How a program ends": a second signal ends the lame duck, and the next one the process.
func TestSignalsWhileLeaving(t *testing.T) {
	for _, c := range []struct {
		signals []time.Duration // when
		took    time.Duration
		status  int
		says    string
	}{
		{[]time.Duration{0}, time.Minute + 3*time.Second, 0, "supgen: Root stopped: shutdown by signal (SIGTERM)\n"},
		{[]time.Duration{0, patience - 1}, time.Minute + 3*time.Second, 0, "supgen: Root stopped: shutdown by signal (SIGTERM)\n"},
		{[]time.Duration{0, patience}, patience + 3*time.Second, 0, "supgen: Root stopped: shutdown by signal (SIGTERM)\n"},
		{[]time.Duration{0, time.Second, time.Second + patience - 1}, 4 * time.Second, 0, "supgen: Root stopped: shutdown by signal (SIGTERM)\n"},
		{[]time.Duration{0, time.Second, time.Second + patience}, time.Second + patience, 143, "supgen: ended by a second signal, SIGTERM; still running: Root.A\n"},
	} {
		synctest.Test(t, func(t *testing.T) {
			p := program{New(leaver(time.Minute, Child{Name: "A", Role: Service, Start: late(3*time.Second, nil)}))}
			signals := make(chan os.Signal, 1)
			for _, at := range c.signals {
				time.AfterFunc(time.Hour+at, func() { signals <- syscall.SIGTERM })
			}
			began := time.Now()
			var says strings.Builder
			status := mainStatus(p, nil, signals, &says)
			if took := time.Since(began) - time.Hour; status != c.status || says.String() != c.says || took != c.took {
				t.Errorf("signals at %v: it took %s, the status is %d, it says %s", c.signals, took, status, &says)
			}
			<-p.tree.Done()
		})
	}
}

// A lame duck is a policy of the root alone, and part of what it promises.
func TestLameDuckOfARoot(t *testing.T) {
	if err := Validate(leaver(maxDuration, Child{Name: "A", Role: Service, Start: until})); err != nil {
		t.Error(err)
	}
	if err := Validate(leaver(maxDuration+1, Child{Name: "A", Role: Service, Start: until})); err == nil || !strings.Contains(err.Error(), "its lame_duck is 87600h") {
		t.Errorf("of more than ten years: %v", err)
	}
	table := leaver(5*time.Second, Child{Name: "A", Role: Service, Start: until})
	table[0].Shutdown.Drain = 11 * time.Second
	made := func(lameDuck time.Duration) (says any) {
		defer func() { says = recover() }()
		tree := New(table, Override("Root", func(c *Child) { c.LameDuck = lameDuck }))
		c, err := tree.Policy("Root")
		if err != nil || c.LameDuck != lameDuck || !slices.Contains(strings.Split(c.From, "; "), "lame_duck: Override") {
			t.Errorf("the policy is %s from %q, %v", c.LameDuck, c.From, err)
		}
		return nil
	}
	if says := made(0); says != nil {
		t.Error(says)
	}
	if says := fmt.Sprint(made(5*time.Second + 1)); says != "supgen: Root: it promises to stop within 11s, and may take 11.000000001s" {
		t.Error(says)
	}
}
