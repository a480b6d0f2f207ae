package runtime

import (
	"fmt"
	"strings"
	"time"

	"github.com/supgen/supgen/runtime/policy"
)

// Policy is the row of a child as the tree applies it: with what [Override] changed, and with the role's defaults for what
// it leaves out. The path is that of a child that is there, or of a declaration: "Shop.Parser[2]" and "Shop.Parser" have the
// same row. It returns ErrUnknown if there is neither. What it returns is the caller's.
//
// Its From says where each policy comes from that is not the role's own: from the child's own statement, a policy, the
// defaults of a supervisor above, or an Override: "limit: Override; backoff: policy flaky; ready, on panic: its own".
func (t *Tree) Policy(path string) (Child, error) {
	id, ok := t.rowAt(path)
	if !ok {
		return Child{}, fmt.Errorf("supgen: policy of %s: %w", path, ErrUnknown)
	}
	c := clone([]Child{t.table[id]})[0]
	c.From = t.from(id)
	return c, nil
}

// from is From of all policies of a row that are not its role's own.
func (t *Tree) from(id ID) string {
	c := t.table[id]
	own := Child{Role: c.Role}.with(policy.Defaults(c.spec()))
	if c.Role == Supervisor {
		var children []policy.Spec
		for _, child := range t.below()[id] {
			children = append(children, t.table[child].spec())
		}
		own.Intensity = policy.DefaultIntensity(children...)
	}
	said, roles := sources(c.From), statements(own)
	for i, s := range statements(c) {
		if said[s.word] == "" && s.value != roles[i].value {
			said[s.word] = "its own"
		}
	}
	return spellSources(said)
}

// childrenOf are the rows below each row.
func childrenOf(table []Child) map[ID][]ID {
	below := make(map[ID][]ID)
	for i := range table[1:] {
		below[table[i+1].Parent] = append(below[table[i+1].Parent], ID(i+1))
	}
	return below
}

// A statement is one policy of a row, under the word that a .sup file has for it.
type statement struct {
	word  string
	value any
}

// statements is the policies of a row, always the same ones.
func statements(c Child) []statement {
	list := []statement{
		{"strategy", c.Strategy}, {"intensity", c.Intensity}, {"limit", c.Limit}, {"backoff", c.Backoff}, {"throttle", c.Throttle},
		{"concurrency", c.Concurrency}, {"ready", c.Ready}, {"health", c.Health}, {"shutdown", c.Shutdown}, {"timeout", c.Timeout}, {"max", c.Max}, {"lame_duck", c.LameDuck},
	}
	var start AtStart
	if c.AtStart != nil {
		start = *c.AtStart
	}
	type row struct {
		action Action
		term   time.Duration
	}
	add := func(word string, on Table, terms *Terms, o Outcome) {
		r := row{action: on[o]}
		if terms != nil {
			r.term = terms[o]
		}
		list = append(list, statement{word, r})
	}
	for o := OutcomeSuccess; o <= OutcomeIntensity; o++ {
		add("on "+o.String(), c.On, c.Quarantine, o)
		add("on "+o.String()+" at start", start.On, start.Quarantine, o)
	}
	return list
}

// sources is what a From says, by word.
func sources(from string) map[string]string {
	said := make(map[string]string)
	for part := range strings.SplitSeq(from, "; ") {
		words, source, _ := strings.Cut(part, ": ")
		for word := range strings.SplitSeq(words, ", ") {
			said[word] = source
		}
	}
	return said
}

// spellSources is the From that says so.
func spellSources(said map[string]string) string {
	var order []string
	words := make(map[string][]string)
	for _, s := range statements(Child{}) {
		source := said[s.word]
		if source == "" {
			continue
		}
		if words[source] == nil {
			order = append(order, source)
		}
		words[source] = append(words[source], s.word)
	}
	for i, source := range order {
		order[i] = strings.Join(words[source], ", ") + ": " + source
	}
	return strings.Join(order, "; ")
}
