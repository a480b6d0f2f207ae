package unified

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestDiff(t *testing.T) {
	ten := "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n"
	tests := []struct{ name, a, b, want string }{
		{"equal", ten, ten, ""},
		{"new", "", "1\n2\n", "@@ -0,0 +1,2 @@\n+1\n+2\n"},
		{"gone", "1\n2\n", "", "@@ -1,2 +0,0 @@\n-1\n-2\n"},
		{"changed", ten, strings.Replace(ten, "5\n", "five\n", 1),
			"@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n"},
		{"two hunks", ten, strings.Replace(strings.Replace(ten, "1\n", "one\n", 1), "9\n", "", 1),
			"@@ -1,4 +1,4 @@\n-1\n+one\n 2\n 3\n 4\n@@ -6,5 +6,4 @@\n 6\n 7\n 8\n-9\n 10\n"},
		{"one hunk", ten, strings.Replace(strings.Replace(ten, "1\n", "one\n", 1), "7\n", "", 1),
			"@@ -1,10 +1,9 @@\n-1\n+one\n 2\n 3\n 4\n 5\n 6\n-7\n 8\n 9\n 10\n"},
		{"no line end", "1\n2", "1\n2\n", "@@ -1,2 +1,2 @@\n 1\n-2\n\\ No newline at end of file\n+2\n"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			want := test.want
			if want != "" {
				want = "--- a\n+++ b\n" + want
			}
			if diff := cmp.Diff(want, string(Diff("a", []byte(test.a), "b", []byte(test.b)))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestDiffApplies applies diffs of random texts, of few different lines so that anchors are rare.
func TestDiffApplies(t *testing.T) {
	for seed := range uint64(2000) {
		r := rand.New(rand.NewPCG(seed, 0))
		a, b := randomText(r), randomText(r)
		diff := string(Diff("a", []byte(a), "b", []byte(b)))
		if a == b && diff != "" || a != b && diff == "" {
			t.Fatalf("seed %d: the diff of %q and %q is %q", seed, a, b, diff)
		}
		if got := apply(a, diff); got != b {
			t.Fatalf("seed %d: %q and the diff to %q make %q:\n%s", seed, a, b, got, diff)
		}
	}
}

func randomText(r *rand.Rand) string {
	var text strings.Builder
	for range r.IntN(40) {
		fmt.Fprintln(&text, r.IntN(25))
	}
	return text.String()
}

// apply changes text as a unified diff says. It trusts the hunks' line numbers, which it so tests.
func apply(text, diff string) string {
	old := lines([]byte(text))
	var out []string
	at := 0
	for _, line := range lines([]byte(diff)) {
		var from, n int
		switch {
		case strings.HasPrefix(line, "---"), strings.HasPrefix(line, "+++"):
		case strings.HasPrefix(line, "@@"):
			fmt.Sscanf(line, "@@ -%d,%d", &from, &n)
			if n > 0 {
				from--
			}
			out = append(out, old[at:from]...)
			at = from
		case line[0] == '+':
			out = append(out, line[1:])
		case line[1:] != old[at]:
			return fmt.Sprintf("line %d is not %q", at+1, line[1:])
		default:
			if line[0] == ' ' {
				out = append(out, line[1:])
			}
			at++
		}
	}
	return strings.Join(append(out, old[at:]...), "")
}
