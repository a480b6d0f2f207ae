// Package from is empty. Below it are programs that move to supgen from errgroup, oklog/run, suture and fx: as they were, halfway, and
// after. The tests hold the three of each to the same behaviour, and count what the move costs in lines.
package from
