package dsl

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/alecthomas/participle/v2/lexer"
	"github.com/google/go-cmp/cmp"
	"github.com/supgen/supgen/dsl/syntax"
)

func TestParse(t *testing.T) {
	for _, test := range []struct{ src, want string }{
		{"package main", "(package Name:main)"},
		{"import \"database/sql\"", `(import Path:"database/sql")`},
		{"import (\n\tstd \"database/sql\"\n\t. \"fmt\"\n)", `(import Open:( [(std Alias:std Path:"database/sql") (. Alias:. Path:"fmt")])`},
		{"policy flaky {\n}", "(policy Name:flaky [])"},
		{"supervisor Shop {\n\tservice DB\n}", "(supervisor Role:supervisor Name:Shop Brace:{ [(service Role:service Name:DB)])"},
		{"service A[3] needs B, C.D after E {\n}", "(service Role:service Name:A Replicas:3 Needs:[B C.D] After:[E] Brace:{ [])"},
		{"service A needs B,\n\tC", "(service Role:service Name:A Needs:[B C])"},
		{"sidecar A of B linked", "(sidecar Role:sidecar Name:A Of:B Linked:linked)"},
		{"dynamic worker A(key string, m map[string]func(a, b int) error) key key needs B", "(dynamic Dynamic:dynamic Role:worker Name:A Open:( Params:(key: string, m: map[string]func(a, b int) error) Key:key Needs:[B])"},
		{"dynamic job A()", "(dynamic Dynamic:dynamic Role:job Name:A Open:( Params:())"},
		{"defaults {\n\tuse a, b\n}", "(defaults Open:{ [(use Policies:[a b])])"},
		{"strategy rest_for_one", "(strategy Strategy:rest_for_one)"},
		{"intensity 1_000 in 1m30s", "(intensity Keyword:intensity N:1_000 In:1m30s)"},
		{"limit 0 in 5m", "(limit Keyword:limit N:0 In:5m)"},
		{"restart transient", "(restart Kind:transient)"},
		{"on panic escalate", "(on Outcome:panic Action:escalate)"},
		{"backoff none", "(backoff None:none)"},
		{"backoff 1s", "(backoff Min:1s)"},
		{"backoff 1s..2s factor 1.5 jitter 20% reset 1m", "(backoff Min:1s Max:2s Factor:1.5 Jitter:20% Reset:1m)"},
		{"backoff 1s..2s factor 3 jitter full", "(backoff Min:1s Max:2s Factor:3 Jitter:full)"},
		{"lame_duck 5s", "(lame_duck For:5s)"},
		{"throttle 5 refill 1s", "(throttle N:5 Refill:1s)"},
		{"concurrency 4", "(concurrency N:4)"},
		{"provides map[string]*sql.DB // a comment", "(provides Type:map[string]*sql.DB)"},
		{"ready immediate", "(ready Immediate:immediate)"},
		{"ready explicit", "(ready Explicit:explicit)"},
		{"ready explicit within 5s", "(ready Explicit:explicit Within:5s)"},
		{"ready check every 1s timeout 500ms within 5s", "(ready Check:(Every:1s Timeout:500ms) CheckWithin:5s)"},
		{"health heartbeat 1s stale 5s dead 10s", "(health Heartbeat:1s Stale:5s Dead:10s)"},
		{"health check every 1s timeout 500ms fail 2", "(health Check:(Every:1s Timeout:500ms) Fail:2)"},
		{"shutdown unlimited", "(shutdown Unlimited:unlimited)"},
		{"shutdown 5s abort 1s", "(shutdown Drain:5s Abort:1s)"},
		{"timeout 1h", "(timeout Run:1h)"},
		{"max 10_000", "(max N:10_000)"},
		{"finish when any A, B", "(finish Which:any Of:[A B])"},
		{"optional", "(optional Word:optional)"},
		{`tags "a", "b"`, `(tags Tags:["a" "b"])`},
		{"\uFEFFlimit 3 in 5m\r\n\r\noptional\r\n", "(limit Keyword:limit N:3 In:5m) (optional Word:optional)"},
		{"", ""},
	} {
		f, diagnostics := syntax.Parse("a.sup", []byte(test.src))
		if len(diagnostics) > 0 {
			t.Errorf("Parse(%q): %v", test.src, diagnostics)
		}
		if diff := cmp.Diff(test.want, sketch(f.Body)); diff != "" {
			t.Errorf("Parse(%q) (-want +got):\n%s", test.src, diff)
		}
	}
}

