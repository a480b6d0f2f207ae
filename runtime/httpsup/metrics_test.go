package httpsup

import (
	"bytes"
	"encoding/json"
	"expvar"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/supgen/supgen/runtime"
)

// Metrics count per declaration, children that are gone included.
func TestMetrics(t *testing.T) {
	var a *app
	run(t, func() *runtime.Tree { a = newApp(); return a.Tree }, func(t *testing.T, tree *runtime.Tree) {
		h := Handler(tree, Authorise(anybody))
		a.ready <- struct{}{}
		synctest.Wait()
		a.fail <- errLost
		time.Sleep(time.Minute)
		tree.Start(t.Context(), conns, runtime.Key("k"), nil)
		synctest.Wait()
		tree.Handle(`Shop.Conn["k"]`).Remove("ada", "a test")
		time.Sleep(time.Second)
		w := get(h, "/metrics")
		for _, line := range []string{
			`supgen_child_status{supgen_child_path="Shop.DB",supgen_child_role="service",supgen_child_state="running"} 1`,
			`supgen_child_status{supgen_child_path="Shop.HTTP",supgen_child_role="service",supgen_child_state="ready"} 0`,
			`supgen_child_status{supgen_child_path="Shop.Mail",supgen_child_role="service",supgen_child_state="quarantined"} 1`,
			`supgen_child_starts_total{supgen_child_path="Shop.DB",supgen_child_role="service"} 2`,
			`supgen_child_restarts_total{supgen_child_path="Shop.DB",supgen_child_role="service"} 1`,
			`supgen_child_failures_total{supgen_child_path="Shop.DB",supgen_child_role="service",error_type="error"} 1`,
			`supgen_child_starts_total{supgen_child_path="Shop.Conn",supgen_child_role="worker"} 1`,
			`supgen_limit_remaining{supgen_child_path="Shop.DB",supgen_child_role="service"} 9`,
			`supgen_commands_total{supgen_command_verb="remove"} 1`,
			`supgen_runs_stuck 0`,
			`supgen_events_lost_total 0`,
			"# HELP supgen_child_starts_total Launches.\n# TYPE supgen_child_starts_total counter",
		} {
			if !strings.Contains(w.Body.String(), line+"\n") {
				t.Errorf("there is no %s in\n%s", line, w.Body)
			}
		}
		if got := w.Header().Get("Content-Type"); got != "text/plain; version=0.0.4; charset=utf-8" {
			t.Errorf("the type is %s", got)
		}
	})
}

// However many declarations there are, there are series of 198, and one of all others.
func TestMetricsAreBounded(t *testing.T) {
	table := []runtime.Child{{Name: "Shop", Role: runtime.Supervisor}}
	for i := range 300 {
		table = append(table, runtime.Child{Name: fmt.Sprint("C", i), Role: runtime.Service, Start: until})
	}
	run(t, func() *runtime.Tree { return runtime.New(table) }, func(t *testing.T, tree *runtime.Tree) {
		w := get(Handler(tree, ReadOpen()), "/metrics")
		want(t, w, 200, `supgen_child_starts_total{supgen_child_path="Shop.C196",supgen_child_role="service"} 1`)
		want(t, w, 200, `supgen_child_starts_total{otel_metric_overflow="true",supgen_child_path="*"} 103`)
		want(t, w, 200, `supgen_child_status{otel_metric_overflow="true",supgen_child_path="*",supgen_child_state="ready"} 103`)
		if n := strings.Count(w.Body.String(), "\nsupgen_child_starts_total{"); n != maxRows+1 {
			t.Errorf("there are %d series", n)
		}
	})
}

// What a label has is what a path has.
func TestQuote(t *testing.T) {
	var b bytes.Buffer
	write(&b, []runtime.Count{{Path: "a\"b\\c\nd", Role: runtime.Job, Left: -1}}, nil, 0, nil)
	if !strings.Contains(b.String(), `supgen_child_starts_total{supgen_child_path="a\"b\\c\nd",supgen_child_role="job"} 0`) || strings.Contains(b.String(), "\nsupgen_limit_remaining{") {
		t.Errorf("it is %s", b.String())
	}
}

func TestVar(t *testing.T) {
	run(t, quiet, func(t *testing.T, tree *runtime.Tree) {
		var v expvar.Var = Var(tree)
		var got struct {
			Phase    string
			Ready    bool
			Children map[string]int
			Starts   int
		}
		if err := json.Unmarshal([]byte(v.String()), &got); err != nil || got.Phase != "running" || !got.Ready || got.Children["ready"] != 2 || got.Starts != 2 {
			t.Errorf("it is %s (%v)", v, err)
		}
	})
}
