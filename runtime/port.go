package runtime

import "github.com/supgen/supgen/runtime/internal/kernel"

// A Provider says that a run is ready by handing over what others need. The zero Provider is inert.
type Provider[T any] struct{ run *run }

// Ready hands over v and says that the child can be used. The first Ready of a run publishes: later ones, after
// NotReady, only say that it is ready again. What a run says after it was asked to stop, or after it ended, is ignored.
func (p Provider[T]) Ready(v T) {
	p.run.signal(kernel.InputReady, &box[T]{v})
}

// NotReady reports that the child cannot be used for now. That is not a failure: what needs it goes on, and nothing new
// starts that does.
func (p Provider[T]) NotReady() { p.run.signal(kernel.InputNotReady, nil) }