// What is left of a line with a mistake is what it declares, and the blocks keep their shape.
func TestParseRecovers(t *testing.T) {
	for _, test := range []struct{ src, want, diagnostic string }{
		{"servise DB {\n\toptional\n}", "(servise Role:service Name:DB Brace:{ [(optional Word:optional)])",
			`a.sup:1:1: unknown statement "servise"; did you mean "service"? [unknown-statement]`},
		{"service DB neds X {\n\toptional\n}", "(service Role:service Name:DB [(optional Word:optional)])",
			`a.sup:1:12: unexpected "neds"; did you mean "needs"? [syntax]`},
		{"service A { limit 3 in 5m }\nlimit 1 in 1m", "(service Role:service Name:A Brace:{ [(limit Keyword:limit N:3 In:5m)]) (limit Keyword:limit N:1 In:1m)",
			`a.sup:1:13: "limit" needs a line of its own [syntax]`},
		{"service A {}\noptional", "(service Role:service Name:A Brace:{ []) (optional Word:optional)",
			`a.sup:1:12: "}" needs a line of its own [syntax]`},
		{"service A {\n\toptional }\noptional", "(service Role:service Name:A Brace:{ [(optional Word:optional)]) (optional Word:optional)",
			`a.sup:2:11: "}" needs a line of its own [syntax]`},
		{"limit 3 in 5m {\n\toptional\n}\noptional", "(limit [(optional Word:optional)]) (optional Word:optional)",
			`a.sup:1:15: unexpected "{" [syntax]`},
		{"supervisor A {\n\tservice B {\n\t\toptional\n\tservice C\n}", "(supervisor Role:supervisor Name:A Brace:{ [(service Role:service Name:B Brace:{ [(optional Word:optional)]) (service Role:service Name:C)])",
			`a.sup:2:12: "{" is never closed [unclosed-block]`},
		{"supervisor A {\n\tservice B\nsupervisor C {\n}", "(supervisor Role:supervisor Name:A Brace:{ [(service Role:service Name:B)]) (supervisor Role:supervisor Name:C Brace:{ [])",
			`a.sup:1:14: "{" is never closed [unclosed-block]`},
		{"supervisor A {\n\tservice B\n\t}\n\tservice C\n}", "(supervisor Role:supervisor Name:A Brace:{ [(service Role:service Name:B) (service Role:service Name:C)])",
			`a.sup:3:2: "}" closes nothing [stray-brace]`},
		{"import (\n\t\"fmt\"\nsupervisor A {\n}", `(import Open:( [("fmt" Path:"fmt")]) (supervisor Role:supervisor Name:A Brace:{ [])`,
			`a.sup:1:8: "(" is never closed [unclosed-block]`},
		{"impor\n\t\"fmt\"\noptional", `(impor [("fmt" Path:"fmt")]) (optional Word:optional)`,
			`a.sup:1:1: unknown statement "impor"; did you mean "import"? [unknown-statement]`},
		{"/* no */ service A", "(service Role:service Name:A)", `a.sup:1:1: a comment begins with "//" [bad-character]`},
		{"limit 3 in 5d", "(limit)", `a.sup:1:12: "5d" is neither a number nor a duration, or is too large [bad-literal]`},
		{"limit 3 of 5m", "(limit)", `a.sup:1:9: unexpected "of" [syntax]`},
		{"limit 3", "(limit)", `a.sup:1:8: unexpected end of line [syntax]`},
		{"limit 3 in 5m 6", "(limit)", `a.sup:1:15: unexpected "6" [syntax]`},
		{"backoff 1s..2s jitter 5s", "(backoff)", `a.sup:1:23: unexpected "5s" [syntax]`},
		{"ready check every 1s within 5s", "(ready)", `a.sup:1:22: unexpected "within" [syntax]`},
		{"dynamic worker A(id, b string)", "(dynamic Dynamic:dynamic Role:worker Name:A)", `a.sup:1:20: unexpected "," [syntax]`},
		{"every 5m", "(every)", `a.sup:1:1: "every" is reserved for jobs that run by the clock, which this version does not have [reserved-word]`},
		{"\x00", "(\x00)", `a.sup:1:1: a NUL byte cannot be part of a .sup file [bad-character]`},
		{`tags "a`, "(tags)", `a.sup:1:6: no Go string begins with this quote and ends on the same line [bad-literal]`},
		{strings.Repeat("group A {\n", 101) + strings.Repeat("}\n", 101) + "optional", "",
			`a.sup:101:9: blocks are nested more than 100 deep [deep-nesting]`},
	} {
		f, diagnostics := syntax.Parse("a.sup", []byte(test.src))
		if got := fmt.Sprint(diagnostics); got != "["+test.diagnostic+"]" {
			t.Errorf("Parse(%q):\n got %s\nwant [%s]", test.src, got, test.diagnostic)
		}
		if diff := cmp.Diff(test.want, sketch(f.Body)); test.want != "" && diff != "" {
			t.Errorf("Parse(%q) (-want +got):\n%s", test.src, diff)
		}
	}
}

