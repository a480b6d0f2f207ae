package runtime

import (
	"fmt"
	"reflect"
)

// judge finds the outcome of a run, or of a check, that returned err (design.md, "When a run ends"). It runs on the
// goroutine that ended and under no lock, since the methods of err are the user's code; one that panics is an error like
// any other. An EOF in it is the end of a connection if remote says so; what clean accepts is clean, too, and it may be nil.
func judge(err error, remote bool, clean func(error) bool) (o Outcome, f *Failure) {
	if err == nil {
		return OutcomeSuccess, nil
	}
	f = &Failure{Kind: OutcomeError, Err: err}
	defer func() {
		if p := recover(); p != nil {
			f.Message = bounded(fmt.Sprintf("%T, whose methods panic: %v", err, p))
		}
		f.Category = categoryOf(f.Kind)
		o = f.Kind
	}()
	c := errorWalk{budget: maxErrors}
	c.walk(err, remote)
	switch {
	case c.mark != nil:
		f.Kind = c.mark.outcome
	case c.external:
		f.Kind = OutcomeExternal
	}
	f.Message, f.clean = bounded(err.Error()), c.clean
	if !c.clean && clean != nil {
		f.accepts(clean)
	}
	if f.Kind == OutcomeAgain {
		f.Err = nil // nobody asks for it, and events keep what it holds
	}
	return f.Kind, f
}

// maxErrors is how many errors of a chain are looked at: one whose Unwrap never ends must not keep its run from ending.
const maxErrors = 1000

// An errorWalk is what an error and all that it wraps say, in the order of [errors.Is].
type errorWalk struct {
	budget   int         // how many more are looked at
	mark     *classified // the first one
	external bool        // one of them comes from outside the program
	clean    bool        // one of them is what a run returns that was asked to stop
}

// walk reads err and what it wraps. An EOF in it is external where remote says so, and inside the error of a connection.
func (c *errorWalk) walk(err error, remote bool) {
	for err != nil && c.budget > 0 {
		c.budget--
		remote = remote || isConnection(err)
		c.visit(err, remote)
		var next error
		switch w := err.(type) {
		case interface{ Unwrap() error }:
			next = w.Unwrap()
		case interface{ Unwrap() []error }:
			for _, err := range w.Unwrap() {
				c.walk(err, remote)
			}
			return
		}
		if next == nil {
			text := err.Error()
			c.external, c.clean = c.external || isExternalText(text), c.clean || isCleanText(text)
		}
		err = next
	}
}

// visit looks at one error.
func (c *errorWalk) visit(err error, remote bool) {
	if c.mark == nil {
		c.mark = markOf(err)
	}
	c.external = c.external || isExternal(err, remote)
	c.clean = c.clean || isClean(err)
}

// markOf is how err itself is marked, if it is.
func markOf(err error) *classified {
	switch e := err.(type) {
	case *classified:
		return e
	case interface{ As(any) bool }:
		var mark *classified
		if e.As(&mark) {
			return mark
		}
	}
	return nil
}

// isAny reports whether err itself is one of the targets, or says so.
func isAny(err error, targets []error) bool {
	says, asked := err.(interface{ Is(error) bool })
	for _, target := range targets {
		if err == target || asked && says.Is(target) {
			return true
		}
	}
	return false
}

// isA reports whether err is a pointer to a type of a package that is not imported for it.
func isA(err error, pkg, name string) bool {
	t := reflect.TypeOf(err)
	return t.Kind() == reflect.Pointer && t.Elem().Name() == name && t.Elem().PkgPath() == pkg
}

// OutcomeOf is the outcome of a run that returns err, which is what the child's table is asked about: for tests of a
// child's function. Nil is OutcomeSuccess. It calls the methods of err.
//
// A tree may say otherwise of the same error: a run that was asked to stop has not failed whatever it returns, and a child
// that others need cannot skip. A job that needs nothing differs in one thing: an io.EOF or io.ErrUnexpectedEOF of it is an
// OutcomeError, unless it is in a *net.OpError or a *url.Error.
func OutcomeOf(err error) Outcome {
	o, _ := judge(err, true, nil)
	return o
}
