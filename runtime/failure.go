package runtime

import (
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"strings"
)

// Category sorts failures by who can do something about them.
type Category string

const (
	CategoryCrash    Category = "crash"    // error, panic, goexit: the code
	CategoryTimeout  Category = "timeout"  // too slow
	CategoryHealth   Category = "health"   // alive and not well
	CategoryExternal Category = "external" // something outside this program
	CategoryFatal    Category = "fatal"    // a restart cannot help
	CategoryStuck    Category = "stuck"    // it does not stop
)

func categoryOf(o Outcome) Category {
	switch o {
	case OutcomeTimeout:
		return CategoryTimeout
	case OutcomeUnhealthy:
		return CategoryHealth
	case OutcomeExternal:
		return CategoryExternal
	case OutcomeFatalConfig, OutcomeFatalBug:
		return CategoryFatal
	case OutcomeStuck:
		return CategoryStuck
	}
	return CategoryCrash
}

// A Failure is how a run failed. It is a value; Err is not part of its JSON.
type Failure struct {
	Kind     Outcome  `json:"kind"`
	clean    bool     // it is what a run returns that was asked to stop
	Category Category `json:"category"`
	Message  string   `json:"message"`
	Final    bool     `json:"final"` // the decision was escalate or shutdown
	// Err is what the child returned, if it returned; a [*PanicError] if it panicked. Whatever it holds is held as long: so
	// it is kept of a child's last failure and of the tree's end, and in the last 64 events. Older ones have the rest.
	Err error `json:"-"`

	stack *stack // of a panic
}

// A stack is where a panic came from: formatted when somebody looks.
type stack struct {
	text  string // of one that was read
	depth int
	pcs   [32]uintptr
}

// Stack is where a panic came from, one frame a line; of anything else it is empty.
func (f *Failure) Stack() string {
	switch {
	case f.stack == nil:
		return ""
	case f.stack.depth == 0:
		return f.stack.text
	}
	var b strings.Builder
	for frames := runtime.CallersFrames(f.stack.pcs[:f.stack.depth]); ; {
		frame, more := frames.Next()
		fmt.Fprintf(&b, "%s\n\t%s:%d\n", frame.Function, frame.File, frame.Line)
		if !more {
			return b.String()
		}
	}
}

type failureFields Failure // without its methods

type failureJSON struct {
	failureFields
	Stack string `json:"stack,omitempty"`
}

// MarshalJSON writes the failure with its stack.
func (f Failure) MarshalJSON() ([]byte, error) {
	return json.Marshal(failureJSON{failureFields(f), f.Stack()})
}

// UnmarshalJSON reads what MarshalJSON wrote, but for Err.
func (f *Failure) UnmarshalJSON(text []byte) error {
	var v failureJSON
	if err := json.Unmarshal(text, &v); err != nil {
		return err
	}
	*f = Failure(v.failureFields)
	if v.Stack != "" {
		f.stack = &stack{text: v.Stack}
	}
	return nil
}

// classified is an error whose outcome its author chose.
type classified struct {
	outcome Outcome
	err     error
}

func (c *classified) Error() string { return c.err.Error() }
func (c *classified) Unwrap() error { return c.err }

// FatalConfig marks an error that no restart can mend, because the configuration is wrong. Unless the child's table
// says otherwise, the whole tree ends with it. FatalConfig(nil) is nil.
func FatalConfig(err error) error { return classify(OutcomeFatalConfig, err) }

// FatalBug marks an error that no restart can mend, because the program is wrong. Unless the child's table says
// otherwise, its supervisor fails. FatalBug(nil) is nil.
func FatalBug(err error) error { return classify(OutcomeFatalBug, err) }

// ExternalDependency marks an error that comes from outside the program. External without it are the system's errors of
// connections, deadlines that passed, *net.DNSError, an EOF but of a job that needs nothing, and what well-known clients say of a server
// that is away (docs/runtime.md, "How a run ends"). ExternalDependency(nil) is nil.
func ExternalDependency(err error) error { return classify(OutcomeExternal, err) }

// Skip is returned by a child that is switched off by configuration. Unless its table says otherwise, it stays stopped.
// A child that others need cannot skip: that is a FatalConfig.
func Skip(reason string) error { return classify(OutcomeSkip, errors.New(reason)) }

// Again is returned by a run that ended well, and whose value is not valid any more: "rebalanced", "the certificate is
// renewed". It is not a failure. Unless its table says otherwise the child starts again, and that counts in no limit.
func Again(reason string) error { return classify(OutcomeAgain, errors.New(reason)) }

func classify(o Outcome, err error) error {
	if err == nil {
		return nil
	}
	return &classified{o, err}
}

// A PanicError is a panic of a child, as an error.
type PanicError struct {
	Value any

	*stack // where it came from
}

func (e *PanicError) Error() string { return fmt.Sprintf("panic: %v", e.Value) }

// Unwrap is the panic's value, if that is an error.
func (e *PanicError) Unwrap() error {
	err, _ := e.Value.(error)
	return err
}

// goexited is the failure of all that end by runtime.Goexit.
var goexited = &Failure{Kind: OutcomeGoexit, Category: CategoryCrash, Message: "called runtime.Goexit"}

// panicked is the failure of a run that did. Printing the value calls the user's code, like judge.
func panicked(p *PanicError) (f *Failure) {
	f = &Failure{Kind: OutcomePanic, Category: CategoryCrash, Err: p, stack: p.stack}
	defer func() {
		if recover() != nil {
			f.Message = fmt.Sprintf("panic with a %T that panics when it is printed", p.Value)
		}
	}()
	f.Message = bounded(fmt.Sprint(p.Value))
	return f
}
