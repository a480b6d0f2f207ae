package dsl

import (
	"fmt"
	"regexp"
	"runtime"
	"strings"
	"testing"
)

func TestSlots(t *testing.T) {
	tree := parseTree(t, `package main

supervisor Shop {
	strategy rest_for_one
	service A
	sidecar Proxy of A
	group Together {
		service B
		dynamic worker Many() {
			max 3
		}
		service C
	}
	group Ordered {
		strategy rest_for_one
		service D
		service E
	}
	group Outside {
		dynamic worker More() {
			max 3
		}
	}
	supervisor Free {
		service F
		service G
	}
}
`)
	for path, want := range map[string]string{
		"Shop":      "A | B C | D | E | Free",
		"Shop.Free": "",
	} {
		var slots []string
		for _, slot := range find(t, tree, path).Slots() {
			var names []string
			for _, c := range slot {
				names = append(names, c.Name)
			}
			slots = append(slots, strings.Join(names, " "))
		}
		if got := strings.Join(slots, " | "); got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
}

// What a package costs grows with its size, also where a rest_for_one has large slots, whose members wait each for all of the
// slot before, and where nothing in the file is right.
func TestCostsGrowWithSize(t *testing.T) {
	groups := func(n int) string {
		return "package x\nsupervisor S {\nstrategy rest_for_one\nshutdown 1h\ngroup G {\n" + strings.Repeat("service AN\n", n) +
			"}\ngroup H {\n" + strings.Repeat("service BN\n", n) + "}\n}\n"
	}
	for name, text := range map[string]func(n int) string{
		"large slots": groups,
		"many slots": func(n int) string {
			return strings.ReplaceAll(groups(n), "group H {", "strategy rest_for_one\n}\ngroup H {")
		},
		"mistakes":             func(n int) string { return "package x\nsupervisor S {\n" + strings.Repeat("wroker AN\n", n) + "}\n" },
		"mistakes of one line": func(n int) string { return "package x\nsupervisor S {\n" + strings.Repeat("x ", 100*n) + "\n}\n" },
	} {
		t.Run(name, func(t *testing.T) {
			cost := func(n int) (allocated uint64, told int) {
				src, at := text(n), 0
				src = regexp.MustCompile(`N\n`).ReplaceAllStringFunc(src, func(string) string { at++; return fmt.Sprintln(at) })
				bytes := []byte(src)
				var before, after runtime.MemStats
				runtime.ReadMemStats(&before)
				for _, d := range checkText("x.sup", src) {
					told += len(d.Text(bytes))
				}
				runtime.ReadMemStats(&after)
				return after.TotalAlloc - before.TotalAlloc, told
			}
			few, shorter := cost(100)
			many, longer := cost(2000)
			if many > 30*few || longer > 30*shorter+100 {
				t.Errorf("100 take %d bytes and %d to tell, and 2000 %d and %d: %d and %d times as much", few, shorter, many, longer, many/few, longer/max(1, shorter))
			}
		})
	}
}
