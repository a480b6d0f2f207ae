package sim_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/supgen/supgen/runtime"
	"github.com/supgen/supgen/runtime/sim"
)

// A line of a script, and how Script.String spells what Parse made of it.
func TestParse(t *testing.T) {
	for line, want := range map[string]string{
		"":                                   "",
		"   // nothing":                      "",
		"seed 7":                             "seed 7\n",
		"until 90s // enough":                "until 1m30s\n",
		"Shop.DB ready after 200ms":          "Shop.DB ready after 200ms\n",
		"Shop.DB never ready, stops, silent": "Shop.DB never ready\nShop.DB stops\nShop.DB silent\n",
		"Shop.DB#1 error":                    "Shop.DB#1 error\n",
		`Shop.DB#2..4 panic "a, b" after 3s`: "Shop.DB#2..4 panic \"a, b\" after 3s\n",
		"Shop.DB#5.. never ends":             "Shop.DB#5.. never ends\n",
		"Shop.DB checks fail after 1s":       "Shop.DB checks fail after 1s\n",
		"Shop.DB stops after 1s with error":  "Shop.DB stops after 1s with error\n",
		`Shop.DB aborts with error "late"`:   "Shop.DB aborts with error \"late\"\n",
		"at 5s Shop.DB hangs,unready":        "at 5s Shop.DB hangs\nat 5s Shop.DB unready\n",
		"at 5s pause Shop.DB by ada lunch":   "at 5s pause Shop.DB by \"ada\" \"lunch\"\n",
		`at 5s start Shop.S["a // b"]`:       "at 5s start Shop.S[\"a // b\"]\n",
		`at 5s Shop.S["a, #1"] error`:        "at 5s Shop.S[\"a, #1\"] error\n",
		`at 5s start Shop.DB by "a b" "c"`:   "at 5s start Shop.DB by \"a b\" \"c\"\n",
		`at 5s shutdown Shop by ada "c"`:     "at 5s shutdown by \"ada\" \"c\"\n",
		`at 5s shutdown by ada "c"`:          "at 5s shutdown by \"ada\" \"c\"\n",
		"at 5s expect Shop.DB#2.. ready":     "at 5s expect Shop.DB#2.. ready\n",
		`at 5s expect Shop.S["#1"] stopped`:  "at 5s expect Shop.S[\"#1\"] stopped\n",
	} {
		s, err := sim.Parse(line)
		if err != nil || s.String() != want {
			t.Errorf("%s\nis understood as %q, %v", line, s, err)
		}
	}
}

