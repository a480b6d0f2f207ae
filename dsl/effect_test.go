package dsl

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/supgen/supgen/dsl/diag"
	"github.com/supgen/supgen/dsl/syntax"
	"github.com/supgen/supgen/dsl/tree"
	"github.com/supgen/supgen/runtime/policy"
)

// parseTree checks a package of one file that has nothing wrong with it.
func parseTree(t *testing.T, src string) *tree.Tree {
	t.Helper()
	f, _ := syntax.Parse("a.sup", []byte(src))
	checked, diagnostics := Check([]*syntax.File{f}, "")
	if diag.HasErrors(diagnostics) {
		t.Fatal(diagnostics)
	}
	return checked
}

// find is the child at a path.
func find(t *testing.T, checked *tree.Tree, path string) *tree.Child {
	t.Helper()
	for _, f := range checked.Files {
		for _, root := range f.Roots {
			for c := range root.All() {
				if c.Path() == path {
					return c
				}
			}
		}
	}
	t.Fatalf("there is no %s", path)
	return nil
}

// A value comes from the child's own statement, the policies it uses, the last one first, the defaults from the
// inside out, and the role.
func TestSources(t *testing.T) {
	checked := parseTree(t, `package main
policy one {
	limit 1 in 1m
	on failure stop
}
policy two {
	limit 2 in 2m
	on panic restart
}
policy three {
	limit 3 in 3m
	shutdown 3s
}
supervisor Shop {
	defaults {
		limit 8 in 8m
		shutdown 8s abort 0s
		on panic quarantine
		backoff 8ms..80ms
	}
	service Role
	service Own {
		limit 9 in 9m
		use one, two
	}
	service Used {
		use one, two
	}
	supervisor Inner {
		defaults {
			limit 7 in 7m
			use three
		}
		service Inherits
		service Kept {
			shutdown unlimited
		}
	}
}
`)
	for _, test := range []struct{ path, limit, panic, shutdown string }{
		{"Shop.Role", "8 in 8m defaults Shop 16:3", "quarantine defaults Shop 18:3", "8s 0s defaults Shop 17:3"},
		{"Shop.Own", "9 in 9m statement  23:3", "restart policy two 8:2", "8s 0s defaults Shop 17:3"},
		{"Shop.Used", "2 in 2m policy two 7:2", "restart policy two 8:2", "8s 0s defaults Shop 17:3"},
		{"Shop.Inner", "8 in 8m defaults Shop 16:3", "restart role supervisor 0:0", "0s 0s role supervisor 0:0"},
		{"Shop.Inner.Inherits", "7 in 7m defaults Shop.Inner 31:4", "quarantine defaults Shop 18:3", "3s 1s defaults Shop.Inner 12:2"},
		{"Shop.Inner.Kept", "7 in 7m defaults Shop.Inner 31:4", "quarantine defaults Shop 18:3", "unlimited statement  36:4"},
	} {
		c := find(t, checked, test.path)
		limit := c.Limit.Value
		got := []string{
			fmt.Sprintf("%d in %s ", limit.N, tree.Short(limit.In)) + sourceText(c.Limit.Source),
			c.On[policy.OutcomePanic].Value.String() + " " + sourceText(c.On[policy.OutcomePanic].Source),
			fmt.Sprintf("%s %s ", c.Shutdown.Value.Drain, c.Shutdown.Value.Abort) + sourceText(c.Shutdown.Source),
		}
		if c.Shutdown.Value.Unlimited {
			got[2] = "unlimited " + sourceText(c.Shutdown.Source)
		}
		if diff := cmp.Diff([]string{test.limit, test.panic, test.shutdown}, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.path, diff)
		}
	}
}

func sourceText(s *tree.Source) string {
	return fmt.Sprintf("%s %s %d:%d", s.Kind, s.Name, s.Pos.Line, s.Pos.Column)
}

