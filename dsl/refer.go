package dsl

import (
	"go/token"
	"slices"
	"strings"

	"github.com/supgen/supgen/runtime"
)

func (d *refDecl) pos() Pos { return begin(d.Path[0]) }
func (d *refDecl) end() Pos { return end(d.Path[len(d.Path)-1]) }

// String is the reference as it would be written without spaces.
func (d *refDecl) String() string {
	var b strings.Builder
	for _, t := range d.Path {
		b.WriteString(t.Value)
	}
	return b.String()
}

// refer resolves what children say of each other.
func (c *checker) refer() {
	for _, s := range c.subjects {
		if d := s.decl.Of; d != nil && s.Role == runtime.Sidecar {
			c.primary(s, d)
		}
		if s.parent != nil && s.Role != runtime.Group {
			s.Needs = c.needs(s, s.decl.Needs, true)
			s.After = c.needs(s, s.decl.After, false)
		}
		if st := s.own.find("finish"); st != nil {
			c.finish(s, st)
		}
	}
}

// resolve looks a name up, from the supervisor of s outwards, and the rest of a path inwards from there.
// It reports what cannot be found, unless that follows from something reported already.
func (c *checker) resolve(s *subject, d *refDecl) *subject {
	first := d.Path[0]
	var found *subject
	lost := s.file.file.conflicted
	for scope := s.parent; scope != nil && found == nil; scope = scope.parent {
		found = scope.names[first.Value]
		if scope.Name == first.Value && found == nil && scope.parent == nil {
			found = scope
		}
		lost = lost || scope.stmt.block.lost
	}
	if found == nil {
		if s.stmt.broken || lost || c.isForeign(d) || c.misplacedNames[first.Value] || c.misread(s.parent, first.Value) {
			return nil
		}
		r := c.reportf(CodeUnknownName, begin(first), end(first), "nothing that can be seen from here is called %q%s", first.Value, c.didYouMean(first.Value, s.seen))
		if _, ok := productionOf(first.Value); ok {
			r.hintf("a statement stands in the block, on a line of its own")
		}
		return nil
	}
	return c.into(s, found, d)
}

// into follows the rest of a path that s names.
func (c *checker) into(s, found *subject, d *refDecl) *subject {
	for i := 2; i < len(d.Path); i += 2 { // every other token is a dot
		t := d.Path[i]
		if found.Role == noRole {
			return nil
		}
		if found.Role != runtime.Supervisor {
			c.reportf(CodeUnknownName, begin(t), end(t), "%s %q has no children to name", found.Role, found.Name)
			return nil
		}
		next := found.names[t.Value]
		if next == nil {
			if !s.stmt.broken && !s.file.file.conflicted && (found.stmt.block == nil || !found.stmt.block.lost) && !c.misread(found, t.Value) {
				c.reportf(CodeUnknownName, begin(t), end(t), "%q has no child %q%s", found.Path(), t.Value, c.didYouMean(t.Value, found.childNames))
			}
			return nil
		}
		found = next
	}
	if found.Role == noRole {
		return nil
	}
	return found
}

// misread reports whether a line that could not be read declares something like name, in s or further out.
func (c *checker) misread(s *subject, name string) bool {
	for ; s != nil; s = s.parent {
		for _, declared := range s.misreadNames {
			c.compared++
			if _, near := nearest(name, []string{declared}); near || strings.HasPrefix(declared, name) || c.compared > maxComparisons {
				return true
			}
		}
	}
	return false
}

// isForeign reports a reference into another tree.
func (c *checker) isForeign(d *refDecl) bool {
	root := c.rootOf[d.Path[0].Value]
	if root == nil {
		return false
	}
	c.reportf(CodeBadNeed, d.pos(), d.end(), "%q is another tree, which starts and stops by itself", root.Name).notef(root.Pos, "declared here").
		hintf("make one tree of the two, with a supervisor for each")
	return true
}

// seen are the names that can be seen from where s stands.
func (s *subject) seen() []string {
	var names []string
	for scope := s.parent; scope != nil; scope = scope.parent {
		names = append(names, scope.childNames()...)
	}
	return names
}

// childNames are the names that a supervisor declares, in order.
func (s *subject) childNames() []string {
	var names []string
	for _, child := range s.children {
		names = append(names, child.Name)
		for _, member := range child.children {
			if child.Role == runtime.Group {
				names = append(names, member.Name)
			}
		}
	}
	return names
}

