package runtime

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// docs/runtime.md, "Finish": where nothing but an operator moves who is waited for, an event and the log say so, once, and what
// ends that. Who may be missing is not waited for.
func TestFinishWaits(t *testing.T) {
	var log bytes.Buffer
	table := plain(
		Child{Name: "Missing", Role: Worker, Optional: true, On: Table{OutcomeError: ActionQuarantine}, Start: after(time.Second, errLost)},
		Child{Name: "Quarantined", Role: Worker, On: Table{OutcomeError: ActionQuarantine}, Start: after(2*time.Second, errLost)},
		Child{Name: "Paused", Role: Worker, Start: until},
		Child{Name: "Ends", Role: Job, Start: after(3*time.Second, nil)},
	)
	table[0].Finish = Finish{Of: []ID{one, two, three, four}}
	err := supervise(t, table, func(t *testing.T, tree *Tree) {
		got := told(t, tree, func(e Event) string {
			if e.Kind == EventWaits {
				return e.Path + ": " + e.Waits
			}
			return ""
		})
		tree.Handle("Root.Paused").Pause("ada", "a test")
		time.Sleep(time.Minute)
		if diff := cmp.Diff([]string{"3s Root: Root.Quarantined is quarantined: release it; Root.Paused is paused: resume it"}, got.take()); diff != "" {
			t.Error(diff)
		}
	}, WithLogger(slog.New(slog.NewTextHandler(&log, nil))))
	if err != nil {
		t.Error(err)
	}
	line := `level=WARN msg=waits path=Root generation=1 finish="Root.Quarantined is quarantined: release it; Root.Paused is paused: resume it"`
	if n := strings.Count(log.String(), line+"\n"); n != 1 {
		t.Errorf("the log has %d times\n%s\nit is\n%s", n, line, log.String())
	}
}
