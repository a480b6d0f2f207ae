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

// maxRows is of how many declarations there are series; all others are one.
const maxRows = 200

// lifecycles are all states of a child.
var lifecycles = func() (all []runtime.Lifecycle) {
	for l := runtime.LifecycleDeclared; l <= runtime.LifecycleFailed; l++ {
		all = append(all, l)
	}
	return all
}()

// A count is what there is of one declaration, or of all that have no series of their own.
type count struct {
	path   string // "" of the others
	states map[runtime.Lifecycle]int
	totals runtime.Totals
	left   int // the smallest of what limits have left, -1 without any
}

// counts are those of all declarations of a snapshot, and the others last.
func (h *handler) counted(s *snapshot) (counts []count) {
	at := make([]int, len(h.rows))
	for id := range h.rows {
		if h.rows[id].Role == runtime.Group {
			at[id] = -1
			continue
		}
		at[id] = min(len(counts), maxRows)
		if at[id] == len(counts) {
			path := h.paths[id]
			if len(counts) == maxRows {
				path = ""
			}
			counts = append(counts, count{path: path, states: make(map[runtime.Lifecycle]int), left: -1})
		}
		c := &counts[at[id]]
		addTo(&c.totals, s.totals[id])
	}
	for i := range s.children {
		child := &s.children[i]
		c := &counts[at[child.ID]]
		c.states[child.Lifecycle]++
		if h.rows[child.ID].Limit.In > 0 && (c.left < 0 || child.Left < c.left) {
			c.left = child.Left
		}
	}
	return counts
}

func addTo(sum *runtime.Totals, t runtime.Totals) {
	sum.Starts += t.Starts
	sum.Restarts += t.Restarts
	sum.Failures += t.Failures
}

// metrics answers /metrics, in the text format of Prometheus.
func (h *handler) metrics(r *http.Request, w http.ResponseWriter) error {
	leave, err := h.enter()
	if err != nil {
		return err
	}
	defer leave()
	s := h.current.get()
	h.feed.mu.Lock()
	lost, commands := h.feed.lost, maps.Clone(h.feed.commands)
	h.feed.mu.Unlock()
	w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	write(w, h.counted(s), s.state.Leaked, lost, commands)
	return nil
}

func write(w io.Writer, counts []count, leaked []string, lost uint64, commands map[runtime.Verb]uint64) {
	family := func(name, kind, help string) { fmt.Fprintf(w, "# HELP %s %s\n# TYPE %[1]s %[3]s\n", name, help, kind) }
	labels := func(c count) string {
		if c.path == "" {
			return `otel_metric_overflow="true"`
		}
		return "supgen_child_path=" + quote(c.path)
	}
	each := func(name, kind, help string, value func(c count) (n uint64, ok bool)) {
		family(name, kind, help)
		for _, c := range counts {
			if n, ok := value(c); ok {
				fmt.Fprintf(w, "%s{%s} %d\n", name, labels(c), n)
			}
		}
	}
	family("supgen_child_status", "gauge", "Children of a declaration in each state.")
	for _, c := range counts {
		for _, l := range lifecycles {
			fmt.Fprintf(w, "supgen_child_status{%s,supgen_child_state=%q} %d\n", labels(c), l, c.states[l])
		}
	}
	each("supgen_child_starts_total", "counter", "Launches.", func(c count) (uint64, bool) { return c.totals.Starts, true })
	each("supgen_child_restarts_total", "counter", "Launches that were not a child's first.", func(c count) (uint64, bool) { return c.totals.Restarts, true })
	each("supgen_child_failures_total", "counter", "Runs that failed.", func(c count) (uint64, bool) { return c.totals.Failures, true })
	each("supgen_limit_remaining", "gauge", "Restarts that the limit has left, of the child that has the fewest.", func(c count) (uint64, bool) { return uint64(max(0, c.left)), c.left >= 0 })
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
	states := make(map[string]int)
	for _, l := range lifecycles {
		states[l.String()] = 0
	}
	for i := range s.children {
		states[s.children[i].Lifecycle.String()]++
	}
	var sum runtime.Totals
	for _, t := range s.totals {
		addTo(&sum, t)
	}
	text, err := json.Marshal(struct {
		Phase    runtime.TreePhase `json:"phase"`
		Ready    bool              `json:"ready"`
		Children map[string]int    `json:"children"`
		Stuck    int               `json:"stuck"`
		runtime.Totals
	}{s.state.Phase, s.state.Ready, states, len(s.state.Leaked), sum})
	if err != nil {
		panic(err)
	}
	return string(text)
}
