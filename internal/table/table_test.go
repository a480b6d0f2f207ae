package table_test

import (
	"reflect"
	"testing"

	"github.com/supgen/supgen/dsl"
	"github.com/supgen/supgen/dsl/syntax"
	"github.com/supgen/supgen/internal/table"
	"github.com/supgen/supgen/runtime"
	"github.com/supgen/supgen/runtime/policy"
	"github.com/supgen/supgen/runtime/sim"
)

// everything has each statement that a row keeps.
const everything = `package shop
supervisor Shop {
	strategy rest_for_one
	throttle 5 refill 1s
	concurrency 2
	shutdown 5m
	lame_duck 5s
	intensity 50 in 1m
	finish when any Other
	service DB {
		provides int
		ready explicit
		health heartbeat 1s stale 5s
		on panic quarantine 5m
		on error at start shutdown
		tags "a"
	}
	sidecar Proxy of DB linked
	service Cache
	worker Many[2..4]
	job Seed needs DB after Cache {
		timeout 1m
	}
	group Readers {
		worker Writer[2] {
			optional
		}
		worker Other
	}
	supervisor Ingest {
		defaults {
			shutdown 4s
		}
		worker Reader
	}
	dynamic worker Session(id string) key id wants DB {
		max 2
	}
}
`

// Whatever a row can say beside its functions is said of some child: a field that is added and forgotten here would
// be simulated as if nobody had written it.
func TestOf(t *testing.T) {
	file, _ := dsl.Parse("shop.sup", []byte(everything))
	tree, diagnostics := dsl.Check([]*syntax.File{file}, "")
	if tree == nil {
		t.Fatal(diagnostics)
	}
	rows := table.Of(tree.Files[0].Roots[0])
	for _, field := range reflect.VisibleFields(reflect.TypeFor[runtime.Child]()) {
		said := field.Type.Kind() == reflect.Func
		for _, r := range rows {
			said = said || !reflect.ValueOf(r).FieldByIndex(field.Index).IsZero()
		}
		if !said {
			t.Errorf("no row says %s", field.Name)
		}
	}
	result, err := sim.Run(sim.Tree(rows), sim.MustParse(`
		at 1s start Shop.Session["a"]
		at 2s Shop.DB error
		until 10s
	`))
	if err != nil {
		t.Fatal(err)
	}
	if c, ok := result.Child("Shop.Proxy"); !ok || c.Generation != 2 {
		t.Errorf("the sidecar is %+v", c)
	}
}

// An intensity that is not written is left to the runtime, which counts the children after what overrides them.
func TestOwnIntensity(t *testing.T) {
	file, _ := dsl.Parse("shop.sup", []byte("package shop\n\nsupervisor Shop {\n\tworker Consumer[40]\n}\n"))
	tree, _ := dsl.Check([]*syntax.File{file}, "")
	root := tree.Roots()[0]
	if row := table.Of(root)[0]; row.Intensity != (policy.Limit{}) || root.Intensity.Value.N != 80 {
		t.Errorf("the row has %v, the child %v", row.Intensity, root.Intensity.Value)
	}
}
