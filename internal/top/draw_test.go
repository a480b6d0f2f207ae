package top

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"github.com/supgen/supgen/internal/operate"
)

var update = flag.Bool("update", false, "write the screens anew, and that of docs/operating.md")

var noon = time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)

// badMinute is a model of the state in testdata.
func badMinute(t testing.TB) *Model {
	t.Helper()
	text, err := os.ReadFile("testdata/bad.json")
	if err != nil {
		t.Fatal(err)
	}
	s, err := operate.Decode[operate.State](text, nil)
	if err != nil {
		t.Fatal(err)
	}
	limit := &operate.Limit{N: 10, In: 10 * time.Minute}
	v := operate.NewView(s, &operate.Declarations{Operate: true, Declarations: []operate.Declaration{
		{Path: "Shop.DB", Limit: limit}, {Path: "Shop.Mail", Limit: limit}, {Path: "Shop.HTTP", Limit: limit}}})
	v.Record(operate.Event{Path: `Shop.Ingest.Session["本"]`, Kind: "command", Audit: &operate.Audit{Verb: "pause", Who: "ada", Why: "new\x1b[2J parser"}})
	return NewModel("localhost:9091", v, noon)
}

// press presses keys, each a character or the sequence of one.
func press(t testing.TB, m *Model, keys ...string) (a Action) {
	t.Helper()
	for _, key := range keys {
		for b := []byte(key); len(b) > 0; {
			k, n := ParseKey(b)
			if n == 0 {
				k, n = KeyEscape, 1
			}
			a, b = m.Key(k, noon), b[n:]
		}
	}
	return a
}

const (
	up, down, left, esc, enter = "\x1b[A", "\x1b[B", "\x1b[D", "\x1b", "\r"
)

func screenOf(m *Model, width, height int) string {
	var b strings.Builder
	for _, l := range m.Draw(width, height, noon) {
		b.WriteString(l.cut(width).Plain() + "\n")
	}
	return b.String()
}

// What is on the screen, in some sizes and after some keys.
//
//	go test ./internal/top -update
func TestScreens(t *testing.T) {
	for _, test := range []struct {
		name          string
		width, height int
		keys          []string
		more          func(*Model)
	}{
		{name: "80x24", width: 80, height: 24},
		{name: "120x40", width: 120, height: 40},
		{name: "40x12", width: 40, height: 12},
		{name: "20x5", width: 20, height: 5, keys: []string{"G"}},
		{name: "once", width: 1000, more: func(m *Model) { m.Addr = "" }},
		{name: "details", width: 80, height: 24, keys: []string{down, down, down, enter}},
		{name: "details of the cause", width: 60, height: 24, keys: []string{down, enter}, more: func(m *Model) {
			m.Explain("Shop.DB", []operate.Statement{{Of: "Shop.DB", Text: "on external retry", Source: "default of a service"}})
			m.Remember([]operate.Raw{{Event: operate.Event{Sequence: 9, Path: "Shop.DB", Kind: "transition", From: "failed", To: "restarting", Time: time.Date(2026, 1, 1, 12, 0, 0, 0, time.Local)}}})
		}},
		{name: "a stack", width: 60, height: 12, keys: []string{"jjjj", enter, down, down}},
		{name: "not ready", width: 80, height: 24, keys: []string{down, enter}, more: func(m *Model) {
			m.View.Apply(operate.Event{Sequence: 1000, Path: "Shop.DB", Kind: "transition", From: "ready", To: "running", Attempt: 4, Phase: "running",
				Time: noon.Add(-5 * time.Second), Failure: &operate.Failure{Kind: "external", Message: "terminating connection\nby an administrator"}})
		}},
		{name: "help", width: 80, height: 16, keys: []string{"?"}},
		{name: "causes", width: 80, height: 10, keys: []string{"c"}},
		{name: "filter", width: 80, height: 12, keys: []string{"/PARS"}},
		{name: "filtered", width: 80, height: 12, keys: []string{"/serving", enter}},
		{name: "nothing matches", width: 80, height: 10, keys: []string{"/xyzzy", enter}},
		{name: "by state", width: 80, height: 14, keys: []string{"s"}},
		{name: "by restarts", width: 80, height: 14, keys: []string{"ss"}},
		{name: "newest", width: 80, height: 14, keys: []string{"sss"}},
		{name: "folded", width: 80, height: 18, keys: []string{"G", left, left}},
		{name: "why", width: 80, height: 10, keys: []string{"jr", "new certificatr\x7fe"}},
		{name: "why is asked for", width: 80, height: 10, keys: []string{"jr", "  ", enter}},
		{name: "long reason", width: 40, height: 10, keys: []string{"jr", "a reason that is longer than the screen"}},
		{name: "answered", width: 80, height: 10, more: func(m *Model) { m.Say("Shop.DB: restart, it was ready and will be stopping", false, noon) }},
		{name: "lost", width: 100, height: 10, more: func(m *Model) {
			m.heard = noon.Add(-14 * time.Second)
			m.Lost("localhost:9091: connection refused", noon.Add(4*time.Second))
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			m := badMinute(t)
			m.Draw(test.width, test.height, noon)
			press(t, m, test.keys...)
			if test.more != nil {
				test.more(m)
			}
			golden(t, test.name, screenOf(m, test.width, test.height))
		})
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	name = filepath.Join("testdata", strings.ReplaceAll(name, " ", "_")+".txt")
	if *update {
		if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-update writes it):\n%s", name, diff)
	}
}

