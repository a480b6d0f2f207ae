package costs_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/supgen/supgen/dsl"
	"github.com/supgen/supgen/dsl/syntax"
	"github.com/supgen/supgen/internal/costs"
	"github.com/supgen/supgen/internal/explore"
	"github.com/supgen/supgen/runtime/sim"
)

func explored(t *testing.T, text string, o explore.Options) *explore.Report {
	t.Helper()
	file, _ := dsl.Parse("x.sup", []byte("package x\n"+text))
	tree, diagnostics := dsl.Check([]*syntax.File{file}, "")
	if tree == nil {
		t.Fatal(diagnostics)
	}
	r, err := explore.Explore(tree.Roots()[0], o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

const shop = `
supervisor Shop {
	intensity 1 in 10s
	service DB {
		ready explicit within 10s
	}
	service HTTP needs DB
	service Mail
	worker Part[2] {
		optional
	}
	dynamic worker Session(id string) key id needs DB {
		restart temporary
		max     5
	}
}
`

// The names are API: all of them, and no others, are in the JSON, and in the manual.
func TestJSON(t *testing.T) {
	r := explored(t, shop, explore.Options{})
	text, err := json.Marshal(costs.DocumentOf(r))
	if err != nil {
		t.Fatal(err)
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	var got costs.Document
	if err := d.Decode(&got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(costs.DocumentOf(r), got); diff != "" {
		t.Errorf("it does not come back (-want +got):\n%s", diff)
	}
	manual, err := os.ReadFile("../../docs/supgen.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(manual), "**What was tried**")
	section, _, _ = strings.Cut(section, "\n\n")
	for _, of := range []reflect.Type{reflect.TypeFor[costs.Document](), reflect.TypeFor[costs.Count](), reflect.TypeFor[costs.Case](), reflect.TypeFor[costs.Failure](), reflect.TypeFor[costs.Outage]()} {
		for _, field := range reflect.VisibleFields(of) {
			name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
			if name == "" || !strings.Contains(section, "`"+name+"`") {
				t.Errorf("the manual does not tell of %q, a %s's %s", name, of.Name(), field.Name)
			}
		}
	}
	for i, c := range got.Cases {
		if c.Number != i+1 || len(c.Failures) == 0 || !strings.Contains(strings.Join(strings.Fields(section), " "), "`"+c.Grade+"`") {
			t.Errorf("case %d is %+v", i+1, c)
		}
		if _, err := sim.Parse(c.Script); err != nil {
			t.Errorf("case %d: %v", i+1, err)
		}
	}
}

// A page is complete in itself, and each link in it leads somewhere.
func TestPage(t *testing.T) {
	r := explored(t, shop, explore.Options{})
	page, err := costs.Page(r)
	if err != nil {
		t.Fatal(err)
	}
	ids, links := map[string]bool{}, map[string]int{}
	d := xml.NewDecoder(strings.NewReader(page))
	d.Strict, d.AutoClose, d.Entity = false, xml.HTMLAutoClose, xml.HTMLEntity
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		start, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		for _, a := range start.Attr {
			switch a.Name.Local {
			case "id":
				if ids[a.Value] {
					t.Errorf("%q is there twice", a.Value)
				}
				ids[a.Value] = true
			case "href":
				links[a.Value]++
			case "src":
				t.Errorf("it loads %q", a.Value)
			}
		}
	}
	for link := range links {
		if !ids[strings.TrimPrefix(link, "#")] {
			t.Errorf("%q leads nowhere", link)
		}
	}
	cells := len(regexp.MustCompile(`<a href="#c\d+" class="c g\d" title="[^"]+">(once|again|start): (ends|others stay|stays|others fall|falls|none)</a>`).FindAllString(page, -1))
	if cells != r.Singles.N {
		t.Errorf("%d cells have words and a link, of %d", cells, r.Singles.N)
	}
	if n := strings.Count(page, `<svg `); n < len(r.Alike()) || n != len(ids) {
		t.Errorf("%d timelines are drawn for %d sorts of cases, and %d places", n, len(r.Alike()), len(ids))
	}
	for _, must := range []string{"prefers-color-scheme: dark", "as a script", "the program ends", "Shop.Part (all of them)"} {
		if !strings.Contains(page, must) {
			t.Errorf("it has no %q", must)
		}
	}
}

// Of what is too large, the worst is told, and how much is not.
func TestBounds(t *testing.T) {
	var b bytes.Buffer
	b.WriteString("supervisor Shop {\n")
	for i := range 40 {
		fmt.Fprintf(&b, "\tsupervisor S%d {\n\t\tservice DB {\n\t\t\tready explicit within %ds\n\t\t}\n\t\tservice A needs DB\n\t}\n", i, 5+i)
	}
	b.WriteString("}\n")
	r := explored(t, b.String(), explore.Options{Max: 1000})
	if text := costs.Text(r, false); len(strings.Split(text, "\n")) > 40 || len(text) > 8000 {
		t.Errorf("%d bytes are short:\n%s", len(text), text)
	}
	page, err := costs.Page(r)
	if err != nil {
		t.Fatal(err)
	}
	if len(page) > 16<<20 || !strings.Contains(page, "Only the worst ") || strings.Contains(page, `href="#c0"`) {
		t.Errorf("a page has %d bytes", len(page))
	}
}

func TestFound(t *testing.T) {
	r := explored(t, shop, explore.Options{})
	met := map[string]bool{}
	for _, c := range explore.Conditions {
		var b strings.Builder
		found, err := costs.Found(&b, r, c)
		if err != nil || found != (b.Len() > 0) || found && !strings.HasPrefix(b.String(), c.Name+": ") {
			t.Errorf("%s: %t, %v, %s", c.Name, found, err, b.String())
		}
		met[c.Name] = found
	}
	want := map[string]bool{
		"program ends by one failure": false, "program ends by a repeated failure": true, "program ends by an external failure": false,
		"program ends by a fatal error": true, "program ends by a stuck run": true, "program ends by two failures": true,
		"child stays down by one failure": false, "others stay down by one failure": false, "optional takes others down": false,
		"child is never up": false,
	}
	if diff := cmp.Diff(want, met); diff != "" {
		t.Error(diff)
	}
	r.Missing = []string{"Shop.DB", "Shop.HTTP"}
	var b strings.Builder
	if found, err := costs.Found(&b, r, explore.Conditions[len(explore.Conditions)-1]); !found || err != nil || b.String() != "child is never up: Shop.DB, Shop.HTTP\n" {
		t.Errorf("it says %q, %v", b.String(), err)
	}
	bad := explored(t, `
supervisor Shop {
	service A {
		on error escalate
		on external shutdown
	}
	service B {
		on error quarantine
	}
	service C needs B
	service D {
		optional
		on error escalate
	}
}
`, explore.Options{})
	for _, name := range []string{"program ends by one failure", "program ends by an external failure", "child stays down by one failure",
		"others stay down by one failure", "optional takes others down"} {
		for _, c := range explore.Conditions {
			if trials, _ := bad.Meets(c); c.Name == name && len(trials) == 0 {
				t.Errorf("%s: nothing is found", name)
			}
		}
	}
}
