package kit

import (
	"context"
	"fmt"
	"time"

	"github.com/supgen/supgen/runtime"
)

// Tick calls f at once, and then every so often, until ctx ends or f returns an error, which it returns. Calls do not overlap: the
// next one begins a period after the last one began, and at once if that took longer; those that were missed are not made up
// for.
//
// A child with "ready explicit" is ready when the first call has returned. A heartbeat says that f returns: a call that takes
// longer than "dead" has to beat itself. A period that is not positive is a [runtime.FatalConfig].
func Tick(ctx context.Context, run Run, every time.Duration, f func(context.Context) error) error {
	if every <= 0 {
		return runtime.FatalConfig(fmt.Errorf("kit: the period of Tick is %s, and has to be positive", every))
	}
	pulse := pulseOf(run)
	for first := true; ctx.Err() == nil; first = false {
		began := time.Now()
		if err := f(ctx); err != nil {
			return err
		}
		if first {
			ready(run)
		}
		if !pulse.wait(ctx, every-time.Since(began)) {
			break
		}
	}
	return nil
}
