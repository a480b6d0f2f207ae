package httpsup

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/supgen/supgen/runtime"
)

// maxRows is of how many declarations there are series; all others share one. With ten states each, these are less than the 2,000
// series of a metric that the SDK of OpenTelemetry keeps: package otelsup has the same.
const maxRows = 198

// metrics answers /metrics, in the text format of Prometheus.
func (h *handler) metrics(r *http.Request, w http.ResponseWriter) error {
	s, err := h.now()
	if err != nil {
		return err
	}
	h.feed.mu.Lock()
	lost, commands := h.feed.lost, maps.Clone(h.feed.commands)
	h.feed.mu.Unlock()
	w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	write(w, s.whole.Counts(maxRows), s.state.Leaked, lost, commands)
	return nil
}

func write(w io.Writer, counts []runtime.Count, leaked []string, lost uint64, commands map[runtime.Verb]uint64) {
	family := func(name, kind, help string) { fmt.Fprintf(w, "# HELP %s %s\n# TYPE %[1]s %[3]s\n", name, help, kind) }
	labels := func(c *runtime.Count) string {
		if c.Path == "" {
			return `otel_metric_overflow="true",supgen_child_path="*"`
		}
		return fmt.Sprintf("supgen_child_path=%s,supgen_child_role=%q", quote(c.Path), c.Role)
	}
	each := func(name, kind, help string, values func(c *runtime.Count, value func(n uint64, label string))) {
		family(name, kind, help)
		for i := range counts {
			c := &counts[i]
			values(c, func(n uint64, label string) { fmt.Fprintf(w, "%s{%s%s} %d\n", name, labels(c), label, n) })
		}
	}
	each("supgen_child_status", "gauge", "Children of a declaration in each state.", func(c *runtime.Count, value func(uint64, string)) {
		for l, n := range c.Children {
			value(uint64(n), fmt.Sprintf(",supgen_child_state=%q", runtime.Lifecycle(l)))
		}
	})
	each("supgen_child_starts_total", "counter", "Launches.", func(c *runtime.Count, value func(uint64, string)) { value(c.Starts, "") })
	each("supgen_child_restarts_total", "counter", "Launches that were not a child's first.", func(c *runtime.Count, value func(uint64, string)) { value(c.Restarts, "") })
	each("supgen_child_failures_total", "counter", "Runs that failed.", func(c *runtime.Count, value func(uint64, string)) {
		for o, n := range c.Failed {
			if n > 0 || runtime.Outcome(o) == runtime.OutcomeError { // from the start, so that the first one is an increase
				value(n, fmt.Sprintf(",error_type=%q", runtime.Outcome(o)))
			}
		}
	})
	each("supgen_limit_remaining", "gauge", "Restarts that the limit has left, of the child that has the fewest.", func(c *runtime.Count, value func(uint64, string)) {
		if c.Left >= 0 {
			value(uint64(c.Left), "")
		}
	})
	family("supgen_runs_stuck", "gauge", "Runs that were asked to stop, did not, and still run.")
	fmt.Fprintf(w, "supgen_runs_stuck %d\n", len(leaked))
	family("supgen_commands_total", "counter", "Commands of operators that were accepted.")
	for _, v := range slices.Sorted(maps.Keys(commands)) {
		fmt.Fprintf(w, "supgen_commands_total{supgen_command_verb=%q} %d\n", v, commands[v])
	}
	family("supgen_events_lost_total", "counter", "Events that were read too late.")
	fmt.Fprintf(w, "supgen_events_lost_total %d\n", lost)
}

// quote is a value of a label.
func quote(value string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(value) + `"`
}

// Var is a tree as a variable for package expvar: expvar.Publish("supgen", httpsup.Var(shop.Tree())).
func Var(t *runtime.Tree) interface{ String() string } { return &variable{snapshots{tree: t}} }

type variable struct{ current snapshots }

// String is the phase, how many children are in each state, and what there was in all, as JSON.
func (v *variable) String() string {
	s := v.current.get()
	sum := s.whole.Counts(0)[0]
	states := make(map[string]int)
	for l, n := range sum.Children {
		states[runtime.Lifecycle(l).String()] = n
	}
	text, err := json.Marshal(struct {
		Phase    runtime.TreePhase `json:"phase"`
		Ready    bool              `json:"ready"`
		Children map[string]int    `json:"children"`
		Stuck    int               `json:"stuck"`
		runtime.Totals
	}{s.state.Phase, s.state.Ready, states, len(s.state.Leaked), sum.Totals})
	if err != nil {
		panic(err)
	}
	return string(text)
}
