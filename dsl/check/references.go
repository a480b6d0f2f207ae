package check

import (
	"go/token"
	"slices"
	"strings"

	"github.com/supgen/supgen/dsl/diag"
	"github.com/supgen/supgen/dsl/syntax"
	"github.com/supgen/supgen/dsl/tree"
	"github.com/supgen/supgen/runtime/policy"
)

// references resolves what children say of each other.
func (c *checker) references() {
	for _, s := range c.subjects {
		if d := s.decl.Of; d != nil && s.Role == policy.Sidecar {
			c.primary(s, d)
		}
		if s.parent != nil && s.Role != policy.Group {
			s.Needs = c.refs(s, s.decl.Needs, c.mayNeed)
			s.Wants = c.refs(s, s.decl.Wants, c.mayWant)
			s.After = c.refs(s, s.decl.After, func(*subject, *subject, *syntax.RefDecl, int) bool { return true })
		}
		if st := s.own.find("finish"); st != nil {
			c.finish(s, st)
		}
	}
}

// resolve looks a name up, from the supervisor of s outwards, and the rest of a path inwards from there.
// It reports what cannot be found, unless that follows from something reported already.
func (c *checker) resolve(s *subject, d *syntax.RefDecl) *subject {
	first := d.Path[0]
	var found *subject
	lost := s.file.file.Conflicted
	for scope := s.parent; scope != nil && found == nil; scope = scope.parent {
		found = scope.names[first.Value]
		if scope.Name == first.Value && found == nil && scope.parent == nil {
			found = scope
		}
		lost = lost || scope.stmt.Block.Lost
	}
	if found == nil {
		if s.stmt.Broken || lost || c.isForeign(d) || c.misplacedNames[first.Value] || c.misread(s.parent, first.Value) {
			return nil
		}
		c.unseen(s, d)
		return nil
	}
	c.use(first, found.def)
	return c.into(s, found, d)
}

// into follows the rest of a path that s names.
func (c *checker) into(s, found *subject, d *syntax.RefDecl) *subject {
	for i := 2; i < len(d.Path); i += 2 { // every other token is a dot
		t := d.Path[i]
		if found.Role == syntax.NoRole {
			return nil
		}
		if found.Role != policy.Supervisor {
			c.Reportf(diag.CodeUnknownName, syntax.Begin(t), syntax.End(t), "%s %q has no children to name", found.Role, found.Name)
			return nil
		}
		next := found.names[t.Value]
		if next == nil {
			if !s.stmt.Broken && !s.file.file.Conflicted && (found.stmt.Block == nil || !found.stmt.Block.Lost) && !c.misread(found, t.Value) {
				r := c.Reportf(diag.CodeUnknownName, syntax.Begin(t), syntax.End(t), "%q has no child %q%s", found.Path(), t.Value, c.didYouMean(t.Value, found.childNames))
				c.writeNearest(r, t, found.childNames)
			}
			return nil
		}
		found = next
		c.use(t, found.def)
	}
	if found.Role == syntax.NoRole {
		return nil
	}
	return found
}

// misread reports whether a line that could not be read declares something like name, in s or further out.
func (c *checker) misread(s *subject, name string) bool {
	for ; s != nil; s = s.parent {
		for _, declared := range s.misreadNames {
			c.compared++
			if _, near := diag.Nearest(name, []string{declared}); near || strings.HasPrefix(declared, name) || c.compared > diag.MaxComparisons {
				return true
			}
		}
	}
	return false
}

// isForeign reports a reference into another tree.
func (c *checker) isForeign(d *syntax.RefDecl) bool {
	root := c.rootOf[d.Path[0].Value]
	if root == nil {
		return false
	}
	c.Reportf(diag.CodeBadNeed, d.Pos(), d.End(), "%q is another tree, which starts and stops by itself", root.Name).Notef(root.Range, "declared here").
		Hintf("make one tree of the two, with a supervisor for each")
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
			if child.Role == policy.Group {
				names = append(names, member.Name)
			}
		}
	}
	return names
}

