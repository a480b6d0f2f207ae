//go:build !plan9

package runtime

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"syscall"
	"testing"
)

// docs/runtime.md, "How a run ends": what an error is can be asked outside of a tree.
func TestOutcomeOf(t *testing.T) {
	for _, test := range []struct {
		err  error
		want Outcome
	}{
		{nil, OutcomeSuccess},
		{errLost, OutcomeError},
		{io.EOF, OutcomeExternal},
		{io.ErrUnexpectedEOF, OutcomeExternal},
		{context.Canceled, OutcomeError},
		{evil{}, OutcomeError},
		{Skip("switched off"), OutcomeSkip},
		{Again("rebalanced"), OutcomeAgain},
		{ExternalDependency(errLost), OutcomeExternal},
		{&net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}, OutcomeExternal},
		{FatalConfig(syscall.ECONNREFUSED), OutcomeFatalConfig},
		{fmt.Errorf("open: %w", FatalBug(errLost)), OutcomeFatalBug},
		{errors.Join(errLost, FatalConfig(errLost)), OutcomeFatalConfig},
	} {
		if got := OutcomeOf(test.err); got != test.want {
			t.Errorf("the outcome of %T is %s, want %s", test.err, got, test.want)
		}
	}
}
