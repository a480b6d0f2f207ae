package dsl

import (
	"slices"

	"github.com/supgen/supgen/runtime"
)

// failures is what "failure" stands for.
var failures = []runtime.Outcome{
	runtime.OutcomeError, runtime.OutcomePanic, runtime.OutcomeGoexit,
	runtime.OutcomeTimeout, runtime.OutcomeUnhealthy, runtime.OutcomeExternal,
}

// restarts are the rows "success" and "failure" that restart sets.
var restarts = map[string][2]runtime.Action{
	"permanent": {runtime.ActionRestart, runtime.ActionRestart},
	"transient": {runtime.ActionStop, runtime.ActionRestart},
	"temporary": {runtime.ActionStop, runtime.ActionStop},
}

// tables resolves each row, by the strength of its source first, and within one source by how exact it is; and what
// holds at the start, which is the same but for the rows that say so.
func (s *subject) tables() {
	for _, o := range s.Outcomes() {
		if st, source := s.row(o, false); st != nil {
			s.On[o] = Value[Row]{Value: rowOn(st.node, o), Source: source}
		}
		if st, source := s.row(o, true); st != nil && isAtStart(st.node) {
			if s.AtStart == nil { // few have any
				s.AtStart = new(Rows)
			}
			s.AtStart[o] = Value[Row]{Value: rowOn(st.node, o), Source: source}
		}
	}
	ordinary := runtime.Defaults(runtime.Child{Role: s.Role}).On
	for o, action := range s.Defaults().On { // which depend on what is said
		if s.On[o].Value.Action != runtime.ActionNone {
			continue
		}
		source := s.roleSource()
		if action != ordinary[o] {
			source.Name = s.kindOfChild(action)
		}
		s.On[o] = Value[Row]{Value: Row{Action: action}, Source: source}
	}
}

// kindOfChild is what makes a default of the subject another than its role's: "optional service". One that may be
// missing is stopped, instead of quarantined, if it is temporary.
func (s *subject) kindOfChild(action runtime.Action) string {
	kind := s.word()
	if s.Dynamic {
		kind = "dynamic " + kind
	}
	if s.Optional {
		kind = "optional " + kind
	}
	if action == runtime.ActionStop {
		kind = "temporary " + kind
	}
	return kind
}

// row is the statement of the strongest source that says something about an outcome, or nil.
func (s *subject) row(o runtime.Outcome, atStart bool) (row *stmt, source Source) {
	for _, l := range s.layers {
		best := 0
		for _, st := range l.settings.stmts {
			if isAtStart(st.node) && !(atStart && s.hasStart()) || s.passesOver(st, l, o) {
				continue
			}
			if exact := exactness(st.node, o); exact > best {
				best, row, source = exact, st, l.source(st)
			}
		}
		if row != nil {
			return row, source
		}
	}
	return nil, Source{}
}

// passesOver reports a row that the subject cannot have, from a layer that is for other roles too: a job is left alone
// when it has completed, and only a group is quarantined for its children.
func (s *subject) passesOver(st *stmt, l layer, o runtime.Outcome) bool {
	return s.Role == runtime.Job && o == runtime.OutcomeSuccess && l.kind < SourceStatement && rowOn(st.node, o).Action != runtime.ActionStop ||
		s.Role == runtime.Supervisor && o == runtime.OutcomeIntensity && l.kind == SourceDefaults && rowOn(st.node, o).Action == runtime.ActionQuarantine
}

// hasStart reports whether the subject starts before it is ready: only then has it rows at the start.
func (s *subject) hasStart() bool {
	switch s.Role {
	case runtime.Group:
		return false
	case runtime.Supervisor, runtime.Job:
		return true
	}
	return !effective[*readyDecl](s, "ready", runtime.Ready{}).Value.Immediate()
}

func isAtStart(node any) bool {
	d, ok := node.(*onDecl)
	return ok && said(d.Start)
}

// exactness is how exactly a statement speaks of an outcome: "on panic at start" more than "on panic", that more than
// "on failure at start", that more than "on failure", and all more than "restart". Zero is not at all.
func exactness(node any, o runtime.Outcome) int {
	switch d := node.(type) {
	case *onDecl:
		exact := 0
		switch {
		case d.Outcome.Value == o.String():
			exact = 4
		case d.Outcome.Value == "failure" && slices.Contains(failures, o):
			exact = 2
		default:
			return 0
		}
		if said(d.Start) {
			exact++
		}
		return exact
	case *finishDecl:
		if o == runtime.OutcomeSuccess {
			return 2
		}
	case *restartDecl:
		if d.speaksOf(o) {
			return 1
		}
	}
	return 0
}

// speaksOf reports whether restart sets a row. It leaves alone those about what is no fault of the child, but for
// temporary: that is never started again, whatever the reason.
func (d *restartDecl) speaksOf(o runtime.Outcome) bool {
	switch o {
	case runtime.OutcomeSuccess, runtime.OutcomeError, runtime.OutcomePanic, runtime.OutcomeGoexit, runtime.OutcomeUnhealthy:
		return true
	case runtime.OutcomeTimeout, runtime.OutcomeExternal, runtime.OutcomeAgain:
		return d.Kind.Value == "temporary"
	}
	return false
}

// rowOn is what a statement says about an outcome that it speaks of.
func rowOn(node any, o runtime.Outcome) (row Row) {
	switch d := node.(type) {
	case *onDecl:
		_ = row.Action.UnmarshalText([]byte(d.Action.Value)) // one that is unknown was reported
		row.For = duration(d.For)
	case *finishDecl:
		row.Action = runtime.ActionStop
	case *restartDecl:
		row.Action = restarts[d.Kind.Value][0]
		if o != runtime.OutcomeSuccess {
			row.Action = restarts[d.Kind.Value][1]
		}
	}
	return row
}
