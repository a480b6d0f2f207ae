package runtime

import "syscall"

// connections are the system's errors of connections and of the network: Winsock's numbers, a broken pipe, and the names
// that package syscall makes up for programs written for Unix.
var connections = []error{
	syscall.Errno(10061), // WSAECONNREFUSED
	syscall.WSAECONNRESET,
	syscall.WSAECONNABORTED,
	syscall.Errno(10060), // WSAETIMEDOUT
	syscall.Errno(10065), // WSAEHOSTUNREACH
	syscall.Errno(10051), // WSAENETUNREACH
	syscall.Errno(10050), // WSAENETDOWN
	syscall.Errno(10064), // WSAEHOSTDOWN
	syscall.ERROR_BROKEN_PIPE,
	syscall.ECONNREFUSED, syscall.ECONNRESET, syscall.ECONNABORTED, syscall.EPIPE, syscall.ETIMEDOUT,
	syscall.EHOSTUNREACH, syscall.ENETUNREACH, syscall.ENETDOWN, syscall.EHOSTDOWN,
}

// killedHere are ends of a process that was killed which only this system has: Process.Kill gives it this status.
var killedHere = []string{"exit status 1"}
