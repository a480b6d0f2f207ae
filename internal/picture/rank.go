package picture

import "github.com/supgen/supgen/dsl/tree"

// ranks puts the items of every box into columns: each right of all that it waits for, however deep inside of items
// the two stand. Where supervisors wait for each other's children both ways, there is no such order, and what closes
// the circle is left out of it: its line goes backward.
func ranks(root *box, rs []relation, of map[*tree.Child]*box) {
	waits := map[*box][]*box{}
	for _, r := range rs {
		_, from, to := common(of[r.from], of[r.to])
		waits[from] = append(waits[from], to)
	}
	state := map[*box]int{} // 1 while it is looked at, 2 when it has its rank
	var visit func(item *box)
	visit = func(item *box) {
		state[item] = 1
		for _, w := range waits[item] {
			if state[w] == 0 {
				visit(w)
			}
			if state[w] == 2 {
				item.rank = max(item.rank, w.rank+1)
			}
		}
		state[item] = 2
	}
	var rank func(b *box)
	rank = func(b *box) {
		for _, item := range b.items {
			if state[item] == 0 {
				visit(item)
			}
			rank(item)
		}
	}
	rank(root)
}
