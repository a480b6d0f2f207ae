package runtime

import "syscall"

// connections are the system's errors of connections and of the network. All others are texts here.
var connections = []error{syscall.ETIMEDOUT}

// killedHere are ends of a process that was killed which only this system has.
var killedHere []string
