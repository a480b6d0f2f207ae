package runtime

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/supgen/supgen/runtime/internal/bridge"
	"github.com/supgen/supgen/runtime/internal/kernel"
)

func init() {
	bridge.OpenSimulation = func(tree any, seed *uint64) (*bridge.Simulation, error) { return tree.(*Tree).simulation(seed) }
}

// simulation is a tree of the same table, which nothing runs in. Its time begins with the year 2000, as that of a synctest
// bubble does.
func (t *Tree) simulation(seed *uint64) (*bridge.Simulation, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.done != nil {
		return nil, fmt.Errorf("supgen: %s was run: %w", t.paths[0], ErrState)
	}
	o := options{ring: 1, seed: 1, seeded: true}
	switch {
	case seed != nil:
		o.seed = *seed
	case t.options.seeded:
		o.seed = t.options.seed
	}
	rows := specs(t.table)
	s := assemble(t.table, rows, o)
	s.began = time.Date(2000, time.January, 1, 0, 0, 0, 0, time.UTC)
	return &bridge.Simulation{
		Kernel: s.k, Specs: rows, Paths: s.paths,
		Step:  func(now kernel.Time, in kernel.Input) { s.simulateStep(now)(&in) },
		Start: s.simulateStart,
		Command: func(now kernel.Time, path string, v Verb, who, why string) (any, error) {
			return s.simulateCommand(now, path, Audit{v, who, why})
		},
		Path: func(n kernel.Node) string { return s.path(n) },
		Find: func(path string) (kernel.Node, bool) { return s.find(path) },
		Event: func(e kernel.Event) any {
			m := journalEntry{Event: e, time: s.clock, path: s.members[e.Node].own()}
			s.complete(&m, &e)
			return s.event(m)
		},
		State: func(n kernel.Node, now kernel.Time) any { return s.stateOf(n, now) },
		Asked: func(i, because kernel.Node) error {
			e := s.why(because)
			e.Path = s.path(i)
			return &e
		},
		Failure: s.failed,
	}, nil
}

// simulateStep is step without a clock. Of the effects it carries out only what this package remembers.
func (t *Tree) simulateStep(now kernel.Time) stepper {
	return func(in *kernel.Input) kernel.Reply {
		t.forgetAudits() // of the step before, which its reader has seen
		t.clock = t.began.Add(now)
		t.k.Step(now, in)
		reply := t.k.Reply()
		if in.Kind == kernel.InputAdd {
			t.enroll(reply)
		}
		t.note()
		for _, e := range t.k.Effects() {
			if e.Kind == kernel.EffectGone {
				t.forget(t.path(e.Node))
			}
		}
		return reply
	}
}

// simulateStart is Start, for a path that names the row and the key.
func (t *Tree) simulateStart(now kernel.Time, path string) error {
	row, segment, keyed := strings.Cut(path, "[")
	id := ID(slices.Index(t.paths, row))
	if id < 0 || !t.table[id].Dynamic {
		return fmt.Errorf("supgen: start %s: %w", path, ErrUnknown)
	}
	key := NoKey
	if keyed {
		text := strings.TrimSuffix(segment, "]")
		if plain, err := strconv.Unquote(text); err == nil {
			key = Key(plain)
		} else if n, err := strconv.ParseInt(text, 10, 64); err == nil {
			key = Key(n)
		} else {
			return fmt.Errorf("supgen: start %s: a key is a quoted string or an integer", path)
		}
		if _, taken := t.dynamics[row+key.segment()]; taken {
			return fmt.Errorf("supgen: start %s: %w", path, ErrDuplicateKey)
		}
	}
	if _, err := t.begin(id, key, nil, t.simulateStep(now)); err != nil {
		return fmt.Errorf("supgen: start %s: %w", path, err)
	}
	return nil
}

// simulateCommand is a Handle's command.
func (t *Tree) simulateCommand(now kernel.Time, path string, a Audit) (Answer, error) {
	a, err := audit(path, a.Verb, a.Who, a.Why)
	if err != nil {
		return Answer{}, err
	}
	n, ok := t.find(path)
	if !ok {
		return Answer{}, fmt.Errorf("supgen: %s %s: %w", a.Verb, path, ErrUnknown)
	}
	return t.commandNode(n, a, t.simulateStep(now))
}
