package runtime

import (
	"errors"
	"reflect"

	"github.com/supgen/supgen/runtime/internal/kernel"
)

// A Provider says that a run is ready by handing over what others need. The zero Provider is inert.
type Provider[T any] struct{ run *run }

// Ready hands over v and says that the child can be used. Later calls, after NotReady, only say that it is ready again: what
// needs it goes on with what it was handed at first. So another value fails the run, if the two can be compared; a run that has
// a new one returns [Again]. What a run says after it was asked to stop, or after it ended, is ignored.
func (p Provider[T]) Ready(v T) {
	p.run.signal(kernel.InputReady, &box[T]{v})
}

// NotReady reports that the child cannot be used for now. That is not a failure: what needs it goes on, and nothing new
// starts that does. NotReadyCause says why.
func (p Provider[T]) NotReady() { p.run.signal(kernel.InputNotReady, nil) }

// NotReadyCause is [Signal.NotReadyCause].
func (p Provider[T]) NotReadyCause(err error) { p.run.notReady(err) }

var errOtherValue = errors.New("supgen: Ready was called with another value than before: what needs this run still has the first; return Again to hand over a new one")

// contradicts reports whether a run has handed over another value before. Under the lock.
func (r *run) contradicts(v any) bool {
	m := &r.tree.members[r.node]
	return m.run == r && m.value != nil && v.(interface{ differs(any) bool }).differs(m.value)
}

// differs reports whether a value of the same type is another one, as far as Go can compare them.
func (b *box[T]) differs(from any) bool {
	v, w := reflect.ValueOf(&b.value).Elem(), reflect.ValueOf(&from.(*box[T]).value).Elem()
	return v.Comparable() && w.Comparable() && !v.Equal(w)
}
