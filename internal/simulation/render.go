package simulation

import (
	"encoding/json"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/supgen/supgen/dsl/tree"
	"github.com/supgen/supgen/internal/effective"
	"github.com/supgen/supgen/internal/lanes"
	"github.com/supgen/supgen/internal/table"
	"github.com/supgen/supgen/runtime"
	"github.com/supgen/supgen/runtime/sim"
)

// A Result is what a script made of a tree.
type Result struct {
	sim.Result
	root   *tree.Child
	script sim.Script
}

// addWaits adds to the first line of each child what it has waited for.
func addWaits(timeline sim.Timeline, root *tree.Child) {
	rows := map[string]*tree.Child{}
	for c := range root.All() {
		rows[c.Path()] = c
	}
	waits := effective.WaitsIn(root)
	told := map[string]bool{}
	for i, line := range timeline {
		row, _, _ := strings.Cut(line.Path, "[")
		if told[line.Path] || rows[row] == nil {
			continue
		}
		told[line.Path] = true
		var paths []string
		for _, wait := range waits[rows[row]] {
			if !slices.Contains(paths, wait.Path) {
				paths = append(paths, wait.Path)
			}
		}
		if len(paths) > 0 {
			timeline[i].Text += "; waited for " + strings.Join(paths, ", ")
		}
	}
}

// A happening is a line of a timeline as JSON. The names are API, as those of a report.Finding.
type happening struct {
	At     time.Duration   `json:"at"`
	Path   string          `json:"path"`
	Text   string          `json:"text"`
	Event  *runtime.Event  `json:"event,omitempty"`
	Answer *runtime.Answer `json:"answer,omitempty"`
	Error  string          `json:"error,omitempty"`
}

// JSON prints an object for each line of the timeline.
func (r Result) JSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	for _, l := range r.Timeline {
		h := happening{At: l.At, Path: l.Path, Text: l.Text, Event: l.Event, Answer: l.Answer}
		if l.Err != nil {
			h.Error = l.Err.Error()
		}
		if err := e.Encode(h); err != nil {
			return err
		}
	}
	return nil
}

// SVG draws it. What is drawn is bounded, and so is what is kept for it.
func (r Result) SVG() (string, error) {
	var events []runtime.Event
	_, err := sim.Watch(sim.Tree(table.Of(r.root)), r.script, func(e runtime.Event) bool {
		events = append(events, e)
		return len(events) < 100_000
	})
	if err != nil {
		return "", err
	}
	return lanes.SVG(events, "What happens in "+r.root.Name), nil
}
