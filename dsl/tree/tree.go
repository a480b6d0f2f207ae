package tree

import (
	"iter"
	"strings"
	"time"

	"github.com/supgen/supgen/dsl/diag"
	"github.com/supgen/supgen/runtime/policy"
)

// A Tree is what the .sup files of one package mean: effective values with their sources, references resolved.
// Only [Of] makes one, and only of an [Info] without errors, so that nothing in it has to be doubted.
// It is not to be written to.
type Tree struct {
	Package string
	Files   []*File // sorted by name
}

// Roots are the trees of the package, in the order of its files.
func (t *Tree) Roots() []*Child {
	var roots []*Child
	for _, file := range t.Files {
		roots = append(roots, file.Roots...)
	}
	return roots
}

// All returns all children of the package, in the order of its files: each root and what is below it.
func (t *Tree) All() iter.Seq[*Child] {
	return func(yield func(*Child) bool) {
		for _, root := range t.Roots() {
			if !root.walk(yield) {
				return
			}
		}
	}
}

// A File is what one .sup file declares. A file without roots has policies only.
type File struct {
	Name    string // as it was given to Parse
	Imports []Import
	Roots   []*Child // in the order of the file

	Constraint string // what stands behind "//go:build" above the package, as Go writes it; "" is none

	Ids map[string]bool // the IDs of all children of the package but for roots; shared by its files
}

// An Import is a Go package that types in this file are qualified with. Every one is used.
type Import struct {
	Alias      string // "" is none
	Path       string
	Name       string // what qualifies: the alias, or the path's last element without its major version
	diag.Range        // of the path
}

// A Child is a supervisor, one of its children, or a group of them.
type Child struct {
	Name       string
	Role       policy.Role
	Doc        string // the comment above it, its lines without "//"; "" is none
	diag.Range        // of the name
	File       *File

	Parent   *Child   // its supervisor; nil for a root. A group's member hangs from the group's supervisor
	Group    *Child   // the group it is a member of, or nil
	Children []*Child // of a supervisor or a group, in the order of the file; members stand in their group alone

	Replicas int     // 0 is not replicated; the most there may be
	Fewest   int     // of replicas of which the program chooses the number: the fewest, and how many there are if it does not; else 0
	Dynamic  bool    // a template, started at run time
	Max      int     // of a dynamic child: how many there may be
	Params   []Param // of a dynamic child
	Key      int     // of a dynamic child: index in Params; -1 is none
	Of       *Child  // of a sidecar: its primary
	Linked   bool    // of a sidecar: restarted with its primary
	Optional bool
	Needs    []Ref
	Wants    []Ref
	After    []Ref
	Provides string // a Go type as gofmt writes it; "" is nothing
	Tags     []string

	// The policy. What a role cannot have is the zero value with SourceRole.

	Strategy    Value[policy.Strategy] // of a supervisor or a group
	Intensity   Value[policy.Limit]    // of a supervisor or a group
	Limit       Value[policy.Limit]
	On          Rows
	AtStart     *Rows // what On says instead until the child was ready once since Run (a dynamic one: since its start); a row without an action says nothing, and nil is none that does
	Backoff     Value[policy.Backoff]
	Throttle    Value[policy.Throttle]
	Concurrency Value[int] // 0 means no bound
	Ready       Value[policy.Ready]
	Health      Value[policy.Health]
	Shutdown    Value[policy.Shutdown] // of a supervisor: the promise in Drain, or nothing
	LameDuck    Value[time.Duration]   // of a root; 0 is none
	Timeout     Value[time.Duration]   // of a job; 0 is none
	Finish      Finish                 // of a supervisor

	Needed    bool // somebody needs it
	Wanted    bool // somebody wants it
	Counted   bool // of a supervisor or a group: something counts in its intensity
	Fails     bool // of a supervisor: something makes it fail
	ComesBack bool // of a supervisor: something below it, which is not dynamic, starts with it

	FailsAfter time.Duration // of a supervisor: no run of it fails sooner; see SoonestFailure
}

