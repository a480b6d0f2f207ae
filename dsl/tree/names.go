package tree

import (
	"go/token"
	"slices"
	"strings"
	"unicode"

	"github.com/supgen/supgen/dsl/syntax"
	"github.com/supgen/supgen/runtime/policy"
)

// This file is the scheme of the Go identifiers in generated code. Check uses it to find clashes, codegen to write.

// GoName is the path as one exported identifier, "ShopIngestReader": the stem of everything generated for the child.
// Of a root it is the type of the tree, of a nested supervisor the type of the operator's handle.
func (c *Child) GoName() string {
	if c.Parent == nil {
		return c.Name
	}
	return c.Parent.GoName() + c.Name
}

// ChildrenType is the interface that a supervisor's user implements, "ShopChildren".
func (c *Child) ChildrenType() string { return c.GoName() + "Children" }

// StateType is the snapshot of a supervisor, "ShopState".
func (c *Child) StateType() string { return c.GoName() + "State" }

// StateField is the field of a supervisor's StateType that holds its own state.
func (c *Child) StateField() string {
	if c.Parent == nil {
		return "Tree"
	}
	return "Supervisor"
}

// RunType is one run of a child, "ShopDBRun".
func (c *Child) RunType() string { return c.GoName() + "Run" }

// ArgsType carries the arguments of a dynamic child from its start to its run, "shopSessionArgs".
func (c *Child) ArgsType() string { return c.helper("Args") }

// ID is the constant with the child's row, "shopDB"; of a root "shopRoot".
func (c *Child) ID() string {
	if c.Parent == nil {
		return c.helper("Root")
	}
	return c.lower()
}

// ShutdownConst is the constant with a supervisor's promise, "shopShutdown".
func (c *Child) ShutdownConst() string { return c.helper("Shutdown") }

// BoundConst is the constant with the bound that a promise is held to, "shopShutdownBound".
func (c *Child) BoundConst() string { return c.helper("ShutdownBound") }

// Constructor is the function that makes a root's tree, "NewShop".
func (c *Child) Constructor() string { return "New" + c.GoName() }

// StartMethod starts a dynamic child, "StartSession", on its supervisor's type.
func (c *Child) StartMethod() string { return "Start" + c.Name }

// ReplaceMethod replaces a dynamic child with a key, "ReplaceSession", on its supervisor's type.
func (c *Child) ReplaceMethod() string { return "Replace" + c.Name }

// ReplicasOption is the function that chooses how many replicas there are, "WithShopConsumer"; MinConst and MaxConst bound it.
func (c *Child) ReplicasOption() string { return "With" + c.GoName() }
func (c *Child) MinConst() string       { return c.GoName() + "Min" }
func (c *Child) MaxConst() string       { return c.GoName() + "Max" }

// ReadyMethod is the readiness check of a child, "DBReady", beside the child's own method.
func (c *Child) ReadyMethod() string { return c.Name + "Ready" }

// HealthMethod is the health check of a child, "DBHealth", beside the child's own method.
func (c *Child) HealthMethod() string { return c.Name + "Health" }

// Table is the variable with a root's rows, "shopTable".
func (c *Child) Table() string { return c.helper("Table") }

// Port is the variable that hands over what the child provides, "shopDBPort".
func (c *Child) Port() string { return c.helper("Port") }

// StartFunction is the function that calls a supervisor's children, "startShopIngest".
func (c *Child) StartFunction() string { return c.File.giveWay("start" + c.GoName()) }

// Local is the variable with a nested supervisor's children in the constructor of its tree: its path below the root,
// "ingestReader". A root has none.
func (c *Child) Local() string {
	first := c
	for first.Parent.Parent != nil {
		first = first.Parent
	}
	name := syntax.LowerInitial(first.Name) + strings.TrimPrefix(c.GoName(), first.GoName())
	return c.File.free(name, "children", "options", "table", "l", "ctx", "run", "args")
}

