package main

import (
	"context"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// A panic ends a command with the status of what is wrong, and with all that a report of it needs.
func TestPanic(t *testing.T) {
	root := newRoot()
	root.AddCommand(&cobra.Command{Use: "crash", RunE: func(*cobra.Command, []string) error {
		var lines []string
		_ = lines[len(lines)]
		return nil
	}})
	var stdout, stderr strings.Builder
	if status := execute(root, []string{"crash"}, &stdout, &stderr); status != statusWrong {
		t.Errorf("it ended with status %d, not %d", status, statusWrong)
	}
	if stdout.String() != "" {
		t.Errorf("standard output has %q", stdout.String())
	}
	for _, want := range []string{
		"supgen: internal error: runtime error: index out of range", "Please report it at https://", "\nsupgen version ", "main_test.go:",
	} {
		if !strings.Contains(stderr.String(), want) {
			t.Errorf("nothing of %q in\n%s", want, stderr.String())
		}
	}
}

// What panics while --watch looks for saved files is reported, and done again with the next of them.
func TestWatchSurvivesPanic(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, "x.sup", "package x\n")
	ctx, cancel := context.WithCancel(t.Context())
	var stderr strings.Builder
	cmd := &cobra.Command{}
	cmd.SetContext(ctx)
	cmd.SetErr(&stderr)
	acts := 0
	err := keepUp(cmd, nil, func(bool) (bool, error) {
		acts++
		if acts == 1 {
			write(t, "x.sup", "package another\n")
			panic("the first")
		}
		cancel()
		return false, nil
	})
	if err != nil || acts != 2 || !strings.Contains(stderr.String(), "internal error: the first\n") {
		t.Errorf("acted %d times, %v:\n%s", acts, err, &stderr)
	}
}
