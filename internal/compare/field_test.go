package compare_test

import (
	"iter"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/supgen/supgen/dsl/tree"
	"github.com/supgen/supgen/internal/compare"
	"github.com/supgen/supgen/internal/table"
	"github.com/supgen/supgen/runtime"
	"github.com/supgen/supgen/runtime/policy"
	"github.com/supgen/supgen/runtime/sim"
)

// everything has a value other than none for each field of a child.
const everything = `package shop

import "database/sql"

supervisor Shop {
	strategy rest_for_one
	throttle 5 refill 1s
	concurrency 2
	intensity 50 in 1m
	lame_duck 5s
	finish when any Other, Late
	service DB {
		provides *sql.DB
		ready    explicit within 10s
		health   heartbeat 1s stale 5s
		backoff  1s..10s factor 3 jitter 10% reset 2m
		on panic quarantine 5m
		on error at start quarantine 6m
		tags "a", "b"
	}
	sidecar Proxy of DB linked {
		ready  check every 1s timeout 500ms within 10s
		health check every 10s timeout 1s fail 2
	}
	service Cache {
		provides *sql.DB
		ready    explicit
	}
	job Seed needs DB, Cache {
		timeout 1m
	}
	job Late wants DB, Cache after Seed, DB
	group Readers {
		worker Many[2..4]
		worker Writer[2] {
			optional
		}
		worker Other
	}
	supervisor Ingest {
		strategy one_for_all
		worker Reader
		worker Sender
	}
	dynamic worker Session(id string, n int, p bool) key n {
		max 2
	}
}
`

// silent are the fields of a child that mean nothing by themselves, each with the reason.
var silent = map[string]string{
	"Name":      "another name is another child, or one that was renamed",
	"Role":      "tested by text, as a role decides what else there is",
	"Doc":       "a comment",
	"Pos":       "where it stands",
	"End":       "where it stands",
	"File":      "where it stands; its imports are part of the types",
	"Parent":    "tested by text, as moved",
	"Group":     "tested by text, as group",
	"Of":        "tested by text, as of",
	"Source":    "where a value comes from",
	"Dynamic":   "part of the role",
	"None":      "no backoff is tested by text",
	"Unlimited": "an unlimited stop is tested by text",
}

// A mutation changes one value of one child. It reports whether there was one other than none.
type mutation struct {
	field  string // of dsl.Child, with what is below it
	change func(c *tree.Child) bool
}

// mutations finds each value in a child, however deep, by reflection: a field that is added is found here too.
func mutations(t *testing.T) []mutation {
	var all []mutation
	var walk func(typ reflect.Type, name string, get func(c *tree.Child) reflect.Value)
	walk = func(typ reflect.Type, name string, get func(c *tree.Child) reflect.Value) {
		set := func(suffix string, change func(v reflect.Value) bool) {
			all = append(all, mutation{name + suffix, func(c *tree.Child) bool {
				v := get(c)
				return v.IsValid() && change(v)
			}})
		}
		switch {
		case typ == reflect.TypeFor[policy.Strategy](), typ == reflect.TypeFor[policy.Action]():
			set("", func(v reflect.Value) bool {
				switch was := v.Uint(); was {
				case 0:
					return false
				case 1:
					v.SetUint(2)
				default:
					v.SetUint(was - 1)
				}
				return true
			})
		case typ == reflect.TypeFor[policy.Jitter](), typ.Kind() == reflect.Int, typ.Kind() == reflect.Int64:
			set("", func(v reflect.Value) bool {
				if v.Int() == 0 {
					return false
				}
				step := int64(1)
				if typ == reflect.TypeFor[time.Duration]() {
					step = int64(time.Millisecond)
				}
				v.SetInt(v.Int() - step)
				return true
			})
		case typ.Kind() == reflect.Float64:
			set("", func(v reflect.Value) bool { v.SetFloat(v.Float() + 1); return v.Float() != 1 })
		case typ.Kind() == reflect.Bool:
			set("", func(v reflect.Value) bool { v.SetBool(!v.Bool()); return !v.Bool() })
		case typ.Kind() == reflect.String:
			set("", func(v reflect.Value) bool { v.SetString(v.String() + "x"); return v.String() != "x" })
		case typ.Kind() == reflect.Slice:
			set(" less", func(v reflect.Value) bool {
				if v.Len() == 0 {
					return false
				}
				v.Set(v.Slice(0, v.Len()-1))
				return true
			})
			set(" swapped", func(v reflect.Value) bool {
				if v.Len() < 2 {
					return false
				}
				v.Set(reflect.AppendSlice(reflect.MakeSlice(typ, 0, v.Len()), v))
				swap := reflect.Swapper(v.Interface())
				swap(0, 1)
				return true
			})
		case typ.Kind() == reflect.Array:
			for i := range typ.Len() {
				walk(typ.Elem(), name+"."+policy.Outcome(i).String(), func(c *tree.Child) reflect.Value {
					if v := get(c); v.IsValid() {
						return v.Index(i)
					}
					return reflect.Value{}
				})
			}
		case typ.Kind() == reflect.Pointer:
			walk(typ.Elem(), name, func(c *tree.Child) reflect.Value { return get(c).Elem() })
		case typ.Kind() == reflect.Struct:
			for _, f := range reflect.VisibleFields(typ) {
				if silent[f.Name] != "" || !f.IsExported() { // which follows from the others
					continue
				}
				walk(f.Type, strings.TrimPrefix(name+"."+f.Name, "."), func(c *tree.Child) reflect.Value {
					if v := get(c); v.IsValid() {
						return v.FieldByIndex(f.Index)
					}
					return reflect.Value{}
				})
			}
		default:
			t.Errorf("%s is a %s, which is not understood here", name, typ)
		}
	}
	walk(reflect.TypeFor[tree.Child](), "", func(c *tree.Child) reflect.Value { return reflect.ValueOf(c).Elem() })
	return all
}