// HasKey reports whether c is a dynamic child of which one argument names each instance.
func (c *Child) HasKey() bool { return c.Dynamic && c.Key >= 0 }

// Hands is the Go type of what c hands over: of replicas a slice; "" is nothing.
func (c *Child) Hands() string {
	if c.Replicas > 0 && c.Provides != "" {
		return "[]" + c.Provides
	}
	return c.Provides
}

// Count is how many replicas of c there are if the program does not choose; 0 if it is not replicated.
func (c *Child) Count() int {
	if c.Fewest > 0 {
		return c.Fewest
	}
	return c.Replicas
}

// A Param is a typed argument of a dynamic child.
type Param struct {
	Name       string
	Type       string // a Go type as gofmt writes it; "" is one that could not be read, in an [Info]
	diag.Range        // of the name
}

// A Ref is a child that another one names.
type Ref struct {
	Child *Child
	diag.Range
}

// Finish is "finish when any A, B". Of is empty where nothing was said.
type Finish struct {
	Any        bool
	Of         []Ref
	diag.Range // of the statement
}

// Rows is what a child's table says about each outcome.
type Rows [policy.OutcomeIntensity + 1]Value[Row]

// Of is what the table says about an outcome: of a nil table, nothing.
func (r *Rows) Of(o policy.Outcome) Value[Row] {
	if r == nil || r[o].Source == nil {
		return Value[Row]{Source: &unsaid}
	}
	return r[o]
}

var unsaid Source // of a row that says nothing

// A Row is the answer to one outcome.
type Row struct {
	Action policy.Action
	For    time.Duration // of a quarantine: how long it lasts; 0 is until an operator releases it
}

// String is the answer as it is written: "quarantine 10m".
func (r Row) String() string {
	if r.For > 0 {
		return r.Action.String() + " " + policy.Spell(r.For)
	}
	return r.Action.String()
}

// StartsAgain reports whether the child is started again, counted or not.
func (r Row) StartsAgain() bool {
	return r.Action == policy.ActionRetry || r.Action == policy.ActionRestart
}

// A Value is an effective value and who said so. Values of one source may share it.
type Value[T any] struct {
	Value  T
	Source *Source
}

// A Source is who said a value.
type Source struct {
	Kind       SourceKind
	Name       string // of the policy; of the supervisor with the defaults, as a path; of the role: "service", "optional service"
	diag.Range        // of the statement; none for a role
}

// SourceKind orders sources, the weakest first.
type SourceKind uint8

const (
	SourceRole      SourceKind = iota // nobody said anything: the role's own
	SourceDefaults                    // defaults of a supervisor above, perhaps by a policy that they use
	SourcePolicy                      // a policy that the child uses
	SourceStatement                   // a statement of the child
)

// String is the kind in a word.
func (k SourceKind) String() string {
	return [...]string{"role", "defaults", "policy", "statement"}[k]
}

// From is the policies of c that come from a statement elsewhere, as runtime.Child.From says it: "limit, backoff: policy flaky".
// They are named without their lines, which change with every line above them.
func (c *Child) From() string {
	var order []string
	words := map[string][]string{}
	add := func(s *Source, word ...string) {
		var from string
		switch s.Kind {
		case SourceDefaults:
			from = "defaults of " + s.Name
		case SourcePolicy:
			from = "policy " + s.Name
		default:
			return
		}
		if words[from] == nil {
			order = append(order, from)
		}
		words[from] = append(words[from], strings.Join(word, ""))
	}
	for word, source := range c.Statements {
		add(source, word)
	}
	for o := range c.On {
		add(c.On[o].Source, "on ", policy.Outcome(o).String())
		add(c.AtStart.Of(policy.Outcome(o)).Source, "on ", policy.Outcome(o).String(), " at start")
	}
	for i, from := range order {
		order[i] = strings.Join(words[from], ", ") + ": " + from
	}
	return strings.Join(order, "; ")
}

