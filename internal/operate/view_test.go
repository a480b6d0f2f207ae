package operate

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// bad is the state of a bad minute.
const bad = `{"tree": {"path": "Shop", "phase": "running", "sequence": 10, "time": "2026-01-01T12:00:00Z"}, "children": [
	{"path": "Shop", "role": "supervisor", "lifecycle": "running", "attempt": 1, "since": "2026-01-01T11:59:50Z"},
	{"path": "Shop.DB", "parent": "Shop", "role": "service", "lifecycle": "restarting", "health": "unhealthy", "attempt": 4, "restarts": 3, "starts": 4, "failures": 3,
		"since": "2026-01-01T11:59:59Z", "wait": {"kind": "backoff", "on": "Shop.DB", "until": "2026-01-01T12:00:03Z"},
		"failure": {"kind": "external", "message": "connection refused\nby 10.0.0.7"},
		"decision": {"action": "retry", "delay": 4000000000, "reason": "on external", "since": "2026-01-01T11:59:48Z", "at": "Shop.DB", "row": "external"}},
	{"path": "Shop.Orders", "parent": "Shop", "role": "service", "lifecycle": "restarting", "attempt": 1, "wait": {"kind": "need", "on": "Shop.DB"}},
	{"path": "Shop.HTTP", "parent": "Shop", "role": "service", "lifecycle": "restarting", "attempt": 1, "wait": {"kind": "need", "on": "Shop.Orders"}},
	{"path": "Shop.Mail", "parent": "Shop", "role": "service", "lifecycle": "paused", "attempt": 1},
	{"path": "Shop.Migrate", "parent": "Shop", "role": "job", "lifecycle": "stopped", "stopped": "completed", "attempt": 1, "starts": 1}]}`

func badView(t *testing.T) *View {
	t.Helper()
	s, err := Decode[State](json.RawMessage(bad), nil)
	if err != nil {
		t.Fatal(err)
	}
	v := NewView(s, &Declarations{Declarations: []Declaration{{Path: "Shop.DB", Limit: &Limit{10, 10 * time.Minute}}, {Path: "Shop.Mail", Optional: true}}})
	v.Record(Event{Path: "Shop.Mail", Kind: "command", Audit: &Audit{"pause", "ada", "new templates"}})
	return v
}

func TestTable(t *testing.T) {
	v := badView(t)
	var b strings.Builder
	if err := v.Table(&b, "Shop", v.Tree.Time); err != nil {
		t.Fatal(err)
	}
	const want = `PATH          STATE       SINCE  RESTARTS        WHY
Shop          running     10s    0               because of Shop.DB
Shop.DB       restarting  1s     3 of 10 in 10m  external: connection refused
Shop.Orders   restarting  -      0               because of Shop.DB
Shop.HTTP     restarting  -      0               because of Shop.DB
Shop.Mail     paused      -      0               pause by ada: new templates
Shop.Migrate  completed   -      0
`
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Error(diff)
	}
}

func TestExplain(t *testing.T) {
	v := badView(t)
	for path, want := range map[string]string{
		"Shop.HTTP": `child      Shop.HTTP (service)
state      restarting
waits for  Shop.Orders, which is restarting
           Shop.DB, which is restarting
cause      Shop.DB: external: connection refused
           failing for 12s, try 4, next try in 3s
restarts   0; in all 0 starts, 0 failures
`,
		"Shop.DB": `child      Shop.DB (service)
state      restarting for 1s
next       failing for 12s, try 4, next try in 3s
failure    external: connection refused
           by 10.0.0.7
decision   retry after 4s: on external
by         on external retry (of Shop.DB, default of a service)
restarts   3 of 10 in 10m; in all 4 starts, 3 failures
waiting    2 wait for it: Shop.Orders, Shop.HTTP
`,
	} {
		var statements []Statement
		if path == "Shop.DB" {
			statements = []Statement{{"Shop.DB", "on external retry", "default of a service"}}
		}
		var b strings.Builder
		if err := v.Explain(&b, v.Child(path), statements, v.Tree.Time); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, b.String()); diff != "" {
			t.Errorf("%s:\n%s", path, diff)
		}
	}
}

