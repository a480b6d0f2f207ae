package report_test

import (
	"bytes"
	"slices"
	"testing"

	"github.com/supgen/supgen/dsl/diag"
	"github.com/supgen/supgen/internal/encoding"
	"github.com/supgen/supgen/internal/report"
)

// A tool that makes the edits of JSON in the bytes of a file, as the manual says how columns count, gets what supgen fix -w writes,
// also where the file begins with a byte order mark.
func TestEdits(t *testing.T) {
	const bad = "pakcage shop\r\n\r\nsupervisor Shop {\r\n\tworker One\r\n\twroker Two\r\n}\r\n"
	for _, text := range []string{bad, encoding.ByteOrderMark + bad} {
		r := checked(t, "shop.sup", text)
		var fixes []diag.Fix
		for _, d := range r.Diagnostics {
			fixes = append(fixes, d.Fixes...)
		}
		want, made := diag.Apply(r.Text, fixes)
		if len(made) != 2 || slices.Contains(made, false) {
			t.Fatalf("fixes that were made: %v", made)
		}
		if got := withEdits([]byte(text), r.Findings()); !bytes.Equal(got, want["shop.sup"]) {
			t.Errorf("the edits make %q, the fixes %q", got, want["shop.sup"])
		}
	}
}

// withEdits makes the edits of all fixes, from the last to the first.
func withEdits(text []byte, findings []report.Finding) []byte {
	rest, marked := bytes.CutPrefix(text, []byte(encoding.ByteOrderMark))
	offset := func(line, column int) int {
		start := 0
		for range line - 1 {
			start += bytes.IndexByte(rest[start:], '\n') + 1
		}
		return start + column - 1
	}
	for _, f := range slices.Backward(findings) {
		for _, fix := range f.Fixes {
			for _, e := range slices.Backward(fix.Edits) {
				rest = slices.Replace(slices.Clone(rest), offset(e.Line, e.Column), offset(e.EndLine, e.EndColumn), []byte(e.New)...)
			}
		}
	}
	if marked {
		rest = slices.Concat([]byte(encoding.ByteOrderMark), rest)
	}
	return rest
}
