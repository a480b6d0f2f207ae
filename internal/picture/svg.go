package picture

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/supgen/supgen/dsl/tree"
	"github.com/supgen/supgen/internal/svg"
)

// SVG is the trees of a package as a picture that is complete in itself. Its colours follow the reader's preference
// for light or dark, and its title and description say in words what it shows.
func SVG(tree *tree.Tree) string {
	var drawings []*drawing
	width, height := 0.0, margin
	for _, root := range tree.Roots() {
		d := draw(root)
		d.root.move(margin, height)
		width = max(width, d.root.w+2*margin)
		height += d.root.h + margin
		drawings = append(drawings, d)
	}
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%.0f" height="%.0f" viewBox="0 0 %.0f %.0f" role="img" aria-labelledby="title desc">`+"\n",
		width, height, width, height)
	fmt.Fprintf(&b, "<title id=\"title\">%s</title>\n<desc id=\"desc\">%s</desc>\n", svg.Text(heading(tree)), svg.Text(inWords(tree)))
	b.WriteString(style)
	fmt.Fprintf(&b, "<rect class=\"page\" width=\"%.0f\" height=\"%.0f\"/>\n", width, height)
	for _, d := range drawings {
		d.write(&b)
	}
	b.WriteString("</svg>\n")
	return b.String()
}

const margin = 16.0

// style is the look. A border distinguishes a box from the one it is in, a role by the stripe at the left of a leaf.
// Colours are said outright, not by variables, which many that draw SVG do not know.
const style = `<style>
text { font: 13px Helvetica, Arial, sans-serif; fill: #1f2328 }
text .small, text.small { font-size: 10.5px; fill: #59636e }
.page { fill: #ffffff }
.box { fill: #f6f8fa; stroke: #afb8c1 }
.group { stroke-dasharray: 5 3 }
.leaf { fill: #ffffff; stroke: #afb8c1 }
.optional { stroke-dasharray: 3 2 }
.stripe { stroke-width: 4 }
.service { stroke: #1a7f37 }
.worker { stroke: #0969da }
.job { stroke: #8250df }
.sidecar { stroke: #9a6700 }
.line { stroke-width: 1.4 }
.wants { stroke-dasharray: 9 3 2 3 }
.after { stroke-dasharray: 5 4 }
.beside { stroke-dasharray: 1.5 3.5; stroke-linecap: round; stroke-width: 1.8 }
.c0 { stroke: #0969da; fill: #0969da }
.c1 { stroke: #bc4c00; fill: #bc4c00 }
.c2 { stroke: #1a7f37; fill: #1a7f37 }
.c3 { stroke: #8250df; fill: #8250df }
.c4 { stroke: #bf3989; fill: #bf3989 }
.c5 { stroke: #9a6700; fill: #9a6700 }
.line { fill: none }
.net:hover .line { stroke-width: 3 }
@media (prefers-color-scheme: dark) {
text { fill: #f0f6fc }
text .small, text.small { fill: #9198a1 }
.page { fill: #0d1117 }
.box { fill: #151b23; stroke: #656c76 }
.leaf { fill: #212830; stroke: #656c76 }
.service { stroke: #3fb950 }
.worker { stroke: #4493f8 }
.job { stroke: #ab7df8 }
.sidecar { stroke: #d29922 }
.c0 { stroke: #4493f8; fill: #4493f8 }
.c1 { stroke: #f0883e; fill: #f0883e }
.c2 { stroke: #3fb950; fill: #3fb950 }
.c3 { stroke: #ab7df8; fill: #ab7df8 }
.c4 { stroke: #f778ba; fill: #f778ba }
.c5 { stroke: #d29922; fill: #d29922 }
.line { fill: none }
}
</style>
`

// A drawing is a tree laid out.
type drawing struct {
	root   *box
	frames []*frame
	nets   []net // in the order of the file
	users  map[net][]*tree.Child
}

func draw(root *tree.Child) *drawing {
	of := map[*tree.Child]*box{}
	d := &drawing{root: boxes(root, turnsIn(root), nil, of), users: map[net][]*tree.Child{}}
	rs := relations(root)
	ranks(d.root, rs, of)
	for _, r := range rs {
		n := connect(of[r.from], of[r.to], r.kind)
		if d.users[n] == nil {
			d.nets = append(d.nets, n)
		}
		d.users[n] = append(d.users[n], r.from)
	}
	d.frames = arrange(d.root)
	return d
}