// Receiver is what the methods of a supervisor's type call it, "s" of Shop.
func (c *Child) Receiver() string {
	taken := []string{"v", "i"}
	for _, m := range c.Members() {
		for _, p := range m.Params {
			taken = append(taken, p.Name)
		}
	}
	first := []rune(c.Root().Name)[0]
	return c.File.free(string(unicode.ToLower(first)), taken...)
}

// An Argument is what a child's function is handed after ctx and run.
type Argument struct {
	Name string
	Type string
	Of   *Child // the provider; nil for an argument of a dynamic child
	Want bool   // the provider may be missing: the type is a runtime.Wanted
}

// Arguments is what the child's function is handed after ctx and run: the arguments of a dynamic child, then what it
// needs, and what it wants, in order. What provides nothing is not an argument; a replicated provider is a slice.
func (c *Child) Arguments() []Argument {
	var args []Argument
	taken := []string{"ctx", "run"}
	for _, p := range c.Params {
		args = append(args, Argument{Name: p.Name, Type: p.Type})
		taken = append(taken, p.Name)
	}
	for i, ref := range slices.Concat(c.Needs, c.Wants) {
		provider := ref.Child
		if provider.Provides == "" {
			continue
		}
		arg := Argument{Name: c.File.free(syntax.LowerInitial(provider.Name), taken...), Type: provider.Hands(), Of: provider, Want: i >= len(c.Needs)}
		if arg.Want {
			arg.Type = c.File.runtimeName() + ".Wanted[" + arg.Type + "]"
		}
		args = append(args, arg)
		taken = append(taken, arg.Name)
	}
	return args
}

// runtimeName is how the file's generated code calls package runtime.
func (f *File) runtimeName() string { return f.GeneratedImports()[2].Name }

// helper is the name of what only generated code uses, "shopTable". It gives way to the children's own names: one of them
// may be called Table.
func (c *Child) helper(what string) string { return c.File.giveWay(c.lower() + what) }

// giveWay is name, with as many underscores as it takes to be no child's [Child.ID].
func (f *File) giveWay(name string) string {
	for f.Ids[name] {
		name += "_"
	}
	return name
}

// lower is GoName as an unexported identifier, "shopIngestReader".
func (c *Child) lower() string {
	root := c.Root().Name
	return syntax.LowerInitial(root) + strings.TrimPrefix(c.GoName(), root)
}

// free is name, with as many underscores as it takes to be none of the taken, no word of Go and no package that the
// generated file could import.
func (f *File) free(name string, taken ...string) string {
	for f.IsTaken(name) || slices.Contains(taken, name) || token.IsKeyword(name) || syntax.Predeclared[name] != syntax.PredeclaredNot {
		name += "_"
	}
	return name
}

// The packages that generated code itself uses.
var generatedImports = []struct{ name, alias, path string }{
	{"context", "stdcontext", "context"},
	{"time", "stdtime", "time"},
	{"runtime", "supruntime", "github.com/supgen/supgen/runtime"},
}

// hiding are the parameters and variables that have these names whatever a file imports.
var hiding = []string{"ctx", "i", "state", "v"}

// GeneratedImports are the packages context, time and runtime, in this order, as the file's generated code imports them where it
// uses them: as the user does, or else under a name that no import of the user's has.
func (f *File) GeneratedImports() []Import {
	all := slices.Clone(f.Imports)
	named := func(name string) bool {
		return slices.ContainsFunc(all, func(i Import) bool { return i.Name == name })
	}
	for _, own := range generatedImports {
		same := func(i Import) bool { return i.Path == own.path && !slices.Contains(hiding, i.Name) }
		if user := slices.IndexFunc(f.Imports, same); user >= 0 {
			all = append(all, f.Imports[user])
			continue
		}
		i := Import{Path: own.path, Name: own.name}
		if named(own.name) {
			for i.Name = own.alias; named(i.Name); {
				i.Name += "_"
			}
			i.Alias = i.Name
		}
		all = append(all, i)
	}
	return all[len(f.Imports):]
}

