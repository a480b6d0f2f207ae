package compare

import (
	"slices"

	"github.com/supgen/supgen/dsl/diag"
	"github.com/supgen/supgen/dsl/tree"
	"github.com/supgen/supgen/runtime/policy"
)

// A Change is one difference. Its JSON is API: names may be added, and none is taken away.
type Change struct {
	Dir     string  `json:"dir,omitempty"` // of the package, where several are compared
	Path    string  `json:"path"`          // of the child in the new version, or in the old one if it was removed
	Kind    Kind    `json:"kind"`
	What    string  `json:"what,omitempty"` // the statement, the row ("on panic"), or the clause that changed
	Old     *Said   `json:"old,omitempty"`  // nil where there is nothing to compare with
	New     *Said   `json:"new,omitempty"`
	Verdict Verdict `json:"verdict"`
	Risk    string  `json:"risk,omitempty"`    // what is worse in the new version; "" is nothing
	Benefit string  `json:"benefit,omitempty"` // what is better; "" is nothing
	Note    string  `json:"note,omitempty"`    // what there is to say beside that

	at diag.Pos // in the new version; none of what was removed
}

// A Result is what a comparison of some packages found.
type Result struct {
	Changes  []Change
	Compared int      // how many packages were compared
	Missed   []string // the packages, files and directories that could not be, by their names
	Why      []string // for a comment: what kept them from being
}

// Kind is what happened to a child.
type Kind string

const (
	Added   Kind = "added"
	Removed Kind = "removed"
	Moved   Kind = "moved"   // to another supervisor, its name kept, or, a root, to another directory
	Renamed Kind = "renamed" // probably: one like it is gone
	Changed Kind = "changed" // one of its values
)

// Said is a value and where it comes from: a position, or "as every service".
type Said struct {
	Value  string   `json:"value"`
	Source string   `json:"source"`
	pos    diag.Pos // none for a role's own
}

// Trees is all that changed, in the order of the new version; what was removed comes last.
func Trees(before, now *tree.Tree) []Change { return roots{before.Roots(), now.Roots(), nil}.changes() }

// roots are those of two versions.
type roots struct {
	before, now []*tree.Child
	from        map[*tree.Child]string // of an old one that was in another package: "it was in shop"
}

func (r roots) changes() []Change {
	m := pair(r.before, r.now)
	m.from = r.from
	changes := []Change{}
	for _, root := range r.now {
		for c := range root.All() {
			changes = append(changes, m.changesOf(c)...)
		}
	}
	for _, root := range r.before {
		for c := range root.All() {
			if m.now[c] == nil {
				changes = append(changes, change(c.Path(), Removed, "", declared(c), nil, diag.Pos{}, removed(c)))
			}
		}
	}
	return changes
}

// subject is what a change is about.
func (c Change) subject() string {
	if c.Dir == "" {
		return c.Path
	}
	return c.Dir + ": " + c.Path
}

// HasRisk reports whether something is worse for one of the changes.
func HasRisk(changes []Change) bool {
	return slices.ContainsFunc(changes, func(c Change) bool { return c.Risk != "" })
}

func change(path string, kind Kind, what string, old, now *Said, at diag.Pos, e effect) Change {
	if now != nil && now.pos.IsValid() {
		at = now.pos
	}
	return Change{"", path, kind, what, old, now, e.verdict(), e.risk, e.benefit, e.note, at}
}

// changesOf is what happened to a child of the new version.
func (m *pairs) changesOf(c *tree.Child) []Change {
	old := m.before[c]
	if old == nil {
		return []Change{change(c.Path(), Added, "", nil, declared(c), c.Pos, added(c))}
	}
	d := &differences{pairs: m, old: old, now: c}
	if from := m.from[old]; from != "" && c.Parent == nil {
		d.list = append(d.list, change(c.Path(), Moved, "", declared(old), declared(c), c.Pos, neither(from)))
	}
	switch {
	case old.Name != c.Name:
		d.list = append(d.list, change(c.Path(), Renamed, "", declared(old), declared(c), c.Pos, renamed(c)))
	case (old.Parent == nil) != (c.Parent == nil), m.before[c.Parent] != old.Parent:
		d.list = append(d.list, change(c.Path(), Moved, "", declared(old), declared(c), c.Pos, m.moved(old, c)))
	}
	d.compare()
	return d.list
}

func renamed(c *tree.Child) effect {
	if c.Role == policy.Group {
		return neither("its name in decisions is another")
	}
	return neither("its path in state, events, logs and commands is another, and so are the names of its Go code")
}

// declared is a child as a value: its path and role, and where it stands.
func declared(c *tree.Child) *Said { return &Said{c.Path() + ", " + role(c), c.Pos.String(), c.Pos} }

func role(c *tree.Child) string {
	if c.Dynamic {
		return "dynamic " + c.Role.String()
	}
	return c.Role.String()
}

