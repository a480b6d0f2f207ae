package runtime

import (
	"fmt"
	"slices"
)

// Policy is the row of a child as the tree applies it: with what [Override] changed, and with the role's defaults for what
// it leaves out. The path is that of a child that is there, or of a declaration: "Shop.Parser[2]" and "Shop.Parser" have the
// same row. It returns ErrUnknown if there is neither. What it returns is the caller's.
func (t *Tree) Policy(path string) (Child, error) {
	id := ID(-1)
	if path != "" { // which a group has
		id = ID(slices.Index(t.paths, path))
	}
	if id < 0 {
		t.mu.Lock()
		n, ok := t.find(path)
		if ok {
			id = t.members[n].row
		}
		t.mu.Unlock()
	}
	if id < 0 {
		return Child{}, fmt.Errorf("supgen: policy of %s: %w", path, ErrUnknown)
	}
	return clone([]Child{t.table[id]})[0], nil
}