// GeneratedUses are the predeclared names of Go that generated code itself uses.
func GeneratedUses() []string {
	return []string{"error", "int", "iota", "nil", "string", "true", "uint64"}
}

// IsTaken reports whether a package goes by the name in the generated file.
func (f *File) IsTaken(name string) bool {
	for _, own := range generatedImports {
		if own.name == name {
			return true
		}
	}
	return slices.ContainsFunc(f.Imports, func(i Import) bool { return i.Name == name })
}

// ReservedNames are the names that no child of c may have, because the generated type of c has a method or a field
// of that name already.
func (c *Child) ReservedNames() []string {
	if c.Parent == nil {
		return []string{"Run", "State", "Tree"}
	}
	return []string{"AwaitEnd", "Handle", "Path", "Pause", "Quarantine", "Release", "Remove", "Restart", "Resume", "Start", "State", "Stop", "Supervisor", "Wait"}
}

// Declares lists the package-level identifiers that are generated for c.
func (c *Child) Declares() []string {
	if c.Role == policy.Group {
		return []string{c.ID()}
	}
	if c.Role != policy.Supervisor {
		names := []string{c.RunType(), c.ID()}
		if c.Dynamic {
			names = append(names, c.ArgsType())
		}
		if c.Provides != "" {
			names = append(names, c.Port())
		}
		if c.Fewest > 0 {
			names = append(names, c.ReplicasOption(), c.MinConst(), c.MaxConst())
		}
		return names
	}
	names := []string{c.GoName(), c.ChildrenType(), c.StateType(), c.ID(), c.StartFunction()}
	if c.Shutdown.Source.Kind != SourceRole {
		names = append(names, c.ShutdownConst(), c.BoundConst())
	}
	if c.Parent == nil {
		names = append(names, c.Constructor(), c.Table())
	}
	return names
}

// Methods lists the methods that are generated for c in its supervisor's types, beside the one with its name.
func (c *Child) Methods() []string {
	var methods []string
	if c.Dynamic {
		methods = append(methods, c.StartMethod())
	}
	if c.HasKey() {
		methods = append(methods, c.ReplaceMethod())
	}
	if c.Ready.Value.Check.Every > 0 {
		methods = append(methods, c.ReadyMethod())
	}
	if c.Health.Value.Check.Every > 0 {
		methods = append(methods, c.HealthMethod())
	}
	return methods
}

// MemberOf returns what a field or method called name is generated for, in type typ of the types generated for c: c, one of its
// children, or nil where there is neither.
func (c *Child) MemberOf(typ, name string) *Child {
	switch {
	case typ == c.ArgsType():
		for _, p := range c.Params {
			if p.Name == name {
				return c
			}
		}
		return nil
	case typ == c.GoName() && slices.Contains(c.handleMembers(), name), typ == c.StateType() && slices.Contains(c.stateMembers(), name):
		return c
	}
	for _, m := range c.Members() {
		switch {
		case typ == c.StateType() && m.Name == name,
			typ == c.GoName() && m.Name == name && (!m.Dynamic || m.HasKey()),
			typ == c.GoName() && m.StartMethod() == name && m.Dynamic,
			typ == c.GoName() && m.ReplaceMethod() == name && m.HasKey():
			return m
		}
	}
	return nil
}

// handleMembers are the fields and methods of the type GoName that are not its children's.
func (c *Child) handleMembers() []string {
	if c.Parent == nil {
		return []string{"tree", "Run", "State", "Tree"}
	}
	return []string{"tree", "Handle"}
}

// stateMembers are the same of the StateType.
func (c *Child) stateMembers() []string {
	if c.Parent == nil {
		return []string{c.StateField()}
	}
	return []string{c.StateField(), "fill"}
}
