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

// rows are the outcomes that the subject can have.
func (s *subject) rows() []runtime.Outcome {
	switch {
	case s.place() == inRoot && s.own.find("finish") != nil:
		return []runtime.Outcome{runtime.OutcomeSuccess, runtime.OutcomeIntensity}
	case s.place() == inRoot, s.Role == runtime.Group:
		return []runtime.Outcome{runtime.OutcomeIntensity}
	case s.Role == runtime.Supervisor:
		return []runtime.Outcome{runtime.OutcomeSuccess, runtime.OutcomeError, runtime.OutcomeLimit, runtime.OutcomeIntensity}
	}
	var rows []runtime.Outcome
	for o := runtime.OutcomeSuccess; o < runtime.OutcomeIntensity; o++ {
		rows = append(rows, o)
	}
	return rows
}

// table resolves each row by the strength of its source first, and within one source by how exact it is.
func (s *subject) table() Rows {
	var rows Rows
	for _, o := range s.rows() {
		if row, ok := s.row(o); ok {
			rows[o] = row
		}
	}
	s.On = rows // what is said: the defaults depend on it
	own := s.tableRow()
	critical := own
	critical.Optional = false
	ordinary := runtime.Defaults(critical).On
	for o, action := range runtime.Defaults(own).On {
		if rows[o].Value != runtime.ActionNone {
			continue
		}
		rows[o] = Value[runtime.Action]{action, s.roleSource()}
		if action != ordinary[o] {
			rows[o].Source = Source{Kind: SourceStatement, Pos: s.own.find("optional").pos()}
		}
	}
	return rows
}

// row is what the strongest source says about an outcome.
func (s *subject) row(o runtime.Outcome) (Value[runtime.Action], bool) {
	for _, l := range s.layers {
		var row Value[runtime.Action]
		best := 0
		for _, st := range l.settings.stmts {
			if exact := exactness(st.node, o); exact > best {
				best, row = exact, Value[runtime.Action]{actionOn(st.node, o), l.source(st)}
			}
		}
		if best > 0 {
			return row, true
		}
	}
	return Value[runtime.Action]{}, false
}

// exactness is how exactly a statement speaks of an outcome: "on panic" more than "on failure" more than "restart".
// Zero is not at all.
func exactness(node any, o runtime.Outcome) int {
	switch d := node.(type) {
	case *onDecl:
		if d.Outcome.Value == o.String() {
			return 4
		}
		if d.Outcome.Value == "failure" && slices.Contains(failures, o) {
			return 2
		}
	case *finishDecl:
		if o == runtime.OutcomeSuccess {
			return 3
		}
	case *restartDecl:
		if o == runtime.OutcomeSuccess || slices.Contains(failures, o) {
			return 1
		}
	}
	return 0
}

// actionOn is what a statement says about an outcome that it speaks of.
func actionOn(node any, o runtime.Outcome) (action runtime.Action) {
	switch d := node.(type) {
	case *onDecl:
		_ = action.UnmarshalText([]byte(d.Action.Value)) // one that is unknown was reported
	case *finishDecl:
		action = runtime.ActionStop
	case *restartDecl:
		action = restarts[d.Kind.Value][0]
		if o != runtime.OutcomeSuccess {
			action = restarts[d.Kind.Value][1]
		}
	}
	return action
}
