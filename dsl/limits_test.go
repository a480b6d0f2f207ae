package dsl

import (
	"fmt"
	"testing"

	"github.com/supgen/supgen/dsl/diag"
)

func TestBackoffMaxHint(t *testing.T) {
	for limit, want := range map[int]string{
		1: "write backoff 1s, or a higher limit",
		3: "write backoff 1s..4s, or a higher limit",
	} {
		src := fmt.Sprintf("package main\nsupervisor Shop {\n\tworker Reader {\n\t\tbackoff 1s..1m\n\t\tlimit %d in 5m\n\t\ton failure restart\n\t\ton again restart\n\t}\n}\n", limit)
		if d := checkText("a.sup", src); len(d) != 1 || d[0].Code != diag.CodeBackoffMax || d[0].Hint != want {
			t.Errorf("limit %d: %v", limit, d)
		}
	}
}