// The screen in the manual is what is drawn.
func TestManual(t *testing.T) {
	const name, fence = "../../docs/operating.md", "```text top\n"
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(text), fence)
	shown, after, ok2 := strings.Cut(rest, "```\n")
	if !ok || !ok2 {
		t.Fatalf("%s has no screen", name)
	}
	m := badMinute(t)
	press(t, m, down)
	drawn := screenOf(m, 90, 17)
	if *update {
		if err := os.WriteFile(name, []byte(before+fence+drawn+"```\n"+after), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if diff := cmp.Diff(shown, drawn); diff != "" {
		t.Errorf("%s shows another screen (-update writes it):\n%s", name, diff)
	}
}

// A screen of any size is filled, and no line is wider.
func TestSizes(t *testing.T) {
	for _, keys := range [][]string{nil, {"G"}, {enter}, {"?"}, {"c"}, {"jr", "why"}, {"/x"}} {
		m := badMinute(t)
		press(t, m, keys...)
		for width := 1; width < 130; width += 7 {
			for height := 1; height < 45; height += 4 {
				checkScreen(t, m, width, height)
			}
		}
	}
}

func checkScreen(t *testing.T, m *Model, width, height int) {
	t.Helper()
	lines := m.Draw(width, height, noon)
	if len(lines) != height {
		t.Fatalf("%d lines on a screen of %dx%d", len(lines), width, height)
	}
	for _, l := range lines {
		text := l.ANSI(width, true)
		for _, code := range []string{"0", "1", "2", "7", "31", "32", "33", "1;31", "1;32", "1;33"} {
			text = strings.ReplaceAll(text, "\x1b["+code+"m", "")
		}
		if operate.Width(text) != width {
			t.Fatalf("%q on a screen of %dx%d is %d wide", text, width, height, operate.Width(text))
		}
		for _, r := range text {
			if unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) {
				t.Fatalf("%q is left in %q", r, text)
			}
		}
	}
}

// NO_COLOR leaves bold, dim and inverse.
func TestColour(t *testing.T) {
	l := Line{{"a", Red | Bold}, {"b", Green}, {"c", Inverse}}
	if got, want := l.ANSI(4, true), "\x1b[1;31ma\x1b[0m\x1b[32mb\x1b[0m\x1b[7mc\x1b[0m\x1b[7m \x1b[0m"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got, want := l.ANSI(3, false), "\x1b[1ma\x1b[0mb\x1b[7mc\x1b[0m"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// Whatever a server says fits the screen and moves no cursor.
func FuzzDraw(f *testing.F) {
	text, err := os.ReadFile("testdata/bad.json")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text, "jjr why\x7f\r", 80, 24)
	f.Add([]byte(`{"children": [{"path": ""}, {"path": "A", "parent": "A"}, {"path": "B", "lifecycle": "ready"}]}`), "\x1b[BG/x\rsc", 7, 3)
	f.Fuzz(func(t *testing.T, text []byte, keys string, width, height int) {
		s, err := operate.Decode[operate.State](json.RawMessage(text), nil)
		if err != nil {
			return
		}
		m := NewModel("localhost:9091", operate.NewView(s, &operate.Declarations{Operate: true}), noon)
		width, height = 1+abs(width)%200, 1+abs(height)%60
		checkScreen(t, m, width, height)
		press(t, m, keys[:min(len(keys), 200)])
		checkScreen(t, m, width, height)
	})
}

func abs(n int) int { return max(n, -(n + 1)) }

