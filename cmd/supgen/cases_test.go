package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestCases acts out each of testdata/cases: a small tree about which little is written, a script of what happens to it,
// and where it should stand then. Nothing is to be said of such a tree, warnings included. One without a script is a tree
// of which something is to be said: x.txt is what "supgen validate" prints.
func TestCases(t *testing.T) {
	t.Chdir("../../testdata/cases")
	trees, err := filepath.Glob("*/x.sup")
	if err != nil || len(trees) < 16 {
		t.Fatalf("only %d cases: %v", len(trees), err)
	}
	for _, tree := range trees {
		dir := filepath.Dir(tree)
		t.Run(dir, func(t *testing.T) {
			var said strings.Builder
			run([]string{"validate", "--strict", tree}, &said, &said)
			want, err := os.ReadFile(filepath.Join(dir, "x.txt"))
			if *update && want != nil {
				err = os.WriteFile(filepath.Join(dir, "x.txt"), []byte(said.String()), 0o644)
			} else if diff := cmp.Diff(string(want), filepath.ToSlash(said.String())); diff != "" {
				t.Errorf("validate (-want +got):\n%s", diff)
			}
			if err == nil {
				return
			}
			var out strings.Builder
			if status := run([]string{"simulate", tree, filepath.Join(dir, "x.sim")}, &out, &out); status != statusGood {
				t.Errorf("status %d:\n%s", status, out.String())
			}
		})
	}
}
