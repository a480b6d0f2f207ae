package runtime

// Fill and FillAll are for generated code. They are called, not inlined, and hand over by pointer: the states of a large
// tree would take the Go compiler long to copy.

// Fill sets *state to what Child returns.
//
//go:noinline
func (s *Snapshot) Fill(id ID, state *ChildState) { *state = s.Child(id) }

// FillAll sets states to what Replicas returns.
//
//go:noinline
func (s *Snapshot) FillAll(id ID, states []ChildState) { copy(states, s.Replicas(id)) }