// A row is resolved by the strength of its source first, and within one source by how exact it is.
func TestTable(t *testing.T) {
	checked := parseTree(t, `package main
policy stops {
	on panic stop
}
supervisor Shop {
	defaults {
		on success escalate
		on failure quarantine 5m
		on goexit shutdown
	}
	service Plain
	service Temporary {
		restart temporary
		use stops
	}
	service Mixed {
		on failure escalate
		restart transient
		on timeout retry
		ready explicit
	}
	service Transient {
		restart transient
	}
	service Weak {
		use stops
		optional
	}
	service Kept {
		optional
		on goexit restart
		on limit stop
	}
	dynamic worker Ending(id string) key id {
		restart temporary
		max 5
	}
	supervisor Ends {
		finish when all A
		restart permanent
		job A {
			on success stop
		}
	}
	supervisor Goes {
		finish when all A
		on success restart
		job A {
			on success stop
		}
	}
	group G {
		on intensity quarantine
		service B
	}
}
`)
	const (
		own    = "shutdown escalate stop escalate escalate" // from fatal_config on, as every service
		spared = "quarantine quarantine stop quarantine"    // up to stuck, of one that may be missing
	)
	for _, test := range []struct{ path, want string }{
		{"Shop.Plain", "escalate quarantine+ quarantine+ shutdown quarantine+ quarantine+ quarantine+ retry " + own},
		{"Shop.Temporary", "stop stop stop stop stop stop stop stop " + own},
		{"Shop.Mixed", "stop escalate escalate escalate retry escalate escalate retry " + own},
		{"Shop.Transient", "stop restart restart restart quarantine+ restart quarantine+ retry " + own},
		{"Shop.Weak", "escalate quarantine+ stop shutdown quarantine+ quarantine+ quarantine+ retry " + spared + " quarantine"},
		{"Shop.Kept", "escalate quarantine+ quarantine+ restart quarantine+ quarantine+ quarantine+ retry " + spared + " stop"},
		{"Shop.Ending", "stop stop stop stop stop stop stop stop stop stop stop quarantine stop"},
		{"Shop.Ends", "stop restart restart restart retry restart retry retry " + own + " escalate"},
		{"Shop.Goes", "restart quarantine+ restart restart retry restart retry retry " + own + " escalate"},
		{"Shop.G", "none none none none none none none none none none none none none quarantine"},
		{"Shop.B", "escalate quarantine+ quarantine+ shutdown quarantine+ quarantine+ quarantine+ retry " + own},
	} {
		var row []string
		for _, v := range find(t, checked, test.path).On[policy.OutcomeSuccess:] {
			row = append(row, strings.Replace(v.Value.String(), " 5m", "+", 1))
		}
		got := strings.TrimSuffix(strings.Join(row, " "), " none")
		if got != test.want {
			t.Errorf("%s:\n got %s\nwant %s", test.path, got, test.want)
		}
	}
}

// At the start, "on panic at start" is stronger than "on panic", and that than "on failure at start"; but the source
// comes first. A row at the start says nothing of one that is ready as soon as it is launched.
func TestAtStart(t *testing.T) {
	checked := parseTree(t, `package main
policy fast {
	on error at start   shutdown
	on failure at start escalate
}
supervisor Shop {
	on intensity at start shutdown
	defaults {
		use fast
	}
	service Inherits {
		ready explicit
	}
	service Immediate
	job Load
	service Own {
		ready explicit
		use   fast
		on error restart
		on panic at start stop
		restart transient
	}
	service Exact {
		ready explicit
		on error quarantine
		on failure at start quarantine 1h
		on failure retry
	}
	service Later {
		ready explicit
		on failure at start stop
		on error at start quarantine 2m
		on error restart
	}
	group G {
		service Member {
			ready explicit
		}
	}
	supervisor Inner {
		service Deep {
			restart temporary
		}
	}
}
`)
	const inherited = "error: shutdown, panic: escalate, goexit: escalate, timeout: escalate, unhealthy: escalate, external: escalate"
	for _, test := range []struct{ path, want string }{
		{"Shop", "intensity: shutdown"},
		{"Shop.Inherits", inherited},
		{"Shop.Immediate", ""},
		{"Shop.Load", inherited},
		{"Shop.Own", "panic: stop, timeout: escalate, external: escalate"},
		{"Shop.Exact", "panic: quarantine 1h, goexit: quarantine 1h, timeout: quarantine 1h, unhealthy: quarantine 1h, external: quarantine 1h"},
		{"Shop.Later", "error: quarantine 2m, panic: stop, goexit: stop, timeout: stop, unhealthy: stop, external: stop"},
		{"Shop.G", ""},
		{"Shop.Member", inherited},
		{"Shop.Inner", "error: shutdown"},
		{"Shop.Inner.Deep", ""},
	} {
		var rows []string
		for o := range policy.Outcome(len(tree.Rows{})) {
			v := find(t, checked, test.path).AtStart.Of(o)
			if v.Value.Action != policy.ActionNone {
				rows = append(rows, fmt.Sprintf("%s: %s", o, v.Value))
			}
		}
		if diff := cmp.Diff(test.want, strings.Join(rows, ", ")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.path, diff)
		}
	}
}

