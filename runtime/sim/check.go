package sim

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"github.com/supgen/supgen/runtime"
	"github.com/supgen/supgen/runtime/internal/kernel"
	"github.com/supgen/supgen/runtime/policy"
)

// check reports all that the script wants and the tree cannot do, sorted by line.
func (w *world) check() error {
	var mistakes []*LineError
	report := func(line int, path string, err error) {
		if err == nil {
			return
		}
		mistake := &LineError{Line: line, Message: err.Error()}
		if _, wrong := w.checkPath(path); wrong != nil {
			mistake.Word = path
		}
		mistakes = append(mistakes, mistake)
	}
	for _, r := range w.script.Rules {
		report(r.Line, r.Path, w.checkRule(r))
	}
	for _, a := range w.script.Acts {
		switch {
		case a.Verb == kernel.VerbNone:
			report(a.Rule.Line, a.Rule.Path, w.checkRule(a.Rule))
		case a.Verb != runtime.VerbShutdown:
			_, err := w.checkPath(a.Path)
			report(a.Line, a.Path, err)
		}
	}
	for _, e := range w.script.Expects {
		report(e.Line, e.Path, w.checkExpect(e))
	}
	slices.SortStableFunc(mistakes, func(a, b *LineError) int { return cmp.Compare(a.Line, b.Line) })
	var errs []error
	for _, mistake := range mistakes {
		errs = append(errs, mistake)
	}
	return errors.Join(errs...)
}

// checkPath finds the row of a path.
func (w *world) checkPath(path string) (*policy.Spec, error) {
	id := w.rowOf(path)
	if id < 0 {
		return nil, fmt.Errorf("there is no child %q in %s%s", path, w.Paths[0], meant(path, w.Paths))
	}
	s := &w.Specs[id]
	if _, there := w.Find(path); !there && path != w.Paths[id] && !s.Dynamic {
		return nil, fmt.Errorf("there is no %q: %s has %d replicas", path, w.Paths[id], s.Replicas)
	}
	return s, nil
}

func (w *world) checkRule(r Rule) error {
	s, err := w.checkPath(r.Path)
	if err != nil {
		return err
	}
	if r.Does == 0 || r.Does >= deeds {
		return fmt.Errorf("what %s does is no Deed", r.Path)
	}
	if r.Does == Ends && r.After != Never && !endings[r.Outcome] || r.Outcome != runtime.OutcomeNone && !endings[r.Outcome] {
		return fmt.Errorf("a run of %s does not end with %s; it may with %s", r.Path, r.Outcome, endingWords())
	}
	cannot := ""
	switch {
	case s.Role == policy.Supervisor:
		cannot = "it is a supervisor, and does what its children do"
	case r.Does == Ready && (s.Ready.Immediate() || s.Role == policy.Job):
		cannot = "it is ready as soon as it is launched"
	case r.Does == Unready && !s.Ready.Explicit:
		cannot = "it does not say when it is ready"
	case r.Does == Silent && s.Health.Heartbeat == 0:
		cannot = "it has no heartbeat"
	case r.Does >= ChecksPass && r.Does <= ChecksHang && s.Health.Check.Every == 0:
		cannot = "it has no health check"
	}
	if cannot != "" {
		return fmt.Errorf("%s cannot be told %q: %s", r.Path, spellDeed(r), cannot)
	}
	return nil
}
