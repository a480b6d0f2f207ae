package gotypes

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/supgen/supgen/dsl/diag"
	"github.com/supgen/supgen/dsl/syntax"
)

// values reports the types of one file whose values cannot be copied, and keys that have no text. What has an invalid part was
// refused already, or Go has not loaded all of it.
func (q *question) values(s *spelled, refused bool) error {
	specs := s.file.Decls[len(s.source.Imports):]
	for i, u := range s.types {
		t := q.info.TypeOf(specs[i].(*ast.GenDecl).Specs[0].(*ast.ValueSpec).Type)
		has := partsOf(t)
		if has.invalid && !refused && len(q.errors) > 0 {
			return q.errors[0]
		} else if has.invalid {
			continue
		}
		if syntax.Said(u.key) && !isKey(t) {
			q.Reportf(diag.CodeBadKey, syntax.Begin(u.key), syntax.End(u.key), "%q is a %s; a key is a string or an integer", u.key.Value, typeName(t.Underlying())).
				Notef(syntax.RangeOf(u.argument), "declared here")
		}
		if has.lock != nil {
			meant := "*" + u.Source()
			q.Reportf(diag.CodeBadType, u.Pos(), u.End(), "a value of %q is copied on its way, and with it a lock: %s", syntax.Beginning(u.Source()), typeName(has.lock)).
				Hintf("write %s", syntax.Beginning(meant)).
				Fix("write "+syntax.Beginning(meant), diag.Edit{Range: diag.Range{Pos: u.Pos(), End: u.Pos()}, New: "*"})
		}
	}
	return nil
}

// isKey reports whether a type is one that [runtime.Key] takes.
func isKey(t types.Type) bool {
	basic, ok := t.Underlying().(*types.Basic)
	return ok && basic.Info()&(types.IsString|types.IsInteger) != 0 && basic.Kind() != types.Uintptr
}

// locker is the interface that "go vet" knows a lock by.
var locker = func() *types.Interface {
	method := func(name string) *types.Func {
		return types.NewFunc(token.NoPos, nil, name, types.NewSignatureType(nil, nil, nil, nil, nil, false))
	}
	return types.NewInterfaceType([]*types.Func{method("Lock"), method("Unlock")}, nil).Complete()
}()

// Parts are what is found in the values of a type: in itself, in the elements of an array, in the fields of a struct.
type parts struct {
	lock    types.Type // one that must not be copied, as "go vet" sees it; nil if there is none
	invalid bool       // some could not be loaded
	seen    map[types.Type]bool
}

func partsOf(t types.Type) *parts {
	p := &parts{seen: map[types.Type]bool{}}
	p.add(t)
	return p
}

func (p *parts) add(t types.Type) {
	if p.seen[t] {
		return
	}
	p.seen[t] = true
	switch under := t.Underlying().(type) {
	case *types.Array:
		p.add(under.Elem())
	case *types.Struct:
		if types.Implements(types.NewPointer(t), locker) && !types.Implements(t, locker) && p.lock == nil {
			p.lock = types.Unalias(t)
		}
		for field := range under.Fields() {
			p.add(field.Type())
		}
	case *types.Basic:
		p.invalid = p.invalid || under.Kind() == types.Invalid
	}
}