// needs resolves a list of what a child waits for.
func (c *checker) needs(s *subject, decls []*refDecl, shares bool) []Ref {
	var refs []Ref
	first := map[*Child]Pos{}
	for _, r := range s.Needs {
		first[r.Child] = r.Pos
	}
	for _, d := range decls {
		mistakes := len(c.list)
		provider := c.resolve(s, d)
		if provider == nil || !c.canBeNeeded(s, provider, d) {
			c.cannotStart(s, mistakes)
			continue
		}
		if pos, ok := first[provider.Child]; ok {
			c.reportf(CodeRepeatedName, d.pos(), d.end(), "%q is waited for already", provider.Name).
				notef(pos, "named first here").hintf("remove one of them")
			continue
		}
		if shares && provider.own.find("optional") != nil {
			c.reportf(CodeNeedsOptional, d.pos(), d.end(), "%q is optional, so nobody can count on it", provider.Name).
				notef(provider.own.find("optional").pos(), "optional here").
				hintf("write after %s if its start is all that matters", d)
			c.cannotStart(s, mistakes)
			continue
		}
		first[provider.Child] = d.pos()
		provider.needed = provider.needed || shares
		refs = append(refs, Ref{Child: provider.Child, Pos: d.pos(), End: d.end()})
	}
	return refs
}

// canBeNeeded reports what cannot be waited for.
func (c *checker) canBeNeeded(s, provider *subject, d *refDecl) bool {
	refuse := func(format string, args ...any) bool {
		c.reportf(CodeBadNeed, d.pos(), d.end(), format, args...).notef(provider.Pos, "declared here")
		return false
	}
	switch {
	case provider == s:
		return refuse("%q waits for itself", s.Name)
	case s.isPart(provider):
		refuse("%q is part of %q, which is ready when its children are", s.Name, provider.Name)
		c.list[len(c.list)-1].Hint = s.siblingsInstead(provider) + "leave " + d.String() + " out"
		return false
	case provider.Dynamic:
		return refuse("%q is dynamic: there may be none of it, or many", provider.Name)
	case provider.Role == runtime.Group:
		return refuse("%q is a group; name the members that are waited for", provider.Name)
	case s.Role == runtime.Sidecar && s.decl.Of != nil && s.Of == provider.Child:
		c.reportf(CodeSidecarNeeds, d.pos(), d.end(), "sidecar %q starts before %q, so it cannot wait for it", s.Name, provider.Name).
			notef(s.decl.Of.pos(), "its sidecar by this")
		return false
	}
	return true
}

// siblingsInstead begins the hint for a child that waits for a supervisor that it is part of.
func (s *subject) siblingsInstead(supervisor *subject) string {
	const few = 3
	var names []string
	for _, sibling := range supervisor.children {
		if !s.isPart(sibling) && !sibling.Dynamic && sibling.Role != runtime.Group && sibling.Role != noRole {
			names = append(names, sibling.Name)
		}
		if len(names) > few {
			return "name the sibling that is meant, or "
		}
	}
	if len(names) == 0 {
		return ""
	}
	return "name a sibling, " + enumeration(names) + ", or "
}

// primary resolves what a sidecar is of.
func (c *checker) primary(s *subject, d *refDecl) {
	primary := c.resolve(s, d)
	if primary == nil {
		return
	}
	refuse := func(format string, args ...any) {
		c.reportf(CodeBadPrimary, d.pos(), d.end(), format, args...).notef(primary.Pos, "declared here")
	}
	switch {
	case primary == s:
		refuse("%q cannot be a sidecar of itself", s.Name)
	case primary.Role == runtime.Sidecar:
		refuse("%q is a sidecar too, and cannot have one", primary.Name)
	case primary.Role == runtime.Group:
		refuse("%q is a group; a sidecar is of one child", primary.Name)
	case primary.Dynamic:
		refuse("%q is dynamic, and cannot have a sidecar", primary.Name)
	case primary.parent != s.parent:
		refuse("%q is not a child of %q, as its sidecar is", primary.Name, s.parent.Name)
	default:
		s.Of = primary.Child
	}
}

