package runtime

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"time"

	"github.com/supgen/supgen/runtime/internal/kernel"
)

// Override changes the policy of the child that is declared at path ("Shop.DB"; replicas and dynamic children by
// the name of their row) before the tree is made: a test has no backoff to wait for, a canary has another limit.
//
// What is not policy stays as it is, since generated types and other children hang on it: where the child is, what it needs,
// how it says that it is ready, its functions. New panics if an override changes that, if there is no such child, or if
// what comes of it is refused where it is written in a .sup file: a limit that the backoff can never reach, a
// supervisor above that promised to stop in less time.
func Override(path string, change func(*Child)) Option {
	return func(o *options) {
		if o.overrides == nil {
			o.overrides = make(map[string][]func(*Child))
		}
		o.overrides[path] = append(o.overrides[path], change)
	}
}

// override makes the changes, and answers with the rows that it made them to.
func override(table []Child, changes map[string][]func(*Child)) (changed []ID, err error) {
	var errs []error
	known := make(map[string]bool)
	for i, path := range paths(table) {
		known[path] = true
		if path == "" || len(changes[path]) == 0 {
			continue
		}
		before := clone(table[i : i+1])[0]
		for _, change := range changes[path] {
			change(&table[i])
		}
		changed = append(changed, ID(i))
		for _, what := range shape(before, table[i]) {
			errs = append(errs, fmt.Errorf("supgen: Override of %q changes %s, which is not policy", path, what))
		}
		said, was := sources(before.From), statements(effective(before))
		for i, s := range statements(effective(table[i])) {
			if s.value != was[i].value {
				said[s.word] = "Override"
			}
		}
		table[i].From = spellSources(said)
	}
	for path := range changes {
		if !known[path] || path == "" {
			errs = append(errs, fmt.Errorf("supgen: Override of %q, which is no child of %s", path, table[0].Name))
		}
	}
	return changed, errors.Join(errs...)
}

// policies are the fields of a Child that are only policy: of Ready and Health, the numbers.
var policies = []string{"Max", "Strategy", "Intensity", "Limit", "On", "Quarantine", "AtStart", "Backoff", "Throttle", "Concurrency",
	"Ready", "Health", "Shutdown", "Timeout"}

// shape names what differs of two rows and is not policy.
func shape(before, after Child) (changed []string) {
	a, b := reflect.ValueOf(before), reflect.ValueOf(after)
	for i := range a.NumField() {
		name, x, y := a.Type().Field(i).Name, a.Field(i), b.Field(i)
		same := true
		switch {
		case slices.Contains(policies, name):
		case x.Kind() == reflect.Func:
			same = x.Pointer() == y.Pointer()
		default:
			same = reflect.DeepEqual(x.Interface(), y.Interface())
		}
		if !same {
			changed = append(changed, "its "+name)
		}
	}
	if before.Ready.Explicit != after.Ready.Explicit || (before.Ready.Check.Every > 0) != (after.Ready.Check.Every > 0) {
		changed = append(changed, "how it is ready")
	}
	if before.Health.Heartbeat == 0 && after.Health.Heartbeat > 0 || before.Health.Check.Every == 0 && after.Health.Check.Every > 0 {
		changed = append(changed, "how its health is known")
	}
	return changed
}

// hold holds what overrides made to what the language promises beside what Validate sees.
func hold(table []Child, changed []ID) error {
	v := validator{table: table, paths: paths(table)}
	for _, id := range changed {
		c := effective(table[id])
		if restarts := slices.Contains(c.On[:], ActionRestart); restarts && table[id].Limit != (Limit{}) && c.Backoff.ShortestSpan(c.Limit.N) > c.Limit.In {
			v.failf(id, "it can never reach limit %s: the delays between %d restarts are %s", rate(c.Limit), c.Limit.N+1, kernel.Spell(c.Backoff.Span(c.Limit.N)))
		}
	}
	for id, c := range table {
		if c.Role != Supervisor || c.Shutdown.Drain == 0 || !slices.ContainsFunc(changed, func(x ID) bool { return x == ID(id) || isBelow(table, x, ID(id)) }) {
			continue
		}
		if total, unlimited := longestStop(table, ID(id)); unlimited {
			v.failf(ID(id), "it promises to stop within %s, and something below it may take for ever", kernel.Spell(c.Shutdown.Drain))
		} else if total > c.Shutdown.Drain {
			v.failf(ID(id), "it promises to stop within %s, and may take %s", kernel.Spell(c.Shutdown.Drain), kernel.Spell(total))
		}
	}
	return errors.Join(v.errs...)
}

