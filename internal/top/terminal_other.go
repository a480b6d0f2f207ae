//go:build !unix && !windows

package top

import "os"

const isWindows = false

var (
	endSignals    = []os.Signal{os.Interrupt}
	changeSignals []os.Signal
	continued     os.Signal
)

func obeySequences(*os.File) {}

func suspend() {}
