package main

import (
	"testing"

	"github.com/supgen/supgen/runtime/sim"
)

func TestHelpOfSimulateIsAScript(t *testing.T) {
	script, err := sim.Parse(statements)
	if err != nil || len(script.Rules) != 3 || len(script.Acts) != 3 || len(script.Expects) != 1 {
		t.Errorf("it is %+v, %v", script, err)
	}
}
