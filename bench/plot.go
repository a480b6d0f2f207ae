package main

import (
	"bytes"
	"fmt"
	"image/color"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// A picture is one plot.
type picture struct {
	file  string
	title string
	draw  func(r *results) (*plot.Plot, error)
}

var gallery = []picture{
	{"restart.svg", "Restart after an error", drawRestart},
	{"step.svg", "A step of the kernel", drawStep},
	{"compile.svg", "supgen generate", drawCompile},
}

// pictures is what the manual's page shows them with.
var pictures = func() string {
	var out strings.Builder
	for _, p := range gallery {
		fmt.Fprintf(&out, "\n![%s](performance/%s)\n", p.title, p.file)
	}
	return out.String()
}()

// paint writes all plots to a folder.
func paint(r *results, folder string) error {
	if err := os.MkdirAll(folder, 0o777); err != nil {
		return err
	}
	for _, p := range gallery {
		drawn, err := p.draw(r)
		if err != nil {
			return fmt.Errorf("%s: %w", p.file, err)
		}
		image, err := drawn.WriterTo(7*vg.Inch, 4*vg.Inch, "svg")
		if err != nil {
			return err
		}
		var svg bytes.Buffer
		if _, err := image.WriteTo(&svg); err != nil {
			return err
		}
		// Few who look at the page have that font.
		shown := bytes.ReplaceAll(svg.Bytes(), []byte("Liberation Sans"), []byte("Liberation Sans, Arial, sans-serif"))
		if err := os.WriteFile(filepath.Join(folder, p.file), shown, 0o666); err != nil {
			return err
		}
	}
	return nil
}

// colours keep apart for those who see few of them, too (Okabe and Ito).
var colours = []color.Color{
	color.RGBA{0x00, 0x72, 0xb2, 0xff}, color.RGBA{0xd5, 0x5e, 0x00, 0xff}, color.RGBA{0x00, 0x9e, 0x73, 0xff}, color.RGBA{0x99, 0x99, 0x99, 0xff},
}

// newPlot is an empty plot with a grid.
func newPlot(title, x, y string) *plot.Plot {
	p := plot.New()
	p.Title.Text, p.X.Label.Text, p.Y.Label.Text = title, x, y
	p.Title.Padding = vg.Points(8)
	p.Legend.Top, p.Legend.Left, p.Legend.Padding = true, true, vg.Points(4)
	for _, style := range []*text.Style{&p.Title.TextStyle, &p.X.Label.TextStyle, &p.Y.Label.TextStyle, &p.X.Tick.Label, &p.Y.Tick.Label, &p.Legend.TextStyle} {
		style.Font.Variant = "Sans"
	}
	p.Add(plotter.NewGrid())
	return p
}

// bySize makes the horizontal axis one of sizes, with room at its end for the last label.
func bySize(p *plot.Plot, sizes []int) {
	p.X.Scale, p.X.Min, p.X.Max = plot.LogScale{}, float64(first(sizes)), float64(last(sizes))*2
	var ticks plot.ConstantTicks
	for _, n := range sizes {
		ticks = append(ticks, plot.Tick{Value: float64(n), Label: grouped(n)})
	}
	p.X.Tick.Marker = ticks
}

// curve adds a line with its points to a plot.
func curve(p *plot.Plot, name string, nth int, points plotter.XYs) error {
	line, dots, err := plotter.NewLinePoints(points)
	if err != nil {
		return err
	}
	line.Color, line.Width = colours[nth], vg.Points(1.5)
	dots.Color, dots.Shape, dots.Radius = colours[nth], glyph(nth), vg.Points(3)
	p.Add(line, dots)
	p.Legend.Add(name, line, dots)
	return nil
}

// glyph is the shape of a curve's points.
func glyph(nth int) draw.GlyphDrawer {
	return []draw.GlyphDrawer{draw.CircleGlyph{}, draw.SquareGlyph{}, draw.TriangleGlyph{}, draw.RingGlyph{}}[nth]
}

// series are the medians of supgen by size.
func (r *results) series(key func(n int) string, sizes []int) (points plotter.XYs) {
	for _, n := range sizes {
		if y, ok := r.value(key(n), self); ok && y > 0 {
			points = append(points, plotter.XY{X: float64(n), Y: y})
		}
	}
	return points
}

// drawStep shows that a step costs the same in a tree of any size.
func drawStep(r *results) (*plot.Plot, error) {
	p := newPlot("A step of the kernel", "children", "ns a step")
	p.Y.Min = 0
	for nth, who := range []string{"one", "any"} {
		points := r.series(func(n int) string { return stepKey(who, n) }, r.Size.Kernel)
		name := map[string]string{"one": "the same child fails each time", "any": "any child may fail: memory that no cache holds"}[who]
		if err := curve(p, name, nth, points); err != nil {
			return nil, err
		}
	}
	p.Y.Max *= 1.3 // room for the legend
	bySize(p, r.Size.Kernel)
	return p, nil
}

// drawCompile shows that the cost of a file is that of its children.
func drawCompile(r *results) (*plot.Plot, error) {
	p := newPlot("Whole processes on a package", "children", "seconds")
	p.Y.Scale, p.Y.Tick.Marker = plot.LogScale{}, plot.LogTicks{Prec: -1}
	for nth, verb := range []string{"generate", "validate"} {
		points := r.series(func(n int) string { return fileKey(verb, n) }, r.Size.Files)
		if err := curve(p, "supgen "+verb, nth, points); err != nil {
			return nil, err
		}
	}
	bySize(p, r.Size.Files)
	points := r.series(func(n int) string { return fileKey("generate", n) }, r.Size.Files)
	if len(points) < 2 {
		return p, nil
	}
	low, top := points[0], points[len(points)-1]
	line, err := plotter.NewLine(plotter.XYs{{X: low.X, Y: top.Y * low.X / top.X}, top})
	if err != nil {
		return nil, err
	}
	line.Color, line.Dashes = colours[3], []vg.Length{vg.Points(4), vg.Points(3)}
	p.Add(line)
	p.Legend.Add("linear", line)
	return p, nil
}

// drawRestart shows the contenders beside each other: from the median to the slowest of a hundred.
func drawRestart(r *results) (*plot.Plot, error) {
	p := newPlot(fmt.Sprintf("Restart after an error, among %s siblings", grouped(r.Size.Few)), "", "µs")
	p.Y.Scale, p.Y.Tick.Marker = plot.LogScale{}, plot.LogTicks{Prec: -1}
	names := slices.SortedFunc(maps.Keys(r.Values["error p50"]), func(a, b string) int {
		x, _ := r.value("error p50", a)
		y, _ := r.value("error p50", b)
		return int(1000 * (x - y))
	})
	for nth, what := range []string{"p50", "p99"} {
		var points plotter.XYs
		for i, who := range names {
			y, _ := r.value("error "+what, who)
			points = append(points, plotter.XY{X: float64(i), Y: y})
		}
		dots, err := plotter.NewScatter(points)
		if err != nil {
			return nil, err
		}
		dots.Color, dots.Shape, dots.Radius = colours[nth], glyph(nth), vg.Points(4)
		p.Add(dots)
		p.Legend.Add(what, dots)
	}
	p.NominalX(names...)
	p.X.Min, p.X.Max = -0.5, float64(len(names))-0.5
	p.Y.Max *= 3 // room for the legend
	return p, nil
}
