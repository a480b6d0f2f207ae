package runtime

import (
	"context"
	"io"
	"os"
	"slices"
	"strings"
)

// externals are the errors that come from outside the program without being marked: connections that the other side, or
// the network, refused or broke, and deadlines that passed. Nothing else of the standard library: not an address that is in
// use, the program's own closed connection, nor whatever merely has a Timeout method, as ENOENT has.
var externals = append(connections, context.DeadlineExceeded, os.ErrDeadlineExceeded)

// eofs are the end of a connection, which is external, or of a file, which is not: see remote.
var eofs = []error{io.EOF, io.ErrUnexpectedEOF}

// isExternal reports whether err itself comes from outside the program; remote says of an EOF that it does.
func isExternal(err error, remote bool) bool {
	return isAny(err, externals) || remote && isAny(err, eofs) || isA(err, "net", "DNSError") || tellsExternal(err)
}

// isConnection reports whether err is what went wrong with a connection, and so is an EOF inside it.
func isConnection(err error) bool { return isA(err, "net", "OpError") || isA(err, "net/url", "Error") }

// Clients of databases and brokers say in their own way that the server is away, and do not wrap what the system said.
// They are known by what follows, since nothing is imported for them. It has what is certain and has not changed in years.
var (
	// externalStates are classes and codes of SQLSTATE, as a method SQLState tells it: the connection broke, the server only
	// reads (a failover), others were in the way (a conflict, a deadlock, a lock), it has no room, its own time for a statement
	// was over, an administrator, a crash or its idle time ended the session, it does not take connections yet, its disk fails.
	externalStates = []string{"08", "25006", "40001", "40P01", "53", "55P03", "57014", "57P01", "57P02", "57P03", "57P05", "58030"}

	// externalLabels are labels of MongoDB's errors, as a method HasErrorLabel tells them: the network, or a server that shuts
	// or steps down.
	externalLabels = []string{"NetworkError", "RetryableWriteError"}

	// externalWords are what errors say that wrap nothing, by who says it; those with an ellipsis begin so.
	externalWords = map[string][]string{
		"net/http": {
			"http: server closed idle connection",
			"http2: client connection lost",
			"http2: server sent GOAWAY and closed the connection…",
			"http2: Transport: cannot retry err [http2: Transport received Server's graceful shutdown GOAWAY]…",
			"http2: timeout awaiting response headers",
			"net/http: TLS handshake timeout",
		},
		"net/rpc":      {"connection is shut down"},
		"database/sql": {"driver: bad connection"},
		"grpc": {
			"rpc error: code = DeadlineExceeded desc = …",
			"rpc error: code = Unavailable desc = …",
		},
		"nats.go": {
			"nats: API error: code=500 err_code=10009 …", // the server does not lead
			"nats: API error: code=500 err_code=10028 …", // no memory
			"nats: API error: code=500 err_code=10047 …", // no storage
			"nats: API error: code=500 err_code=10118 …", // the stream is offline
			"nats: API error: code=500 err_code=10119 …", // the consumer is
			"nats: API error: code=503 err_code=10008 …", // temporarily unavailable
			"nats: API error: code=503 err_code=10023 …", // no resources
			"nats: JetStream system temporarily unavailable",
			"nats: Leadership Changed",
			"nats: connection closed",
			"nats: connection reconnecting",
			"nats: key watcher timed out waiting for initial keys",
			"nats: leadership change",
			"nats: maximum account active connections exceeded",
			"nats: no heartbeat received",
			"nats: no responders available for request",
			"nats: no response from stream",
			"nats: no servers available for connection",
			"nats: outbound buffer limit exceeded",
			"nats: server is disconnected",
			"nats: server maximum connections exceeded",
			"nats: server shutdown",
			"nats: stale connection",
			"nats: timeout",
			"nats: timeout waiting for ack",
		},
		"go-sql-driver/mysql": {
			"invalid connection",
			"Error 1040: …", "Error 1040 (08004): …", // too many connections
			"Error 1053: …", "Error 1053 (08S01): …", // server shutdown in progress
			"Error 1205: …", "Error 1205 (HY000): …", // a lock was not free in time
			"Error 1213: …", "Error 1213 (40001): …", // deadlock
			"Error 1290 (HY000): The MySQL server is running with the --read-only option…", // a failover, and so are the next
			"Error 1290 (HY000): The MySQL server is running with the --super-read-only option…",
			"Error 1836: …", "Error 1836 (HY000): …",
			"Error 1927: …", "Error 1927 (70100): …", // connection was killed
		},
		"pgx": {
			"conn closed",
			"read only connection", // with target_session_attrs, while all servers are standbys; and so are the next three
			"server is in standby mode",
		},
		"lib/pq": {
			"server is in hot standby mode",
			"session is read-only",
		},
		"Redis": {
			"CLUSTERDOWN …",
			"ERR max number of clients reached",
			"LOADING …",
			"MASTERDOWN …",
			"MISCONF …", // it cannot write to its disk
			"NOREPLICAS …",
			"OOM …",
			"READONLY …",  // a failover under a connection that stays
			"TRYAGAIN …",  // slots move
			"UNBLOCKED …", // a failover under a command that waits
		},
		"go-redis": {
			"redis: all ring shards are down",
			"redis: all sentinels specified in configuration are unreachable",
			"redis: connection pool timeout",
		},
		"amqp091-go": {
			`Exception (320) Reason: …`, // connection forced: the broker shuts down
			`Exception (501) Reason: "EOF"`,
			`Exception (501) Reason: "read tcp …`,
			`Exception (501) Reason: "unexpected EOF"`,
			`Exception (501) Reason: "write tcp …`,
			`Exception (504) Reason: "channel/connection is not open"`,
		},
		"franz-go": {
			"BROKER_NOT_AVAILABLE: …",
			"COORDINATOR_LOAD_IN_PROGRESS: …",
			"COORDINATOR_NOT_AVAILABLE: …",
			"KAFKA_STORAGE_ERROR: …",
			"LEADER_NOT_AVAILABLE: …",
			"NETWORK_EXCEPTION: …",
			"NOT_CONTROLLER: …",
			"NOT_COORDINATOR: …",
			"NOT_ENOUGH_REPLICAS: …",
			"NOT_ENOUGH_REPLICAS_AFTER_APPEND: …",
			"NOT_LEADER_FOR_PARTITION: …",
			"OFFSET_NOT_AVAILABLE: …",
			"REPLICA_NOT_AVAILABLE: …",
			"REQUEST_TIMED_OUT: …",
			"broker replied that the controller broker is not available",
			"record failed after being retried too many times",
			"records have timed out before they were able to be produced",
		},
		"sarama": {
			"kafka: broker not connected",
			"kafka: client has run out of available brokers to talk to",
		},
		"mongo-driver": {"server selection timeout"},
		"etcd": {
			"etcdserver: leader changed",
			"etcdserver: mvcc: database space exceeded",
			"etcdserver: no leader",
			"etcdserver: request timed out…",
			"etcdserver: server stopped",
			"etcdserver: too many requests",
			"etcdserver: unhealthy cluster",
		},
		"gorilla/websocket": {
			"websocket: close 1001 (going away)…",
			"websocket: close 1006 (abnormal closure)…",
		},
	}
)

// tellsExternal is isExternal of an error that tells it by a method.
func tellsExternal(err error) bool {
	switch e := err.(type) {
	case interface{ SQLState() string }:
		state := e.SQLState()
		return slices.ContainsFunc(externalStates, func(s string) bool { return strings.HasPrefix(state, s) })
	case interface{ HasErrorLabel(string) bool }:
		return slices.ContainsFunc(externalLabels, e.HasErrorLabel)
	}
	return false
}

// isExternalText is isExternal of an error that wraps nothing, by what it says.
func isExternalText(text string) bool {
	return externalTexts[text] || slices.ContainsFunc(externalBegins, func(begin string) bool { return strings.HasPrefix(text, begin) })
}

// externalTexts and externalBegins are the externalWords as they are looked up.
var externalTexts, externalBegins = func() (texts map[string]bool, begins []string) {
	texts = make(map[string]bool)
	for _, words := range externalWords {
		for _, word := range words {
			if begin, more := strings.CutSuffix(word, "…"); more {
				begins = append(begins, begin)
			} else {
				texts[word] = true
			}
		}
	}
	return texts, begins
}()
