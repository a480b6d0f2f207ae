package effective

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/supgen/supgen/dsl/tree"
	"github.com/supgen/supgen/internal/notation"
	"github.com/supgen/supgen/runtime/policy"
)

// Text is the explanation for a reader at a terminal, its lines ended.
func (e Explanation) Text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s is a %s, %s\n", e.Path, e.Role, e.At)
	for _, line := range strings.Split(e.Doc, "\n") {
		if line = strings.TrimSpace(line); line != "" {
			fmt.Fprintf(&b, "  %s\n", line)
		}
	}
	var declared, policy, outcomes, restarts [][]string
	for _, f := range e.Facts {
		declared = append(declared, []string{f.Name, f.Value})
	}
	for _, s := range e.Policy {
		policy = append(policy, []string{s.Keyword, s.Value, s.Source.String()})
	}
	for _, r := range e.Outcomes {
		why := r.Source.String()
		if r.Never != "" {
			why = "never asked: " + r.Never
		}
		outcomes = append(outcomes, []string{r.row.When(), r.row.Answer.String(), why})
	}
	for _, m := range e.RestartsIt {
		restarts = append(restarts, []string{m.Path, m.Fate, m.Why})
	}
	section(&b, "declared", declared)
	section(&b, "policy", policy)
	section(&b, "when it ends with", outcomes)
	if e.Limit != nil {
		section(&b, "its limit", e.Limit.lines())
	}
	if e.Worst != nil {
		section(&b, "when it fails again and again", e.Worst.lines())
	}
	section(&b, "waits for", waitLines(e.WaitsFor))
	section(&b, "waited for by", waitLines(e.WaitedFor))
	section(&b, "wants", waitLines(e.Wants))
	section(&b, "wanted by", waitLines(e.WantedBy))
	section(&b, "when it fails and is restarted", restarts)
	section(&b, "stops within "+e.Stop.Within+", one after another", e.Stop.lines())
	return b.String()
}

func waitLines(waits []Wait) [][]string {
	var lines [][]string
	for _, w := range waits {
		place := ""
		if w.At != (Position{}) {
			place = w.At.String()
		}
		lines = append(lines, []string{w.Path, w.Why, place})
	}
	return lines
}

func (s Stop) lines() [][]string {
	var lines [][]string
	for _, link := range s.Chain {
		line := []string{link.Path, link.Within}
		if link.LameDuck {
			line = append(line, "lame_duck")
		}
		lines = append(lines, line)
	}
	return lines
}

// section prints aligned cells under a title, or nothing if there are none.
func section(b *strings.Builder, title string, lines [][]string) {
	if len(lines) == 0 {
		return
	}
	fmt.Fprintf(b, "\n%s\n", title)
	b.WriteString(aligned("  ", lines))
}

// aligned is lines of cells, each column as wide as its widest cell.
func aligned(indent string, lines [][]string) string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for _, cells := range lines {
		fmt.Fprintln(w, indent+strings.Join(cells, "\t"))
	}
	w.Flush() // to a strings.Builder, which takes everything
	text := strings.Split(b.String(), "\n")
	for i := range text {
		text[i] = strings.TrimRight(text[i], " ")
	}
	return strings.Join(text, "\n")
}

// Overview is the trees of a package with one line a child.
func Overview(tree *tree.Tree) string {
	lines := [][]string{{"child", "role", "limit", "stops within", "waits for"}}
	for _, root := range tree.Roots() {
		r := relationsIn(root)
		for c := range root.All() {
			lines = append(lines, r.overviewLine(c))
		}
	}
	return aligned("", lines)
}

func (r *relations) overviewLine(c *tree.Child) []string {
	name := strings.Repeat("  ", depth(c)) + c.Name + notation.Params(c)
	if c.Replicas > 0 {
		name += "[" + notation.Replicas(c) + "]"
	}
	limit, stop := "-", "-"
	if c.Role == policy.Group || c.Parent == nil {
		limit = notation.Limit(c.Intensity.Value)
	} else if c.Restarts() {
		limit = notation.Limit(c.Limit.Value)
	}
	if c.Role != policy.Group {
		stop = r.stopOf(c).Within
	}
	return []string{name, RoleOf(c), limit, stop, clauses(c)}
}

// clauses is what a child waits for, as it is declared.
func clauses(c *tree.Child) string {
	var parts []string
	if c.Of != nil {
		parts = append(parts, "of "+c.Of.Name)
	}
	if len(c.Needs) > 0 {
		parts = append(parts, "needs "+refs(c, c.Needs))
	}
	if len(c.Wants) > 0 {
		parts = append(parts, "wants "+refs(c, c.Wants))
	}
	if len(c.After) > 0 {
		parts = append(parts, "after "+refs(c, c.After))
	}
	return strings.Join(parts, " ")
}

// refs names children as they are seen from c: one beside it by its name, one elsewhere by its path.
func refs(c *tree.Child, refs []tree.Ref) string {
	var names []string
	for _, ref := range refs {
		name := ref.Child.Path()
		if ref.Child.Parent == c.Parent {
			name = ref.Child.Name
		}
		names = append(names, name)
	}
	return strings.Join(names, ", ")
}

// depth is how far below its root a child stands; a group is a level too.
func depth(c *tree.Child) int {
	switch {
	case c.Parent == nil:
		return 0
	case c.Group != nil:
		return depth(c.Group) + 1
	}
	return depth(c.Parent) + 1
}
