package lanes_test

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/supgen/supgen/internal/lanes"
	"github.com/supgen/supgen/runtime"
	"github.com/supgen/supgen/runtime/policy"
	"github.com/supgen/supgen/runtime/sim"
)

// events are what a script makes of a tree with n services, the first of which may say when it is ready.
func events(t *testing.T, n int, script string) (events []runtime.Event) {
	t.Helper()
	table := []runtime.Child{{Name: "Shop", Role: policy.Supervisor}}
	for i := range n {
		c := runtime.Child{Name: fmt.Sprintf("C%d", i), Role: policy.Service}
		if i == 0 {
			c.Ready = policy.Ready{Explicit: true, Within: policy.Defaults(policy.Spec{Role: policy.Service}).Ready.Within}
		}
		table = append(table, c)
	}
	_, err := sim.Watch(sim.Tree(table), sim.MustParse(script), func(e runtime.Event) bool { events = append(events, e); return true })
	if err != nil {
		t.Fatal(err)
	}
	return events
}

// wellFormed reads a drawing, and returns the text in it.
func wellFormed(t *testing.T, drawing string) string {
	t.Helper()
	var text strings.Builder
	for d := xml.NewDecoder(strings.NewReader(drawing)); ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return text.String()
		}
		if err != nil {
			t.Fatalf("%v in\n%s", err, drawing)
		}
		if c, ok := token.(xml.CharData); ok {
			text.Write(c)
		}
	}
}

func TestSVG(t *testing.T) {
	drawing := lanes.SVG(events(t, 3, `
		until 1m
		Shop.C0 ready after 2s, stops after 3s
		at 10s Shop.C1 error
		at 20s restart Shop.C0 by ada why
		at 40s Shop.C2 fatal_config
	`), "What happens in \"A\" & <B>\u202e")
	text := wellFormed(t, drawing)
	for _, want := range []string{
		`What happens in "A" & <B>\u202e`,
		"Shop.C0: running, 0s to 2s", "Shop.C0: ready, 2s to 20s", "Shop.C0: shutting_down, 20s to 23s",
		"Shop.C1: error: restart, 10s", "Shop.C1: restarting, 10s to 10.0", "Shop.C0: restart, 20s",
		"Shop.C2: fatal_config: shutdown, 40s", "Shop.C2: failed, 40s", "Shop: running, 10s to",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("it does not say %q", want)
		}
	}
	for class, n := range map[string]int{"ready": 1, "up": 1, "down": 1, "wait": 1, "out": 1, "rest": 1, "cross": 2} {
		if got := strings.Count(drawing, `class="`+class+`"`); got < n {
			t.Errorf("%q is drawn %d times", class, got)
		}
	}
	if strings.Contains(strings.ReplaceAll(drawing, "http://www.w3.org/2000/svg", ""), "http") {
		t.Error("it needs something from elsewhere")
	}
}

// What happens to many, or often, is drawn in part, and it says so.
func TestBounds(t *testing.T) {
	many := events(t, 300, "until 1m\nat 10s Shop.C7 error\nat 20s shutdown by ada why")
	if text := wellFormed(t, lanes.SVG(many, "")); !strings.Contains(text, "261 more, to which nothing happens, are not drawn") {
		t.Error("of 301 lanes not 40 are drawn")
	}
	if text := wellFormed(t, lanes.Inline(many[:len(many)-1], 0, "")); strings.Contains(text, "it goes on") {
		t.Error("it goes on")
	}
	often := events(t, 2, "until 1h\nShop.C0 never ready, external")
	drawing := lanes.SVG(often, "")
	if text := wellFormed(t, drawing); !strings.Contains(text, "it goes on") || len(drawing) > 100_000 {
		t.Errorf("%d bytes are drawn of %d events", len(drawing), len(often))
	}
	one := wellFormed(t, lanes.Inline(events(t, 9, "until 1m\nat 10s Shop.C3 error"), 1, ""))
	if !strings.Contains(one, "Shop.C3") || strings.Contains(one, "Shop.C4") || !strings.Contains(one, "8 more") {
		t.Errorf("it tells\n%s", one)
	}
}
