package otelsup

import (
	"slices"
	"strings"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"

	"github.com/supgen/supgen/runtime"
)

// maxRows is how many declarations have series of their own; all others share one. With ten states each, these are less than the
// 2,000 series of a metric that the SDK keeps. Package httpsup has the same.
const maxRows = 198

// A declaration is what telemetry says of all of its children.
type declaration struct {
	path       string
	above      string // its supervisor's
	supervisor bool
	attributes []attribute.KeyValue     // of spans and log records
	set        metric.MeasurementOption // of metrics
}

// declarations are those of a tree. Those that have no series of their own are made when they are asked for.
type declarations struct {
	tree    *runtime.Tree
	tags    []string
	byPath  map[string]*declaration
	others  metric.MeasurementOption
	counted []metric.MeasurementOption // in the order of Snapshot.Counts(maxRows)
}

func declarationsOf(t *runtime.Tree, tags []string) *declarations {
	d := &declarations{tree: t, tags: tags, byPath: make(map[string]*declaration)}
	// The SDK takes one series with nothing but otel.metric.overflow for its own, and puts all series into it that follow.
	d.others = metric.WithAttributeSet(attribute.NewSet(attribute.Bool("otel.metric.overflow", true), attribute.String("supgen.child.path", "*")))
	for _, c := range t.Snapshot().Counts(maxRows) {
		set := d.others
		if c.Path != "" {
			declared := d.add(c.Path)
			set = metric.WithAttributeSet(attribute.NewSet(declared.attributes...))
			declared.set = set
		}
		d.counted = append(d.counted, set)
	}
	return d
}

// of is the declaration at a path.
func (d *declarations) of(path string) *declaration {
	if declared, ok := d.byPath[path]; ok {
		return declared
	}
	return d.add(path)
}

func (d *declarations) add(path string) *declaration {
	row, _ := d.tree.Policy(path) // a path of the tree's own
	declared := &declaration{path: path, set: d.others, supervisor: row.Role == runtime.Supervisor, attributes: []attribute.KeyValue{
		attribute.String("supgen.child.path", path), attribute.String("supgen.child.role", row.Role.String()),
	}}
	for _, tag := range d.tags {
		if slices.Contains(row.Tags, tag) {
			declared.attributes = append(declared.attributes, attribute.Bool("supgen.child.tag."+tag, true))
		}
	}
	if at := strings.LastIndexByte(path, '.'); at >= 0 {
		declared.above = path[:at]
	}
	d.byPath[path] = declared
	return declared
}