// changed is each child of a tree that has something to change, while it is changed.
func (m mutation) changed(root *tree.Child) iter.Seq[*tree.Child] {
	return func(yield func(*tree.Child) bool) {
		for _, c := range slices.Collect(root.All()) {
			was := *c
			if c.AtStart != nil {
				rows := *c.AtStart
				c.AtStart = &rows
			}
			more := meaningless(m.field, c) || !m.change(c) || yield(c)
			*c = was
			if !more {
				return
			}
		}
	}
}

// mute are mutations that change nothing: of what is one there, or the same said otherwise.
var mute = []string{
	"Needed", "Wanted", "Counted", "Fails", "FailsAfter", "ComesBack", // what the checker concludes from the others
	"Children", "Finish.Of swapped", "After swapped", "Params swapped",
	"Bound.Chain", // follows from the others; the total is compared
}

// TestEveryField changes each value of a child by itself, and holds that something is said of it. What changes in the table
// of the runtime is what a tree does; so each field of that has to be among it.
func TestEveryField(t *testing.T) {
	rows := map[string]bool{"From": true, "Start": true, "ReadyCheck": true, "HealthCheck": true}
	for _, hidden := range []string{"Parent", "Group", "Of", "Name", "Role", "Dynamic", "Provides"} {
		rows[hidden] = true // tested by text
	}
	before, now := check(t, "shop.sup", everything), check(t, "shop.sup", everything)
	root := now.Roots()[0]
	for _, m := range mutations(t) {
		changed := false
		for c := range m.changed(root) {
			changed = true
			changes := compare.Trees(before, now)
			if len(changes) == 0 && !slices.ContainsFunc(mute, func(s string) bool { return strings.HasPrefix(m.field, s) }) {
				t.Errorf("nothing is said of %s of %s", m.field, c.Path())
			}
			for _, change := range changes {
				if change.Risk+change.Benefit+change.Note == "" || change.Verdict == "" {
					t.Errorf("%s: no word for %+v", m.field, change)
				}
			}
			holdMirror(t, m.field, changes, compare.Trees(now, before))
			if m.field != "Children less" && m.field != "Children swapped" {
				differing(before.Roots()[0], root, rows)
			}
		}
		if !changed && !strings.Contains(m.field, "AtStart") && !strings.Contains(m.field, "On.") && !strings.HasPrefix(m.field, "Bound.") && m.field != "FailsAfter" {
			t.Errorf("no child has a value for %s", m.field)
		}
	}
	for _, field := range reflect.VisibleFields(reflect.TypeFor[runtime.Child]()) {
		if !rows[field.Name] {
			t.Errorf("nothing changes %s of the runtime's table", field.Name)
		}
	}
}

