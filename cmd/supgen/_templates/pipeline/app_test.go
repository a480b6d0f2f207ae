package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// A minute for each line is over at once in the bubble of a synctest.
func TestApp(t *testing.T) {
	in := filepath.Join(t.TempDir(), "in")
	if err := os.WriteFile(in, []byte("one\ntwo\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		var out strings.Builder
		if err := NewApp(&children{in, time.Minute, &out}).Run(t.Context()); err != nil {
			t.Error(err)
		}
		if out.String() != "ONE\nTWO\n" {
			t.Errorf("it wrote %q", &out)
		}
	})
}
