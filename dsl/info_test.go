package dsl

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/supgen/supgen/dsl/check"
	"github.com/supgen/supgen/dsl/diag"
	"github.com/supgen/supgen/dsl/syntax"
	"github.com/supgen/supgen/dsl/tree"
)

// marked defines and uses each thing that can be: «a=X» is the definition a, called X, and «a:X» a use of it.
const marked = `// A shop.
package main

import «http="net/http"»
import (
	«q=queries» "database/sql"
)

// What fails often.
policy «flaky=flaky» {
	limit 9 in 1m
	backoff 1s..5s
}

policy «slow=slow» {
	shutdown 50s
}

// Shop sells.
supervisor «shop=Shop» {
	finish when all «load:Load»
	defaults {
		use «slow:slow»
		on panic escalate
	}

	// DB holds the pool.
	service «db=DB» [2] {
		use «flaky:flaky»
		provides *«q:queries».DB
		ready explicit
	}
	group «front=Front» {
		strategy one_for_all
		service «web=Web» needs «db:DB», «shop:Shop».«in:Ingest».«reader:Reader» {
			provides func(«http:http».Handler) «http:http».Handler
			ready explicit
		}
		service «api=API» after «web:Web»
	}
	sidecar «metrics=Metrics» of «db:DB» {
		use «flaky:flaky», «slow:slow»
	}
	supervisor «in=Ingest» needs «db:DB» {
		service «reader=Reader»
		service «writer=Writer» needs «reader:Reader», «db:DB»
	}
	dynamic worker «session=Session»(«id=id» string, «at=at» map[string][]«q:queries».DB) key «id:id» needs «db:DB» {
		max 10
	}
	job «load=Load» needs «in:Ingest».«writer:Writer»
}
`

var marker = regexp.MustCompile(`«(\w+)([=:])([^»]+)»`)

// unmark is a marked text without its marks, and what they say: "7:9 def db", "12:3 use db".
func unmark(text string) (src string, marks []string) {
	var b strings.Builder
	for i, line := range strings.SplitAfter(text, "\n") {
		start := b.Len()
		rest := 0
		for _, m := range marker.FindAllStringSubmatchIndex(line, -1) {
			b.WriteString(line[rest:m[0]])
			what := map[string]string{"=": "def", ":": "use"}[line[m[4]:m[5]]]
			marks = append(marks, fmt.Sprintf("%d:%d %s %s %s", i+1, b.Len()-start+1, line[m[6]:m[7]], what, line[m[2]:m[3]]))
			b.WriteString(line[m[6]:m[7]])
			rest = m[1]
		}
		b.WriteString(line[rest:])
	}
	return b.String(), marks
}

// known is the definitions and uses of an Info as unmark says them; a definition is called by the label that is marked at
// its line and name.
func known(info *tree.Info, src string, marks []string) []string {
	labels := map[*tree.Definition]string{}
	at := func(r diag.Range, what string) string {
		return fmt.Sprintf("%d:%d %s %s ", r.Pos.Line, r.Pos.Column, src[r.Pos.Offset:r.End.Offset], what)
	}
	var found []string
	for _, d := range info.Definitions {
		for _, m := range marks {
			if label, ok := strings.CutPrefix(m, at(d.Range, "def")); ok {
				labels[d] = label
			}
		}
		found = append(found, at(d.Range, "def")+labels[d])
	}
	for _, u := range info.Uses {
		found = append(found, at(u.Range, "use")+labels[u.Definition])
	}
	byPlace := func(a, b string) int {
		place := func(s string) (line, column int) {
			fmt.Sscanf(s, "%d:%d", &line, &column)
			return line, column
		}
		lineA, columnA := place(a)
		lineB, columnB := place(b)
		return cmp.Or(cmp.Compare(lineA, lineB), cmp.Compare(columnA, columnB))
	}
	slices.SortStableFunc(found, byPlace)
	return found
}

func infoOf(src string) *tree.Info {
	file, _ := syntax.Parse("a.sup", []byte(src))
	info, _ := check.Check([]*syntax.File{file}, "")
	return info
}