// finish resolves the children whose good end ends their supervisor.
func (c *checker) finish(s *subject, st *stmt) {
	d := st.node.(*finishDecl)
	s.Finish = Finish{Any: d.Which.Value == "any", Pos: st.pos()}
	listed := map[*subject]bool{}
	for _, ref := range d.Of {
		child := s.names[ref.String()]
		switch {
		case child == nil:
			if !s.stmt.block.lost && !s.file.file.conflicted && !c.misplacedNames[ref.String()] && !c.misread(s, ref.String()) {
				c.reportf(CodeBadFinish, ref.pos(), ref.end(), "%q has no child %q%s", s.Name, ref, c.didYouMean(ref.String(), s.childNames))
			}
		case child.Role == noRole:
		case child.Role == runtime.Group, child.Dynamic:
			c.reportf(CodeBadFinish, ref.pos(), ref.end(), "%q has no end to wait for", child.Name).notef(child.Pos, "declared here").
				hintf("name services, workers, jobs or supervisors that are not dynamic")
		case listed[child]:
			c.reportf(CodeRepeatedName, ref.pos(), ref.end(), "%q is listed twice", child.Name)
		default:
			listed[child] = true
			s.Finish.Of = append(s.Finish.Of, Ref{Child: child.Child, Pos: ref.pos(), End: ref.end()})
		}
	}
}

// typeOf reads the Go type behind a word as gofmt writes it, and reports what is none.
func (c *checker) typeOf(f *fileScope, word string, d *typeDecl) string {
	t, err := d.read()
	if err != nil && err.several {
		c.reportf(CodeBadType, d.pos(), d.end(), "%q is no Go type: %s", beginning(d.source()), err.message).hintf("%s", d.oneOfSeveral(word))
		return ""
	} else if err != nil {
		r := c.reportf(CodeBadType, d.pos(), d.end(), "%q is no Go type: %s", beginning(d.source()), err.message)
		if err.token.Pos != d.Tokens[0].Pos {
			r.notef(begin(err.token), "at %q", err.token.Value)
		}
		return ""
	}
	for _, q := range t.qualifiers {
		if !slices.Contains(f.imported, q.Value) && !f.unread {
			c.reportf(CodeUnknownImport, begin(q), end(q), "package %q is not imported", q.Value).hintf("import it in this file, by its path")
		}
	}
	for _, n := range t.names {
		if f.tree.isTaken(n.Value) {
			c.reportf(CodeBadType, begin(n.Token), end(n.Token), "%q is a package here, and no type", n.Value)
		}
	}
	c.typeNames = append(c.typeNames, t.names...)
	return t.text
}

// beginning is a text that is short enough for a message.
func beginning(text string) string {
	const most = 60
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most]) + "..."
	}
	return text
}

// params reads the arguments of a dynamic child, and its key.
func (c *checker) params(s *subject) {
	if s.decl.Params == nil {
		return
	}
	earlier := map[string]Pos{}
	for _, p := range s.decl.Params.Params {
		t := p.Name
		name := t.Value
		first, repeated := earlier[name]
		switch {
		case repeated:
			c.reportf(CodeRepeatedName, begin(t), end(t), "two arguments are called %q", name).notef(first, "the first one")
		case token.IsKeyword(name), name == "_":
			c.reportf(CodeReservedName, begin(t), end(t), "Go cannot have an argument called %q", name)
		case name == "ctx", name == "run", s.File.isTaken(name):
			c.reportf(CodeReservedName, begin(t), end(t), "%q has a meaning in the generated code already", name).hintf("choose another name")
		}
		if !repeated {
			earlier[name] = begin(t)
		}
		s.Params = append(s.Params, Param{Name: name, Type: c.typeOf(s.file, name, p.Type), Pos: begin(t)})
	}
	c.key(s)
}

// unkeyed are the predeclared types that are no keys: all but strings, and the integers that runtime.Key takes. What a
// named type is, the Go compiler knows.
var unkeyed = []string{"any", "bool", "complex128", "complex64", "error", "float32", "float64", "uintptr"}

func (c *checker) key(s *subject) {
	t := s.decl.Key
	if !said(t) {
		return
	}
	var names []string
	for i, p := range s.Params {
		names = append(names, p.Name)
		if p.Name != t.Value {
			continue
		}
		s.Key = i
		if strings.ContainsAny(p.Type, "*[](){}<") || slices.Contains(unkeyed, p.Type) {
			c.reportf(CodeBadKey, begin(t), end(t), "%q is a %s; a key is a string or an integer", p.Name, p.Type).notef(p.Pos, "declared here")
		}
		return
	}
	c.reportf(CodeBadKey, begin(t), end(t), "%q has no argument %q%s", s.Name, t.Value, didYouMean(t.Value, names))
}
