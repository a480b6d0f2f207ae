package runtime

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/supgen/supgen/runtime/policy"
)

// Validate reports all that keeps a table from being a tree: what no compile-time fence can see. Unedited generated code
// has nothing to report, but for what an [Override] changed.
func Validate(table []Child) error {
	if len(table) == 0 || table[0].Role != Supervisor {
		return errors.New("supgen: row 0 of a table is its root supervisor")
	}
	v := validator{table: table, paths: make([]string, len(table)), starts: make([]bool, len(table)), taken: make(map[string]ID)}
	for i, c := range table {
		v.paths[i], v.starts[i] = c.Name, c.Start != nil
		if p := c.Parent; i > 0 && p >= 0 && int(p) < i {
			v.paths[i] = v.paths[p] + "." + c.Name
			v.starts[i] = v.starts[i] || v.starts[p]
		}
	}
	for i := range table {
		v.row(ID(i), table[i])
	}
	if len(v.errs) == 0 { // what an order means depends on the rest being right
		v.cycle()
	}
	return errors.Join(v.errs...)
}

type validator struct {
	table  []Child
	paths  []string
	starts []bool // whether there is a Start for the row
	taken  map[string]ID
	errs   []error
}

func (v *validator) failf(id ID, format string, args ...any) {
	v.errs = append(v.errs, fmt.Errorf("supgen: %s: "+format, append([]any{v.paths[id]}, args...)...))
}

func (v *validator) row(id ID, c Child) {
	if id > 0 && (c.Parent < 0 || c.Parent >= id || v.table[c.Parent].Role != Supervisor) {
		v.failf(id, "its Parent is no supervisor above it")
		return
	}
	switch c.Role {
	case Supervisor, Group:
		if c.Dynamic || c.Replicas != 0 {
			v.failf(id, "a %s is not dynamic and has no replicas", c.Role)
		}
		if c.Role == Group && c.Start != nil {
			v.failf(id, "a group has no Start")
		}
	case Service, Worker, Job, Sidecar:
		if !v.starts[id] {
			v.failf(id, "it has no Start, nor has a supervisor above it")
		}
	default:
		v.failf(id, "it has no role")
		return
	}
	v.named(id, c)
	v.hangs(id, c)
	v.values(id, effective(c))
	v.bounds(id, effective(c))
	for _, ref := range slices.Concat(c.Needs, c.Wants, c.After) {
		v.reference(id, ref)
	}
}

// hangs checks where a row stands.
func (v *validator) hangs(id ID, c Child) {
	if c.Group != 0 && (c.Group < 0 || c.Group >= id || v.table[c.Group].Role != Group || v.table[c.Group].Parent != c.Parent) {
		v.failf(id, "its Group is no group of its supervisor above it")
	}
	if c.Role == Sidecar {
		if c.Of <= 0 || int(c.Of) >= len(v.table) || v.table[c.Of].Parent != c.Parent || c.Of == id {
			v.failf(id, "a sidecar is Of another child of its supervisor")
		} else if of := v.table[c.Of]; of.Role == Sidecar || of.Role == Group || of.Dynamic {
			v.failf(id, "it cannot be a sidecar of %s", v.paths[c.Of])
		}
	}
	if c.Dynamic && (c.Max <= 0 || c.Replicas != 0 || c.Role == Sidecar) {
		v.failf(id, "a dynamic child is a service, worker or job, with a Max and no replicas")
	}
	if c.Provides && c.Role != Job && !c.Ready.Explicit {
		v.failf(id, "it provides a value, so that it says itself when it is ready")
	}
	if c.Strategy > RestForOne {
		v.failf(id, "its strategy is none")
	}
	if c.Fewest < 0 || c.Fewest > 0 && c.Fewest >= c.Replicas {
		v.failf(id, "it has %d to %d replicas", c.Fewest, c.Replicas)
	}
	if c.Replicas < 0 {
		v.failf(id, "it has %d replicas", c.Replicas)
	}
	for _, f := range c.Finish.Of {
		if f <= 0 || int(f) >= len(v.table) || v.table[f].Parent != id || v.table[f].Role == Group || v.table[f].Dynamic {
			v.failf(id, "Finish names row %d, which is none of its children", f)
		}
	}
}

