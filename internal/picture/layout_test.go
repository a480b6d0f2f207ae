package picture_test

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/supgen/supgen/internal/picture"
)

// TestLayout draws random trees and holds the pictures to what makes one readable: nothing overlaps, what is in a box
// is inside of it, all of it is on the page, and no line goes through a leaf.
func TestLayout(t *testing.T) {
	most := uint64(150)
	if testing.Short() {
		most = 30
	}
	for seed := range most {
		text := randomTree(rand.New(rand.NewPCG(seed, 0)))
		t.Log("seed", seed)
		readable(t, text)
	}
}

// readable holds the picture of a tree to what makes it so.
func readable(t *testing.T, text string) {
	t.Helper()
	p := read(t, picture.SVG(check(t, text)))
	if p.children != strings.Count(text, "\tservice ")+strings.Count(text, "\tworker ")+strings.Count(text, "\tsidecar ") {
		t.Fatalf("%d leaves are drawn", p.children)
	}
	for i, a := range p.rects {
		for _, b := range p.rects[:i] {
			if a.overlaps(b) && !a.within(b) && !b.within(a) {
				t.Fatalf("%v and %v overlap in\n%s", a, b, text)
			}
		}
		if a.leaf {
			for _, b := range p.rects {
				if b.leaf && a != b && a.overlaps(b) {
					t.Fatalf("leaves %v and %v overlap in\n%s", a, b, text)
				}
			}
		}
	}
	for _, line := range p.lines {
		for _, at := range line {
			for _, r := range p.rects {
				if r.leaf && r.holds(at) {
					t.Fatalf("a line goes through %v at %v in\n%s", r, at, text)
				}
			}
			if !p.page.holds(at) {
				t.Fatalf("a line leaves the page at %v", at)
			}
		}
	}
}

// TestLinesAreApart draws random trees in which no line runs on top of another: a reader could not tell where each goes.
func TestLinesAreApart(t *testing.T) {
	for seed := range uint64(100) {
		text := randomTree(rand.New(rand.NewPCG(seed, 0)))
		lines := read(t, picture.SVG(check(t, text))).lines
		for i, a := range lines {
			for _, b := range lines[:i] {
				if n := shared(a, b); n > 4 { // as many as where they cross in a curve
					t.Fatalf("seed %d: two lines share %d points in\n%s", seed, n, text)
				}
			}
		}
	}
}

// TestColours has two lines that end at one child differ in colour, as long as there are colours.
func TestColours(t *testing.T) {
	const text = `package shop
supervisor Shop {
	service A
	service B
	service C
	service D
	service E
	service F
	service G
	service Of1 needs A, B
	service Of2 needs C, D, E, F
	service Of3 needs G, A, C
}
`
	colour := map[string]string{}
	for _, match := range regexp.MustCompile(`class="net (c\d)"><title>[^<]* Shop.(\w)<`).FindAllStringSubmatch(picture.SVG(check(t, text)), -1) {
		colour[match[2]] = match[1]
	}
	if len(colour) != 7 || colour["G"] == colour["A"] || colour["G"] == colour["C"] {
		t.Errorf("the colours are %v", colour)
	}
}

// shared is how many points of a line lie on another.
func shared(a, b []point) int {
	on := map[point]bool{}
	for _, p := range b {
		on[point{math.Round(p.x / 4), math.Round(p.y)}] = true
	}
	n := 0
	for _, p := range a {
		if on[point{math.Round(p.x / 4), math.Round(p.y)}] {
			n++
		}
	}
	return n
}

// randomTree is a tree of up to three levels whose children need each other at any distance, also both ways between
// two supervisors.
func randomTree(r *rand.Rand) string {
	g := &generator{r: r}
	g.b.WriteString("package x\n\nsupervisor Top {\n\tstrategy one_for_one\n")
	g.fill("", 0, 2+r.IntN(6))
	g.b.WriteString("}\n")
	text := g.b.String()
	order := r.Perm(len(g.paths)) // who may need whom: those that come before
	for i, child := range order {
		text = strings.Replace(text, fmt.Sprintf("<%d>", child), g.refs(order[:i]), 1)
	}
	return text
}

type generator struct {
	r     *rand.Rand
	b     strings.Builder
	paths []string // of the leaves; after the name of each stands its number
	n     int
}

