package runtime

// Generated code says which generation of this package it was written for, and does not compile against one that is
// too old for it or has left it behind (after protobuf's protoimpl.EnforceVersion).
const (
	MinGeneration = 1 // the oldest generated code that still works
	MaxGeneration = 1 // the newest
)

// EnforceGeneration is a constant that does not compile when it is negative.
type EnforceGeneration uint
