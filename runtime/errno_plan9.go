package runtime

import "syscall"

// connections are the system's errors of connections and of the network. All others are texts here.
var connections = []error{syscall.ETIMEDOUT}