// move makes the places of a box, and of all in it, those of the picture.
func (b *box) move(x, y float64) {
	b.x, b.y = b.x+x, b.y+y
	for _, item := range b.items {
		item.move(b.x, b.y)
	}
}

func (d *drawing) write(b *strings.Builder) {
	d.root.writeBoxes(b)
	paths := map[net]*strings.Builder{}
	for _, f := range d.frames {
		f.trace(paths)
	}
	colour := d.colours()
	for _, n := range d.nets {
		d.writeNet(b, n, colour[n.to], paths[n].String())
	}
	d.root.writeLeaves(b)
}

// colours gives each provider a colour for its nets, in turn, but for those of others that one of its users waits for
// too: where their lines meet they can be distinguished.
func (d *drawing) colours() map[*box]int {
	const all = 6 // as the style has
	colour := map[*box]int{}
	taken := map[*tree.Child]map[int]bool{}
	for _, n := range d.nets {
		if _, ok := colour[n.to]; ok {
			continue
		}
		users := d.usersOf(n.to)
		first := len(colour)
		next := first
		for next < first+all && slices.ContainsFunc(users, func(u *tree.Child) bool { return taken[u][next%all] }) {
			next++
		}
		colour[n.to] = next % all
		for _, u := range users {
			if taken[u] == nil {
				taken[u] = map[int]bool{}
			}
			taken[u][next%all] = true
		}
	}
	return colour
}

// usersOf are those that wait for a provider, whatever their lines look like.
func (d *drawing) usersOf(provider *box) (users []*tree.Child) {
	for _, k := range []kind{needs, wants, after, sidecar} {
		for _, backward := range []bool{false, true} {
			users = append(users, d.users[net{provider, k, backward}]...)
		}
	}
	return users
}

// writeNet writes the lines to one provider in its colour, and the head of their arrow.
func (d *drawing) writeNet(b *strings.Builder, n net, colour int, path string) {
	var users []string
	for _, u := range d.users[n] {
		users = append(users, u.Path())
	}
	words := fmt.Sprintf("%s %s %s", strings.Join(users, ", "), n.kind.verb(len(users)), n.to.child.Path())
	fmt.Fprintf(b, "<g class=\"net c%d\"><title>%s</title><path class=\"line %s\" d=\"%s\"/>", colour, svg.Text(words), n.kind.class(), path)
	if n.kind != sidecar {
		x, y, back := n.to.x+n.to.w, n.to.y+n.to.attach(n, !n.backward), 8.0
		if n.backward {
			x, back = n.to.x, -8
		}
		fmt.Fprintf(b, "<path d=\"M%.1f %.1fl%.0f -4v8z\"/>", x, y, back)
	}
	b.WriteString("</g>\n")
}

func (k kind) class() string { return [...]string{"needs", "wants", "after", "beside"}[k] }

// writeBoxes writes supervisors and groups, the outer ones first.
func (b *box) writeBoxes(out *strings.Builder) {
	if len(b.items) == 0 {
		return
	}
	class := "box"
	if b.child.Group == nil && b.child.Role.String() == "group" {
		class = "box group"
	}
	fmt.Fprintf(out, "<rect class=\"%s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" rx=\"8\"/>\n", class, b.x, b.y, b.w, b.h)
	fmt.Fprintf(out, "<text x=\"%.1f\" y=\"%.1f\"><tspan font-weight=\"bold\">%s</tspan> <tspan class=\"small\">%s</tspan></text>\n",
		b.x+padding, b.y+20, svg.Text(title(b.child)), svg.Text(b.small))
	for _, item := range b.items {
		item.writeBoxes(out)
	}
}

func (b *box) writeLeaves(out *strings.Builder) {
	for _, item := range b.items {
		item.writeLeaves(out)
	}
	if len(b.items) > 0 {
		return
	}
	class := "leaf"
	if b.child.Optional {
		class = "leaf optional"
	}
	x, y := math.Round(b.x), math.Round(b.y)
	fmt.Fprintf(out, "<g><title>%s</title><rect class=\"%s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" rx=\"5\"/>", svg.Text(b.child.Path()), class, x, y, b.w, b.h)
	fmt.Fprintf(out, "<path class=\"stripe %s\" d=\"M%.1f %.1fv%.1f\"/>", b.child.Role, x+5, y+7, b.h-14)
	fmt.Fprintf(out, "<text x=\"%.1f\" y=\"%.1f\">%s</text><text class=\"small\" x=\"%.1f\" y=\"%.1f\">%s</text></g>\n",
		x+padding, y+17, svg.Text(title(b.child)), x+padding, y+32, svg.Text(b.small))
}
