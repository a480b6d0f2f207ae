package compare

import (
	"fmt"
	"strings"
	"testing"
)

// A comment has a bound, and says what it has no room for.
func TestMarkdownFits(t *testing.T) {
	r := Result{Compared: 1}
	const n = 2000
	for i := range n {
		name := fmt.Sprintf("Shop.Child%d", i)
		r.Changes = append(r.Changes, Change{Path: name, Kind: Changed, What: "shutdown", Verdict: Riskier, Risk: "it has less time: " + name})
	}
	text := r.Markdown()
	rows := strings.Count(text, "\n| <code>")
	if want := fmt.Sprintf("\n**and %d more**, for which a comment has no room\n", n-rows); len(text) > 65_536 || rows < 100 || !strings.HasSuffix(text, want) {
		t.Errorf("%d bytes and %d rows, to the end %q", len(text), rows, text[len(text)-80:])
	}
	r.Changes = r.Changes[:10]
	if text := r.Markdown(); strings.Contains(text, "more") || strings.Count(text, "\n| <code>") != 10 {
		t.Error(text)
	}
}
