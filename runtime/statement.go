package runtime

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/supgen/supgen/runtime/policy"
)

// A Statement is one policy of a child, and where it comes from.
type Statement struct {
	Of     string `json:"of"`     // the path of the child, supervisor or "group NAME" that has it
	Text   string `json:"text"`   // as a .sup file spells it: "limit 10 in 10m", "on error at start escalate"
	Source string `json:"source"` // "its own", "policy flaky", "defaults of Shop", "Override", or "default of a service"
}

// Statements are those by which it was decided how to go on with the child at path: the row that answered; before it the limit or the intensity, if
// one was exceeded. They name no line of a file: "supgen explain" has those. There are none if the tree has no child at
// path, or the decision is not one of its.
func (t *Tree) Statements(path string, d Decision) []Statement {
	id, ok := t.rowAt(path)
	if !ok || d.Row == OutcomeNone {
		return nil
	}
	if name, ok := strings.CutPrefix(d.At, "group "); ok {
		if id = t.table[id].Group; id == 0 || t.table[id].Name != name {
			return nil
		}
	} else if id, ok = t.rowAt(d.At); !ok {
		return nil
	}
	c, said := &t.table[id], sources(t.from(id))
	add := func(list []Statement, word, value string) []Statement {
		source := cmp.Or(said[word], "default of a "+c.Role.String())
		return append(list, Statement{Of: d.At, Text: word + " " + value, Source: source})
	}
	var list []Statement
	switch d.Row {
	case OutcomeLimit:
		list = add(list, "limit", rate(c.Limit))
	case OutcomeIntensity:
		list = add(list, "intensity", rate(c.Intensity))
	}
	row := "on " + d.Row.String()
	if d.AtStart {
		row += " at start"
	}
	answer := d.Action.String()
	if d.Action == ActionQuarantine && d.Delay > 0 {
		answer = fmt.Sprintf("%s %s", answer, policy.Spell(d.Delay))
	}
	return add(list, row, answer)
}

// rowAt is the row of a child that is there, or of a declaration.
func (t *Tree) rowAt(path string) (ID, bool) {
	t.mu.Lock()
	n, ok := t.find(path)
	if ok {
		defer t.mu.Unlock()
		return t.members[n].row, true
	}
	t.mu.Unlock()
	id := slices.Index(t.paths, path)    // of a dynamic child's
	return ID(id), id >= 0 && path != "" // which a group has
}
