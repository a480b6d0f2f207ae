package codegen

import (
	"go/format"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/dave/jennifer/jen"
	"github.com/google/go-cmp/cmp"
	"github.com/supgen/supgen/dsl/tree"
)

// TestComment holds comments to gofmt, which reads them: lists, code, headings and links, one inside the other.
func TestComment(t *testing.T) {
	lines := []string{"A thing.", "{", "", "# H", "[x]: https://example.com", "- item", "  - item", "1. one", " 2) two",
		"\tcode", "\t\tcode", "  indented", "    indented"}
	for seed := range uint64(20_000) {
		r := rand.New(rand.NewPCG(seed, 4))
		var doc []string
		for range 1 + r.IntN(7) {
			doc = append(doc, lines[r.IntN(len(lines))])
		}
		p := part{declarations: []declaration{func() []jen.Code {
			return append(document(&tree.Child{Doc: strings.Join(doc, "\n")}), jen.Type().Id("x").Int())
		}}}
		p.render()
		code := clause + string(p.format())
		formatted, err := format.Source([]byte(code))
		if err != nil || code != string(formatted) {
			t.Fatalf("%q is not as gofmt writes it (%v; -gofmt +this):\n%s", doc, err, cmp.Diff(string(formatted), code))
		}
	}
}
