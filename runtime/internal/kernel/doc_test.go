package kernel

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// What the essay at the top of the package names is there: each word with a capital inside it, each [link], the functions
// of the worked failure, and the answers to "Where to look".
func TestEssayNamesWhatIsThere(t *testing.T) {
	there := identifiers(t)
	f, err := parser.ParseFile(token.NewFileSet(), "doc.go", nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	inside := regexp.MustCompile(`\b[A-Za-z]+[a-z][A-Z]\w*`)
	link := regexp.MustCompile(`\[(?:Kernel\.)?([A-Z]\w*)\]`)
	stepwise := regexp.MustCompile(`^\t(\w+) {3,}`)
	for line := range strings.Lines(f.Doc.Text()) {
		names = append(names, inside.FindAllString(line, -1)...)
		for _, m := range append(link.FindAllStringSubmatch(line, -1), stepwise.FindAllStringSubmatch(line, -1)...) {
			names = append(names, m[1])
		}
		if _, answer, ok := strings.Cut(line, "?  "); ok {
			names = append(names, strings.Split(strings.TrimSpace(answer), ", ")...)
		}
	}
	if len(names) < 100 {
		t.Errorf("%d names were found in the essay", len(names))
	}
	for _, name := range names {
		if !there[name] && !there["stage"+strings.ToUpper(name[:1])+name[1:]] {
			t.Errorf("the essay names %s, which the package does not have", name)
		}
	}
}

// The failure that the essay follows goes as it says.
func TestEssayFailure(t *testing.T) {
	d := tree(restForOne, service("DB", provides, constant(time.Second)), service("Cache", needs("DB")), worker("Mailer"))
	k := play(t, d, `
		run            -> launch DB#1, launch Cache#1, launch Mailer#1
		DB panic       -> DB panic: restart in 1s, ask Mailer#1
	`)
	if db := k.nodes[1]; !db.up || db.stage != stageEnded {
		t.Errorf("DB is up: %t, in stage %d", db.up, db.stage)
	}
	play(t, d, `
		run            -> launch DB#1, launch Cache#1, launch Mailer#1
		DB panic       -> DB panic: restart in 1s, ask Mailer#1
		Mailer success -> Mailer#1 ended, ask Cache#1
		Cache success  -> Cache#1 ended, drop DB#1
		waits DB Cache -> restart, restart
		at 1s          -> launch DB#2, launch Cache#2, launch Mailer#2
	`)
}

// identifiers are all that the package declares outside of functions, fields and methods too.
func identifiers(t *testing.T) map[string]bool {
	there := make(map[string]bool)
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncDecl:
				there[n.Name.Name] = true
				return false
			case *ast.TypeSpec:
				there[n.Name.Name] = true
			case *ast.ValueSpec:
				for _, id := range n.Names {
					there[id.Name] = true
				}
			case *ast.Field:
				for _, id := range n.Names {
					there[id.Name] = true
				}
			}
			return true
		})
	}
	return there
}