// Events bring a view up to date: the database is back, and what waited for it is fine; then it fails again.
func TestApply(t *testing.T) {
	v := badView(t)
	seq := v.Tree.Sequence
	if len(v.Causes()) != 1 {
		t.Fatalf("causes: %v", v.Causes())
	}
	apply := func(e Event) bool {
		seq++
		e.Sequence, e.Time, e.Phase, e.Attempt = seq, v.Tree.Time.Add(time.Second), "running", 1
		return v.Apply(e)
	}
	for _, path := range []string{"Shop.DB", "Shop.Orders", "Shop.HTTP", "Shop"} {
		apply(Event{Path: path, Kind: "transition", From: "restarting", To: "ready"})
	}
	if len(v.Causes()) != 0 || len(v.Waiting(v.Child("Shop.DB"))) != 0 || v.Root(v.Child("Shop.HTTP")) != v.Child("Shop.HTTP") || v.Child("Shop.DB").Wait != nil {
		t.Errorf("causes: %v", v.Causes())
	}
	if v.Apply(Event{Path: "Shop.DB", Sequence: seq, To: "failed"}); v.Child("Shop.DB").Lifecycle != "ready" {
		t.Error("an event that the state knows already was applied")
	}
	apply(Event{Path: "Shop.DB", Kind: "failed", From: "ready", To: "failed", Failure: &Failure{Kind: "panic", Message: "boom"}, Decision: &Decision{Action: "restart", Delay: time.Minute}})
	if causes := v.Causes(); len(causes) != 1 || v.Why(causes[0]) != "panic: boom" {
		t.Errorf("causes: %v", causes)
	}
	apply(Event{Path: "Shop.DB", Kind: "failed", From: "failed", To: "restarting"})
	if got := Countdown(v.Child("Shop.DB"), v.Tree.Time); got != "next try in 1m" {
		t.Errorf("countdown: %s", got)
	}
	if !apply(Event{Path: "Shop.Import[1]", Kind: "added"}) || !apply(Event{Path: "Shop.HTTP", Kind: "removed"}) {
		t.Error("the state has to be asked for when a child came or went")
	}
}

// Of a thousand children that wait in a row, and of ten thousand that wait for one, the cause is found at once.
func TestManyWait(t *testing.T) {
	s := &State{Tree: Tree{Phase: "running"}, Children: []Child{{Path: "S", Role: "supervisor"}}}
	for i := range 12000 {
		on := i - 1
		if i > 2000 {
			on = 0
		}
		c := Child{Path: path(i), Parent: "S", Lifecycle: "restarting", Wait: &Wait{On: path(on)}}
		if i == 0 {
			c = Child{Path: path(0), Parent: "S", Lifecycle: "failed", Failure: &Failure{}}
		}
		s.Children = append(s.Children, c)
	}
	v := NewView(s, &Declarations{})
	causes := v.Causes()
	if len(causes) != 1 || causes[0].Path != path(0) || len(v.Waiting(causes[0])) != 11999 {
		t.Errorf("%d causes", len(causes))
	}
}

func path(i int) string { return fmt.Sprintf("S.C%d", i) }

// unready is a minute in which a pool, which failed at boot, says that its server went away. Another child takes long to start, and
// failed yesterday; a third one ended well, and starts again.
const unready = `{"tree": {"path": "Shop", "phase": "running", "sequence": 10, "time": "2026-01-01T12:00:00Z"}, "children": [
	{"path": "Shop", "role": "supervisor", "lifecycle": "running", "attempt": 1, "since": "2026-01-01T11:59:50Z"},
	{"path": "Shop.Slow", "parent": "Shop", "role": "service", "lifecycle": "running", "attempt": 1, "failure": {"kind": "panic", "message": "yesterday"}},
	{"path": "Shop.DB", "parent": "Shop", "role": "service", "lifecycle": "running", "readiness": "pending", "attempt": 4, "restarts": 0, "starts": 4, "failures": 3,
		"since": "2026-01-01T11:59:50Z",
		"not_ready": {"kind": "external", "message": "terminating connection\nby an administrator"},
		"failure": {"kind": "external", "message": "connection refused"},
		"decision": {"action": "retry", "delay": 4000000000, "reason": "on external", "since": "2026-01-01T11:00:00Z", "at": "Shop.DB", "row": "external"}},
	{"path": "Shop.HTTP", "parent": "Shop", "role": "service", "lifecycle": "restarting", "attempt": 1, "wait": {"kind": "ready", "on": "Shop.DB"}},
	{"path": "Shop.Feed", "parent": "Shop", "role": "worker", "lifecycle": "restarting", "attempt": 2, "wait": {"kind": "restart", "on": "Shop.Feed"},
		"failure": {"kind": "panic", "message": "last week"}, "decision": {"action": "restart", "row": "success", "reason": "on success"}}]}`

