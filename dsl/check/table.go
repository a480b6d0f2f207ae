package check

import (
	"slices"

	"github.com/supgen/supgen/dsl/syntax"
	"github.com/supgen/supgen/dsl/tree"
	"github.com/supgen/supgen/runtime/policy"
)

// failures is what "failure" stands for.
var failures = []policy.Outcome{
	policy.OutcomeError, policy.OutcomePanic, policy.OutcomeGoexit,
	policy.OutcomeTimeout, policy.OutcomeUnhealthy, policy.OutcomeExternal,
}

// tables resolves each row, by the strength of its source first, and within one source by how exact it is; and what
// holds at the start, which is the same but for the rows that say so.
func (s *subject) tables() {
	starts := slices.ContainsFunc(s.layers, func(l layer) bool {
		return slices.ContainsFunc(l.settings.stmts, func(st *syntax.Stmt) bool { return isAtStart(st.Node) })
	})
	for _, o := range s.Outcomes() {
		if st, source := s.row(o, false); st != nil {
			s.On[o] = tree.Value[tree.Row]{Value: rowOn(st.Node, o), Source: source}
		}
		if !starts { // few have any
			continue
		}
		if st, source := s.row(o, true); st != nil && isAtStart(st.Node) {
			if s.AtStart == nil {
				s.AtStart = new(tree.Rows)
			}
			s.AtStart[o] = tree.Value[tree.Row]{Value: rowOn(st.Node, o), Source: source}
		}
	}
	ordinary := policy.Defaults(policy.Spec{Role: s.Role}).On
	for o, action := range s.Defaults().On { // which depend on what is said
		if s.On[o].Value.Action != policy.ActionNone {
			continue
		}
		source := s.roleSource()
		if action != ordinary[o] {
			source = &tree.Source{Kind: tree.SourceRole, Name: s.kindOfChild(action)}
		}
		s.On[o] = tree.Value[tree.Row]{Value: tree.Row{Action: action}, Source: source}
	}
}

// kindOfChild is what makes a default of the subject another than its role's: "optional service". One that may be
// missing is stopped, instead of quarantined, if it is temporary.
func (s *subject) kindOfChild(action policy.Action) string {
	kind := s.word()
	if s.Dynamic {
		kind = "dynamic " + kind
	}
	if s.Optional {
		kind = "optional " + kind
	}
	if action == policy.ActionStop {
		kind = "temporary " + kind
	}
	return kind
}

// row is the statement of the strongest source that says something about an outcome, or nil.
func (s *subject) row(o policy.Outcome, atStart bool) (row *syntax.Stmt, source *tree.Source) {
	for _, l := range s.layers {
		best := 0
		for _, st := range l.settings.stmts {
			if isAtStart(st.Node) && !(atStart && s.hasStart()) || s.passesOver(st, l, o) {
				continue
			}
			if exact := exactness(st.Node, o); exact > best {
				best, row, source = exact, st, l.source(st)
			}
		}
		if row != nil {
			return row, source
		}
	}
	return nil, nil
}

// passesOver reports a row that the subject cannot have, from a layer that is for other roles too: a job is left alone
// when it has completed, and only a group is quarantined for its children.
func (s *subject) passesOver(st *syntax.Stmt, l layer, o policy.Outcome) bool {
	return s.Role == policy.Job && o == policy.OutcomeSuccess && l.kind < tree.SourceStatement && rowOn(st.Node, o).Action != policy.ActionStop ||
		s.Role == policy.Supervisor && o == policy.OutcomeIntensity && l.kind == tree.SourceDefaults && rowOn(st.Node, o).Action == policy.ActionQuarantine
}

// hasStart reports whether the subject starts before it is ready: only then has it rows at the start.
func (s *subject) hasStart() bool {
	switch s.Role {
	case policy.Group:
		return false
	case policy.Supervisor, policy.Job:
		return true
	}
	return !effective[*syntax.ReadyDecl](s, "ready", policy.Ready{}).Value.Immediate()
}

func isAtStart(node any) bool {
	d, ok := node.(*syntax.OnDecl)
	return ok && syntax.Said(d.Start)
}

// exactness is how exactly a statement speaks of an outcome: "on panic at start" more than "on panic", that more than
// "on failure at start", that more than "on failure", and all more than "restart". Zero is not at all.
func exactness(node any, o policy.Outcome) int {
	switch d := node.(type) {
	case *syntax.OnDecl:
		exact := 0
		switch {
		case d.Outcome.Value == o.String():
			exact = 4
		case d.Outcome.Value == "failure" && slices.Contains(failures, o):
			exact = 2
		default:
			return 0
		}
		if syntax.Said(d.Start) {
			exact++
		}
		return exact
	case *syntax.FinishDecl:
		if o == policy.OutcomeSuccess {
			return 2
		}
	case *syntax.RestartDecl:
		if d.SpeaksOf(o) {
			return 1
		}
	}
	return 0
}

// rowOn is what a statement says about an outcome that it speaks of.
func rowOn(node any, o policy.Outcome) (row tree.Row) {
	switch d := node.(type) {
	case *syntax.OnDecl:
		_ = row.Action.UnmarshalText([]byte(d.Action.Value)) // one that is unknown was reported
		row.For = syntax.Duration(d.For)
	case *syntax.FinishDecl:
		row.Action = policy.ActionStop
	case *syntax.RestartDecl:
		row.Action = syntax.Restarts[d.Kind.Value][0]
		if o != policy.OutcomeSuccess {
			row.Action = syntax.Restarts[d.Kind.Value][1]
		}
	}
	return row
}

// causes finds what can happen to supervisors and groups by what is below them: whether anything counts in their
// intensities, whether a supervisor fails, and whether its restart starts anything.
func (c *checker) causes() {
	for _, s := range slices.Backward(c.subjects) { // children come behind their supervisor
		if s.Parent != nil && s.unsure() {
			s.Parent.Fails, s.Parent.Counted, s.Parent.ComesBack = true, true, true
			if s.Group != nil {
				s.Group.Counted = true
			}
		}
		s.Fails = len(s.Finish.Of) > 0 || s.Fails || s.Answers(policy.OutcomeIntensity, policy.ActionEscalate)
		if s.Parent != nil && !s.Dynamic && s.Role != policy.Group && (s.Role != policy.Supervisor || s.ComesBack) {
			s.Parent.ComesBack = true
		}
		if s.Restarts() {
			for _, above := range s.CountsIn() {
				above.Counted = true
			}
		}
		if s.Role == policy.Supervisor && !slices.ContainsFunc(s.members(), (*subject).unsure) {
			s.FailsAfter, _ = s.SoonestFailure()
		}
		if s.Parent != nil && s.Escalates() {
			s.Parent.Fails = true
		}
	}
}
