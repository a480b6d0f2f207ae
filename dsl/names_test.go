package dsl

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/supgen/supgen/dsl/syntax"
	"github.com/supgen/supgen/dsl/tree"
	"github.com/supgen/supgen/runtime"
	"github.com/supgen/supgen/runtime/policy"
)

func TestNames(t *testing.T) {
	tree := parseTree(t, `package main

import db "database/sql"

supervisor HTTPShop {
	supervisor APIs {
		service DB {
			provides *db.DB
			ready    explicit
		}
		dynamic worker Session(h string, n int) needs DB {
			max 3
		}
	}
	job Type {
		provides int
	}
	job Context[2] {
		provides string
	}
	job String {
		provides bool
	}
	dynamic worker Put(apis int, string_ bool) needs APIs.DB, Type, Context, String, APIs {
		max 3
	}
}
`)
	root, apis := find(t, tree, "HTTPShop"), find(t, tree, "HTTPShop.APIs")
	db, session := find(t, tree, "HTTPShop.APIs.DB"), find(t, tree, "HTTPShop.APIs.Session")
	for _, test := range []struct{ got, want string }{
		{root.GoName(), "HTTPShop"},
		{root.ID(), "httpShopRoot"},
		{root.ChildrenType(), "HTTPShopChildren"},
		{root.StateType() + "." + root.StateField(), "HTTPShopState.Tree"},
		{root.Constructor(), "NewHTTPShop"},
		{root.ShutdownConst() + " " + root.BoundConst(), "httpShopShutdown httpShopShutdownBound"},
		{apis.GoName(), "HTTPShopAPIs"},
		{apis.ID(), "httpShopAPIs"},
		{apis.StateType() + "." + apis.StateField(), "HTTPShopAPIsState.Supervisor"},
		{root.Table() + " " + root.StartFunction(), "httpShopTable startHTTPShop"},
		{apis.StartFunction(), "startHTTPShopAPIs"},
		{apis.Local(), "apis"},
		{db.RunType(), "HTTPShopAPIsDBRun"},
		{db.ID(), "httpShopAPIsDB"},
		{db.Port(), "httpShopAPIsDBPort"},
		{db.ReadyMethod() + " " + db.HealthMethod(), "DBReady DBHealth"},
		{session.StartMethod() + " " + session.ArgsType(), "StartSession httpShopAPIsSessionArgs"},
		{root.Receiver() + " " + apis.Receiver(), "h h_"},
		{arguments(session), "h string, n int, db_ *db.DB"},
		{arguments(find(t, tree, "HTTPShop.Put")), "apis int, string_ bool, db_ *db.DB, type_ int, context_ []string, string__ bool"},
	} {
		if test.got != test.want {
			t.Errorf("got %q, want %q", test.got, test.want)
		}
	}
}

func arguments(c *tree.Child) string {
	var args []string
	for _, a := range c.Arguments() {
		args = append(args, a.Name+" "+a.Type)
	}
	return strings.Join(args, ", ")
}

func ExampleCheck() {
	file, _ := syntax.Parse("shop.sup", []byte("package shop\n\nsupervisor Shop {\n\tservice DB\n\tservice Web needs Db\n}\n"))
	_, diagnostics := Check([]*syntax.File{file}, "shop")
	for _, d := range diagnostics {
		fmt.Println(d)
	}
	// Output:
	// shop.sup:5:20: nothing that can be seen from here is called "Db"; did you mean "DB"? [unknown-name]
}

// The type of a nested supervisor embeds a handle, whose methods a child's would hide.
func TestReservedNames(t *testing.T) {
	nested := &tree.Child{Name: "Part", Role: policy.Supervisor, Parent: &tree.Child{Name: "Shop", Role: policy.Supervisor}}
	for m := range reflect.TypeFor[*runtime.Handle]().Methods() {
		if !slices.Contains(nested.ReservedNames(), m.Name) {
			t.Errorf("a child of a nested supervisor may be called %s, as a method of its handle is", m.Name)
		}
	}
}
