package check

import (
	"slices"
	"strings"

	"github.com/supgen/supgen/dsl/diag"
	"github.com/supgen/supgen/dsl/syntax"
	"github.com/supgen/supgen/runtime/policy"
)

// A nested index finds who is meant by a name that cannot be seen, since it is that of a child of another supervisor, or
// of a Go type.
type nested struct {
	names        []string // of what is below a supervisor in a tree, in order
	called       map[string][]*subject
	whichProvide map[string][]*subject // by the type, without a star
}

// index is made when the first name is unknown.
func (c *checker) index() *nested {
	if c.nested != nil {
		return c.nested
	}
	n := &nested{called: map[string][]*subject{}, whichProvide: map[string][]*subject{}}
	for _, s := range c.subjects {
		if s.parent == nil || s.Dynamic || s.duplicate || s.Role == policy.Group || s.Role == syntax.NoRole {
			continue
		}
		if s.parent.parent != nil {
			n.names = append(n.names, s.Name)
			n.called[s.Name] = append(n.called[s.Name], s)
		}
		if st := s.own.find("provides"); st != nil && !st.Broken {
			typ := strings.TrimPrefix(st.Node.(*syntax.ProvidesDecl).Type.Source(), "*")
			n.whichProvide[typ] = append(n.whichProvide[typ], s)
		}
	}
	c.nested = n
	return n
}

// unseen reports a reference whose first name cannot be seen from s.
func (c *checker) unseen(s *subject, d *syntax.RefDecl) {
	first, index := d.Path[0], c.index()
	keyword, rest := "needs", d.String()[len(first.Value):]
	switch {
	case slices.Contains(s.decl.Wants, d):
		keyword = "wants"
	case slices.Contains(s.decl.After, d):
		keyword = "after"
	}
	from, to := syntax.Begin(first), syntax.End(first)
	isOf := d == s.decl.Of // whose primary stands beside it
	if meant, path := s.only(index.called[first.Value]); meant != nil && !isOf {
		above := strings.TrimSuffix(path, "."+meant.Name)
		c.Reportf(diag.CodeUnknownName, from, to, "%q is a child of %q", meant.Name, above).Notef(meant.Range, "declared here").
			Hintf("write %s %s%s", keyword, path, rest).Fix("write "+path+rest, diag.Edit{Range: syntax.RangeOf(first), New: path})
		return
	}
	r := c.Reportf(diag.CodeUnknownName, from, to, "nothing that can be seen from here is called %q", first.Value)
	if _, ok := syntax.ProductionOf(first.Value); ok {
		r.Hintf("a statement stands in the block, on a line of its own")
	}
	if provider, path := s.only(index.whichProvide[d.String()]); provider != nil && !isOf {
		st := provider.own.find("provides")
		r.Notef(syntax.RangeOf(st.Keyword), "the value").
			Hintf("%s %s, and %q provides %s: write %s %s", keyword, syntax.NotByType, path, st.Node.(*syntax.ProvidesDecl).Type.Source(), keyword, path).
			Fix("write "+path, diag.Edit{Range: d.Range(), New: path})
		return
	}
	if near := c.didYouMean(first.Value, s.seen); near != "" || isOf || c.compared > diag.MaxComparisons {
		r.Message += near
		c.writeNearest(r, first, s.seen)
		return
	}
	c.compared += len(index.names)
	name, _ := diag.Nearest(first.Value, index.names)
	if meant, path := s.only(index.called[name]); meant != nil {
		r.Message += "; did you mean \"" + path + "\"?"
		r.Notef(meant.Range, "declared here").Hintf("write %s %s%s", keyword, path, rest).
			Fix("write "+path+rest, diag.Edit{Range: syntax.RangeOf(first), New: path})
	}
}

// only is the one of some subjects that s can name, with its path; nil if there is none, or several.
func (s *subject) only(of []*subject) (one *subject, path string) {
	const few = 10 // that are looked at
	for _, x := range of[:min(len(of), few)] {
		p := s.pathTo(x)
		if p == "" {
			continue
		}
		if one != nil {
			return nil, ""
		}
		one, path = x, p
	}
	return one, path
}

// pathTo is how s names another child of its tree; "" if it cannot.
func (s *subject) pathTo(x *subject) string {
	path, outer := x.Name, x
	for outer.parent != nil && !s.parent.isPart(outer.parent) {
		outer = outer.parent
		path = outer.Name + "." + path
	}
	if outer.parent == nil || s.isPart(x) {
		return ""
	}
	for scope := s.parent; scope != outer.parent; scope = scope.parent {
		if scope.names[outer.Name] != nil {
			return "" // hidden
		}
	}
	return path
}
