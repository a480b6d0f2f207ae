package watch

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
)

// TestPoll plays what the disk looks like each time, and what act says of itself.
func TestPoll(t *testing.T) {
	states := []state{
		{"a", ""},          // the first time: it writes
		{"a", ""},          // what it wrote was removed at once: it writes again
		{"a", "x"},         // so it is looked at once more: nothing to write
		{"a", "x"},         // all is well
		{"a", "y"},         // somebody changed what is generated
		{"a", "x"},         //
		{"b", "x"},         // a source was saved
		{"b", "x"},         //
		{"error", "error"}, // nothing can be read
		{"error", "error"}, // it is tried again
		{"b", "x"},         // it can again
	}
	answers := []Again{Soon, Soon, Never, Soon, Never, Never, Later, Later, Never}
	var acts []string
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		looks := 0
		poll(ctx, func() state {
			if looks++; looks == len(states) {
				stop()
			}
			return states[looks-1]
		}, func(saved bool) Again {
			act := "again"
			if saved {
				act = "saved"
			}
			acts = append(acts, act)
			return answers[len(acts)-1]
		})
	})
	want := []string{"saved", "again", "again", "again", "again", "saved", "saved", "again", "saved"}
	if !slices.Equal(acts, want) {
		t.Errorf("it acted %q, not %q", acts, want)
	}
}
