// Package picture draws a tree: who is in which supervisor, and who waits for whom.
//
// [Mermaid] and [Dot] leave the drawing to those programs, [SVG] draws by itself.
//
// # How SVG lays out
//
// Every supervisor and every group is a box, laid out by itself from the inside out: its children stand in columns,
// providers left of their dependants (rank.go), ordered so that few lines cross (order.go). A line that passes a
// column has a place of its own in it, and one that leaves a box a place on its border (column.go), so that no line
// ever goes through a box it has no business in. All lines to one provider share a trunk. Children without any line
// are packed below the columns (place.go).
package picture
