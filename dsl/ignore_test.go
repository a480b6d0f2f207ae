package dsl

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/supgen/supgen/dsl/diag"
)

// A comment that does not say what it accepts, and why, accepts nothing.
func TestIgnoreIncomplete(t *testing.T) {
	const src = "package main\n\nsupervisor Shop {\n\tworker A\n\tservice B needs A %s\n\tservice C needs B%s\n}\n"
	for _, test := range []struct {
		comment, unknown string
		want             []string
	}{
		{"//supgen:ignore", "", []string{"needs-may-end", "unused-ignore: this does not say which warning it accepts"}},
		{"//supgen:ignore needs-may-end", "", []string{"needs-may-end", `unused-ignore: this does not say why it accepts "needs-may-end"`}},
		{"//supgen:ignore needs-may-end\tit stays", "", nil},
		{"// supgen:ignore needs-may-end it stays", "", []string{"needs-may-end"}},
		{"//supgen:ignore needs-may-end,same-type it stays", "", []string{`unused-ignore: "same-type" is not said of line 5, so this silences nothing`}},
		{"//supgen:ignore same-type , needs-may-end it stays", "", []string{`unused-ignore: "same-type" is not said of line 5, so this silences nothing`}},
		{"//supgen:ignore needs-may-end,nonsense it stays", "", []string{`unused-ignore: there is no rule "nonsense"`}},
		{"//supgen:ignore needs-may-end, same-type", "", []string{"needs-may-end", `unused-ignore: this does not say why it accepts "needs-may-end"`, `unused-ignore: this does not say why it accepts "same-type"`}},
		{"//supgen:ignore same-type both", ", X", []string{"needs-may-end", "unknown-name"}}, // with an error, others are not looked for
	} {
		var got []string
		for _, d := range checkText("a.sup", fmt.Sprintf(src, test.comment, test.unknown)) {
			text := string(d.Code)
			if d.Code == diag.CodeUnusedIgnore {
				text += ": " + d.Message
			}
			got = append(got, text)
		}
		slices.Sort(got)
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.comment, diff)
		}
	}
}

// Of several codes, the fix removes the one that accepts nothing.
func TestIgnoreSeveral(t *testing.T) {
	const src = "package main\n\nsupervisor Shop {\n\tworker A\n\tservice B needs A //supgen:ignore %s it stays\n}\n"
	for codes, want := range map[string]string{
		"same-type,needs-may-end":               "needs-may-end",
		"needs-may-end , same-type":             "needs-may-end",
		"backoff-max, needs-may-end, same-type": "needs-may-end",
	} {
		check := func(text map[string][]byte) []diag.Diagnostic { return checkText("a.sup", string(text["a.sup"])) }
		text, _, left, _ := diag.Mend(map[string][]byte{"a.sup": []byte(fmt.Sprintf(src, codes))}, check, func(diag.Diagnostic) bool { return true })
		if got := string(text["a.sup"]); got != fmt.Sprintf(src, want) || len(left) > 0 {
			t.Errorf("%s becomes %s, and leaves %v", codes, got, left)
		}
	}
}

// What is for the tools is no documentation.
func TestIgnoreIsNoDoc(t *testing.T) {
	tree := parseTree(t, "package main\n\nsupervisor Shop {\n\t// A is a worker.\n\t//supgen:ignore needs-may-end x\n\t// It reads.\n\tworker A\n}\n")
	if doc := find(t, tree, "Shop.A").Doc; doc != "A is a worker.\nIt reads." {
		t.Errorf("its documentation is %q", doc)
	}
}
