package runtime

import (
	"fmt"
	"slices"
)

// What stands here is called by generated code alone; a program has no need of it. It may change with
// [MaxGeneration], and the generated code that is committed then says so at compile time.
//
// Much of it is called and not inlined, and hands over by pointer: generated code does so for each child, and what is
// inlined there takes the Go compiler several times as long.

// Fill sets *state to what Child returns.
//
//go:noinline
func (s *Snapshot) Fill(id ID, state *ChildState) { *state = s.Child(id) }

// FillAll sets states to what Replicas returns.
//
//go:noinline
func (s *Snapshot) FillAll(id ID, states []ChildState) { copy(states, s.Replicas(id)) }

// CopyAll is what Replicas returns, for the caller to keep.
//
//go:noinline
func (s *Snapshot) CopyAll(id ID) []ChildState { return slices.Clone(s.Replicas(id)) }

// Generated code says which generation of this package it was written for, and does not compile against one that is
// too old for it or has left it behind (after protobuf's protoimpl.EnforceVersion).
const (
	MinGeneration = 1 // the oldest generated code that still works
	MaxGeneration = 1 // the newest
)

// EnforceGeneration is a constant that does not compile when it is negative.
type EnforceGeneration uint

// Row is the child's row of the table.
func (l Launch) Row() ID { return l.run.row }

// Unknown is what a supervisor's Start returns for a row that it does not know: a [FatalBug], for only code that was
// edited by hand or badly merged has such a row.
func (l Launch) Unknown() error {
	return FatalBug(fmt.Errorf("supgen: nothing starts %s; generate its code again", l.run.tree.paths[l.run.row]))
}

// Args are what a dynamic child was started with.
func Args[T any](l Launch) T { return l.run.dynamic.args.(T) }

// HandleOf is the handle of a child that is neither replicated nor dynamic. It is for generated code: a program asks the tree
// for a handle by its path, or by the methods that are generated.
//
//go:noinline
func HandleOf(t *Tree, id ID) *Handle { return t.Handle(t.paths[id]) }

// ReplicaOf is the handle of one replica. If there is none with that index, its commands answer ErrUnknown.
//
//go:noinline
func ReplicaOf(t *Tree, id ID, index int) *Handle {
	return t.Handle(t.pathAt(id, index, nil))
}

// DynamicOf is the handle of the dynamic child with a key.
//
//go:noinline
func DynamicOf(t *Tree, id ID, key InstanceKey) *Handle {
	return t.Handle(t.paths[id] + key.segment())
}

// A Port links a child that provides a T to those that need it: what the one hands over is what the others are
// handed, or it does not compile.
type Port[T any] struct{ Of ID }

// HandleOf is the handle of the dynamic child with a key.
func (p Port[T]) HandleOf(t *Tree, key InstanceKey) *ValueHandle[T] {
	return &ValueHandle[T]{*DynamicOf(t, p.Of, key)}
}

// Started is the handle of a dynamic child that was started, unless there is an error.
func (p Port[T]) Started(h *Handle, err error) (*ValueHandle[T], error) {
	if err != nil {
		return nil, err
	}
	return &ValueHandle[T]{*h}, nil
}

// Wanted is what a launch wants of the child.
func (p Port[T]) Wanted(l Launch) Wanted[T] {
	return wantedOf(l, p.Of, func(ready []*handedOver) T { return valueOf[T](ready[0].value) })
}

// Provider is how a run hands its value over.
func (p Port[T]) Provider(l Launch) Provider[T] { return Provider[T]{l.run} }

// From is the value that a launch was given. It is called, not inlined: generated code calls it for each need of each
// child, and inlined it is most of the code that is made for that.
//
//go:noinline
func (p Port[T]) From(l Launch) T { return valueOf[T](l.run.given(p.Of)[0]) }

// Return hands over what a job returned, unless that is an error.
func (p Port[T]) Return(l Launch, v T, err error) error {
	if err == nil {
		l.run.extra.result = &box[T]{v}
	}
	return err
}

// Ports links a replicated child to the children that need all its replicas.
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

// Wanted is what a launch wants of the replicas.
func (p Ports[T]) Wanted(l Launch) Wanted[[]T] {
	return wantedOf(l, p.Of, func(ready []*handedOver) []T {
		values := make([]T, len(ready))
		for i, o := range ready {
			values[i] = valueOf[T](o.value)
		}
		return values
	})
}

func wantedOf[T any](l Launch, id ID, gather func([]*handedOver) T) Wanted[T] {
	t := l.run.tree
	return Wanted[T]{of: t.wanted[id], tree: t, path: t.paths[id], gather: gather}
}

// Return hands over what one replica of a job returned, unless that is an error.
func (p Ports[T]) Return(l Launch, v T, err error) error { return Port[T](p).Return(l, v, err) }

func valueOf[T any](v any) T { return v.(*box[T]).value }

// given is what a launch was handed by a child it needs, by replica.
func (r *run) given(id ID) []any {
	at := 0
	for _, need := range r.child().Needs {
		n := max(1, r.tree.table[need].Replicas)
		if need == id {
			return r.extra.values[at : at+n]
		}
		at += n
	}
	panic("supgen: " + r.path() + " was not given " + r.tree.paths[id])
}
