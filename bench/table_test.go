package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// measured is what a run might have measured.
func measured() *results {
	return &results{
		Machine: machine{CPU: "Abacus", Cores: 2, OS: "linux/amd64", Go: "go1.26"}, Date: time.Date(2026, 1, 2, 3, 4, 0, 0, time.UTC), Rounds: 3, Size: whole,
		Values: map[string]map[string][]float64{
			"error p50":  {"supgen": {0.4, 0.5, 0.45}, "suture": {1.5, 1.6, 1.5}, "bare+ctx": {0.2, 0.2, 0.2}},
			"stop":       {"supgen": {100, 100, 100}, "suture": {200, 200, 200}, "OTP": {596, 596, 596}, "oklog/run": {1234.5, 1234.5, 1234.5}},
			"goroutines": {"supgen": {1}},
		},
	}
}

func TestTable(t *testing.T) {
	want := `
|                                                   | supgen    | goal                                                             | bare+ctx    | suture         | others                             |
| ------------------------------------------------- | --------- | ---------------------------------------------------------------- | ----------- | -------------- | ---------------------------------- |
| restart after an error, among 1,000 siblings: p50, µs | 0.45 ±11% | ≤ 0.3 × suture: met (0.3); ≤ 2 × bare+ctx: **not met** (2.25) | 0.2 (2.25) | 1.50 ±3% (0.3) |  |
| stop 100,000 idle, ms | 100 | ≤ 0.4 × suture: **not met** (0.5) | | 200 (0.5) | OTP 596 (0.17); oklog/run 1,235 (0.081) |
| goroutines a child | 1.00 | one: met (1.00) | | | |
`
	if got, want := words(table(measured())), words(want); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	for _, line := range strings.Split(strings.TrimSpace(table(measured())), "\n") {
		if first, _, _ := strings.Cut(table(measured()), "\n"); len([]rune(line)) != len([]rune(first)) {
			t.Errorf("a line is not as wide as the head:\n%s\n%s", first, line)
		}
	}
}

// words is a table without its spaces and rules.
func words(table string) string {
	var out strings.Builder
	for line := range strings.Lines(table) {
		if strings.TrimSpace(line) == "" || strings.HasPrefix(line, "| ---") {
			continue
		}
		for cell := range strings.SplitSeq(strings.Trim(strings.TrimSpace(line), "|"), "|") {
			out.WriteString("|" + strings.Join(strings.Fields(cell), " "))
		}
		out.WriteString("\n")
	}
	return out.String()
}

