package check

import (
	"fmt"
	"slices"

	"github.com/supgen/supgen/dsl/diag"
)

// A graph is who waits for whom: of each child, its start and its readiness are nodes. Behind them stand those that are
// many children at once.
type graph struct {
	edges   [][]edge
	moments int    // how many nodes are of one child
	covered []bool // by a cycle that was reported
}

// An edge is one reason to wait. That a child is ready after it started needs none.
type edge struct {
	from, to    int
	why         reason
	*diag.Range // of the reason; nil where there is none
}

// A reason is a sentence about two children, put into words when it is reported.
type reason struct{ format, one, other string }

func (r reason) String() string { return fmt.Sprintf(r.format, r.one, r.other) }

func newGraph(moments int) *graph {
	return &graph{make([][]edge, moments), moments, make([]bool, moments)}
}

// join is a new node for many children at once.
func (g *graph) join() int {
	g.edges, g.covered = append(g.edges, nil), append(g.covered, false)
	return len(g.edges) - 1
}

// cycles finds cycles that have no node in common with each other, or with one that was found before: in each knot the
// shortest through its first node.
func (g *graph) cycles() [][]edge {
	var cycles [][]edge
	for _, first := range g.knots() {
		cycle := g.back(first)
		for _, e := range cycle {
			g.covered[e.from] = e.from < g.moments // two cycles may lead through many children at once
		}
		cycles = append(cycles, cycle)
	}
	return cycles
}

// knots are the strongly connected parts of the graph that have a cycle, each by its first node (Tarjan's algorithm).
func (g *graph) knots() []int {
	k := &knotFinder{graph: g, number: make([]int, len(g.edges)), low: make([]int, len(g.edges)), open: make([]bool, len(g.edges))}
	for node := range g.edges {
		if k.number[node] == 0 && !g.covered[node] {
			k.visit(node)
		}
	}
	slices.Sort(k.found)
	return k.found
}

type knotFinder struct {
	*graph
	visited int
	number  []int // of each node, by its visit; 0 is none
	low     []int // the lowest number that can be reached
	open    []bool
	stack   []int // the open nodes
	found   []int
}

func (k *knotFinder) visit(node int) {
	k.visited++
	k.number[node], k.low[node], k.open[node] = k.visited, k.visited, true
	k.stack = append(k.stack, node)
	knot := false
	for _, e := range k.edges[node] {
		switch {
		case k.covered[e.to]:
		case k.number[e.to] == 0:
			k.visit(e.to)
			k.low[node] = min(k.low[node], k.low[e.to])
		case k.open[e.to]:
			k.low[node] = min(k.low[node], k.number[e.to])
			knot = knot || e.to == node
		}
	}
	if k.low[node] < k.number[node] {
		return
	}
	i := len(k.stack) - 1
	for k.stack[i] != node {
		i--
	}
	part := k.stack[i:]
	k.stack = k.stack[:i]
	for _, n := range part {
		k.open[n] = false
	}
	if knot || len(part) > 1 {
		k.found = append(k.found, slices.Min(part))
	}
}

// back is the shortest way from a node back to itself, or nil.
func (g *graph) back(start int) []edge {
	via := map[int]edge{}
	for queue := []int{start}; len(queue) > 0; queue = queue[1:] {
		for _, e := range g.edges[queue[0]] {
			if _, seen := via[e.to]; seen || g.covered[e.to] {
				continue
			}
			via[e.to] = e
			if e.to == start {
				return unwound(via, start)
			}
			queue = append(queue, e.to)
		}
	}
	return nil
}

func unwound(via map[int]edge, start int) []edge {
	cycle := []edge{via[start]}
	for node := via[start].from; node != start; node = via[node].from {
		cycle = append(cycle, via[node])
	}
	slices.Reverse(cycle)
	return cycle
}