// refs resolves a list of children that another names, each of which may stand there.
func (c *checker) refs(s *subject, decls []*syntax.RefDecl, may func(s, provider *subject, d *syntax.RefDecl, i int) bool) []tree.Ref {
	if len(decls) == 0 {
		return nil
	}
	var refs []tree.Ref
	first := map[*tree.Child]diag.Range{}
	for _, r := range s.Needs {
		first[r.Child] = r.Range
	}
	item := func(i int) diag.Range { return decls[i].Range() }
	for i, d := range decls {
		mistakes := len(c.List)
		provider := c.resolve(s, d)
		if provider == nil || !c.canBeNeeded(s, provider, d) {
			if provider == s || provider != nil && provider.Child == s.Of {
				c.cutItem(&c.List[mistakes], len(decls), i, item)
			}
			c.cannotStart(s, mistakes)
			continue
		}
		if at, ok := first[provider.Child]; ok {
			r := c.Reportf(diag.CodeRepeatedName, d.Pos(), d.End(), "%q is named already", provider.Name).
				Notef(at, "named first here").Hintf("remove one of them")
			c.cutItem(r, len(decls), i, item)
			continue
		}
		if !may(s, provider, d, i) {
			c.cannotStart(s, mistakes)
			continue
		}
		first[provider.Child] = d.Range()
		refs = append(refs, tree.Ref{Child: provider.Child, Range: d.Range()})
	}
	return refs
}

// mayNeed reports what can be waited for and not counted on.
func (c *checker) mayNeed(s, provider *subject, d *syntax.RefDecl, i int) bool {
	if provider.own.find("optional") == nil {
		provider.Needed = true
		return true
	}
	r := c.Reportf(diag.CodeNeedsOptional, d.Pos(), d.End(), "%q is optional, so nobody can count on it", provider.Name).
		Notef(provider.own.find("optional").Range(), "optional here")
	meant, decls := *s.decl, s.decl.Needs
	meant.Needs = slices.Concat(decls[:i], decls[i+1:])
	if provider.own.find("provides") != nil && provider.Role != policy.Job && s.Role != policy.Supervisor {
		r.Hintf("write wants %s to be handed its value while there is one", d)
		meant.Wants = append(slices.Clip(meant.Wants), d)
	} else {
		r.Hintf("write after %s if its start is all that matters", d)
		meant.After = append(slices.Clip(meant.After), d)
	}
	c.writeHeader(r, s, meant)
	return false
}

// mayWant reports what never comes and goes with a value.
func (c *checker) mayWant(s, provider *subject, d *syntax.RefDecl, i int) bool {
	meant, decls := *s.decl, s.decl.Wants
	meant.Wants = slices.Concat(decls[:i], decls[i+1:])
	provides := provider.own.find("provides") != nil
	switch {
	case s.Role == policy.Supervisor:
		r := c.Reportf(diag.CodeBadWant, d.Pos(), d.End(), "a supervisor is handed nothing").Hintf("write wants %s in the children that use it", d)
		c.writeHeader(r, s, meant)
	case provides && provider.Role != policy.Job:
		provider.Wanted = true
		return true
	case provides && provider.own.find("optional") == nil:
		r := c.Reportf(diag.CodeBadWant, d.Pos(), d.End(), "job %q hands its value over once, and keeps it", provider.Name).Notef(provider.Range, "declared here").
			Hintf("write needs %s", d)
		meant.Needs = append(slices.Clip(meant.Needs), d)
		c.writeHeader(r, s, meant)
	case provides:
		c.Reportf(diag.CodeBadWant, d.Pos(), d.End(), "job %q hands its value over once, and keeps it", provider.Name).Notef(provider.Range, "declared here").
			Hintf("remove optional and write needs %s; what it returns can say that there is nothing", d)
	default:
		r := c.Reportf(diag.CodeBadWant, d.Pos(), d.End(), "%q provides nothing that could be wanted", provider.Name).Notef(provider.Range, "declared here").
			Hintf("write after %s if its start is all that matters", d)
		meant.After = append(slices.Clip(meant.After), d)
		c.writeHeader(r, s, meant)
	}
	return false
}

