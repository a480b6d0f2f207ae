package dsl

import (
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