// mirror is the verdict of a change that is taken back.
var mirror = map[compare.Verdict]compare.Verdict{compare.Riskier: compare.Safer, compare.Safer: compare.Riskier,
	compare.Depends: compare.Depends, compare.Neither: compare.Neither}

// holdMirror holds that what is worse when a change is made is better when it is taken back. What Go code mixes up it mixes
// up both ways; and a child that is added is no mirror of one that is removed.
func holdMirror(t *testing.T, field string, there, back []compare.Change) {
	t.Helper()
	key := func(c compare.Change) string { return c.Path + " " + c.What }
	verdicts := map[string]compare.Verdict{}
	for _, c := range back {
		verdicts[key(c)] = c.Verdict
	}
	for _, c := range there {
		if c.Kind == compare.Changed && c.What != "order of needs" && c.What != "arguments" && verdicts[key(c)] != mirror[c.Verdict] {
			t.Errorf("%s: %s is %s, and %s when it is taken back", field, key(c), c.Verdict, verdicts[key(c)])
		}
	}
}

// meaningless reports whether a field is about what a child's role cannot have.
func meaningless(field string, c *tree.Child) bool {
	is := func(prefix string) bool { return strings.HasPrefix(field, prefix) }
	switch {
	case is("Key"):
		return !c.Dynamic
	case is("Bound"):
		return c.Parent != nil
	case is("Limit"), is("Backoff"):
		return c.Parent == nil
	case c.Parent == nil && is("On."):
		return !is("On.intensity")
	case c.Role == policy.Supervisor && is("On."):
		return !is("On.success") && !is("On.error") && !is("On.limit") && !is("On.intensity") // a stuck run's row goes by optional
	}
	return false
}

// differing adds the fields in which the tables of two trees differ.
func differing(before, now *tree.Child, fields map[string]bool) {
	old, rows := table.Of(before), table.Of(now)
	for i := range rows {
		for _, field := range reflect.VisibleFields(reflect.TypeFor[runtime.Child]()) {
			a, b := reflect.ValueOf(old[i]).FieldByIndex(field.Index), reflect.ValueOf(rows[i]).FieldByIndex(field.Index)
			if field.Type.Kind() != reflect.Func && !reflect.DeepEqual(a.Interface(), b.Interface()) {
				fields[field.Name] = true
			}
		}
	}
}

// TestNeither holds what is called neither, or is no change, to the simulator: whatever end a child comes to, nothing costs
// more or less than before.
func TestNeither(t *testing.T) {
	before, now := check(t, "shop.sup", everything), check(t, "shop.sup", everything)
	old, root := before.Roots()[0], now.Roots()[0]
	held := 0
	for _, m := range mutations(t) {
		for c := range m.changed(root) {
			changes := compare.Trees(before, now)
			if slices.ContainsFunc(changes, func(c compare.Change) bool { return c.Verdict != compare.Neither }) ||
				c.Role == policy.Supervisor || c.Role == policy.Group || c.Dynamic {
				continue
			}
			held++
			for _, o := range []policy.Outcome{policy.OutcomeSuccess, policy.OutcomeError, policy.OutcomePanic, policy.OutcomeExternal,
				policy.OutcomeFatalConfig, policy.OutcomeFatalBug, policy.OutcomeSkip} {
				script := sim.Script{Until: hour, Rules: []sim.Rule{{Path: c.Path(), First: 1, Does: sim.Ends, Outcome: o, After: 20 * time.Second}}}
				for name, l := range map[string]loss{"down": down, "ends": ends, "starts": starts} {
					cost := func(root *tree.Child) time.Duration {
						result, err := sim.Run(sim.Tree(table.Of(root)), script)
						if err != nil {
							t.Fatal(err)
						}
						return l(result).Round(time.Minute) // jitter may differ
					}
					if was, is := cost(old), cost(root); was != is {
						t.Errorf("%s of %s: after %s, %s is %v, and was %v: %+v", m.field, c.Path(), o, name, is, was, changes)
					}
				}
			}
		}
	}
	if held < 20 {
		t.Errorf("only %d changes are neither", held)
	}
}