// canBeNeeded reports what cannot be waited for.
func (c *checker) canBeNeeded(s, provider *subject, d *syntax.RefDecl) bool {
	refuse := func(format string, args ...any) bool {
		c.Reportf(diag.CodeBadNeed, d.Pos(), d.End(), format, args...).Notef(provider.Range, "declared here")
		return false
	}
	switch {
	case provider == s:
		return refuse("%q waits for itself", s.Name)
	case s.isPart(provider):
		refuse("%q is part of %q, which is ready when its children are", s.Name, provider.Name)
		c.List[len(c.List)-1].Hint = s.siblingsInstead(provider) + "leave " + d.String() + " out"
		return false
	case provider.Dynamic:
		return refuse("%q is dynamic: there may be none of it, or many", provider.Name)
	case provider.Role == policy.Group:
		return refuse("%q is a group; name the members that are waited for", provider.Name)
	case s.Role == policy.Sidecar && s.decl.Of != nil && s.Of == provider.Child:
		c.Reportf(diag.CodeSidecarNeeds, d.Pos(), d.End(), "sidecar %q starts before %q, so it cannot wait for it", s.Name, provider.Name).
			Notef(s.decl.Of.Range(), "its sidecar by this")
		return false
	}
	return true
}

// siblingsInstead begins the hint for a child that waits for a supervisor that it is part of.
func (s *subject) siblingsInstead(supervisor *subject) string {
	const few = 3
	var names []string
	for _, sibling := range supervisor.children {
		if !s.isPart(sibling) && !sibling.Dynamic && sibling.Role != policy.Group && sibling.Role != syntax.NoRole {
			names = append(names, sibling.Name)
		}
		if len(names) > few {
			return "name the sibling that is meant, or "
		}
	}
	if len(names) == 0 {
		return ""
	}
	return "name a sibling, " + diag.Enumeration(names) + ", or "
}

