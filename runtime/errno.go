//go:build !windows && !plan9 && !wasip1

package runtime

import "syscall"

// connections are the system's errors of connections and of the network.
var connections = []error{
	syscall.ECONNREFUSED, syscall.ECONNRESET, syscall.ECONNABORTED, syscall.EPIPE, syscall.ETIMEDOUT,
	syscall.EHOSTUNREACH, syscall.ENETUNREACH, syscall.ENETDOWN, syscall.EHOSTDOWN,
}

// killedHere are ends of a process that was killed which only this system has.
var killedHere []string
