package costs

import (
	"fmt"
	"time"

	"github.com/supgen/supgen/internal/explore"
)

// A Document is a report as JSON. The names are API; times are nanoseconds.
type Document struct {
	Dir     string   `json:"dir,omitempty"` // of the package, where several are explored
	Tree    string   `json:"tree"`
	Seed    uint64   `json:"seed"`
	Singles Count    `json:"singles"`
	Pairs   Count    `json:"pairs"`
	Missing []string `json:"missing,omitempty"` // who is not up although nothing fails
	Cases   []Case   `json:"cases"`             // the worst first
}

// A Count is how many cases were tried of those there are.
type Count struct {
	Tried int `json:"tried"`
	Of    int `json:"of"`
}

// A Case is what goes wrong, and what that costs.
type Case struct {
	Number     int           `json:"number"`
	Failures   []Failure     `json:"failures"`
	Grade      string        `json:"grade"`            // what it comes to: "the program ends"
	After      time.Duration `json:"after"`            // the program ends
	Chain      []string      `json:"chain,omitempty"`  // why it does
	Own        *Outage       `json:"own,omitempty"`    // of what fails
	Others     []Outage      `json:"others,omitempty"` // the first of those that go down with it
	Fall       int           `json:"fall"`             // how many others go down
	Stay       int           `json:"stay"`             // and stay so, until somebody acts
	Last       int           `json:"last"`             // or for as long as the failures last
	NotReady   time.Duration `json:"notReady"`         // the tree as a whole
	Unready    bool          `json:"unready"`          // and it stays so
	Restarts   int           `json:"restarts"`
	Continues  bool          `json:"continues"`  // they go on; all figures are those of a part
	Unfinished bool          `json:"unfinished"` // a program that would finish does not
	Script     string        `json:"script"`     // for supgen simulate
}

// A Failure is one thing that goes wrong.
type Failure struct {
	Path  string `json:"path"`
	Kind  string `json:"kind"`
	Often string `json:"often"`
}

// An Outage is how long a child is down.
type Outage struct {
	Path  string        `json:"path"`
	For   time.Duration `json:"for"`
	Stays bool          `json:"stays"` // until somebody acts
	Lasts bool          `json:"lasts"` // for as long as the failures last
	Gone  bool          `json:"gone"`  // it is dynamic, and not started again
}

// DocumentOf is a report as values.
func DocumentOf(r *explore.Report) Document {
	d := Document{"", r.Root.Name, r.Options.Seed, Count{r.Singles.N, r.Singles.Of}, Count{r.Pairs.N, r.Pairs.Of}, r.Missing, []Case{}}
	for _, t := range r.Trials {
		c := Case{
			Number: t.Number, Grade: t.Cost.Grade.String(), After: t.Cost.After, Chain: t.Cost.Chain, Fall: t.Cost.Fall, Stay: t.Cost.Stay, Last: t.Cost.Last,
			NotReady: t.Cost.NotReady, Unready: t.Cost.Unready, Restarts: t.Cost.Launches, Continues: t.Cost.Goes, Unfinished: t.Cost.Unfinished,
			Script: r.Script(t).String(),
		}
		for _, f := range t.Failures {
			c.Failures = append(c.Failures, Failure{f.Path, f.Kind.String(), f.Often.String()})
		}
		if o := Outage(t.Cost.Own); o.Path != "" {
			c.Own = &o
		}
		for _, o := range t.Cost.Others {
			c.Others = append(c.Others, Outage(o))
		}
		d.Cases = append(d.Cases, c)
	}
	return d
}

// Script is a case as a script for supgen simulate, with what it is as a comment.
func Script(r *explore.Report, t *explore.Trial) string {
	text := fmt.Sprintf("// %s\n// %s", t, t.Cost.Grade)
	if f := figures(t); f != "" {
		text += "; " + f
	}
	return text + "\n" + r.Script(t).String()
}