// isBelow reports whether a row is somewhere below a supervisor.
func isBelow(table []Child, id, supervisor ID) bool {
	for id > 0 {
		if id = table[id].Parent; id == supervisor {
			return true
		}
	}
	return false
}

// longestStop is how long a supervisor takes to stop at the most: the largest sum of budgets along a chain of children that stop
// one after another (docs/runtime.md, "Stopping"). Where supervisors need each other's children both ways, as a whole they
// have no order, and the children alone are taken.
func longestStop(table []Child, of ID) (total time.Duration, unlimited bool) {
	kids := make([][]ID, len(table))
	for i, c := range table {
		if i > 0 && c.Role != Group {
			kids[c.Parent] = append(kids[c.Parent], ID(i))
		}
	}
	for _, whole := range []bool{true, false} {
		s := stopping{table: table, kids: kids, of: of, before: stopsBefore(table, whole), chains: make(map[ID]span), visiting: make(map[ID]bool)}
		if last := s.down(of); !s.circular {
			return last.total, last.unlimited
		}
	}
	panic("supgen: the stop order has a cycle that the start order has not")
}

// stopsBefore lists for each row what must have stopped before it is asked to.
func stopsBefore(table []Child, whole bool) [][]ID {
	before := elders(table) // under rest_for_one, the younger
	for i, c := range table {
		id := ID(i)
		for _, ref := range slices.Concat(c.Needs, c.After) {
			dependant := id
			for in := table[id].Parent; whole && in != ref && !isBelow(table, ref, in); in = table[in].Parent {
				dependant = in
			}
			before[ref] = append(before[ref], dependant)
		}
		if c.Role == Sidecar {
			before[id] = append(before[id], c.Of)
		}
	}
	return before
}

// elders lists for each row the siblings that come in the slot after it, under rest_for_one.
func elders(table []Child) (younger [][]ID) {
	younger = make([][]ID, len(table))
	orders := make(map[ID]*slots)
	for i := range table {
		for _, elder := range eldersOf(table, orders, ID(i)) {
			younger[elder] = append(younger[elder], ID(i))
		}
	}
	return younger
}

// A span is how long children take that stop one after another.
type span struct {
	total     time.Duration
	unlimited bool
}

func (c span) longer(d span) bool {
	if c.unlimited != d.unlimited {
		return c.unlimited
	}
	return c.total > d.total
}

// stopping is the stop of one supervisor.
type stopping struct {
	table    []Child
	kids     [][]ID // of a supervisor
	of       ID
	before   [][]ID
	chains   map[ID]span // up to the end of each
	visiting map[ID]bool
	circular bool
}

// asked is the longest chain before a row is asked to stop.
func (s *stopping) asked(id ID) (longest span) {
	if id == s.of {
		return span{}
	}
	longest = s.asked(s.table[id].Parent)
	for _, b := range s.before[id] {
		if !isBelow(s.table, b, s.of) {
			continue // another supervisor's time
		}
		if c := s.down(b); c.longer(longest) {
			longest = c
		}
	}
	return longest
}

// down is the longest chain up to the end of a row: of a supervisor, of the last of its children.
func (s *stopping) down(id ID) span {
	if done, ok := s.chains[id]; ok {
		return done
	}
	if s.visiting[id] {
		s.circular = true
		return span{}
	}
	s.visiting[id] = true
	longest := s.asked(id)
	if s.table[id].Role == Supervisor {
		for _, kid := range s.kids[id] {
			if last := s.down(kid); last.longer(longest) {
				longest = last
			}
		}
	} else {
		b := effective(s.table[id]).Shutdown
		longest.total, longest.unlimited = longest.total+b.Drain+b.Abort, longest.unlimited || b.Unlimited
	}
	delete(s.visiting, id)
	s.chains[id] = longest
	return longest
}