func (v *validator) reference(id, ref ID) {
	switch {
	case ref <= 0 || int(ref) >= len(v.table):
		v.failf(id, "it needs, wants or comes after row %d, which there is not", ref)
	case v.table[ref].Dynamic || v.table[ref].Role == Group:
		v.failf(id, "it needs, wants or comes after %s, which nothing can wait for", v.paths[ref])
	}
}

// values checks an effective row's numbers.
func (v *validator) values(id ID, c Child) {
	b := c.Backoff
	switch {
	case b.None || c.Role == Group:
	case b.Min < 0 || b.Max < b.Min || b.Reset < 0:
		v.failf(id, "its backoff goes from %s to %s, reset %s", b.Min, b.Max, b.Reset)
	case !(b.Factor >= 1) || math.IsInf(b.Factor, 1) || b.Jitter < DecorrelatedJitter || b.Jitter > 100:
		v.failf(id, "its backoff has factor %v and jitter %d", b.Factor, b.Jitter)
	}
	for _, l := range [...]Limit{c.Limit, c.Intensity} {
		if l.N < 0 || l.In < 0 || l.N > 0 && l.In == 0 {
			v.failf(id, "a limit of %s", rate(l))
		}
	}
	switch {
	case c.Shutdown.Drain < 0 || c.Shutdown.Abort < 0:
		v.failf(id, "its shutdown takes %s and %s", c.Shutdown.Drain, c.Shutdown.Abort)
	case c.Throttle.N < 0 || c.Throttle.N > 0 && c.Throttle.Refill <= 0 || c.Concurrency < 0 || c.Timeout < 0:
		v.failf(id, "its throttle, concurrency or timeout is not positive")
	case c.LameDuck < 0:
		v.failf(id, "its lame_duck is %s", c.LameDuck)
	case c.LameDuck > 0 && id != 0:
		v.failf(id, "it has a lame_duck, and is not the root")
	}
	v.actions(id, c.Role, c.On, c.Quarantine)
	if a := c.AtStart; a != nil {
		v.actions(id, c.Role, a.On, a.Quarantine)
		if c.Role == Group || c.Role != Supervisor && c.Role != Job && c.Ready.Immediate() {
			v.failf(id, "it is ready as soon as it is launched, so nothing happens at its start")
		}
		if a.On[OutcomeStuck] == ActionRestart {
			v.failf(id, "whether a second run may start beside a stuck one cannot depend on its start")
		}
	}
	if r := c.Ready.Check; r.Every < 0 || r.Every > 0 && (r.Timeout <= 0 || r.Timeout >= r.Every || c.ReadyCheck == nil) {
		v.failf(id, "its readiness check needs a function, and a timeout below its period")
	}
	h := c.Health
	if c.Ready.Within < 0 || h.Heartbeat < 0 || h.Fail < 0 {
		v.failf(id, "its readiness, heartbeat or count of failed checks is negative")
	}
	if h.Heartbeat > 0 && h.Check.Every > 0 {
		v.failf(id, "it has a heartbeat and a health check: one of them is enough")
	}
	if h.Heartbeat > 0 && (h.Stale <= h.Heartbeat || h.Dead <= h.Stale) {
		v.failf(id, "its heartbeat is %s, stale %s, dead %s", h.Heartbeat, h.Stale, h.Dead)
	}
	if k := h.Check; k.Every < 0 || k.Every > 0 && (k.Timeout <= 0 || k.Timeout >= k.Every || c.HealthCheck == nil) {
		v.failf(id, "its health check needs a function, and a timeout below its period")
	}
}

