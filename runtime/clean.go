package runtime

import (
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
)

// cleanErrors are the errors with which a run that was asked to stop may return: it stopped, no more. A [StopError] says that it
// is a context.Canceled.
var cleanErrors = []error{context.Canceled, io.ErrClosedPipe, os.ErrClosed}

// cleanTexts are errors of this kind in packages that are not imported for them. Of grpc's status Canceled, the text
// begins so.
var (
	cleanTexts = []string{
		"http: Server closed",
		"use of closed network connection",
		"sql: connection is already closed",
		"sql: database is closed",
		"sql: transaction has already been committed or rolled back",
		"grpc: the server has been stopped",
	}
	cleanPrefix = "rpc error: code = Canceled desc = "
)

// killed are the ends of a process that was asked to end, or made to, as exec.CommandContext's is when its context ends:
// by a signal, or with the status that shells have for one.
var killed = append(killedHere,
	"signal: killed", "signal: terminated", "signal: interrupt", "signal: hangup", "exit status 130", "exit status 137", "exit status 143")

// isClean reports whether err itself is what a run returns that was asked to stop.
func isClean(err error) bool {
	if mark := markOf(err); mark != nil && (mark.outcome == OutcomeSkip || mark.outcome == OutcomeAgain) {
		return true
	}
	return isAny(err, cleanErrors) || isA(err, "os/exec", "ExitError") && slices.Contains(killed, err.Error())
}

// isCleanText is isClean of an error that wraps nothing, by what it says.
func isCleanText(text string) bool {
	return slices.Contains(cleanTexts, text) || strings.HasPrefix(text, cleanPrefix)
}

// accepts asks the program's own CleanStop about an error that is not known to be clean. One that panics accepts nothing, and
// the failure says so.
func (f *Failure) accepts(clean func(error) bool) {
	defer func() {
		if p := recover(); p != nil {
			f.Message = bounded(f.Message + fmt.Sprintf(" (of which CleanStop panics: %v)", p))
		}
	}()
	f.clean = clean(f.Err)
}
