package runtime

import "github.com/supgen/supgen/runtime/internal/kernel"

// A Port links a child that provides a T to those that need it: what the one hands over is what the others are
// handed, or it does not compile.
type Port[T any] struct{ Of ID }

// Provider is how a run hands its value over.
func (p Port[T]) Provider(l Launch) Provider[T] { return Provider[T]{l.run} }

// From is the value that a launch was given. It is called, not inlined: generated code calls it for each need of each
// child, and inlined it is most of the code that is made for that.
//
//go:noinline
func (p Port[T]) From(l Launch) T { return valueOf[T](l.run.given(p.Of)[0]) }

// Return hands over what a job returned, if that is no error.
func (p Port[T]) Return(l Launch, v T, err error) error {
	if err == nil {
		l.run.more.result = &box[T]{v}
	}
	return err
}

// Ports links a replicated child to those that need all of it.
type Ports[T any] struct{ Of ID }

// Provider is how a run of one replica hands its value over.
func (p Ports[T]) Provider(l Launch) Provider[T] { return Provider[T]{l.run} }

// From are the values that a launch was given, by index. The slice is the caller's.
func (p Ports[T]) From(l Launch) []T {
	given := l.run.given(p.Of)
	values := make([]T, len(given))
	for i, v := range given {
		values[i] = valueOf[T](v)
	}
	return values
}

// Return hands over what one replica of a job returned, if that is no error.
func (p Ports[T]) Return(l Launch, v T, err error) error { return Port[T](p).Return(l, v, err) }

func valueOf[T any](v any) T { return v.(*box[T]).value }

// given is what a launch was handed by a child it needs, by replica.
func (r *run) given(id ID) []any {
	at := 0
	for _, need := range r.child().Needs {
		n := max(1, r.tree.table[need].Replicas)
		if need == id {
			return r.more.values[at : at+n]
		}
		at += n
	}
	panic("supgen: " + r.path() + " was not given " + r.tree.paths[id])
}

// A Provider says that a run is ready by handing over what others need. The zero Provider is inert.
type Provider[T any] struct{ run *run }

// Ready hands over v and says that the child can be used. The first Ready of a run publishes: later ones, after
// NotReady, only say that it is ready again. What a run says after it was asked to stop, or after it ended, is ignored.
func (p Provider[T]) Ready(v T) {
	p.run.say(kernel.InputReady, &box[T]{v})
}

// NotReady says that the child cannot be used for now. That is no failure: what needs it goes on, and nothing new
// starts that does.
func (p Provider[T]) NotReady() { p.run.say(kernel.InputNotReady, nil) }
