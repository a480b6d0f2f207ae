package runtime

import "github.com/supgen/supgen/runtime/internal/kernel"

// A Count is what there is of one declaration, for metrics: a number for each attribute that a metric may have.
type Count struct {
	Path     string                       // of the declaration; "" of all declarations that have no Count of their own
	Role     Role                         // zero of those
	Children [LifecycleFailed + 1]int     // how many are in each state
	Failed   [OutcomeIntensity + 1]uint64 // Totals.Failures, by outcome
	Left     int                          // the fewest restarts that the limit of a child has left, -1 if there is no child with a limit
	Totals
}

// Counts are those of the first declarations, most of them at the most, in the order of the file; then, where there are more, one of
// all others. A group has none.
func (s Snapshot) Counts(most int) []Count {
	var counts []Count
	for id := range s.tree.table {
		if s.tree.table[id].Role == Group {
			continue
		}
		switch n := len(counts); {
		case n < most:
			counts = append(counts, Count{Path: s.tree.paths[id], Role: s.tree.table[id].Role, Left: -1})
		case n == most:
			counts = append(counts, Count{Left: -1})
		}
		s.addTo(&counts[len(counts)-1], ID(id))
	}
	return counts
}

func (s Snapshot) addTo(c *Count, id ID) {
	limited := s.tree.table[id].Limit.In > 0
	for i := range s.rows[id] {
		child := &s.rows[id][i]
		c.Children[child.Lifecycle]++
		if limited && (c.Left < 0 || child.Left < c.Left) {
			c.Left = child.Left
		}
	}
	sum := s.Totals(id)
	c.Starts += sum.Starts
	c.Restarts += sum.Restarts
	c.Failures += sum.Failures
	for o, n := range s.sums[id].failures {
		c.Failed[o] += n
	}
}

// Totals are what there was of a row since Run: of all its replicas, or of all children started from it.
func (s Snapshot) Totals(id ID) Totals {
	row := s.sums[id]
	sum := Totals{Starts: row.starts, Restarts: row.restarts}
	for _, n := range row.failures {
		sum.Failures += n
	}
	if !s.tree.table[id].Dynamic {
		for i := range s.rows[id] {
			starts := s.rows[id][i].Starts
			sum.Starts += starts
			sum.Restarts += max(starts, 1) - 1
		}
	}
	return sum
}

// A rowSum is what the children of a row that are there do not tell.
type rowSum struct {
	starts, restarts uint64 // of a dynamic row
	failures         kernel.Failures
}

// rowSums are those of all rows that have one. Under the lock.
func (t *Tree) rowSums() map[ID]rowSum {
	sums := make(map[ID]rowSum)
	for id := range t.table {
		failures := t.k.Failures(ID(id))
		if !t.table[id].Dynamic && failures == nil {
			continue
		}
		var sum rowSum
		sum.starts, sum.restarts = t.k.Launches(ID(id))
		if failures != nil {
			sum.failures = *failures
		}
		sums[ID(id)] = sum
	}
	return sums
}