// A child that says that it is not ready is what is wrong, because of what it says, and not of how it failed before.
func TestNotReady(t *testing.T) {
	s, err := Decode[State](json.RawMessage(unready), nil)
	if err != nil {
		t.Fatal(err)
	}
	v := NewView(s, &Declarations{})
	var b strings.Builder
	if err := v.Table(&b, "Shop", v.Tree.Time); err != nil {
		t.Fatal(err)
	}
	if err := v.Explain(&b, v.Child("Shop.DB"), nil, v.Tree.Time); err != nil {
		t.Fatal(err)
	}
	if err := v.Explain(&b, v.Child("Shop.HTTP"), nil, v.Tree.Time); err != nil {
		t.Fatal(err)
	}
	const want = `PATH       STATE       SINCE  RESTARTS  WHY
Shop       running     10s    0         because of Shop.DB
Shop.Slow  running     -      0
Shop.DB    not ready   10s    0         external: terminating connection
Shop.HTTP  restarting  -      0         because of Shop.DB
Shop.Feed  restarting  -      0
child      Shop.DB (service)
state      not ready for 10s
because    external: terminating connection
           by an administrator
failed     external: connection refused
decision   retry after 4s: on external
by         the row external of Shop.DB
restarts   0; in all 4 starts, 3 failures
waiting    1 waits for it: Shop.HTTP
child      Shop.HTTP (service)
state      restarting
waits for  Shop.DB, which is not ready
cause      Shop.DB: external: terminating connection
           not ready for 10s
restarts   0; in all 0 starts, 0 failures
`
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Error(diff)
	}
	if causes := v.Causes(); len(causes) != 1 || causes[0].Path != "Shop.DB" || v.Tone(causes[0]) != ToneBad {
		t.Errorf("causes: %v", causes)
	}
}

// Events tell that a child is not ready, why, and that it is ready again, or down.
func TestApplyNotReady(t *testing.T) {
	v := badView(t)
	db := v.Child("Shop.DB")
	for i, step := range []struct {
		e    Event
		tell string
		why  string
	}{
		{Event{Kind: "transition", From: "restarting", To: "running"}, "restarting → running", ""},
		{Event{Kind: "not_ready", From: "running", To: "running", Failure: &Failure{Kind: "external", Message: "refused"}}, "not ready: external: refused", "external: refused"},
		{Event{Kind: "health", From: "running", To: "running", Health: "healthy"}, "health: healthy", "external: refused"},
		{Event{Kind: "transition", From: "running", To: "ready"}, "running → ready", ""},
		{Event{Kind: "transition", From: "ready", To: "running", Failure: &Failure{Kind: "none", Message: "it did not say why"}}, "not ready: it did not say why", "it did not say why"},
		{Event{Kind: "transition", From: "running", To: "shutting_down"}, "running → stopping", ""},
	} {
		step.e.Path, step.e.Sequence, step.e.Attempt = "Shop.DB", v.Tree.Sequence+1, 1
		v.Apply(step.e)
		if got := v.Why(db); got != step.why || step.e.Sentence() != step.tell {
			t.Errorf("%d: it is so because of %q, and the event is %q", i, got, step.e.Sentence())
		}
	}
}

// A child that is ready as soon as it runs fails on and off.
func TestTries(t *testing.T) {
	now := time.Date(2026, 12, 1, 0, 1, 0, 0, time.UTC)
	for readiness, want := range map[string]string{"pending": "failing for 1m, try 7", "not_required": "failing on and off for 1m, try 7"} {
		state := fmt.Sprintf(`{"path": "Shop.DB", "role": "worker", "lifecycle": "restarting", "health": "unhealthy", "readiness": %q, "attempt": 7,
			"failure": {"kind": "external", "message": "refused"}, "decision": {"since": "2026-12-01T00:00:00Z"}}`, readiness)
		var c Child
		if err := json.Unmarshal([]byte(state), &c); err != nil {
			t.Fatal(err)
		}
		v := badView(t)
		if got := v.Tries(&c, now); got != want {
			t.Errorf("%s: %q, want %q", readiness, got, want)
		}
	}
}