func TestInfo(t *testing.T) {
	src, marks := unmark(marked)
	info := infoOf(src)
	if info.Errors > 0 {
		t.Fatalf("%d errors in\n%s", info.Errors, src)
	}
	if diff := gocmp.Diff(marks, known(info, src, marks)); diff != "" {
		t.Errorf("definitions and uses (-want +got):\n%s", diff)
	}
	holdInfo(t, []byte(src), info)
}

// The declarations, in each other as they stand in the text.
func TestInfoDeclarations(t *testing.T) {
	src, _ := unmark(marked)
	var got strings.Builder
	for _, d := range infoOf(src).Definitions {
		for p := d.Parent; p != nil; p = p.Parent {
			got.WriteString("  ")
		}
		whole := src[d.Whole.Pos.Offset:d.Whole.End.Offset]
		first, rest, _ := strings.Cut(whole, "\n")
		last := strings.TrimSpace(rest[strings.LastIndexByte(rest, '\n')+1:])
		fmt.Fprintln(&got, strings.TrimSpace(strings.Join([]string{d.Kind.String() + ":", first, last, d.Doc}, " ")))
	}
	const want = `import: import "net/http"
import: queries "database/sql"
policy: policy flaky { } What fails often.
policy: policy slow { }
tree: supervisor Shop { } Shop sells.
  child: service DB [2] { } DB holds the pool.
  child: group Front { }
    child: service Web needs DB, Shop.Ingest.Reader { }
    child: service API after Web
  child: sidecar Metrics of DB { }
  child: supervisor Ingest needs DB { }
    child: service Reader
    child: service Writer needs Reader, DB
  child: dynamic worker Session(id string, at map[string][]queries.DB) key id needs DB { }
    argument: id string
    argument: at map[string][]queries.DB
  child: job Load needs Ingest.Writer
`
	if diff := gocmp.Diff(want, got.String()); diff != "" {
		t.Errorf("declarations (-want +got):\n%s", diff)
	}
}

// At and Around find what a search through everything finds, at each byte.
func TestInfoAt(t *testing.T) {
	src, _ := unmark(marked)
	info := infoOf(src)
	for offset := range len(src) + 1 {
		pos := diag.Pos{File: "a.sup", Offset: offset}
		var named, around *tree.Definition
		for _, d := range info.Definitions {
			if d.Holds(pos) {
				named = d
			}
			if d.Whole.Holds(pos) { // what is within comes after what it is in
				around = d
			}
			for use := range info.UsesOf(d) {
				if use.Holds(pos) {
					named = d
				}
			}
		}
		if got, _ := info.At(pos); got != named {
			t.Errorf("at %q: %v, want %v", src[offset:], got, named)
		}
		if got := info.Around(pos); got != around {
			t.Errorf("around %q: %v, want %v", src[offset:], got, around)
		}
	}
	if d, r := info.At(diag.Pos{File: "b.sup", Offset: 50}); d != nil || r != (diag.Range{}) {
		t.Errorf("in another file is %v, %v", d, r)
	}
}

// A mistake costs its line and no more: with one in each line, in turn, what the other lines define and use is known, but
// for uses of what the line defines, and each child has the values that it had, where they are not said to be incomplete.
func TestInfoAroundMistakes(t *testing.T) {
	for _, mistake := range []string{"?", "oops 1", `"`} {
		lines := strings.SplitAfter(marked, "\n")
		for i, line := range lines {
			statement := strings.TrimRight(line, " {\n")
			if strings.Trim(statement, " \t})") == "" || strings.HasPrefix(strings.TrimSpace(line), "//") {
				continue
			}
			mistaken := slices.Clone(lines)
			mistaken[i] = statement + " " + mistake + line[len(statement):]
			text := strings.Join(mistaken, "")
			t.Run(fmt.Sprintf("%d %s", i+1, mistake), func(t *testing.T) { holdMistaken(t, text, i+1) })
		}
	}
}

