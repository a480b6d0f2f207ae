package main

import (
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

func TestMain(m *testing.M) {
	if sampling(os.Args) {
		return
	}
	os.Exit(m.Run())
}

// tiny is enough to see that a case works.
var tiny = size{
	Few: 10, Many: 10, Restarts: 100, Failures: 2, Calls: 10, Processes: 1,
	Kernel: []int{10, 100}, Steps: 10, Files: []int{10, 20, 30}, Large: 20, Build: 10,
}

func newTestWorkshop(t *testing.T) *workshop {
	t.Helper()
	root, err := repository()
	if err != nil {
		t.Fatal(err)
	}
	w, err := newWorkshop(root)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.close)
	return w
}

// Every case works for every contender, and every row of the table is measured. Left out is what takes a network or
// half a minute: templ, and the build of everything from nothing.
func TestEachCase(t *testing.T) {
	t.Setenv("GORACE", os.Getenv("GORACE")+" atexit_sleep_ms=0") // or each process ends with a second's rest
	measured := map[string]bool{"cold build": true, "binary": true}
	wanted, ran := 0, 0
	for _, b := range benchmarks(newTestWorkshop(t), tiny) {
		for _, who := range b.contenders {
			if who == "templ" || b.name == "cold build" {
				continue
			}
			wanted++
			if testing.Short() && b.part != "runtime" {
				continue // other programs, which the race detector does not see
			}
			t.Run(b.name+"/"+who, func(t *testing.T) {
				ran++
				r, err := b.sample(who)
				if err != nil {
					t.Fatal(err)
				}
				for key, value := range r {
					if who == self {
						measured[key] = true
					}
					if value < 0 && key != "memory" || value == 0 && !strings.HasSuffix(key, "allocs") {
						t.Errorf("%s is %g", key, value)
					}
				}
			})
		}
	}
	for _, w := range rows {
		if ran == wanted && !measured[w.key] { // or -run left some out
			t.Errorf("nothing measures %q", w.key)
		}
	}
}

// A storm restarts each child as often as it fails, and a restart is timed as often as it is asked for.
func TestContendersRestart(t *testing.T) {
	for _, who := range restarters {
		r := restart(contenders[who](), "error", 10, 50, func() error { return errFailed })
		if r["error p50"] <= 0 || r["error p50"] > r["error p99"] {
			t.Errorf("%s: %v", who, r)
		}
		r = storm(contenders[who](), size{Few: 10, Failures: 3})
		if r["storm"] <= 0 {
			t.Errorf("%s: %v", who, r)
		}
	}
}

// Goals speak of rows and contenders that there are.
func TestGoals(t *testing.T) {
	known := func(key string) bool {
		return slices.ContainsFunc(rows, func(w row) bool { return w.key == key })
	}
	others := []string{"", "templ", "plain functions"}
	for _, g := range goals {
		if !known(g.row) || g.ofRow != "" && !known(g.ofRow) {
			t.Errorf("%q of %q: there is no such row", g, g.row)
		}
		if contenders[g.of] == nil && !slices.Contains(others, g.of) {
			t.Errorf("%q: there is no %q", g, g.of)
		}
	}
}

// The large files keep all rules.
func TestProgram(t *testing.T) {
	if testing.Short() {
		t.Skip("it is the same without the race detector")
	}
	w := newTestWorkshop(t)
	supgen, err := w.supgen()
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range []int{1, 10, 250, perFile + 100} {
		dir := t.TempDir()
		text := strings.Join(program(n), "")
		if got := strings.Count(text, "\t\tservice ") + strings.Count(text, "\t\tworker ") + strings.Count(text, "\t\tjob "); got != n {
			t.Errorf("there are %d children, want %d", got, n)
		}
		if err := writeProgram(dir, n); err != nil {
			t.Fatal(err)
		}
		if out, err := exec.Command(supgen, "validate", "--strict", dir).CombinedOutput(); err != nil {
			t.Errorf("of %d children: %s", n, out)
		}
	}
}

func TestSamplingIsHidden(t *testing.T) {
	var help strings.Builder
	if _, err := parse([]string{"-help"}, &help); err == nil {
		t.Error("help is no setting")
	}
	if !strings.Contains(help.String(), "-compare") || strings.Contains(help.String(), hidden+"\n") || sampling([]string{"bench", "-quick"}) {
		t.Errorf("this is the help:\n%s", &help)
	}
}

func TestSettings(t *testing.T) {
	for _, c := range []struct{ args, complaint string }{
		{"-rounds 3 -only kernel -case steps", ""},
		{"-only disk", `there is no part "disk"`},
		{"-case (", "missing closing )"},
		{"-rounds 0", "write 1 or more"},
		{"-quick -write", "leave out -write or -quick"},
		{"-write -only kernel", "the manual shows everything"},
		{"x.json", `"x.json" stands alone`},
		{"-compare a.json b.json c.json", `"c.json" stands alone`},
	} {
		var out strings.Builder
		_, err := parse(strings.Fields(c.args), &out)
		if (err != nil) != (c.complaint != "") || !strings.Contains(out.String(), c.complaint) {
			t.Errorf("%s: %v\n%s", c.args, err, &out)
		}
	}
}

func TestChoose(t *testing.T) {
	for _, c := range []struct{ args, names string }{
		{"-case ^restart", "restart after an error, restart after a panic, restart among many"},
		{"-only kernel", "kernel steps"},
		{"-only compiler -case build", "go build, cold build"},
	} {
		s, err := parse(strings.Fields(c.args), os.Stderr)
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, b := range s.choose(benchmarks(&workshop{}, tiny)) {
			names = append(names, b.name)
		}
		if got := strings.Join(names, ", "); got != c.names {
			t.Errorf("%s chooses %s, want %s", c.args, got, c.names)
		}
	}
}