// Statements visits where the values of c come from but for its table, by the words of the statements.
func (c *Child) Statements(yield func(word string, s *Source) bool) {
	_ = yield("strategy", c.Strategy.Source) && yield("intensity", c.Intensity.Source) && yield("limit", c.Limit.Source) &&
		yield("backoff", c.Backoff.Source) && yield("throttle", c.Throttle.Source) && yield("concurrency", c.Concurrency.Source) &&
		yield("ready", c.Ready.Source) && yield("health", c.Health.Source) && yield("shutdown", c.Shutdown.Source) && yield("lame_duck", c.LameDuck.Source) &&
		yield("timeout", c.Timeout.Source)
}

// A Bound is the longest that a child takes to stop: the budgets along the longest chain of children that stop one after
// another, and of a root its lame duck before them. [Stops] has it.
type Bound struct {
	Total     time.Duration // meaningless if Unlimited
	Unlimited bool          // a link has no limit
	Chain     []Link        // in the order they stop; a root with a lame duck is the first
}

// A Link is what one child adds to a Bound.
type Link struct {
	Child     *Child
	Amount    time.Duration // drain and abort; of a root its lame duck
	Unlimited bool
}

// Defaults is what holds for the child where nothing is said, but for its intensity, which depends on its children.
func (c *Child) Defaults() policy.Spec { return policy.Defaults(c.tableRow()) }

// DefaultIntensity is that of a supervisor or a group about which nothing is said.
func (c *Child) DefaultIntensity() policy.Limit {
	members := c.Members()
	children := make([]policy.Spec, len(members))
	for i, child := range members {
		children[i] = child.tableRow()
	}
	return policy.DefaultIntensity(children...)
}

// tableRow is the child as the runtime sees it, as far as defaults depend on it.
func (c *Child) tableRow() policy.Spec {
	row := policy.Spec{Role: c.Role, Optional: c.Optional, Dynamic: c.Dynamic, Replicas: c.Replicas}
	row.Finish.Of = make([]policy.ID, len(c.Finish.Of))
	for o, action := range c.On {
		row.On[o] = action.Value.Action
	}
	return row
}

// CountsIn is the group and the supervisor whose intensities a child's restarts count in, the nearer first. Those of
// what may be missing count in none, and those of a group that is quarantined for them in the group alone.
func (c *Child) CountsIn() []*Child {
	switch {
	case c.Parent == nil || c.Role == policy.Group || c.Optional || c.On[policy.OutcomeLimit].Value.Action == policy.ActionQuarantine:
		return nil
	case c.Group != nil && c.Group.On[policy.OutcomeIntensity].Value.Action == policy.ActionQuarantine:
		return []*Child{c.Group}
	case c.Group != nil:
		return []*Child{c.Group, c.Parent}
	}
	return []*Child{c.Parent}
}

// Path names the child: "Shop.Ingest.Reader". A group is not part of its members' paths.
func (c *Child) Path() string {
	if c.Parent == nil {
		return c.Name
	}
	return c.Parent.Path() + "." + c.Name
}

// Root is the supervisor at the top of c's tree; of a root, itself.
func (c *Child) Root() *Child {
	for c.Parent != nil {
		c = c.Parent
	}
	return c
}

// All is c and everything below, each before its children, in the order of the file. This is the order of the rows
// of the generated table.
func (c *Child) All() iter.Seq[*Child] {
	return func(yield func(*Child) bool) { c.walk(yield) }
}

func (c *Child) walk(yield func(*Child) bool) bool {
	if !yield(c) {
		return false
	}
	for _, child := range c.Children {
		if !child.walk(yield) {
			return false
		}
	}
	return true
}

// Members is the children of a supervisor, those in its groups included, in the order of the file and without the
// groups themselves.
func (c *Child) Members() []*Child {
	var members []*Child
	for _, child := range c.Children {
		if child.Role == policy.Group {
			members = append(members, child.Children...)
		} else {
			members = append(members, child)
		}
	}
	return members
}
