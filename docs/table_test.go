package docs_test

import (
	"errors"
	"strings"

	"github.com/supgen/supgen/dsl"
	"github.com/supgen/supgen/runtime"
)

// parse is the one tree of a text that leaves its package clause out.
func parse(src string) (*dsl.Child, error) {
	src = "package main\n" + src
	file, _ := dsl.Parse("manual.sup", []byte(src))
	tree, diagnostics := dsl.Check([]*dsl.File{file}, "main")
	if dsl.HasErrors(diagnostics) {
		var b strings.Builder
		for _, d := range diagnostics {
			b.WriteString(d.Text([]byte(src)))
		}
		return nil, errors.New(b.String())
	}
	return tree.Files[0].Roots[0], nil
}

// table is what generated code hands to runtime.New, without the functions.
func table(root *dsl.Child) []runtime.Child {
	ids := make(map[*dsl.Child]runtime.ID)
	for c := range root.All() {
		ids[c] = runtime.ID(len(ids))
	}
	refs := func(refs []dsl.Ref) (of []runtime.ID) {
		for _, ref := range refs {
			of = append(of, ids[ref.Child])
		}
		return of
	}
	var rows []runtime.Child
	for c := range root.All() {
		row := runtime.Child{
			Parent: ids[c.Parent], Group: ids[c.Group], Of: ids[c.Of], Name: c.Name, Role: c.Role,
			Linked: c.Linked, Optional: c.Optional, Dynamic: c.Dynamic, Max: c.Max, Replicas: c.Replicas,
			Needs: refs(c.Needs), After: refs(c.After), Provides: c.Provides != "", Tags: c.Tags,
			Strategy: c.Strategy.Value, Intensity: c.Intensity.Value, Limit: c.Limit.Value, Backoff: c.Backoff.Value,
			Throttle: c.Throttle.Value, Concurrency: c.Concurrency.Value, Ready: c.Ready.Value, Health: c.Health.Value,
			Shutdown: c.Shutdown.Value, Timeout: c.Timeout.Value,
			Finish: runtime.Finish{Any: c.Finish.Any, Of: refs(c.Finish.Of)},
		}
		for o, action := range c.On {
			row.On[o] = action.Value
		}
		rows = append(rows, row)
	}
	return rows
}
