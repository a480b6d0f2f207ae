//go:build unix

package main

import (
	"os"
	"runtime"
	"syscall"
)

// maxMemory is the most that a process that has ended had in memory, in bytes.
func maxMemory(p *os.ProcessState) float64 {
	u, ok := p.SysUsage().(*syscall.Rusage)
	switch {
	case !ok:
		return 0
	case runtime.GOOS == "darwin":
		return float64(u.Maxrss)
	}
	return float64(u.Maxrss) * 1024
}
