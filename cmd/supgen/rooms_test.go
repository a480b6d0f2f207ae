package main

import (
	"fmt"
	"maps"
	"os"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/supgen/supgen/internal/svg"
)

// The drawing of the house is made from the rule of who may import whom, and docs/design.md has a sentence for each room.
//
//	go test ./cmd/supgen -run TestRooms -update
func TestRooms(t *testing.T) {
	const name = "../../docs/rooms.svg"
	drawn := drawHouse()
	if *update {
		if err := os.WriteFile(name, []byte(drawn), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(text), drawn); diff != "" {
		t.Errorf("docs/rooms.svg shows another house (-update draws it):\n%s", diff)
	}
	page, err := os.ReadFile("../../docs/design.md")
	if err != nil {
		t.Fatal(err)
	}
	for name := range allowed {
		if row := fmt.Sprintf("| [`%s`](../%[1]s) | ", name); !strings.Contains(string(page), row) && !unseen[name] {
			t.Errorf("docs/design.md has no row for %s", name)
		}
	}
}

// unseen are the packages that nothing else imports and that import nothing of the house.
var unseen = map[string]bool{"docs": true, "editors/vscode": true, "internal/mutate": true}

// A spot of the drawing is a room, or where a line to one passes a floor.
type spot struct {
	room         string // where the line leads to, if it is one
	passes       bool
	floor        int // from the top
	x            float64
	above, below []*spot
}

const (
	roomWidth, roomHeight = 96.0, 38.0
	passWidth             = 10.0
	storey                = 82.0 // from one floor to the next
)

func (s *spot) width() float64 {
	if s.passes {
		return passWidth
	}
	return roomWidth
}

// floors are the rooms, from the top to the ground, and what passes them. A room stands below all that may import it.
func floors() [][]*spot {
	height := map[string]int{}
	var rank func(string) int
	rank = func(name string) int {
		h, ok := height[name]
		for _, below := range allowed[name] {
			if _, isRoom := allowed[below]; isRoom && !ok {
				h = max(h, rank(below)+1)
			}
		}
		height[name] = h
		return h
	}
	top := 0
	names := slices.Sorted(maps.Keys(allowed))
	for _, name := range names {
		top = max(top, rank(name))
	}
	// What stands on nothing comes up to whatever stands on it.
	for _, name := range names {
		if len(rooms(name)) == 0 && height[name] == 0 {
			lowest := top
			for _, user := range names {
				if slices.Contains(allowed[user], name) {
					lowest = min(lowest, height[user]-1)
				}
			}
			height[name] = lowest
		}
	}
	all := make([][]*spot, top+1)
	spots := map[string]*spot{} // by room, or room and floor
	at := func(key, room string, floor int) *spot {
		s := spots[key]
		if s == nil {
			s = &spot{room: room, passes: key != room, floor: floor}
			spots[key] = s
			all[floor] = append(all[floor], s)
		}
		return s
	}
	for _, name := range names {
		if !unseen[name] {
			at(name, name, top-height[name])
		}
	}
	for _, name := range names {
		for _, below := range reduced(name) {
			from := spots[name]
			for floor := from.floor + 1; ; floor++ {
				key := below
				if floor < spots[below].floor {
					key = fmt.Sprint(below, floor)
				}
				to := at(key, below, floor)
				if !slices.Contains(from.below, to) {
					from.below, to.above = append(from.below, to), append(to.above, from)
				}
				if from = to; key == below {
					break
				}
			}
		}
	}
	return all
}

// rooms are what a room may import of the house.
func rooms(name string) []string {
	return slices.DeleteFunc(slices.Clone(allowed[name]), func(n string) bool { _, ok := allowed[n]; return !ok })
}

// reduced leaves out what is below another.
func reduced(name string) []string {
	var reaches func(from, to string) bool
	reaches = func(from, to string) bool {
		return slices.ContainsFunc(rooms(from), func(n string) bool { return n == to || reaches(n, to) })
	}
	return slices.DeleteFunc(rooms(name), func(n string) bool {
		return slices.ContainsFunc(rooms(name), func(other string) bool { return reaches(other, n) })
	})
}

// arrange puts the spots of each floor where their lines are short, and cross little.
func arrange(all [][]*spot) (width float64) {
	for round := range 60 {
		for i := range all {
			if round%2 == 1 {
				i = len(all) - 1 - i
			}
			want := map[*spot]float64{}
			for _, s := range all[i] {
				near := s.above
				if round%2 == 1 {
					near = s.below
				}
				if round >= 40 {
					near = slices.Concat(s.above, s.below)
				}
				want[s] = s.x
				for j, n := range near {
					want[s] += (n.x - want[s]) / float64(j+1)
				}
			}
			if round < 40 {
				slices.SortStableFunc(all[i], func(a, b *spot) int { return int(want[a] - want[b]) })
			}
			spread(all[i], want)
		}
	}
	left := all[0][0].x
	for _, floor := range all {
		left = min(left, floor[0].x-floor[0].width()/2)
	}
	for _, floor := range all {
		for _, s := range floor {
			s.x -= left
			width = max(width, s.x+s.width()/2)
		}
	}
	return width
}

// spread gives the spots of a floor places as near to those they want as their widths allow, in their order.
func spread(floor []*spot, want map[*spot]float64) {
	type block struct{ mean, n float64 } // spots that touch
	var blocks []block
	var offsets []float64 // from where the first of them stands
	offset := 0.0
	for i, s := range floor {
		if i > 0 {
			offset += (floor[i-1].width()+s.width())/2 + 14
		}
		offsets = append(offsets, offset)
		blocks = append(blocks, block{want[s] - offset, 1})
		for n := len(blocks); n > 1 && blocks[n-2].mean > blocks[n-1].mean; n = len(blocks) {
			a, b := blocks[n-2], blocks[n-1]
			blocks = append(blocks[:n-2], block{(a.mean*a.n + b.mean*b.n) / (a.n + b.n), a.n + b.n})
		}
	}
	i := 0
	for _, b := range blocks {
		for range int(b.n) {
			floor[i].x = b.mean + offsets[i]
			i++
		}
	}
}

func drawHouse() string {
	const margin = 20
	all := floors()
	width, height := arrange(all)+2*margin, float64(len(all)-1)*storey+roomHeight+2*margin
	y := func(s *spot) float64 { return margin + float64(s.floor)*storey }
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%.0f" height="%.0f" viewBox="0 0 %.0f %.0f" role="img" aria-labelledby="title desc">`+"\n", width, height, width, height)
	b.WriteString("<title id=\"title\">The packages of supgen</title>\n<desc id=\"desc\">Whatever a package may import stands below it, where its lines lead.</desc>\n" + houseStyle)
	fmt.Fprintf(&b, "<rect class=\"page\" width=\"%.0f\" height=\"%.0f\"/>\n", width, height)
	for _, floor := range all {
		for _, s := range floor {
			for _, to := range s.below {
				x0, y0, x1, y1 := margin+s.x, y(s)+roomHeight, margin+to.x, y(to)
				fmt.Fprintf(&b, "<path class=\"line %s\" d=\"M%.0f %.0fC%.0f %.0f %.0f %.0f %.0f %.0f\"/>\n", area(to.room), x0, y0, x0, (y0+y1)/2, x1, (y0+y1)/2, x1, y1)
			}
			if s.passes {
				fmt.Fprintf(&b, "<path class=\"line %s\" d=\"M%.0f %.0fv%.0f\"/>\n", area(s.room), margin+s.x, y(s), roomHeight)
			}
		}
	}
	for _, floor := range all {
		for _, s := range floor {
			if s.passes {
				continue
			}
			fmt.Fprintf(&b, "<g><title>%s may import %s</title>", svg.Text(s.room), svg.Text(strings.Join(append(slices.Clone(allowed[s.room]), "the standard library"), ", ")))
			fmt.Fprintf(&b, `<rect class="room %s" x="%.0f" y="%.0f" width="%.0f" height="%.0f" rx="4"/>`, area(s.room), margin+s.x-roomWidth/2, y(s), roomWidth, roomHeight)
			within, name := path.Split(s.room)
			middle := y(s) + roomHeight/2 + 4
			if within != "" {
				fmt.Fprintf(&b, `<text class="within" x="%.0f" y="%.0f">%s</text>`, margin+s.x, y(s)+13, svg.Text(within))
				middle += 8
			}
			fmt.Fprintf(&b, "<text x=\"%.0f\" y=\"%.0f\">%s</text></g>\n", margin+s.x, middle, svg.Text(name))
		}
	}
	b.WriteString("</svg>\n")
	return b.String()
}

// area is the part of the house that a room is in.
func area(room string) string {
	first, _, _ := strings.Cut(room, "/")
	return first
}

const houseStyle = `<style>
text { font: 12.5px Helvetica, Arial, sans-serif; fill: #1f2328; text-anchor: middle }
.within { font-size: 9px; fill: #59636e }
.page { fill: #ffffff }
.room { fill: #f6f8fa; stroke-width: 1.5 }
.cmd { stroke: #bf3989 }
.internal { stroke: #8250df }
.codegen { stroke: #bc4c00 }
.dsl { stroke: #0969da }
.runtime { stroke: #1a7f37 }
.line { fill: none; stroke-width: 1.3 }
@media (prefers-color-scheme: dark) {
text { fill: #f0f6fc }
.within { fill: #9198a1 }
.page { fill: #0d1117 }
.room { fill: #212830 }
.cmd { stroke: #f778ba }
.internal { stroke: #ab7df8 }
.codegen { stroke: #f0883e }
.dsl { stroke: #4493f8 }
.runtime { stroke: #3fb950 }
}
</style>
`
