package runtime

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/supgen/supgen/runtime/internal/bridge"
)

// What package runtimetest needs of this one.
func init() {
	bridge.Look = func(launch any) bridge.Seen { return launch.(Launch).run.seen() }
	bridge.Abort = func(launch any) { launch.(Launch).run.abort() }
	bridge.Stub = func(path string, s bridge.StandIn) any {
		return Option(func(o *options) {
			if o.stubs == nil {
				o.stubs = make(map[string]bridge.StandIn)
			}
			o.stubs[path] = s
		})
	}
}

// any is the value in a box.
func (b *box[T]) any() any { return b.value }

// seen is what a run has said so far.
func (r *run) seen() (s bridge.Seen) {
	r.tree.mu.Lock()
	defer r.tree.mu.Unlock()
	if m := &r.tree.members[r.node]; m.run == r {
		if b, ok := m.value.(interface{ any() any }); ok {
			s.Value = b.any()
		}
	}
	if at := r.beat.Load(); at != 0 {
		s.Beat = r.tree.began.Add(time.Duration(at))
	}
	return s
}

// stub puts stand-ins into a table: at a path, and below it where there is no nearer one.
func stub(table []Child, stubs map[string]bridge.StandIn) error {
	if len(stubs) == 0 {
		return nil
	}
	unknown := maps.Clone(stubs)
	of := make([]*bridge.StandIn, len(table))
	for id, path := range paths(table) {
		c := &table[id]
		if s, ok := stubs[path]; ok && path != "" {
			of[id] = &s
			delete(unknown, path)
		} else if id > 0 {
			of[id] = of[c.Parent]
		}
		s := of[id]
		switch {
		case s == nil || c.Role == Group || c.Role == Supervisor:
			continue
		case s.Provides != c.Provides && c.Provides:
			return fmt.Errorf("supgen: %s provides a value, so its stub has to (runtimetest.Provide)", path)
		case s.Provides != c.Provides:
			return fmt.Errorf("supgen: %s provides nothing, so its stub cannot (runtimetest.Stub)", path)
		}
		c.Start = s.Serve.(func(Launch) error)
		if c.Role == Job {
			c.Start = s.Do.(func(Launch) error)
		}
		well := func(Launch) error { return nil }
		if c.ReadyCheck != nil {
			c.ReadyCheck = well
		}
		if c.HealthCheck != nil {
			c.HealthCheck = well
		}
		c.Health.Heartbeat, c.Health.Stale, c.Health.Dead = 0, 0, 0
	}
	for _, path := range slices.Sorted(maps.Keys(unknown)) {
		return fmt.Errorf("supgen: a stub for %q, which is no child of %s", path, table[0].Name)
	}
	return nil
}