func TestDoc(t *testing.T) {
	f, _ := syntax.Parse("a.sup", []byte("// far\n\n// one\n//   two\n//three\npackage main // behind\njob A\n"))
	var docs []string
	for _, s := range f.Body.Stmts {
		docs = append(docs, s.Doc)
	}
	if diff := cmp.Diff([]string{"one\n  two\nthree", ""}, docs); diff != "" {
		t.Errorf("docs (-want +got):\n%s", diff)
	}
}

// sketch is a block as one line: each statement with its first word, what it says, and its block.
func sketch(b *syntax.Block) string {
	var stmts []string
	for _, s := range b.Stmts {
		parts := append([]string{s.Keyword.Value}, fields(s.Node)...)
		if s.Block != nil {
			parts = append(parts, "["+sketch(s.Block)+"]")
		}
		stmts = append(stmts, "("+strings.Join(parts, " ")+")")
	}
	return strings.Join(stmts, " ")
}

func fields(decl any) []string {
	if decl == nil {
		return nil
	}
	var said []string
	v := reflect.ValueOf(decl).Elem()
	for i := range v.NumField() {
		if text := field(v.Field(i).Interface()); text != "" {
			said = append(said, v.Type().Field(i).Name+":"+text)
		}
	}
	return said
}

func field(value any) string {
	switch value := value.(type) {
	case lexer.Token:
		return value.Value
	case *syntax.RefDecl:
		if value != nil {
			return joined(value.Path)
		}
	case []*syntax.RefDecl:
		return list(value)
	case []*syntax.NameDecl:
		return list(value)
	case []*syntax.StringDecl:
		return list(value)
	case *syntax.NameDecl:
		return value.Name.Value
	case *syntax.StringDecl:
		return value.Text.Value
	case *syntax.TypeDecl:
		return typeText(value)
	case *syntax.ParamsDecl:
		if value != nil {
			var params []string
			for _, p := range value.Params {
				params = append(params, p.Name.Value+": "+typeText(p.Type))
			}
			return "(" + strings.Join(params, ", ") + ")"
		}
	case *syntax.CheckDecl:
		if value != nil {
			return "(" + strings.Join(fields(value), " ") + ")"
		}
	}
	return ""
}

// typeText is a type without what gofmt would change about it, and its tokens if it is none.
func typeText(d *syntax.TypeDecl) string {
	if t, err := d.Read(); err == nil {
		return t.Text
	}
	var words []string
	for _, t := range d.Tokens {
		words = append(words, t.Value)
	}
	return strings.Join(words, " ")
}

func list[T any](decls []T) string {
	var texts []string
	for _, d := range decls {
		texts = append(texts, field(d))
	}
	if texts == nil {
		return ""
	}
	return fmt.Sprint(texts)
}

func joined(tokens []lexer.Token) string {
	var b strings.Builder
	for _, t := range tokens {
		b.WriteString(t.Value)
	}
	return b.String()
}
