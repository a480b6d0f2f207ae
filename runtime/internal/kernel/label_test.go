package kernel

import (
	"encoding"
	"fmt"
	"strings"
	"testing"

	"github.com/supgen/supgen/runtime/policy"
)

// "State of a child": "the labels are fixed (they are API, in JSON and metrics)". Each is read back as what it was.
func TestLabels(t *testing.T) {
	for labels, of := range map[string]func(uint8) (fmt.Stringer, encoding.TextUnmarshaler){
		"declared starting running ready restarting paused quarantined shutting_down stopped failed": func(v uint8) (fmt.Stringer, encoding.TextUnmarshaler) {
			return Lifecycle(v), new(Lifecycle)
		},
		"unknown healthy stale unhealthy": func(v uint8) (fmt.Stringer, encoding.TextUnmarshaler) { return HealthState(v), new(HealthState) },
		"not_required pending ready":      func(v uint8) (fmt.Stringer, encoding.TextUnmarshaler) { return Readiness(v), new(Readiness) },
		"none completed ended by_hand tree": func(v uint8) (fmt.Stringer, encoding.TextUnmarshaler) {
			return StopReason(v), new(StopReason)
		},
		"idle running leaving stopping draining aborting reconciling ended": func(v uint8) (fmt.Stringer, encoding.TextUnmarshaler) {
			return TreePhase(v), new(TreePhase)
		},
		"none retry restart stop quarantine escalate shutdown": func(v uint8) (fmt.Stringer, encoding.TextUnmarshaler) { return policy.Action(v), new(policy.Action) },
		"one_for_one one_for_all rest_for_one": func(v uint8) (fmt.Stringer, encoding.TextUnmarshaler) {
			return policy.Strategy(v), new(policy.Strategy)
		},
	} {
		all := strings.Fields(labels)
		for i, label := range all {
			v, back := of(uint8(i))
			text, err := v.(encoding.TextMarshaler).MarshalText()
			if v.String() != label || string(text) != label || err != nil {
				t.Errorf("%T %d is %q, in text %q (%v), want %q", v, i, v, text, err, label)
			}
			if err := back.UnmarshalText(text); err != nil || back.(fmt.Stringer).String() != label {
				t.Errorf("%T %q is read as %v (%v)", v, label, back, err)
			}
		}
		beyond, back := of(uint8(len(all)))
		if text, err := beyond.(encoding.TextMarshaler).MarshalText(); err == nil {
			t.Errorf("%T %d is written as %q", beyond, len(all), text)
		}
		if err := back.UnmarshalText([]byte("nothing")); err == nil {
			t.Errorf("%T: nothing is read as %v", beyond, back)
		}
	}
}
