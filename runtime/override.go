package runtime

import (
	"errors"
	"fmt"
	"reflect"
	"slices"

	"github.com/supgen/supgen/runtime/policy"
)

// Override changes the policy of the child that is declared at path ("Shop.DB"; replicas and dynamic children by
// the name of their row) before the tree is made: a test has no backoff to wait for, a canary has another limit.
//
// What is not policy stays as it is, since generated types and other children hang on it: where the child is, what it needs,
// how it says that it is ready, its functions. New panics if an override changes that, if there is no such child, or if
// the result would be rejected in a .sup file: a limit that the backoff can never reach, a
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
	"Ready", "Health", "Shutdown", "Timeout", "LameDuck"}

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

// validateOverridden checks, of what overrides made, what the language promises and Validate does not see.
func validateOverridden(table []Child, changed []ID) error {
	v := validator{table: table, paths: paths(table)}
	for _, id := range changed {
		c := effective(table[id])
		if restarts := slices.Contains(c.On[:], ActionRestart); restarts && table[id].Limit != (Limit{}) && c.Backoff.ShortestSpan(c.Limit.N) > c.Limit.In {
			v.failf(id, "it can never reach limit %s: the delays between %d restarts are %s", rate(c.Limit), c.Limit.N+1, policy.Spell(c.Backoff.Span(c.Limit.N)))
		}
	}
	if len(changed) == 0 {
		return nil
	}
	order := policy.StopOrderOf(rows(table))
	for id, c := range table {
		if c.Role != Supervisor || c.Shutdown.Drain == 0 {
			continue
		}
		if longest := order.Longest(ID(id)); longest.Unlimited {
			v.failf(ID(id), "it promises to stop within %s, and something that stops with it may take for ever", policy.Spell(c.Shutdown.Drain))
		} else if longest.Total > c.Shutdown.Drain {
			v.failf(ID(id), "it promises to stop within %s, and may take %s", policy.Spell(c.Shutdown.Drain), policy.Spell(longest.Total))
		}
	}
	return errors.Join(v.errs...)
}