// removed is what it means that a child is gone. The members of a group say themselves that they have left it.
func removed(c *tree.Child) effect {
	if c.Role == policy.Group {
		return neither("its members have another strategy and intensity")
	}
	return worse("nothing runs it any more")
}

// added is what a new child can do to the others.
func added(c *tree.Child) effect {
	e := neither(placed(c))
	if by, taken := takes(c); len(taken) > 0 {
		e = e.and(neither(along(by, taken)))
	}
	return e
}

func along(by *tree.Child, taken []*tree.Child) string {
	return "its restart takes " + names(taken) + " along (" + by.Strategy.Value.String() + ")"
}

// placed is what a child is to those above it.
func placed(c *tree.Child) string {
	switch {
	case c.Parent == nil:
		return "a tree of its own"
	case c.Role == policy.Group:
		return "its members have a strategy and an intensity of their own"
	case c.Dynamic:
		return "it runs when it is started by hand"
	case c.Role == policy.Sidecar:
		return c.Of.Name + " starts when it is ready"
	case c.Optional:
		return c.Parent.Name + " does not wait for it"
	}
	note := c.Parent.Name + " waits for it to be " + moment(c)
	if first := spentBefore(c); c.Restarts() && first != nil {
		note += "; when the intensity of " + first.Name + " is spent, " + fate(first, first.On[policy.OutcomeIntensity].Value)
	} else if c.Restarts() {
		note += "; when its limit is spent, " + fate(c, c.On[policy.OutcomeLimit].Value)
	}
	return note
}

// moved is what it means to have another supervisor.
func (m *pairs) moved(old, now *tree.Child) effect {
	e := m.above(old, now).and(m.together(old, now))
	if is := placed(now); now.Parent != nil && is != placed(old) {
		e = e.and(neither(is))
	}
	return e
}

// above is what it means to be below another supervisor, whatever is beside the child.
func (m *pairs) above(old, now *tree.Child) effect {
	switch {
	case old.Parent == nil:
		return trade("it stops when "+now.Parent.Name+" does", "it is restarted by "+now.Parent.Name+" when it fails, where nothing did that")
	case now.Parent == nil:
		return trade("nothing restarts it when it fails", "it goes on when "+old.Parent.Name+" stops")
	}
	was, is := m.now[old.Parent], m.before[now.Parent]
	counts := "its restarts count in " + now.Parent.Name + ", and no longer in " + old.Parent.Name
	switch {
	case was != nil && within(now.Parent, was):
		return either(is != nil && ends(old, is), better(counts), trade("it goes down whenever "+now.Parent.Name+" is restarted", counts))
	case is != nil && within(old.Parent, is):
		return either(was != nil && ends(now, was), worse(counts), trade(counts, "it stays up when "+old.Parent.Name+" is restarted"))
	}
	return trade("it fails and is restarted with "+now.Parent.Name, "it no longer fails and is restarted with "+old.Parent.Name)
}

// together is what it means that strategies restart a child with other siblings: those that its restart takes along, and
// those that take it along.
func (m *pairs) together(old, now *tree.Child) effect {
	var e effect
	by, taken := takes(now)
	if taken = except(taken, m.before, func(c *tree.Child) bool { return ends(c, old) }); len(taken) > 0 {
		e.risk = along(by, taken)
	}
	with := except(takers(now), m.before, func(c *tree.Child) bool { return ends(old, c) })
	if len(with) > 0 {
		e = e.and(worse("it is restarted with " + names(with) + " (" + by.Strategy.Value.String() + ")"))
	}
	there := func(children []*tree.Child) []*tree.Child {
		return slices.DeleteFunc(children, func(c *tree.Child) bool { return m.now[c] == nil })
	}
	_, taken = takes(old)
	if taken = except(there(taken), m.now, func(c *tree.Child) bool { return ends(c, now) }); len(taken) > 0 {
		e = e.and(better("its restart no longer takes " + names(taken) + " along"))
	}
	if with = except(there(takers(old)), m.now, func(c *tree.Child) bool { return ends(now, c) }); len(with) > 0 {
		e = e.and(better("it is no longer restarted with " + names(with)))
	}
	return e
}

// except is the children for which something does not hold in the other version.
func except(children []*tree.Child, other map[*tree.Child]*tree.Child, holds func(*tree.Child) bool) []*tree.Child {
	return slices.DeleteFunc(children, func(c *tree.Child) bool { return other[c] != nil && holds(other[c]) })
}

// ends reports whether a restart of p ends the run of c: of a supervisor that p is in, the runs of all others in it.
func ends(c, p *tree.Child) bool {
	if !within(p, c) {
		return c == p || within(c, p) || falls(c, p)
	}
	return !slices.ContainsFunc(siblings(c), func(m *tree.Child) bool { return !done(m) && m != p && !ends(m, p) })
}

// within reports whether c is below s.
func within(c, s *tree.Child) bool {
	for c = c.Parent; c != nil; c = c.Parent {
		if c == s {
			return true
		}
	}
	return false
}
