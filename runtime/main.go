package runtime

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"
)

// The statuses of a program that [Main] runs, beside 0 and 128 plus the number of a signal. The numbers are those of
// sysexits.h: EX_UNAVAILABLE, EX_SOFTWARE, EX_TEMPFAIL and EX_CONFIG.
const (
	statusUnavailable = 69
	statusGaveUp      = 70
	statusUnclean     = 75
	statusConfig      = 78
)

// patience is how long after a signal another one is taken for the same: terminals, and what wraps a program, send two.
const patience = 500 * time.Millisecond

// A Program is a tree as generated code makes it: a *Shop.
type Program interface {
	Run(ctx context.Context) error
	Tree() *Tree
}

// A Companion is what a program has beside its tree, and outside of it: a listener for probes, the socket of a service manager.
// It is called before Run, and the function that it returns, which may be nil, when Run has returned: its end, which is to take a
// second at the most. A companion that returns an error keeps the tree from being run.
type Companion func(t *Tree) (end func(), err error)

// Main is the whole main function of a program that is one tree: it runs p, and beside it its companions, until p has ended, says
// on standard error why, in one line, and exits with the status that [MainStatus] returns. Deferred functions are not called.
// A tree without the option [WithLogger] logs to slog.Default, as it is when Main is called.
func Main(p Program, beside ...Companion) { os.Exit(MainStatus(p, beside...)) }

// MainStatus is [Main], but returns the status instead of exiting with it (docs/runtime.md, "How a program ends"):
//
//	0            the tree has finished, or it was asked to stop, and did
//	69           a companion could not begin, and nothing was run
//	70           its root gave up
//	75           something is stuck, or did not stop cleanly
//	78           its root gave up because of a FatalConfig
//	130, 143     it was asked to stop before it had finished: its root has a finish, or a worker "on success shutdown"
//
// SIGTERM and os.Interrupt ask the tree to stop. Another one, 500 ms after the one before or later, ends the lame duck of a tree
// that is leaving; of any other, it makes MainStatus say what still runs and return at once with 128 plus its number. All other
// signals keep their meaning in Go, and so do these once it has returned. Who asks by [Tree.Shutdown] asks for what SIGTERM does.
//
// Companions begin in their order, and end in the opposite one when p has ended and its line was said; not after a signal that
// made MainStatus return before. A signal while they begin makes it return at once with 128 plus its number, and one while they end
// with the status that was said. An end that panics, or takes longer than two seconds, keeps the others from nothing.
func MainStatus(p Program, beside ...Companion) int {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	defer signal.Stop(signals)
	if o := &p.Tree().options; !o.chosen {
		o.logger = slog.Default()
	}
	return mainStatus(p, beside, signals, os.Stderr)
}

func mainStatus(p Program, beside []Companion, signals chan os.Signal, stderr io.Writer) int {
	ctx, stop := context.WithCancelCause(context.Background())
	defer stop(nil)
	c := companions{all: beside}
	begun, ended := make(chan error, 1), make(chan error, 1)
	go func() { begun <- c.begin(p.Tree()) }()
	asked, since := sigterm, time.Time{}
	runs, status, left := false, 0, (<-chan string)(nil)
	for {
		select {
		case err := <-begun:
			if runs = err == nil; runs {
				go func() { ended <- p.Run(ctx) }()
				continue
			}
			status = statusUnavailable
			say(stderr, "supgen: "+err.Error()+"; nothing was run")
			left = c.end()
		case err := <-ended:
			var why string
			status, why = p.Tree().verdict(err, asked)
			say(stderr, why)
			left = c.end()
		case text, more := <-left:
			if !more {
				return status
			}
			say(stderr, text)
		case s := <-signals:
			switch {
			case time.Since(since) < patience:
			case left != nil:
				return status
			case !runs:
				say(stderr, "supgen: ended by "+signalOf(s).name+" while "+c.current()+" began; nothing was run")
				return signalOf(s).status
			case since.IsZero():
				asked, since = signalOf(s), time.Now()
				stop(asked)
			case p.Tree().endLeave(signalOf(s)):
				since = time.Now()
			default:
				signal.Stop(signals) // a third one ends the process, whatever comes of the rest
				again := signalOf(s)
				say(stderr, "supgen: ended by a second signal, "+again.name+p.Tree().remaining())
				return again.status
			}
		}
	}
}