func TestVerdict(t *testing.T) {
	r := measured()
	for _, c := range []struct {
		goal goal
		want string
	}{
		{goal{row: "error p50", bound: 0.4, unit: "µs"}, "≤ 0.4 µs: **not met** (0.45)"},
		{goal{row: "error p50", bound: 0.45, unit: "µs"}, "≤ 0.45 µs: met (0.45)"},
		{goal{row: "stop", atLeast: true, bound: 6, of: "suture"}, "≥ 6 × suture: **not met** (0.5)"},
		{goal{row: "stop", atLeast: true, bound: 0.5, of: "suture"}, "≥ 0.5 × suture: met (0.5)"},
		{goal{row: "stop", bound: 3, of: "supgen", ofRow: "goroutines", words: "near"}, "near: **not met** (100)"},
		{goal{row: "stop", bound: 1, of: "bare"}, "≤ 1 × bare: not measured"},
		{goal{row: "start", bound: 1, unit: "µs"}, "≤ 1 µs: not measured"},
	} {
		if got := c.goal.judge(r).String(); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}

func TestMedianAndSpread(t *testing.T) {
	for _, c := range []struct {
		samples        []float64
		median, spread float64
	}{
		{nil, 0, 0},
		{[]float64{3}, 3, 0},
		{[]float64{9, 1, 2}, 2, 200},
		{[]float64{4, 1, 2, 3}, 2.5, 60},
	} {
		if got := median(c.samples); got != c.median {
			t.Errorf("median of %v is %g, want %g", c.samples, got, c.median)
		}
		if got := spread(c.samples); got != c.spread {
			t.Errorf("spread of %v is %g, want %g", c.samples, got, c.spread)
		}
	}
}

func TestFigure(t *testing.T) {
	for x, want := range map[float64]string{
		0: "0.00", 0.0123: "0.012", 0.3: "0.3", 1: "1.00", 1.006: "1.01", 9.996: "10.0", 12.34: "12.3", 99.96: "100",
		123.4: "123", 999.4: "999", 999.6: "1,000", 1234567: "1,234,567",
	} {
		if got := figure(x); got != want {
			t.Errorf("%g is %s, want %s", x, got, want)
		}
	}
}

func TestLabel(t *testing.T) {
	for _, w := range rows {
		if got := w.label(whole); strings.ContainsAny(got, "{}") {
			t.Errorf("%q is not filled in", got)
		}
	}
}

func TestMetric(t *testing.T) {
	out := "goos: linux\nBenchmarkStep/one/10 \t 100 \t 600.5 ns/op\t 200.2 ns/step\nPASS\n"
	if got, err := metric([]byte(out), "ns/step"); got != 200.2 || err != nil {
		t.Error(got, err)
	}
	if _, err := metric([]byte("PASS\n"), "ns/step"); err == nil {
		t.Error("a benchmark that did not run is an error")
	}
}

func TestComparison(t *testing.T) {
	old, now := measured(), measured()
	now.Machine.CPU = "Slide rule"
	now.Values["error p50"]["supgen"] = []float64{0.9}
	got := words(comparison(old, now))
	for _, want := range []string{
		"|The machines differ: compare the ratios (×), not the values.",
		"|restart after an error, among 1,000 siblings: p50, µs|0.45|0.9|2.00",
		"|restart after an error, among 1,000 siblings: p50, µs: × suture|0.3|0.6|2.00",
		"|stop 100,000 idle, ms: × OTP|0.17|0.17|1.00",
	} {
		if !strings.Contains(got, want+"\n") {
			t.Errorf("there is no %s in\n%s", want, got)
		}
	}
}

func TestInsert(t *testing.T) {
	page := filepath.Join(t.TempDir(), "performance.md")
	read := func() string {
		t.Helper()
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	for range 2 { // the first makes the page
		if err := insert(page, "a table\n"); err != nil {
			t.Fatal(err)
		}
	}
	if got := read(); strings.Count(got, "a table\n") != 1 || strings.Count(got, "](performance/step.svg)") != 1 {
		t.Errorf("this is the page:\n%s", got)
	}
	if err := os.WriteFile(page, []byte("before\n"+opening+"old\n"+closing+"after\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	if err := insert(page, "new\n"); err != nil {
		t.Fatal(err)
	}
	if got := read(); !strings.HasPrefix(got, "before\n"+opening+"\nnew\n") || !strings.HasSuffix(got, closing+"after\n") || strings.Contains(got, "old") {
		t.Errorf("this is the page:\n%s", got)
	}
	if err := os.WriteFile(page, []byte("no markers\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	if err := insert(page, "new\n"); err == nil || read() != "no markers\n" {
		t.Errorf("without markers nothing is written: %v", err)
	}
}

// What is published can be read again, and has its plots.
func TestPublish(t *testing.T) {
	root, r := t.TempDir(), measured()
	for who := range r.Values["error p50"] {
		r.add("error p99", who, 10)
	}
	for _, n := range r.Size.Kernel {
		r.add(stepKey("one", n), self, 100)
		r.add(stepKey("any", n), self, float64(100+n/1000))
	}
	for _, n := range r.Size.Files {
		r.add(fileKey("generate", n), self, 0.01+float64(n)/1e4)
		r.add(fileKey("validate", n), self, 0.01+float64(n)/3e4)
	}
	if err := os.Mkdir(filepath.Join(root, "docs"), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := publish(r, root); err != nil {
		t.Fatal(err)
	}
	again, err := load(filepath.Join(root, "bench", "results", "2026-01-02-0304.json"))
	if err != nil {
		t.Fatal(err)
	}
	if table(again) != table(r) || again.Machine != r.Machine {
		t.Errorf("what was read again is another table:\n%s", table(again))
	}
	for _, p := range gallery {
		if info, err := os.Stat(filepath.Join(root, "docs", "performance", p.file)); err != nil || info.Size() < 1000 {
			t.Errorf("%s: %v", p.file, err)
		}
	}
}