func holdMistaken(t *testing.T, text string, line int) {
	src, marks := unmark(text)
	info := infoOf(src)
	if info.Errors == 0 {
		t.Fatalf("no error in\n%s", src)
	}
	holdInfo(t, []byte(src), info)
	lost := map[string]bool{}
	for _, m := range marks {
		if on(m, line) && strings.Contains(m, " def ") {
			lost[m[strings.LastIndexByte(m, ' ')+1:]] = true
		}
	}
	mayLack := func(m string) bool { return on(m, line) || lost[m[strings.LastIndexByte(m, ' ')+1:]] }
	found := known(info, src, marks)
	for _, m := range marks {
		if !mayLack(m) && !slices.Contains(found, m) {
			t.Errorf("%q is lost", m)
		}
	}
	for _, f := range found {
		if !slices.Contains(marks, f) {
			t.Errorf("%q is found, and not there", f)
		}
	}
	right, _ := unmark(marked)
	values := map[string]string{}
	for _, d := range infoOf(right).Definitions {
		if d.Child != nil {
			values[d.Child.Path()] = valuesOf(d.Child)
		}
	}
	for _, d := range info.Definitions {
		if d.Child == nil || d.Incomplete || d.Pos.Line == line {
			continue
		}
		if diff := gocmp.Diff(values[d.Child.Path()], valuesOf(d.Child)); diff != "" {
			t.Errorf("values of %s (-want +got):\n%s", d.Child.Path(), diff)
		}
	}
}

// What a line with a mistake may say something about is incomplete, and nothing else.
func TestInfoIncomplete(t *testing.T) {
	const src = "package main\npolicy p {\n\tlimit 3 in 1m\n}\nsupervisor A {\n\tdefaults {\n\t\tshutdown 9s\n\t}\n\tservice B {\n\t\tuse p\n\t}\n\tservice C\n}\nsupervisor D {\n\tservice E {\n\t\tready explicit\n\t}\n}\n"
	for _, test := range []struct{ line, mistaken, want string }{
		{"package main", "package main oops", ""},
		{"limit 3 in 1m", "limit oops", "p B"},
		{"policy p {", "policy p limit 3 in 1m {", "p B"},
		{"limit 3 in 1m", "limit 3 in 0s", "B"},
		{"defaults {", "defaults shutdown 9s {", "A B C"},
		{"use p", "use q", "B"},
		{"service C", "service C oops", "A C"},
		{"ready explicit", "ready oops", "E"},
	} {
		var got []string
		for _, d := range infoOf(strings.Replace(src, test.line, test.mistaken, 1)).Definitions {
			if d.Incomplete {
				got = append(got, d.Name)
			}
		}
		if got := strings.Join(got, " "); got != test.want {
			t.Errorf("%s: incomplete are %q, want %q", test.mistaken, got, test.want)
		}
	}
}

// on reports whether a mark is on a line.
func on(mark string, line int) bool { return strings.HasPrefix(mark, fmt.Sprintf("%d:", line)) }

// valuesOf is the effective values of a child with where they are from, but for an intensity, which depends on others.
func valuesOf(c *tree.Child) string {
	var b strings.Builder
	say := func(values ...any) { fmt.Fprintln(&b, values...) }
	say(c.Role, c.Provides, c.Doc, c.From())
	say(c.Limit.Value, c.Backoff.Value, c.Throttle.Value, c.Concurrency.Value, c.Ready.Value, c.Health.Value, c.Shutdown.Value, c.Timeout.Value, c.Strategy.Value)
	for _, row := range c.On {
		say(row.Value, row.Source.Kind, row.Source.Name)
	}
	return b.String()
}

func TestTreeOfErrors(t *testing.T) {
	right := infoOf("package main\nsupervisor A {\n\tservice B\n\tservice C\n}\n")
	if got := tree.Of(right); len(got.Roots()) != 1 || got.Package != "main" {
		t.Errorf("tree.Of: %+v", got)
	}
	defer func() {
		if p := recover(); p == nil {
			t.Error("tree.Of makes a Tree of an Info with errors")
		}
	}()
	tree.Of(infoOf("package main\nsupervisor A {\n\tservice B needs X\n}\n"))
}

