package runtime

// A Launch is one start of one child.
type Launch struct{}
