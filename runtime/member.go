package runtime

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/supgen/supgen/runtime/internal/kernel"
)

// A member is the shell's side of a node.
type member struct {
	row     ID
	index   int32
	run     *run // the last one
	value   any  // what it handed over, a *box[T]
	dynamic *dynamic
	since   time.Time // it is in its lifecycle state; zero of one that was never in another
}

// A dynamic is what a dynamic child was started as, and with. Its runs have it, and its place until it is gone.
type dynamic struct {
	path string
	key  string
	args any
	end  *childEnd
	base context.Context // with its key as a label; nil without WithKeyLabels
}

// own is the path of a dynamic child; others are where their row is.
func (m *member) own() string {
	if m.dynamic == nil {
		return ""
	}
	return m.dynamic.path
}

// pathAt is where the child of a row is; only a dynamic child has a d that is not nil.
func (t *Tree) pathAt(row ID, index int, d *dynamic) string {
	switch c := &t.table[row]; {
	case d != nil:
		return d.path
	case c.Replicas > 0:
		var room [64]byte // a large tree has many of these
		return string(append(strconv.AppendInt(append(append(room[:0], t.paths[row]...), '['), int64(index), 10), ']'))
	}
	return t.paths[row]
}

// path is where a node is. Under the lock.
func (t *Tree) path(n kernel.Node) string {
	m := &t.members[n]
	return t.pathAt(m.row, int(m.index), m.dynamic)
}

// find is the node that is at a path, if there is one. Under the lock.
func (t *Tree) find(path string) (kernel.Node, bool) {
	if n, ok := t.dynamics[path]; ok {
		return n, true
	}
	row, index := path, 0
	if at := strings.LastIndexByte(path, '['); at >= 0 && strings.HasSuffix(path, "]") {
		i, err := strconv.Atoi(path[at+1 : len(path)-1])
		if err != nil || i < 0 {
			return kernel.None, false
		}
		row, index = path[:at], i
	}
	first, ok := t.rows[row]
	n := first + kernel.Node(index)
	return n, ok && index < len(t.members) && int(n) < len(t.members) && t.path(n) == path
}
