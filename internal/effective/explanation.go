package effective

import (
	"fmt"
	"iter"

	"github.com/supgen/supgen/dsl/diag"
	"github.com/supgen/supgen/dsl/tree"
	"github.com/supgen/supgen/internal/notation"
	"github.com/supgen/supgen/runtime/policy"
)

// An Explanation is all that there is to say of one child. Its JSON is API: names may be added, and none is taken
// away.
type Explanation struct {
	Path       string      `json:"path"`
	Role       string      `json:"role"` // "dynamic worker", "service"
	At         Position    `json:"at"`
	Doc        string      `json:"doc,omitempty"`
	Facts      []Fact      `json:"facts"` // what its declaration says, in the order of the manual
	Policy     []Statement `json:"policy"`
	Outcomes   []Row       `json:"outcomes"`
	Limit      *Limit      `json:"limit,omitempty"` // nil where there is none, or nothing to be limited
	Worst      *Worst      `json:"worst,omitempty"` // nil where it is never started again
	WaitsFor   []Wait      `json:"waitsFor"`
	WaitedFor  []Wait      `json:"waitedForBy"`
	Wants      []Wait      `json:"wants,omitempty"`
	WantedBy   []Wait      `json:"wantedBy,omitempty"`
	RestartsIt []Member    `json:"restarts"` // itself first; empty where it is never restarted by itself
	Stop       Stop        `json:"stop,omitzero"`
}

// A Position is a place in a .sup file; the zero one is none.
type Position struct {
	File   string `json:"file"`
	Line   int    `json:"line"`
	Column int    `json:"column"`
}

// String is "shop.sup:7:9".
func (p Position) String() string {
	return diag.Pos{File: p.File, Line: p.Line, Column: p.Column}.String()
}

func at(p diag.Pos) Position {
	if !p.IsValid() {
		return Position{}
	}
	return Position{p.File, p.Line, p.Column}
}

// A Fact is something that only a child's own declaration says.
type Fact struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// A Statement is one effective value of the policy, written as in the language.
type Statement struct {
	Keyword string `json:"keyword"`
	Value   string `json:"value"`
	Source  Source `json:"source"`
}

// A Row is what the child's table says about an outcome.
type Row struct {
	Outcome policy.Outcome `json:"outcome"`
	AtStart bool           `json:"atStart,omitempty"` // until the child was ready once
	Action  policy.Action  `json:"action"`
	For     string         `json:"for,omitempty"` // of a quarantine that ends by itself
	Source  Source         `json:"source"`
	Never   string         `json:"neverAsked,omitempty"` // why; "" of a row that may be asked
	row     notation.Row
}

// A Source is who said a value: "role", "defaults", "policy" or "statement", its name, and where.
type Source struct {
	Kind string   `json:"kind"`
	Name string   `json:"name,omitempty"`
	At   Position `json:"at,omitzero"`
}

func sourceOf(s *tree.Source) Source { return Source{s.Kind.String(), s.Name, at(s.Pos)} }

// String is "as every service", "policy flaky, shop.sup:8:2".
func (s Source) String() string {
	switch s.Kind {
	case "role":
		return "as every " + s.Name
	case "defaults":
		return fmt.Sprintf("defaults of %s, %s", s.Name, s.At)
	case "policy":
		return fmt.Sprintf("policy %s, %s", s.Name, s.At)
	}
	return s.At.String()
}

// Explain is all that there is to say of a child.
func Explain(c *tree.Child) Explanation { return ExplainerOf(c.Root()).Explain(c) }

// An Explainer has looked up once what the children of a tree have to do with each other. Many may use it at once.
type Explainer struct {
	relations *relations
	waiters   waiters
	wanters   waiters
}

// ExplainerOf is the explainer of a root and all below it.
func ExplainerOf(root *tree.Child) *Explainer {
	r := relationsIn(root)
	return &Explainer{r, waitersOf(root, r.ownWaits), waitersOf(root, wanted)}
}

// Restarts is what is restarted when a child fails, itself first: nothing, if it is never started again by itself.
func (x *Explainer) Restarts(c *tree.Child) []Member {
	if !c.Restarts() && !c.Retries() {
		return []Member{}
	}
	return x.relations.restarted(c)
}

// ExplainAll is what there is to say of each child of a package's trees, in the order of the files. It is said one
// at a time, as it is much: a child that shares the lifetime of many others lists them all.
func ExplainAll(tree *tree.Tree) iter.Seq[Explanation] {
	return func(yield func(Explanation) bool) {
		for _, root := range tree.Roots() {
			e := ExplainerOf(root)
			for c := range root.All() {
				if !yield(e.Explain(c)) {
					return
				}
			}
		}
	}
}

// Explain is all that there is to say of a child.
func (x *Explainer) Explain(c *tree.Child) Explanation {
	r := x.relations
	e := Explanation{
		Path: c.Path(), Role: RoleOf(c), At: at(c.Pos), Doc: c.Doc,
		Facts: facts(c), Policy: []Statement{}, Outcomes: []Row{},
		WaitsFor: []Wait{}, WaitedFor: []Wait{}, RestartsIt: x.Restarts(c),
	}
	for _, s := range notation.Statements(c) {
		e.Policy = append(e.Policy, Statement{s.Keyword, s.Value, sourceOf(s.Source)})
	}
	for _, row := range notation.Rows(c) {
		r := Row{row.Outcome, row.AtStart, row.Answer.Action, "", sourceOf(row.Source), c.NeverAsked(row.Outcome, row.AtStart), row}
		if row.Answer.For > 0 {
			r.For = policy.Spell(row.Answer.For)
		}
		e.Outcomes = append(e.Outcomes, r)
	}
	e.WaitsFor = append(e.WaitsFor, r.waitsFor(c)...)
	e.WaitedFor = append(e.WaitedFor, waitedForBy(c, x.waiters)...)
	e.Wants, e.WantedBy = wanted(c), x.wanters[c]
	if c.Restarts() {
		e.Limit = limitOf(c)
	}
	if len(e.RestartsIt) > 0 {
		e.Worst = worstOf(c, e.RestartsIt)
	}
	if c.Role != policy.Group {
		e.Stop = r.stopOf(c)
	}
	return e
}

// RoleOf is a child's role as it was declared: "dynamic worker".
func RoleOf(c *tree.Child) string {
	if c.Dynamic {
		return "dynamic " + c.Role.String()
	}
	return c.Role.String()
}

// facts is what only the child's own declaration says.
func facts(c *tree.Child) []Fact {
	facts := []Fact{}
	say := func(is bool, name, format string, args ...any) {
		if is {
			facts = append(facts, Fact{name, fmt.Sprintf(format, args...)})
		}
	}
	say(c.Group != nil, "group", "%s", notation.Name(c.Group))
	say(c.Of != nil && c.Linked, "sidecar of", "%s, linked", notation.Name(c.Of))
	say(c.Of != nil && !c.Linked, "sidecar of", "%s", notation.Name(c.Of))
	say(c.Replicas > 0, "replicas", "%s", notation.Replicas(c))
	say(c.Dynamic, "arguments", "%s", notation.Params(c))
	say(c.Dynamic && c.Key >= 0, "key", "%s", notation.Key(c))
	say(c.Dynamic, "max", "%d", c.Max)
	say(c.Provides != "", "provides", "%s", c.Provides)
	say(c.Optional, "optional", "yes")
	say(len(c.Tags) > 0, "tags", "%s", notation.Tags(c))
	say(len(c.Finish.Of) > 0, "finishes", "%s", notation.Finish(c))
	return facts
}
