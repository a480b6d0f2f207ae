package httpsup

import (
	"sync"
	"time"

	"github.com/supgen/supgen/runtime"
	"github.com/supgen/supgen/runtime/internal/bridge"
)

// often is how often a tree is looked at, at the most, however many ask.
const often = 200 * time.Millisecond

// A snapshot is the tree at one moment. It is not changed.
type snapshot struct {
	state    runtime.TreeState
	children []runtime.ChildState
	taken    time.Time
}

// snapshots are those of one tree: one for each sequence, and five a second at the most.
type snapshots struct {
	tree *runtime.Tree

	mu   sync.Mutex
	last *snapshot
}

// get is the tree as it is now, or was a moment ago.
func (s *snapshots) get() *snapshot {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.last != nil {
		if time.Since(s.last.taken) < often {
			return s.last
		}
		if seen, _ := bridge.Watch(s.tree, true); seen.Sequence == s.last.state.Sequence && seen.Phase == s.last.state.Phase {
			return s.last
		}
	}
	taken := time.Now()
	all := s.tree.Snapshot()
	s.last = &snapshot{state: all.Tree(), children: all.All(), taken: taken}
	return s.last
}