// holdInfo holds an Info to what it promises about any text at all.
func holdInfo(t *testing.T, src []byte, info *tree.Info) {
	t.Helper()
	defined := map[*tree.Definition]bool{}
	for i, d := range info.Definitions {
		defined[d] = true
		if i > 0 && info.Definitions[i-1].Pos.Compare(d.Pos) >= 0 {
			t.Errorf("definition %q is not behind %q", d.Name, info.Definitions[i-1].Name)
		}
		holdRange(t, src, d.Range)
		holdRange(t, src, d.Whole)
		if !d.Whole.Holds(d.Pos) || !d.Whole.Holds(d.End) {
			t.Errorf("%s %q at %v is not in its declaration %v", d.Kind, d.Name, d.Range, d.Whole)
		}
		if text := textAt(src, d.Range); text != d.Name && d.Kind != tree.ImportDefinition || !strings.Contains(text, d.Name) {
			t.Errorf("%s %q is written %q", d.Kind, d.Name, text)
		}
		if at, r := info.At(d.Pos); at != d || r != d.Range {
			t.Errorf("at the name of %s %q is %v", d.Kind, d.Name, at)
		}
		if around := info.Around(d.Pos); around != d {
			t.Errorf("around the name of %s %q is %v", d.Kind, d.Name, around)
		}
		inside := d.Kind == tree.ChildDefinition || d.Kind == tree.ArgumentDefinition
		if inside != (d.Parent != nil) || inside && !(defined[d.Parent] && d.Parent.Whole.Holds(d.Whole.Pos) && d.Parent.Whole.Holds(d.Whole.End)) {
			t.Errorf("%s %q is in %v", d.Kind, d.Name, d.Parent)
		}
		if is := d.Kind == tree.TreeDefinition || d.Kind == tree.ChildDefinition; is != (d.Child != nil) {
			t.Errorf("the child of %s %q is %v", d.Kind, d.Name, d.Child)
		}
		if d.Child != nil {
			holdChild(t, src, d)
		}
	}
	for i, u := range info.Uses {
		if i > 0 && info.Uses[i-1].Pos.Compare(u.Pos) >= 0 {
			t.Errorf("use %q is not behind the one before", textAt(src, u.Range))
		}
		holdRange(t, src, u.Range)
		if text := textAt(src, u.Range); text != u.Definition.Name || !defined[u.Definition] {
			t.Errorf("%q uses %s %q", text, u.Definition.Kind, u.Definition.Name)
		}
		if at, r := info.At(u.End); at != u.Definition || r != u.Range {
			t.Errorf("at the use of %q is %v", u.Definition.Name, at)
		}
	}
}

// holdChild holds the child of a definition: what it says of itself, and where its values are from.
func holdChild(t *testing.T, src []byte, d *tree.Definition) {
	t.Helper()
	c := d.Child
	if c.Name != d.Name || c.Range != d.Range || c.File == nil || c.Doc != d.Doc {
		t.Errorf("%q is the child %q at %v", d.Name, c.Name, c.Range)
	}
	_, _, _ = valuesOf(c), c.Members(), c.CountsIn()
	for _, source := range c.Statements {
		holdRange(t, src, source.Range)
	}
	for o := range c.On {
		holdRange(t, src, c.On[o].Source.Range)
	}
	for _, ref := range slices.Concat(c.Needs, c.After, c.Finish.Of) {
		holdRange(t, src, ref.Range)
		if ref.Child == nil {
			t.Errorf("%q refers to nothing", c.Path())
		}
	}
	for _, p := range c.Params {
		if textAt(src, p.Range) != p.Name {
			t.Errorf("argument %q is written %q", p.Name, textAt(src, p.Range))
		}
	}
	holdRange(t, src, c.Finish.Range)
}

func textAt(src []byte, r diag.Range) string { return string(src[r.Pos.Offset:r.End.Offset]) }

// holdRange holds a range to the text.
func holdRange(t *testing.T, src []byte, r diag.Range) {
	t.Helper()
	if r == (diag.Range{}) {
		return
	}
	if r.Pos.Offset >= r.End.Offset || r.End.Offset > len(src) {
		t.Fatalf("%v to %v in a text of %d", r.Pos, r.End, len(src))
	}
	for _, pos := range []diag.Pos{r.Pos, r.End} {
		if want := positionIn("a.sup", src, pos.Offset); pos != want {
			t.Errorf("offset %d is %v, not %v", pos.Offset, want, pos)
		}
	}
}
