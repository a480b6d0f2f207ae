//go:build unix

package top

import (
	"os"
	"os/signal"
	"syscall"
	"time"
)

const isWindows = false

var (
	endSignals    = []os.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP}
	changeSignals = []os.Signal{syscall.SIGWINCH, syscall.SIGCONT}
	continued     = syscall.SIGCONT
)

// obeySequences has nothing to do: terminals of Unix obey them.
func obeySequences(*os.File) {}

// suspend stops the process, and those that it was started with, as Ctrl-Z does, until the shell continues them.
func suspend() {
	c := make(chan os.Signal, 1)
	signal.Notify(c, syscall.SIGCONT)
	defer signal.Stop(c)
	if syscall.Kill(0, syscall.SIGTSTP) != nil {
		return
	}
	select {
	case <-c:
	case <-time.After(time.Second): // without a shell that could continue it, the system does not stop it
	}
}