// Who said a default that is not the role's own tells why.
func TestDefaultSources(t *testing.T) {
	checked := parseTree(t, `package main
supervisor Shop {
	service A {
		optional
	}
	sidecar B of A
	dynamic worker C() {
		max 3
	}
	dynamic worker D() {
		max 3
		optional
		restart temporary
	}
	worker E[20] {
		restart transient
	}
	group F {
		worker G[17]
		service H {
			optional
		}
	}
	supervisor I {
		worker J
	}
}
`)
	for _, test := range []struct{ path, error, limit, stuck, intensity string }{
		{"Shop.A", "restart service", "quarantine optional service", "quarantine optional service", " service"},
		{"Shop.B", "restart sidecar", "quarantine sidecar", "quarantine sidecar", ""},
		{"Shop.C", "restart worker", "quarantine dynamic worker", "quarantine dynamic worker", ""},
		{"Shop.D", "stop ", "stop temporary optional dynamic worker", "quarantine optional dynamic worker", ""},
		{"Shop", "", "", "", "76 in 1m supervisor with 38 children that count"},
		{"Shop.F", "", "", "", "34 in 1m group with 17 children that count"},
		{"Shop.I", "restart supervisor", "escalate supervisor", "", "30 in 1m supervisor"},
	} {
		c := find(t, checked, test.path)
		row := func(o policy.Outcome) string { return fmt.Sprintf("%s %s", c.On[o].Value, c.On[o].Source.Name) }
		if test.error != "" && (row(policy.OutcomeError) != test.error || row(policy.OutcomeLimit) != test.limit) {
			t.Errorf("%s: error is %s, limit is %s", test.path, row(policy.OutcomeError), row(policy.OutcomeLimit))
		}
		if test.stuck != "" && row(policy.OutcomeStuck) != test.stuck {
			t.Errorf("%s: stuck is %s", test.path, row(policy.OutcomeStuck))
		}
		if got := rateText(c.Intensity.Value) + " " + c.Intensity.Source.Name; test.intensity != "" && got != test.intensity {
			t.Errorf("%s: intensity is %s", test.path, got)
		}
	}
}

// What a statement leaves out has the language's default, and a child that says nothing has its role's.
func TestValues(t *testing.T) {
	checked := parseTree(t, `package main
supervisor Shop {
	throttle 5 refill 2s
	concurrency 3
	intensity 4 in 5m
	shutdown 2m
	service Plain
	service A {
		backoff 1s..9s
		ready explicit
		health heartbeat 1s stale 5s
		shutdown 0s abort 0s
		tags "x", "y"
	}
	service B {
		backoff 1s..9s factor 1.5 jitter 0% reset 5s
		ready check every 2s timeout 1s
		health check every 4s timeout 3s
		shutdown 9s
	}
	service C {
		backoff 1s
		limit 0 in 1m
		ready check every 2s timeout 1s within 9s
		health check every 4s timeout 3s fail 5
	}
	service D {
		backoff none
		health heartbeat 1s stale 5s dead 6s
	}
	service E {
		backoff 1s..9s jitter full
		limit 20 in 1h
	}
	service F {
		backoff 1s..9s jitter decorrelated
	}
	job G[3] {
		timeout 7s
		provides map[ string ] *int
	}
}
`)
	const reset = time.Minute
	role := policy.Defaults(policy.Spec{Role: policy.Service})
	for _, test := range []struct{ what, got, want any }{
		{"plain", find(t, checked, "Shop.Plain").Backoff.Value, role.Backoff},
		{"range", find(t, checked, "Shop.A").Backoff.Value, policy.Backoff{Min: time.Second, Max: 9 * time.Second, Factor: 2, Jitter: 20, Reset: reset}},
		{"options", find(t, checked, "Shop.B").Backoff.Value, policy.Backoff{Min: time.Second, Max: 9 * time.Second, Factor: 1.5, Reset: 5 * time.Second}},
		{"constant", find(t, checked, "Shop.C").Backoff.Value, policy.Backoff{Min: time.Second, Max: time.Second, Factor: 2, Reset: reset}},
		{"none", find(t, checked, "Shop.D").Backoff.Value, policy.Backoff{None: true}},
		{"full", find(t, checked, "Shop.E").Backoff.Value.Jitter, policy.FullJitter},
		{"decorrelated", find(t, checked, "Shop.F").Backoff.Value.Jitter, policy.DecorrelatedJitter},
		{"limit 0", find(t, checked, "Shop.C").Limit.Value, policy.Limit{In: time.Minute}},
		{"immediate", find(t, checked, "Shop.Plain").Ready.Value, policy.Ready{}},
		{"explicit", find(t, checked, "Shop.A").Ready.Value, policy.Ready{Explicit: true, Within: 30 * time.Second}},
		{"check", find(t, checked, "Shop.B").Ready.Value, policy.Ready{Check: policy.Check{Every: 2 * time.Second, Timeout: time.Second}, Within: 30 * time.Second}},
		{"check within", find(t, checked, "Shop.C").Ready.Value.Within, 9 * time.Second},
		{"heartbeat", find(t, checked, "Shop.A").Health.Value, policy.Health{Heartbeat: time.Second, Stale: 5 * time.Second, Dead: 10 * time.Second}},
		{"dead", find(t, checked, "Shop.D").Health.Value.Dead, 6 * time.Second},
		{"health check", find(t, checked, "Shop.B").Health.Value, policy.Health{Check: policy.Check{Every: 4 * time.Second, Timeout: 3 * time.Second}, Fail: 3}},
		{"fail", find(t, checked, "Shop.C").Health.Value.Fail, 5},
		{"no shutdown", find(t, checked, "Shop.A").Shutdown.Value, policy.Shutdown{None: true}},
		{"drain alone", find(t, checked, "Shop.B").Shutdown.Value, policy.Shutdown{Drain: 9 * time.Second, Abort: time.Second}},
		{"promise", find(t, checked, "Shop").Shutdown.Value, policy.Shutdown{Drain: 2 * time.Minute}},
		{"throttle", find(t, checked, "Shop").Throttle.Value, policy.Throttle{N: 5, Refill: 2 * time.Second}},
		{"concurrency", find(t, checked, "Shop").Concurrency.Value, 3},
		{"intensity", find(t, checked, "Shop").Intensity.Value, policy.Limit{N: 4, In: 5 * time.Minute}},
		{"timeout", find(t, checked, "Shop.G").Timeout.Value, 7 * time.Second},
		{"replicas", find(t, checked, "Shop.G").Replicas, 3},
		{"provides", find(t, checked, "Shop.G").Provides, "map[string]*int"},
		{"tags", find(t, checked, "Shop.A").Tags, []string{"x", "y"}},
	} {
		if diff := cmp.Diff(test.want, test.got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.what, diff)
		}
	}
}