// actions checks what a table answers, and for how long.
func (v *validator) actions(id ID, role Role, on Table, terms *Terms) {
	switch {
	case on[OutcomeLimit] == ActionRestart || on[OutcomeIntensity] == ActionRestart || on[OutcomeIntensity] == ActionStop:
		v.failf(id, "a limit that is reached cannot restart, and an intensity cannot stop")
	case role == Supervisor && on[OutcomeIntensity] == ActionQuarantine:
		v.failf(id, "its intensity cannot quarantine: only a group's can")
	}
	for o, action := range on {
		if action > ActionShutdown {
			v.failf(id, "on %s, its action is none", Outcome(o))
		}
	}
	for _, o := range [...]Outcome{OutcomeSkip, OutcomeStuck, OutcomeLimit, OutcomeIntensity, OutcomeSuccess} {
		if on[o] == ActionRetry && (o != OutcomeSuccess || role == Job) {
			v.failf(id, "%s of a %s is no reason to try again", o, role)
		}
	}
	if terms == nil {
		return
	}
	for o, term := range terms {
		if term < 0 || term > 0 && on[o] != ActionQuarantine {
			v.failf(id, "its row %s is no quarantine of %s", Outcome(o), term)
		}
	}
}

// cycle looks for a cycle in the combined order of starting (design.md, "Starting"): needs, wants, after, sidecars,
// rest_for_one, and containment, which has two ends: a supervisor's children start after what it waits for, and it is
// ready after them. Each row is two moments, its start and its readiness, and the first of a slot of
// rest_for_one is a third: the readiness of all in the slot.
func (v *validator) cycle() {
	edges := make([][]int, 3*len(v.table)) // to what a moment waits for
	start, ready := func(id ID) int { return 3 * int(id) }, func(id ID) int { return 3*int(id) + 1 }
	whole := func(head ID) int { return 3*int(head) + 2 }
	rest := policy.RestOrdersOf(rows(v.table))
	for i := range v.table {
		id, c := ID(i), v.table[i]
		edges[ready(id)] = append(edges[ready(id)], start(id))
		for _, x := range slices.Concat(c.Needs, c.Wants, c.After) {
			edges[start(id)] = append(edges[start(id)], ready(x))
		}
		if c.Role == Sidecar {
			edges[start(c.Of)] = append(edges[start(c.Of)], ready(id))
		}
		if id == 0 || c.Role == Group {
			continue
		}
		edges[start(id)] = append(edges[start(id)], start(c.Parent))
		edges[ready(c.Parent)] = append(edges[ready(c.Parent)], ready(id))
		if seat := rest.Seats[i]; seat.Slot > 0 {
			edges[whole(seat.Head)] = append(edges[whole(seat.Head)], ready(id))
			if seat.Elder != 0 {
				edges[start(id)] = append(edges[start(id)], whole(seat.Elder))
			}
		}
	}
	if c := findCycle(edges); c != nil {
		var names []string
		for _, m := range c {
			if name := v.paths[m/3]; m%3 < 2 && (len(names) == 0 || names[len(names)-1] != name) {
				names = append(names, name)
			}
		}
		if len(names) == 1 { // for itself: its start and its readiness have one name
			names = append(names, names[0])
		}
		v.errs = append(v.errs, fmt.Errorf("supgen: these wait for each other: %s", strings.Join(names, " > ")))
	}
}

// findCycle is a cycle of a graph, or nil.
func findCycle(edges [][]int) []int {
	const fresh, open, done = 0, 1, 2
	mark := make([]int, len(edges))
	type frame struct{ at, next int }
	for root := range edges {
		if mark[root] != fresh {
			continue
		}
		stack := []frame{{root, 0}}
		mark[root] = open
		for len(stack) > 0 {
			f := &stack[len(stack)-1]
			if f.next == len(edges[f.at]) {
				mark[f.at] = done
				stack = stack[:len(stack)-1]
				continue
			}
			to := edges[f.at][f.next]
			f.next++
			switch mark[to] {
			case fresh:
				mark[to] = open
				stack = append(stack, frame{to, 0})
			case open:
				var cycle []int
				for i := len(stack) - 1; ; i-- {
					cycle = append([]int{stack[i].at}, cycle...)
					if stack[i].at == to {
						return append(cycle, to)
					}
				}
			}
		}
	}
	return nil
}
