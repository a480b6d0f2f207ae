package runtime

import (
	"context"
	"os"
	"slices"
	"strings"
)

// externals are the errors that come from outside the program without being marked: connections that the other side, or
// the network, refused or broke, and deadlines that passed. Nothing else of the standard library: not an address that is in
// use, the program's own closed connection, an EOF, nor whatever merely has a Timeout method, as ENOENT has.
var externals = append(connections, context.DeadlineExceeded, os.ErrDeadlineExceeded)

// Clients of databases and brokers say in words of their own that the server is away, and do not wrap what the system said.
// They are known by these, since nothing is imported for them.
var (
	// externalStates are classes and codes of SQLSTATE, as a method SQLState tells it: the connection broke, the server has
	// no room, an administrator or a crash ended the session, the server does not take connections yet.
	externalStates = []string{"08", "53", "57P01", "57P02", "57P03"}

	// externalTexts are errors that wrap nothing.
	externalTexts = []string{
		"driver: bad connection",
		"nats: connection closed",
		"nats: connection reconnecting",
		"nats: no heartbeat received",
		"nats: no responders available for request",
		"nats: no response from stream",
		"nats: no servers available for connection",
		"nats: server is disconnected",
		"nats: server shutdown",
		"nats: stale connection",
		"nats: timeout",
	}
	externalPrefix = "rpc error: code = Unavailable desc = "
)

// isExternal reports whether err itself comes from outside the program.
func isExternal(err error) bool {
	if isAny(err, externals) || isA(err, "net", "DNSError") {
		return true
	}
	sql, ok := err.(interface{ SQLState() string })
	return ok && slices.ContainsFunc(externalStates, func(state string) bool { return strings.HasPrefix(sql.SQLState(), state) })
}

// isExternalText is isExternal of an error that wraps nothing, by what it says.
func isExternalText(text string) bool {
	return slices.Contains(externalTexts, text) || strings.HasPrefix(text, externalPrefix)
}