// A stopSignal is a signal that asks a tree to stop: the cause of the context that Run is given.
type stopSignal struct {
	name   string
	status int
}

var (
	sigint  = &stopSignal{"SIGINT", 130}
	sigterm = &stopSignal{"SIGTERM", 143}
)

func (s *stopSignal) Error() string { return s.name }

func (s *stopSignal) audit() Audit { return Audit{Verb: VerbShutdown, Who: "signal", Why: s.name} }

// endLeave has a tree that is leaving begin to stop, and reports whether it was.
func (t *Tree) endLeave(s *stopSignal) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.phase() != TreeLeaving {
		return false
	}
	_, err := t.commandNode(0, s.audit(), t.stepReply)
	return err == nil
}

func signalOf(s os.Signal) *stopSignal {
	if s == os.Interrupt {
		return sigint
	}
	return sigterm
}

// say writes a text as one block: what follows its first line is indented, and looks like no other record.
func say(w io.Writer, text string) {
	fmt.Fprintln(w, strings.ReplaceAll(strings.TrimRight(text, "\n"), "\n", "\n\t"))
}

// remaining are the children that have not ended yet.
func (t *Tree) remaining() string {
	left := slices.DeleteFunc(t.Report().Children, func(c ChildReport) bool { return c.Outcome != StopRunning && c.Outcome != StopStuck })
	if len(left) == 0 {
		return ""
	}
	return "; still running: " + firstFew(left, ", ", func(c ChildReport) string { return c.Path })
}

// verdict is the status of a program whose tree has ended, with what Run returned, and why.
func (t *Tree) verdict(err error, asked *stopSignal) (status int, why string) {
	report, asker := t.Report(), t.askedBy()
	switch why = "supgen: " + t.paths[0]; {
	case asker == "":
		why += " finished"
	case t.finishes():
		status, why = asked.status, why+" stopped before it had finished: "+asker
	default:
		why += " stopped: " + asker
	}
	if err == nil {
		return status, why
	}
	how := why + "; "
	why = err.Error()
	e := (*Error)(nil)
	if !errors.As(err, &e) { // of a Run that does more than the tree's
		if OutcomeOf(err) == OutcomeFatalConfig {
			return statusConfig, why
		}
		return statusGaveUp, why
	}
	if e.Path == "" {
		why = how + strings.TrimPrefix(why, "supgen: ")
	}
	if t.options.logger == nil || report.Unlogged > 0 {
		why += e.stacks(report) // else the log has them
	}
	switch {
	case e.Path == "":
		return statusUnclean, why
	case e.Failure != nil && e.Failure.Kind == OutcomeFatalConfig:
		return statusConfig, why
	}
	return statusGaveUp, why
}

// finishes reports whether the tree is a batch, which ends by itself when its work is done.
func (t *Tree) finishes() bool {
	return len(t.table[0].Finish.Of) > 0 || slices.ContainsFunc(t.table, func(c Child) bool {
		return c.Role == Worker && !c.Dynamic && c.On[OutcomeSuccess] == ActionShutdown
	})
}

// askedBy is who asked the tree to stop, and why; "" if it has finished, or gave up.
func (t *Tree) askedBy() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	a := t.asker()
	if a == nil {
		return ""
	}
	return fmt.Sprintf("%s by %s (%s)", a.Verb, a.Who, a.Why)
}

// asker is who asked the tree to stop, the first if several did; nil if it has ended by itself. Under the lock.
func (t *Tree) asker() *Audit {
	if a, asked := t.k.End().Cause.(Audit); asked {
		return &a
	}
	return nil
}

// stacks are those of the panics in e and of what is stuck, some of them, each on lines of its own.
func (e *Error) stacks(r Report) string {
	var b strings.Builder
	seen := map[string]bool{} // what is stuck has one for all of its declaration
	add := func(path, what, stack string) {
		if stack != "" && len(seen) < 10 && !seen[path+what] {
			seen[path+what] = true
			fmt.Fprintf(&b, "\n%s, %s:\n%s", path, what, strings.TrimRight(stack, "\n"))
		}
	}
	if e.Failure != nil {
		add(e.Path, "the panic", e.Failure.Stack())
	}
	for _, c := range e.Unclean {
		add(c.Path, "the panic", c.Unclean.Stack())
	}
	for _, c := range r.Children {
		declared, _, _ := strings.Cut(c.Path, "[")
		add(declared, "where it is stuck", c.Stacks)
	}
	return b.String()
}