func (g *generator) fill(prefix string, depth, children int) {
	for range children {
		g.n++
		name := fmt.Sprintf("%s%d", [...]string{"A", "Long", "AVeryLongNameOfAChild"}[g.r.IntN(3)], g.n)
		if depth < 2 && g.r.IntN(4) == 0 {
			kind, inside, below := "supervisor", prefix+name+".", depth+1
			if g.r.IntN(2) == 0 {
				kind, inside, below = "group", prefix, 2 // which has no supervisors in it
			}
			fmt.Fprintf(&g.b, "\t%s %s {\n\tstrategy one_for_one\n", kind, name)
			g.fill(inside, below, 1+g.r.IntN(5))
			g.b.WriteString("\t}\n")
			continue
		}
		role := [...]string{"service", "worker"}[g.r.IntN(2)]
		fmt.Fprintf(&g.b, "\t%s %s<%d>\n", role, name, len(g.paths))
		if g.r.IntN(8) == 0 {
			fmt.Fprintf(&g.b, "\tsidecar Side%d of %s\n", g.n, name)
		}
		g.paths = append(g.paths, "Top."+prefix+name)
	}
}

// refs is a clause that names some of the children.
func (g *generator) refs(among []int) string {
	n := min(g.r.IntN(4), len(among))
	if n == 0 {
		return ""
	}
	var refs []string
	for _, i := range g.r.Perm(len(among))[:n] {
		refs = append(refs, g.paths[among[i]])
	}
	clause := " needs "
	if g.r.IntN(3) == 0 {
		clause = " after "
	}
	return clause + strings.Join(refs, ", ")
}

type point struct{ x, y float64 }

type rect struct {
	x, y, w, h float64
	leaf       bool
}

// holds reports whether a point is inside a rectangle, and not on its border.
func (r rect) holds(p point) bool {
	return p.x > r.x+0.5 && p.x < r.x+r.w-0.5 && p.y > r.y+0.5 && p.y < r.y+r.h-0.5
}

func (r rect) overlaps(o rect) bool {
	return r.x < o.x+o.w && o.x < r.x+r.w && r.y < o.y+o.h && o.y < r.y+r.h
}

func (r rect) within(o rect) bool {
	return !o.leaf && r.x > o.x && r.x+r.w < o.x+o.w && r.y > o.y && r.y+r.h < o.y+o.h
}

type drawn struct {
	page     rect
	rects    []rect
	lines    [][]point
	children int
}

// read takes a picture apart again.
func read(t *testing.T, svg string) drawn {
	t.Helper()
	var p drawn
	for decoder := xml.NewDecoder(strings.NewReader(svg)); ; {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return p
		}
		if err != nil {
			t.Fatal(err)
		}
		element, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		attributes := map[string]string{}
		for _, a := range element.Attr {
			attributes[a.Name.Local] = a.Value
		}
		class := strings.Fields(attributes["class"] + " -")[0]
		switch {
		case class == "page":
			p.page = rectOf(attributes, false)
		case element.Name.Local == "rect":
			p.rects = append(p.rects, rectOf(attributes, class == "leaf"))
			if class == "leaf" {
				p.children++
			}
		case class == "line":
			p.lines = append(p.lines, points(t, attributes["d"]))
		}
	}
}

func rectOf(attributes map[string]string, leaf bool) rect {
	number := func(name string) float64 {
		v, _ := strconv.ParseFloat(attributes[name], 64) // what is not said is zero
		return v
	}
	return rect{number("x"), number("y"), number("width"), number("height"), leaf}
}

var command = regexp.MustCompile(`([MHVCQh])([^MHVCQh]*)`)

// points are places on a path, a few pixels apart. Of curves they are those of the polygon that they stay inside of.
func points(t *testing.T, path string) []point {
	var all []point
	var at point
	to := func(p point) {
		steps := math.Ceil(math.Hypot(p.x-at.x, p.y-at.y) / 4)
		for i := 1.0; i <= steps; i++ {
			all = append(all, point{at.x + (p.x-at.x)*i/steps, at.y + (p.y-at.y)*i/steps})
		}
		at = p
	}
	for _, match := range command.FindAllStringSubmatch(path, -1) {
		var n []float64
		for _, word := range strings.Fields(match[2]) {
			v, err := strconv.ParseFloat(word, 64)
			if err != nil {
				t.Fatal(err)
			}
			n = append(n, v)
		}
		switch match[1] {
		case "M":
			at = point{n[0], n[1]}
		case "H":
			to(point{n[0], at.y})
		case "h":
			to(point{at.x + n[0], at.y})
		case "V":
			to(point{at.x, n[0]})
		default:
			for i := 0; i < len(n); i += 2 {
				to(point{n[i], n[i+1]})
			}
		}
	}
	return all
}
