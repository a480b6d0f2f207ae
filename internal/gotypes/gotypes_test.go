package gotypes_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/supgen/supgen/codegen"
	"github.com/supgen/supgen/dsl/diag"
	"github.com/supgen/supgen/internal/gotypes"
	"github.com/supgen/supgen/internal/load"
)

// beside is the Go file beside each tree.
const beside = `package p

import (
	"sync"

	"example.com/types/nowhere"
)

type (
	Pool     struct{ Name string }
	Kind     string
	Level    uint8
	Address  uintptr
	Lock     struct{ mu sync.Mutex }
	Deep     struct{ of [2]struct{ Lock } }
	Own      struct{ x int }
	Twin[T any] struct{ a, b T }
	Map[K comparable, V any] map[K]V
	Named[S interface{ ~string }] []S
	Stringy  interface{ ~string }
	Alias    = sync.Mutex
	Face     interface{ Lock() }
	Shared   struct{ by *sync.Mutex }
	Missing  = nowhere.T
)

func (*Own) Lock()   {}
func (*Own) Unlock() {}

func (Shared) Lock()   {}
func (Shared) Unlock() {}

var value int

func function() string { return 1 } // nobody asks
`

// corpus are types, of which Go takes some.
var corpus = []string{
	"int", "*Pool", "Pool", "[]Pool", "map[Kind]Pool", "map[Pool]int", "Face", "error", "any", "func(Lock) Lock", "chan Lock", "*Lock", "[]Lock", "map[string]Lock",
	"Lock", "Deep", "Own", "*Own", "Shared", "Alias", "[3]Lock", "[0]Lock", "Twin[Lock]", "Twin[*Lock]", "Twin[int]", "sync.Mutex", "sync.WaitGroup", "sync.Once", "*sync.Once", "atomic.Int64", "*atomic.Int64",
	"Twin", "Twin[int, int]", "Map[string]", "Map[string, int]", "Map[func(), int]", "Map[[]int, int]", "Map[any, int]", "Named[Kind]", "Named[int]", "Stringy", "[]Stringy",
	"Undeclared", "*Undeclared", "[]map[string]Undeclared", "value", "function", "sync.mutex", "sync.Mutx", "sync.OnceFunc", "map[Map[int, int]]int", "map[Twin[int]]int", "map[Twin[[]int]]int",
	"ShopState", "*Shop", "ShopARun", "ShopChildren", "func(a int, b ...Undeclared)",
}

var keys = []string{"string", "int8", "Kind", "Level", "Address", "uint64", "rune", "Pool", "Face", "Alias2", "Undeclared", "time.Duration", "time.Month", "time.Time", "reflect.Kind", "unsafe.Pointer", "Twin[int]"}

// A module is packages with a tree each, in directories of a module.
type module struct {
	dir  string
	dirs []string
}

func newModule(t *testing.T) *module {
	t.Helper()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	sums, err := os.ReadFile(filepath.Join(root, "go.sum"))
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range map[string]string{"GOFLAGS": "-mod=mod", "GOPROXY": "off", "GOWORK": "off"} {
		t.Setenv(name, value)
	}
	m := &module{dir: t.TempDir()}
	m.write(t, "go.mod", fmt.Sprintf("module example.com/types\n\ngo 1.26.0\n\nrequire github.com/supgen/supgen v0.0.0\n\nreplace github.com/supgen/supgen => %s\n", root))
	m.write(t, "go.sum", string(sums))
	m.write(t, "nowhere/t.go", "package nowhere\n\ntype T int\n")
	return m
}

func (m *module) write(t *testing.T, name, text string) {
	t.Helper()
	name = filepath.Join(m.dir, name)
	if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}

// add adds a package with some trees.
func (m *module) add(t *testing.T, trees string) {
	t.Helper()
	dir := fmt.Sprint("p", len(m.dirs))
	text := "package p\n\n"
	for _, name := range []string{"sync", "sync/atomic", "time", "reflect", "unsafe"} {
		if regexp.MustCompile(`\b` + filepath.Base(name) + `\.`).MatchString(trees) {
			text += fmt.Sprintf("import %q\n\n", name)
		}
	}
	m.write(t, dir+"/x.sup", text+trees)
	m.write(t, dir+"/d.go", strings.Replace(beside, "return 1", `return ""`, 1))
	m.dirs = append(m.dirs, filepath.Join(m.dir, dir))
}

// check is what is found in each package.
func (m *module) check(t *testing.T) (packages []*load.Package, found [][]string) {
	t.Helper()
	packages, err := load.Packages(m.dirs)
	if err != nil {
		t.Fatal(err)
	}
	all, err := gotypes.Check(packages)
	if err != nil {
		t.Fatal(err)
	}
	for i, diagnostics := range all {
		var lines []string
		for _, d := range slices.Concat(packages[i].Diagnostics, diagnostics) {
			if d.Severity == diag.Error {
				lines = append(lines, strings.TrimPrefix(d.String(), m.dirs[i]+"/"))
			}
		}
		found = append(found, lines)
	}
	return packages, found
}

// Go compiles and vets what is generated for exactly the types that Check has nothing to say about.
func TestAgreesWithGo(t *testing.T) {
	if testing.Short() {
		t.Skip("runs the go command")
	}
	m := newModule(t)
	for _, typ := range corpus {
		m.add(t, fmt.Sprintf("supervisor Shop {\n\tservice A {\n\t\tprovides %[1]s\n\t\tready explicit\n\t}\n\tdynamic worker B(x %[1]s) needs A {\n\t\tmax 3\n\t}\n}\n", typ))
	}
	for _, typ := range keys {
		m.add(t, fmt.Sprintf("supervisor Shop {\n\tdynamic worker A(x %s) key x {\n\t\tmax 3\n\t}\n}\n", typ))
	}
	packages, found := m.check(t)
	for i, p := range packages {
		if p.Tree == nil {
			continue
		}
		for _, file := range p.Tree.Files {
			m.write(t, fmt.Sprintf("p%d/x.sup.go", i), string(codegen.Generate(p.Tree, file)))
		}
	}
	vet := exec.Command("go", "vet", "./...")
	vet.Dir = m.dir
	out, _ := vet.CombinedOutput()
	refused := map[string]bool{}
	for _, match := range regexp.MustCompile(`\b(p\d+)\b`).FindAllStringSubmatch(string(out), -1) {
		refused[match[1]] = true
	}
	accepted := 0
	for i, typ := range slices.Concat(corpus, keys) {
		if packages[i].Tree == nil {
			continue // what the language refuses itself
		}
		if (len(found[i]) > 0) != refused[fmt.Sprint("p", i)] {
			t.Errorf("%s: go vet refuses it: %v; found %q", typ, refused[fmt.Sprint("p", i)], found[i])
		}
		if len(found[i]) == 0 {
			accepted++
		}
	}
	if accepted < len(corpus)/3 || len(refused) < len(corpus)/3 {
		t.Errorf("%d are accepted, %d refused:\n%s", accepted, len(refused), out)
	}
}

// Without a go command, that is what is said.
func TestNoGo(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "x.sup"), []byte("package p\n\nsupervisor S {\n\tworker One\n}\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	p, err := load.Dir(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", "")
	_, err = gotypes.Check([]*load.Package{p})
	if err == nil || !strings.Contains(err.Error(), `cannot have its types checked: exec: "go": `) {
		t.Errorf("the error is %v", err)
	}
}
