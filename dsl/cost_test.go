package dsl

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/supgen/supgen/dsl/check"
	"github.com/supgen/supgen/dsl/syntax"
)

// An editor parses and checks a file at each key: a child costs what it did when that was last measured, or less.
func TestCostPerChild(t *testing.T) {
	const children = 1000
	var src strings.Builder
	src.WriteString("package main\n\npolicy patient {\n\tbackoff 1s..1m\n\tlimit 10 in 1h\n}\n\nsupervisor Root {\n\tservice C0\n")
	for i := range children {
		fmt.Fprintf(&src, "\tservice C%d needs C%d {\n\t\tuse patient\n\t}\n", i+1, i)
	}
	src.WriteString("}\n")
	var file *syntax.File
	parse := func() { file, _ = Parse("a.sup", []byte(src.String())) }
	parse() // participle builds its parsers once
	for _, test := range []struct {
		name          string
		do            func()
		allocs, bytes uint64
	}{
		{"parse", parse, 30, 5000}, // some more under the race detector
		{"check", func() { check.Check([]*syntax.File{file}, "") }, 50, 7000},
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		test.do()
		runtime.ReadMemStats(&after)
		allocs, bytes := (after.Mallocs-before.Mallocs)/children, (after.TotalAlloc-before.TotalAlloc)/children
		t.Logf("%s: %d allocations and %d bytes", test.name, allocs, bytes)
		if allocs > test.allocs || bytes > test.bytes {
			t.Errorf("%s takes %d allocations and %d bytes for a child, more than %d and %d", test.name, allocs, bytes, test.allocs, test.bytes)
		}
	}
}
