package top

import (
	"os"
	"syscall"

	"golang.org/x/sys/windows"
)

const isWindows = true

// The size is asked for with each drawing: there is no signal for it.
var (
	endSignals    = []os.Signal{os.Interrupt, syscall.SIGTERM}
	changeSignals []os.Signal
	continued     os.Signal = syscall.Signal(0)
)

// obeySequences has a console obey escape sequences, which older ones do not by themselves.
func obeySequences(out *os.File) {
	var mode uint32
	if windows.GetConsoleMode(windows.Handle(out.Fd()), &mode) == nil {
		windows.SetConsoleMode(windows.Handle(out.Fd()), mode|windows.ENABLE_VIRTUAL_TERMINAL_PROCESSING)
	}
}

// suspend does nothing: there is no job control.
func suspend() {}