// Whatever is typed is keys, each of some bytes.
func FuzzKeys(f *testing.F) {
	for _, keys := range []string{"\x1b[A\x1bOB\x1b[5~q", "\x1b[1;5A\x1b[200~x", "\x1b\x1b[", "\xff\xc3", "\x1b[" + strings.Repeat("1", 100)} {
		f.Add([]byte(keys))
	}
	f.Fuzz(func(t *testing.T, input []byte) {
		m := badMinute(t)
		for len(input) > 0 {
			k, n := ParseKey(input)
			if n < 0 || n > len(input) || n == 0 && len(input) > longestSequence+3 {
				t.Fatalf("%q: %d bytes", input, n)
			}
			if n == 0 {
				return // more is to come
			}
			m.Key(k, noon)
			input = input[n:]
		}
		checkScreen(t, m, 80, 24)
	})
}

func TestKeys(t *testing.T) {
	for input, want := range map[string]struct {
		key Key
		n   int
	}{
		"q": {'q', 1}, "é": {'é', 2}, "\xc3": {KeyNone, 0}, "\xff": {KeyNone, 1}, "": {KeyNone, 0},
		"\x1b": {KeyNone, 0}, "\x1b[": {KeyNone, 0}, "\x1b[A": {KeyUp, 3}, "\x1bOB": {KeyDown, 3}, "\x1b[5~": {KeyPageUp, 4}, "\x1b[6~x": {KeyPageDown, 4},
		"\x1b[1;5C": {KeyRight, 6}, "\x1b[H": {KeyHome, 3}, "\x1b[8~": {KeyEnd, 4}, "\x1b[99~": {KeyNone, 5}, "\x1bx": {KeyEscape, 1}, "\x1b\x1b": {KeyEscape, 1},
		"\n": {KeyEnter, 1}, "\b": {KeyBackspace, 1}, "\x03": {KeyInterrupt, 1},
	} {
		if k, n := ParseKey([]byte(input)); k != want.key || n != want.n {
			t.Errorf("%q: key %d, %d bytes", input, k, n)
		}
	}
}

// A restart says why, and only one that says it is given.
func TestRestart(t *testing.T) {
	m := badMinute(t)
	if a := press(t, m, "j", "r", enter); a.Command != nil {
		t.Error("a restart without a reason")
	}
	if a := press(t, m, "new certificate", enter); a.Command == nil || *a.Command != (Command{"Shop.DB", "restart", "new certificate"}) {
		t.Errorf("%+v", a)
	}
	if a := press(t, m, "r", "x", esc, enter); a.Command != nil {
		t.Error("a restart that was cancelled")
	}
	m = badMinute(t)
	m.View.Operate = false
	if press(t, m, "jr"); m.prompt != promptNone || !strings.Contains(m.message, "no commands") {
		t.Errorf("where there are no commands: %q", m.message)
	}
	if a := press(t, m, "\x03"); !a.Quit {
		t.Error("Ctrl-C does not quit")
	}
}

// The selected child stays selected when the rows change, and what was asked about it stays.
func TestSelection(t *testing.T) {
	m := badMinute(t)
	press(t, m, "jjj")
	for _, keys := range []string{"s", "s", "s", "s"} {
		press(t, m, keys)
		if m.arrange(); m.selected != "Shop.HTTP" {
			t.Fatalf("selected: %s", m.selected)
		}
	}
	s := &operate.State{Tree: m.View.Tree, Children: m.View.Children[:3]}
	m.Show(m.View.Next(s), noon)
	if m.arrange(); m.selected != "Shop.Orders" {
		t.Errorf("when it is gone: %s", m.selected)
	}
}

// A state that is older than the events that were heard undoes none of them; a newer one makes up for what events do not say.
func TestHear(t *testing.T) {
	u := &ui{model: badMinute(t)}
	m := u.model
	old := &operate.State{Tree: m.View.Tree, Children: append([]operate.Child(nil), m.View.Children...)}
	newer := &operate.State{Tree: m.View.Tree, Children: old.Children[:3]}
	newer.Tree.Sequence = 12
	m.Lost("away", noon)
	u.hear(news{event: &operate.Event{Sequence: 11, Path: "Shop.DB", Kind: "transition", From: "restarting", To: "ready", Phase: "running"}})
	if m.trouble != "" {
		t.Error("it is heard, and said to be lost")
	}
	u.hear(news{state: old})
	if got := m.View.Child("Shop.DB").Lifecycle; got != "ready" || m.View.Tree.Sequence != 11 {
		t.Errorf("after an older state it is %s", got)
	}
	u.hear(news{state: newer})
	if len(m.View.Children) != 3 || len(u.pending) != 0 {
		t.Errorf("%d children, %d events", len(m.View.Children), len(u.pending))
	}
	other := &operate.State{Tree: operate.Tree{Incarnation: "other"}}
	u.hear(news{state: other})
	if len(m.View.Children) != 3 {
		t.Error("a state of another tree is shown")
	}
}
