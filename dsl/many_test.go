package dsl

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/supgen/supgen/dsl/diag"
)

// Every mistake is reported in one run, at its own place, and none brings another with it.
func TestManyMistakes(t *testing.T) {
	for _, test := range []struct {
		name, src string
		want      []string
	}{
		{"five", fiveMistakes, []string{
			"4:20: unknown-name",
			"5:10: duplicate-child",
			"7:25: backoff-factor",
			"8:6: unknown-value",
			"10:2: unknown-statement",
		}},
		{"twenty-two", twentyTwoMistakes, []string{
			"3:8: bad-import",
			"9:8: duplicate-policy",
			"10:10: range-order",
			"14:2: reserved-word",
			"15:10: name-case",
			"16:15: syntax",
			"17:20: unknown-name",
			"20:13: unknown-import",
			"21:3: misplaced",
			"22:29: heartbeat-order",
			"27:24: bad-need",
			"29:12: bad-literal",
			"30:8: unknown-name",
			"33:4: misplaced",
			"34:7: unknown-value",
			"35:15: zero-value",
			"38:8: no-children",
			"39:19: bad-primary",
			"40:18: dependency-cycle",
			"43:3: limit-unreachable",
			"46:15: row-action",
			"47:18: finish-never",
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			var got []string
			for _, d := range checkText("a.sup", test.src) {
				got = append(got, fmt.Sprintf("%d:%d: %s", d.Pos.Line, d.Pos.Column, d.Code))
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("diagnostics (-want +got):\n%s", diff)
			}
		})
	}
}

const fiveMistakes = `package main

supervisor Shop {
	service Web needs Databse
	service Web
	service Disk {
		backoff 1s..5s factor 0.5
		on eror stop
	}
	limitt 3 in 5m
}
`

const twentyTwoMistakes = `package main

import . "database/sql"

policy flaky {
	limit 3 in 5m
}

policy flaky {
	backoff 5s..1s
}

supervisor Shop {
	every 5m
	service cache
	service Disk limit 3
	service Web needs Nobody

	service Pool {
		provides *sqlx.DB
		max 3
		health heartbeat 5s stale 1s
		ready explicit
	}

	supervisor Ingest {
		service Reader needs Ingest
		service Writer {
			timeout 5x
			use flakey
		}
		job Load {
			ready explicit
			on panick stop
			limit 1 in 0s
		}
	}
	group Void
	sidecar Proxy of Proxy
	service A needs B
	service B needs A
	service Slow {
		limit   3 in 1h
		backoff 1h
	}
	on intensity stop
	finish when all Pool
}
`

func TestPositions(t *testing.T) {
	const src = "package main\n\nsupervisor Shop {\n\tservice Web needs DB.Primary\n\tsupervisor DB {\n\t\tservice Other\n\t}\n}\n"
	diagnostics := checkText("a.sup", src)
	if len(diagnostics) != 1 {
		t.Fatal(diagnostics)
	}
	d := diagnostics[0]
	want := [2]diag.Pos{{File: "a.sup", Offset: 54, Line: 4, Column: 23}, {File: "a.sup", Offset: 61, Line: 4, Column: 30}}
	if diff := cmp.Diff(want, [2]diag.Pos{d.Pos, d.End}); diff != "" {
		t.Errorf("range (-want +got):\n%s", diff)
	}
	if got := src[d.Pos.Offset:d.End.Offset]; got != "Primary" {
		t.Errorf("the range is %q", got)
	}
}
