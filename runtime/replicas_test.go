package runtime

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// consumers is a tree with two to five consumers.
func consumers() []Child {
	return plain(Child{Name: "Consumer", Role: Worker, Replicas: 5, Fewest: 2, Start: until}, Child{Name: "Web", Role: Service, Start: until})
}

func TestReplicasOfAConfiguration(t *testing.T) {
	for _, c := range []struct {
		options []Option
		want    int
	}{
		{nil, 2},
		{[]Option{WithReplicas("Root.Consumer", 2)}, 2},
		{[]Option{WithReplicas("Root.Consumer", 5)}, 5},
		{[]Option{WithReplicas("Root.Consumer", 5), WithReplicas("Root.Consumer", 3)}, 3},
	} {
		err := supervise(t, consumers(), func(t *testing.T, tree *Tree) {
			synctest.Wait()
			v := tree.Snapshot()
			states := v.CopyAll(one)
			if len(states) != c.want || states[c.want-1].Lifecycle != LifecycleReady {
				t.Errorf("there are %d consumers, want %d", len(states), c.want)
			}
			if _, err := ReplicaOf(tree, one, c.want).State(); err == nil {
				t.Errorf("there is one with index %d", c.want)
			}
		}, c.options...)
		if err != nil {
			t.Error(err)
		}
	}
}

// A number out of the range is a mistake of the configuration: nothing is started.
func TestReplicasOutOfRange(t *testing.T) {
	for _, c := range []struct {
		options []Option
		want    string
	}{
		{[]Option{WithReplicas("Root.Consumer", 1)}, "1 replicas of Root.Consumer: there are 2 to 5"},
		{[]Option{WithReplicas("Root.Consumer", 6)}, "6 replicas of Root.Consumer: there are 2 to 5"},
		{[]Option{WithReplicas("Root.Consumer", -1)}, "-1 replicas of Root.Consumer: there are 2 to 5"},
		{[]Option{WithReplicas("Root.Web", 2)}, "2 replicas of Root.Web, which declares no range of them"},
		{[]Option{WithReplicas("Nobody", 2), WithReplicas("Root.Consumer", 0)}, "2 replicas of Nobody, which declares no range of them"},
	} {
		started := false
		table := consumers()
		table[2].Start = func(l Launch) error {
			started = true
			return until(l)
		}
		synctest.Test(t, func(t *testing.T) {
			tree := New(table, c.options...)
			err := tree.Run(t.Context())
			if OutcomeOf(err) != OutcomeFatalConfig || !strings.Contains(err.Error(), c.want) || started {
				t.Errorf("Run returns %v, want %q; started: %v", err, c.want, started)
			}
			<-tree.Done()
			if status, why := tree.verdict(err, sigterm); status != statusConfig || !strings.Contains(why, c.want) {
				t.Errorf("the status is %d: %s", status, why)
			}
		})
	}
}

// What is computed of a tree holds for the most replicas that there may be.
func TestReplicasCountAsTheMost(t *testing.T) {
	table := plain(Child{Name: "Consumer", Role: Worker, Replicas: 50, Fewest: 2, Start: until})
	tree := New(table)
	if got := tree.table[0].Intensity.N; got != 100 {
		t.Errorf("the intensity is %d, want twice the most", got)
	}
}

func TestRestartEach(t *testing.T) {
	var got notes
	broken := false
	table := plain(Child{Name: "Parser", Role: Service, Replicas: 4, Ready: Ready{Explicit: true}, Backoff: Backoff{None: true}, Limit: Limit{In: time.Minute},
		On: Table{OutcomeLimit: ActionQuarantine}, Start: func(l Launch) error {
			time.Sleep(time.Second)
			if broken && l.Replica().Index() == 2 {
				return errLost
			}
			l.Signal().Ready()
			got.tell("%d is ready, with generation %d", l.Replica().Index(), l.Run().Generation())
			return until(l)
		}})
	err := supervise(t, table, func(t *testing.T, tree *Tree) {
		if err := tree.AwaitReady(t.Context()); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		got.take()
		_, _ = ReplicaOf(tree, one, 1).Pause("ada", "it is looked at")
		if err := tree.RestartEach(t.Context(), "Root.Parser", "ada", "new certificate"); err != nil {
			t.Error(err)
		}
		if diff := cmp.Diff([]string{"0 is ready, with generation 2", "2 is ready, with generation 2", "3 is ready, with generation 2"}, got.take()); diff != "" {
			t.Error(diff)
		}
		broken = true
		if err := tree.RestartEach(t.Context(), "Root.Parser", "ada", "new certificate"); !errors.Is(err, ErrState) || !strings.Contains(err.Error(), "Root.Parser[2]") {
			t.Error(err)
		}
		if diff := cmp.Diff([]string{"0 is ready, with generation 3"}, got.take()); diff != "" {
			t.Error(diff)
		}
		if err := tree.RestartEach(t.Context(), "Root.Parser", "", ""); !errors.Is(err, ErrAudit) {
			t.Error(err)
		}
		if err := tree.RestartEach(t.Context(), "Root", "ada", "all"); !errors.Is(err, ErrUnknown) {
			t.Error(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		if err := tree.RestartEach(ctx, "Root.Parser", "ada", "in a hurry"); !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
	})
	if err != nil {
		t.Error(err)
	}
}
