package gotypes

import (
	"errors"
	"fmt"
	"go/scanner"
	"go/token"
	"go/types"
	"strings"

	"github.com/supgen/supgen/dsl/diag"
	"github.com/supgen/supgen/internal/load"
)

// An Error is a mistake in a Go file because of which the types of a package cannot be checked.
type Error struct {
	pos diag.Pos
	msg string
}

func (e *Error) Error() string { return fmt.Sprintf("%s: %s", e.pos, e.msg) }

// Place is where the mistake is.
func (e *Error) Place() diag.Pos { return e.pos }

// failed is the error of a question that cannot be answered because of another.
func (q *question) failed(err error) error {
	var at token.Position
	msg := ""
	if err, ok := errors.AsType[*load.ModuleError](err); ok {
		return q.failedAt(err.Place(), strings.TrimPrefix(err.Error(), err.Place().String()+": "))
	}
	if list, ok := errors.AsType[scanner.ErrorList](err); ok {
		at, msg = list[0].Pos, list[0].Msg
	} else if err, ok := errors.AsType[types.Error](err); ok {
		at, msg = q.fset.Position(err.Pos), oneLine(err.Msg)
	}
	if !at.IsValid() {
		return &load.Error{Name: q.shown, Err: fmt.Errorf("cannot have its types checked: %w", err)}
	}
	return q.failedAt(diag.Pos{File: at.Filename, Offset: at.Offset, Line: at.Line, Column: at.Column}, msg)
}

func (q *question) failedAt(pos diag.Pos, msg string) error {
	return &Error{pos, fmt.Sprintf("%s; the types in %q cannot be checked", msg, q.shown)}
}
