package httpsup

import (
	"sync"

	"github.com/supgen/supgen/runtime"
	"github.com/supgen/supgen/runtime/internal/bridge"
	"github.com/supgen/supgen/runtime/internal/liveness"
)

// A follower is what all handlers of a tree share: what follows the tree until it has ended, and what is kept of it. So a handler
// that is made anew at each start of the server that it is in leaves nothing behind.
type follower struct {
	tree     *runtime.Tree
	rows     []runtime.Child // by ID
	paths    []string
	ids      map[string]int // by path
	done     <-chan struct{}
	alive    *liveness.Watcher
	current  snapshots
	profiles profiles
	feeds    sync.Map // func() *feed, by the size of its history
}

// followerOf is the follower of a tree, which the tree keeps.
func followerOf(t *runtime.Tree) *follower {
	return bridge.Attached(t, func() any {
		rows, paths := bridge.Rows(t)
		f := &follower{tree: t, rows: rows.([]runtime.Child), paths: paths, ids: make(map[string]int), done: t.Done(), current: snapshots{tree: t}}
		for id, path := range paths {
			if path != "" {
				f.ids[path] = id
			}
		}
		f.profiles.most = maxGoroutines
		f.alive = liveness.Watch(f.done, t)
		return f
	}).(*follower)
}

// feedOf is the feed with a history of so many bytes.
func (f *follower) feedOf(history int) *feed {
	made, _ := f.feeds.LoadOrStore(history, sync.OnceValue(func() *feed {
		feed := newFeed(f, history)
		go feed.follow()
		return feed
	}))
	return made.(func() *feed)()
}