// primary resolves what a sidecar is of.
func (c *checker) primary(s *subject, d *syntax.RefDecl) {
	primary := c.resolve(s, d)
	if primary == nil {
		return
	}
	refuse := func(format string, args ...any) {
		c.Reportf(diag.CodeBadPrimary, d.Pos(), d.End(), format, args...).Notef(primary.Range, "declared here")
	}
	switch {
	case primary == s:
		refuse("%q cannot be a sidecar of itself", s.Name)
	case primary.Role == policy.Sidecar:
		refuse("%q is a sidecar too, and cannot have one", primary.Name)
	case primary.Role == policy.Group:
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
func (c *checker) finish(s *subject, st *syntax.Stmt) {
	d := st.Node.(*syntax.FinishDecl)
	s.Finish = tree.Finish{Any: d.Which.Value == "any", Range: st.Range()}
	listed := map[*subject]bool{}
	for i, ref := range d.Of {
		child := s.names[ref.String()]
		if child != nil {
			c.use(ref.Path[0], child.def)
		}
		switch {
		case child == nil:
			if !s.stmt.Block.Lost && !s.file.file.Conflicted && !c.misplacedNames[ref.String()] && !c.misread(s, ref.String()) {
				r := c.Reportf(diag.CodeBadFinish, ref.Pos(), ref.End(), "%q has no child %q%s", s.Name, ref, c.didYouMean(ref.String(), s.childNames))
				if len(ref.Path) == 1 {
					c.writeNearest(r, ref.Path[0], s.childNames)
				}
			}
		case child.Role == syntax.NoRole:
		case child.Role == policy.Group, child.Dynamic:
			c.Reportf(diag.CodeBadFinish, ref.Pos(), ref.End(), "%q has no end to wait for", child.Name).Notef(child.Range, "declared here").
				Hintf("name services, workers, jobs or supervisors that are not dynamic")
		case listed[child]:
			c.cutItem(c.Reportf(diag.CodeRepeatedName, ref.Pos(), ref.End(), "%q is listed twice", child.Name), len(d.Of), i, func(i int) diag.Range { return d.Of[i].Range() })
		default:
			listed[child] = true
			s.Finish.Of = append(s.Finish.Of, tree.Ref{Child: child.Child, Range: ref.Range()})
		}
	}
}

// typeOf reads the Go type behind a word as gofmt writes it, and reports what is none.
func (c *checker) typeOf(f *fileScope, word string, d *syntax.TypeDecl) string {
	t, err := d.Read()
	if err != nil && err.Several {
		r := c.Reportf(diag.CodeBadType, d.Pos(), d.LineEnd(), "%q is no Go type: %s", syntax.Beginning(d.Source()), err.Message).Hintf("%s", d.OneOfSeveral(word))
		if _, typ, ok := strings.Cut(r.Hint, ": write "+word+" "); ok {
			r.Fix("write "+typ, diag.Edit{Range: syntax.Span(d.Tokens[0], d.Tokens[len(d.Tokens)-1]), New: typ})
		}
		return ""
	} else if err != nil {
		r := c.Reportf(diag.CodeBadType, d.Pos(), d.LineEnd(), "%q is no Go type: %s", syntax.Beginning(d.Source()), err.Message)
		if err.Token.Pos != d.Tokens[0].Pos {
			r.Notef(syntax.RangeOf(err.Token), "at %q", err.Token.Value)
		}
		return ""
	}
	for _, q := range t.Qualifiers {
		if def := f.imports[q.Value]; def != nil {
			c.use(q, def)
		} else if !slices.Contains(f.imported, q.Value) && !f.unread && !c.isVersion(f, q) {
			c.notImported(f, q)
		}
	}
	for _, n := range t.Names {
		if f.tree.IsTaken(n.Value) {
			c.Reportf(diag.CodeBadType, syntax.Begin(n.Token), syntax.End(n.Token), "%q is a package here, and no type", n.Value)
		}
	}
	c.typeNames = append(c.typeNames, t.Names...)
	return t.Text
}

// params reads the arguments of a dynamic child, and its key.
func (c *checker) params(s *subject) {
	if s.decl.Params == nil {
		return
	}
	earlier := map[string]diag.Range{}
	var arguments []*tree.Definition // as in s.Params
	for _, p := range s.decl.Params.Params {
		t := p.Name
		name := t.Value
		first, repeated := earlier[name]
		switch {
		case repeated:
			c.Reportf(diag.CodeRepeatedName, syntax.Begin(t), syntax.End(t), "two arguments are called %q", name).Notef(first, "the first one")
		case token.IsKeyword(name), name == "_":
			c.Reportf(diag.CodeReservedName, syntax.Begin(t), syntax.End(t), "Go cannot have an argument called %q", name)
		case name == "ctx", name == "run", s.File.IsTaken(name):
			c.Reportf(diag.CodeReservedName, syntax.Begin(t), syntax.End(t), "%q has a meaning in the generated code already", name).Hintf("choose another name")
		}
		if !repeated {
			earlier[name] = syntax.RangeOf(t)
		}
		s.Params = append(s.Params, tree.Param{Name: name, Type: c.typeOf(s.file, name, p.Type), Range: syntax.RangeOf(t)})
		arguments = append(arguments, c.define(tree.ArgumentDefinition, name, t, p.Range(), s.def))
	}
	c.key(s, arguments)
}

// unkeyed are the predeclared types that are not keys: all but strings, and the integers that runtime.Key takes. What a
// named type is, the Go compiler knows.
var unkeyed = []string{"any", "bool", "complex128", "complex64", "error", "float32", "float64", "uintptr"}

func (c *checker) key(s *subject, arguments []*tree.Definition) {
	t := s.decl.Key
	if !syntax.Said(t) {
		return
	}
	var names []string
	for i, p := range s.Params {
		names = append(names, p.Name)
		if p.Name != t.Value {
			continue
		}
		s.Key = i
		c.use(t, arguments[i])
		if strings.ContainsAny(p.Type, "*[](){}<") || slices.Contains(unkeyed, p.Type) {
			c.Reportf(diag.CodeBadKey, syntax.Begin(t), syntax.End(t), "%q is a %s; a key is a string or an integer", p.Name, p.Type).Notef(p.Range, "declared here")
		}
		return
	}
	r := c.Reportf(diag.CodeBadKey, syntax.Begin(t), syntax.End(t), "%q has no argument %q%s", s.Name, t.Value, diag.DidYouMean(t.Value, names))
	c.writeNearest(r, t, func() []string { return names })
}

// didYouMean is the same for names, of which there may be as many as there are mistakes.
func (c *checker) didYouMean(word string, names func() []string) string {
	if c.compared > diag.MaxComparisons {
		return ""
	}
	words := names()
	c.compared += len(words)
	return diag.DidYouMean(word, words)
}
