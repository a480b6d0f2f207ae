package dsl

import "testing"

// What nobody said anything about passes every check, warnings too, in every role and as deep as trees are.
func TestDefaultsPass(t *testing.T) {
	const src = `package main

supervisor Shop {
	service A
	worker B needs A
	job C[3] needs A after B
	sidecar D of A
	sidecar E of A linked
	dynamic service F() needs A {
		max 1
	}
	dynamic worker G(id int) key id {
		max 1_000_000
	}
	dynamic job H(id string) after C {
		max 3
	}
	group I {
		intensity 5 in 1m
		service J
		worker K needs J
	}
	supervisor L needs A {
		strategy rest_for_one
		service M
		worker N[4]
		supervisor O {
			strategy one_for_all
			service P
			service Q needs P
			job R needs Q
		}
	}
}
`
	if diagnostics := checkText("a.sup", src); len(diagnostics) > 0 {
		t.Error(diagnostics)
	}
}