// The program on the manual's first page, as it is told there.
func TestShop(t *testing.T) {
	src, err := os.ReadFile("../testdata/check/shop.sup")
	if err != nil {
		t.Fatal(err)
	}
	checked := parseTree(t, string(src))
	shop := find(t, checked, "Shop")
	stops := tree.StopsOf(shop)
	var chain []string
	for _, link := range stops.Of(shop).Chain {
		chain = append(chain, link.Child.Name+" "+link.Amount.String())
	}
	session := find(t, checked, "Shop.Session")
	for _, test := range []struct{ what, got, want any }{
		{"package", checked.Package, "main"},
		{"imports", checked.Files[0].Imports, []tree.Import{{Path: "database/sql", Name: "sql", Range: onLine("a.sup", 42, 4, 8, len(`"database/sql"`))}}},
		{"bound", stops.Of(shop).Total, 29 * time.Second},
		{"chain", chain, []string{"HTTP 17s", "Migrate 6s", "DB 6s"}},
		{"inner bound", stops.Of(find(t, checked, "Shop.Ingest")).Total, 18 * time.Second},
		{"doc", find(t, checked, "Shop.DB").Doc, "DB owns the connection pool."},
		{"params", session.Params, []tree.Param{{Name: "id", Type: "string", Range: onLine("a.sup", 727, 41, 25, len("id"))}}},
		{"key", session.Key, 0},
		{"max", session.Max, 10_000},
		{"no key", find(t, checked, "Shop.HTTP").Key, -1},
		{"rows", paths(shop), "Shop Shop.DB Shop.Migrate Shop.HTTP Shop.Ingest Shop.Ingest.Reader Shop.Ingest.Parser Shop.Ingest.Writer Shop.Session"},
	} {
		if diff := cmp.Diff(test.want, test.got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.what, diff)
		}
	}
}

func paths(c *tree.Child) string {
	var paths []string
	for child := range c.All() {
		paths = append(paths, child.Path())
	}
	return strings.Join(paths, " ")
}

// A group's members stand in the group, hang from its supervisor, and have no segment of it in their paths.
func TestGroup(t *testing.T) {
	checked := parseTree(t, "package main\nsupervisor Shop {\n\tservice A\n\tgroup G {\n\t\tintensity 2 in 1m\n\t\tservice B needs A\n\t}\n\tservice C needs B\n}\n")
	shop, b := find(t, checked, "Shop"), find(t, checked, "Shop.B")
	if b.Parent != shop || b.Group.Name != "G" || len(shop.Children) != 3 {
		t.Errorf("B hangs from %v, in %v; Shop has %d children", b.Parent, b.Group, len(shop.Children))
	}
	var members []string
	for _, m := range shop.Members() {
		members = append(members, m.Name)
	}
	if diff := cmp.Diff([]string{"A", "B", "C"}, members); diff != "" {
		t.Errorf("members (-want +got):\n%s", diff)
	}
	if need := find(t, checked, "Shop.C").Needs[0].Child; need != b {
		t.Errorf("C needs %s", need.Path())
	}
}

// onLine is the range of n bytes from a place.
func onLine(file string, offset, line, column, n int) diag.Range {
	pos := diag.Pos{File: file, Offset: offset, Line: line, Column: column}
	return diag.Range{Pos: pos, End: pos.Plus(n)}
}