func TestParseValue(t *testing.T) {
	got := sim.MustParse("until 1m\nShop.DB#2 error \"lost\" after 3s\nat 5s pause Shop.DB by ada \"new disk\"\nat 6s Shop.DB never stops")
	want := sim.Script{
		Until: time.Minute,
		Rules: []sim.Rule{{Path: "Shop.DB", First: 2, Last: 2, Does: sim.Ends, After: 3 * time.Second, Outcome: runtime.OutcomeError, Message: "lost", Line: 2}},
		Acts: []sim.Act{
			{At: 5 * time.Second, Verb: runtime.VerbPause, Path: "Shop.DB", Who: "ada", Why: "new disk", Line: 3},
			{At: 6 * time.Second, Rule: sim.Rule{Path: "Shop.DB", Does: sim.Stops, After: sim.Never, Line: 4}, Line: 4},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// A keyword in another case is reported at its place, whatever it was read as; a child may have such a name.
func TestParseCase(t *testing.T) {
	for _, tt := range []struct{ line, word, meant string }{
		{`AT 1m expect Shop.DB ready`, "AT", "at"},
		{`At 1m Shop.DB error`, "At", "at"},
		{`UNTIL 5m`, "UNTIL", "until"},
		{`Seed 7`, "Seed", "seed"},
		{`at 1s EXPECT Shop.DB ready`, "EXPECT", "expect"},
		{`at 1s expect Shop.DB READY`, "READY", "ready"},
		{`at 1s expect Shop.DB Shutting_Down`, "Shutting_Down", "shutting_down"},
		{`at 1s PAUSE Shop.DB by ada "lunch"`, "PAUSE", "pause"},
		{`at 1s pause Shop.DB BY ada "lunch"`, "BY", "by"},
		{`Shop.DB ERROR AFTER 1s`, "ERROR", "error"},
		{`Shop.DB error AFTER 1s`, "AFTER", "after"},
		{`Shop.DB stops WITH error`, "WITH", "with"},
		{`Shop.DB NEVER ends`, "NEVER", "never"},
		{`Shop.DB never Ends`, "Ends", "ends"},
		{`Shop.DB checks FAIL`, "FAIL", "fail"},
	} {
		_, err := sim.Parse(tt.line)
		wrong, ok := errors.AsType[*sim.LineError](err)
		want := fmt.Sprintf("%q is not a word of scripts; did you mean %q?", tt.word, tt.meant)
		at := strings.Index(tt.line, tt.word) + 1
		if !ok || wrong.Message != want || wrong.Column != at || wrong.End != at+len(tt.word) {
			t.Errorf("%s\ngot  %v\nwant %d: %s", tt.line, err, at, want)
		}
	}
	for _, line := range []string{`Until ready after 1s`, `at 1s pause At by Ready "AFTER"`, `Shop.Ready error "AT"`} {
		if _, err := sim.Parse(line); err != nil {
			t.Errorf("%s\ngot %v", line, err)
		}
	}
	if _, err := sim.Parse(`Shop.DB ready 5s, ERROR`); err == nil || !strings.Contains(err.Error(), "5s is too much") {
		t.Errorf("the mistake before a miscased word is %v", err)
	}
}

// All that is wrong with a text is told, each with its line.
func TestParseErrors(t *testing.T) {
	_, err := sim.Parse(`
seed zero
until tomorrow
until
Shop.DB
Shop.DB readdy
Shop.DB never error
Shop.DB timeout
Shop.DB ready after soon
Shop.DB ready after
Shop.DB ready 5s
Shop.DB ready,
Shop.DB#0 error
Shop.DB#3..2 error
Shop.DB stops with style
Shop.DB error "unended
at noon Shop.DB error
at 5s
at 5s Shop.DB#2 error
at 5s pause
at 5s pause Shop.DB
at 5s pause Shop.DB by ada
at 5s pause Shop.DB by ada "  "
at 5s shutdown by ada
"Shop" error
at 5s expect Shop.DB
at 5s expect Shop.DB#x ready
at 5s expect Shop.DB ready 2s
expect Shop.DB ready
pause Shop.DB by ada "why"
`)
	want := []string{
		`script:2: a seed is a whole number above zero: "seed 7"`,
		`script:3: tomorrow is no duration: "until 1m"`,
		`script:4: a duration is missing: "until 1m"`,
		`script:5: say what Shop.DB does: one of ready, unready, stops,`,
		`script:6: "readdy" is nothing that a child does; did you mean "ready"?`,
		`script:7: what never happens is one of ready, unready, ends, stops,`,
		`script:8: a run does not end with timeout, it comes to that: say never ready, silent or never stops`,
		`script:9: soon is no duration: "after 200ms"`,
		`script:10: a duration is missing: "after 200ms"`,
		`script:11: 5s is too much`,
		`script:12: "" is nothing that a child does: one of ready,`,
		`script:13: #0 are no generations: they count from 1, as in #1, #2.. or #2..4`,
		`script:14: #3..2 are no generations`,
		`script:15: with is followed by how a run ends: success, error,`,
		`script:16: a quoted string does not end`,
		`script:17: noon is no duration: "at 5s Shop.DB error"`,
		`script:18: the path of a child is missing: "Shop.DB"`,
		`script:19: with "at" it is about the run that lives then, not about a generation`,
		`script:20: the path of a child is missing: "Shop.DB"`,
		`script:21: a command says who gives it and why: at 5s pause Shop.DB by ada "why"`,
		`script:22: a command says who gives it and why: at 5s pause Shop.DB by ada "why"`,
		`script:23: a command says who gives it and why`,
		`script:24: a command says who gives it and why: at 5s shutdown by ada "why"`,
		`script:25: the path of a child is missing: "Shop.DB"`,
		`script:26: say where it is expected to stand: one of declared, starting,`,
		`script:27: #x are no generations`,
		`script:28: 2s is too much`,
		`script:29: expect comes behind a time: "at 5s expect"`,
		`script:30: pause comes behind a time: "at 5s pause"`,
	}
	got := strings.Split(err.Error(), "\n")
	if len(got) != len(want) {
		t.Fatalf("there are %d errors, want %d:\n%s", len(got), len(want), err)
	}
	for i, w := range want {
		if !strings.HasPrefix(got[i], w) {
			t.Errorf("got  %s\nwant %s", got[i], w)
		}
	}
	var line *sim.LineError
	if !errors.As(err, &line) || line.Line != 2 {
		t.Errorf("the first is %v", line)
	}
}

// What is wrong is told with its place in the line, marked here; at the end, what is missing.
func TestParseColumns(t *testing.T) {
	for _, line := range []string{
		"seed <zero>",
		"until<>",
		"<Shop.DB>",
		"  Shop.DB <readdy>, stops // a comment",
		"Shop.DB never <error>",
		"Shop.DB ready after <soon>",
		"Shop.DB ready after<>",
		"Shop.DB ready <5s> or so",
		"<Shop.DB#0> error",
		"Shop.DB stops with <style>",
		"Shop.DB error <\"unended>",
		"\tat <noon> Shop.DB error",
		"at 5s <Shop.DB#2> error after 1s",
		"at 5s pause Shop.DB <bye> ada why",
		"at 5s pause Shop.DB by ada<>",
	} {
		from := strings.Index(line, "<")
		to := strings.Index(line, ">") - 1
		_, err := sim.Parse("\n" + strings.NewReplacer("<", "", ">", "").Replace(line))
		var e *sim.LineError
		if !errors.As(err, &e) || e.Line != 2 || e.Column != from+1 || e.End != to+1 {
			t.Errorf("%s: it is %+v", line, e)
		}
	}
}

// What Parse understands String spells, and any text is understood or refused.
func FuzzParse(f *testing.F) {
	f.Add("seed 7\nuntil 1m\nShop.DB#2..4 panic \"a, b\" after 3s\nShop.S[\"x\"] checks hang, never stops")
	f.Add("at 5s pause Shop.DB by ada \"why\"\nat 1s start Shop.S[\"a\"]\nat 2s Shop.DB aborts after 1s with error\nat 3s expect Shop.DB#2 ready")
	f.Fuzz(func(t *testing.T, text string) {
		s, err := sim.Parse(text)
		if err != nil {
			return
		}
		again, err := sim.Parse(s.String())
		if err != nil {
			t.Fatalf("%s\nis spelled\n%s\nwhich is refused: %v", text, s, err)
		}
		if diff := cmp.Diff(s.String(), again.String()); diff != "" {
			t.Error(diff)
		}
	})
}

// With mistakes, the script is what the other lines say.
func TestParseOn(t *testing.T) {
	s, err := sim.Parse("until 1m\nShop.DB readdy\nat 3 Shop.DB error\nat 5s Shop.DB panic")
	if err == nil || strings.Count(err.Error(), "\n") != 1 || s.String() != "until 1m0s\nat 5s Shop.DB panic\n" {
		t.Errorf("got %q, %v", s, err)
	}
}
