package picture

// bands parts items with lines into bands of columns, side by side, each with columns of its own for its ranks: one
// band is filled with what lines join up to a height, and then the next. So no line passes the columns of another
// band, but on its way to the border. An item's band is answered with its number.
func (f *frame) bands(items []*box, most float64) map[*box]int {
	joined := map[*box][]*box{}
	for _, w := range f.wires {
		if w.left != nil && w.right != nil {
			joined[w.left] = append(joined[w.left], w.right)
			joined[w.right] = append(joined[w.right], w.left)
		}
	}
	band := map[*box]int{}
	heights := map[int]float64{} // of each rank, in the band that is being filled
	number := 0
	for _, item := range items {
		if _, ok := band[item]; ok {
			continue
		}
		band[item] = number
		together, more := []*box{item}, map[int]float64{}
		for i := 0; i < len(together); i++ {
			member := together[i]
			more[member.rank] += member.h + spacing
			for _, other := range joined[member] {
				if _, ok := band[other]; !ok {
					band[other] = number
					together = append(together, other)
				}
			}
		}
		if !fits(heights, more, most) {
			number++
			heights = map[int]float64{}
			for _, member := range together {
				band[member] = number
			}
		}
		for rank, h := range more {
			heights[rank] += h
		}
	}
	return band
}

// fits reports whether more can go into a band that is filled up to heights.
func fits(heights, more map[int]float64, most float64) bool {
	if len(heights) == 0 {
		return true // however high it is, it has to go somewhere
	}
	for rank, h := range more {
		if heights[rank]+h-spacing > most {
			return false
		}
	}
	return true
}
