package top

import (
	"os"
	"syscall"
)

const isWindows = true

// The size is asked for with each drawing: there is no signal for it.
var (
	endSignals    = []os.Signal{os.Interrupt, syscall.SIGTERM}
	changeSignals []os.Signal
	continued     os.Signal = syscall.Signal(0)
)

var setConsoleMode = syscall.NewLazyDLL("kernel32.dll").NewProc("SetConsoleMode")

// obeySequences has a console obey escape sequences, which older ones do not by themselves.
func obeySequences(out *os.File) {
	const enableVirtualTerminalProcessing = 4
	var mode uint32
	if syscall.GetConsoleMode(syscall.Handle(out.Fd()), &mode) == nil {
		setConsoleMode.Call(out.Fd(), uintptr(mode|enableVirtualTerminalProcessing))
	}
}

// suspend does nothing: there is no job control.
func suspend() {}
