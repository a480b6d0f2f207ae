package main

import (
	"context"
	"errors"
	"fmt"
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
		"supgen: internal error: runtime error: index out of range", "Please report it at https://", "\nsupgen version ", "bug_test.go:",
	} {
		if !strings.Contains(stderr.String(), want) {
			t.Errorf("nothing of %q in\n%s", want, stderr.String())
		}
	}
}

// What panics while --watch looks for saved files is reported, and done again with the next of them.
func TestWatchSurvivesPanic(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	looks, acts := 0, 0
	var failures []error
	look := func() (string, error) {
		looks++
		return fmt.Sprint(looks), nil
	}
	act := func() error {
		acts++
		if acts == 1 {
			panic("the first")
		}
		cancel()
		return nil
	}
	if err := watch(ctx, look, act, func(err error) { failures = append(failures, err) }); err != nil {
		t.Errorf("watch: %v", err)
	}
	var bug *bugError
	if acts != 2 || len(failures) != 1 || !errors.As(failures[0], &bug) || bug.value != "the first" {
		t.Errorf("acted %d times, with failures %v", acts, failures)
	}
}
