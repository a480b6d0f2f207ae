package sdnotify

import (
	"fmt"
	"net"
	"time"
)

// patience is how long a message may take, if systemd is too busy to read.
const patience = 200 * time.Millisecond

// A socket is where systemd listens. Each message has a connection of its own, as in libsystemd, so that a systemd that was started again
// hears the next one.
type socket net.UnixAddr

// parseSocket reads NOTIFY_SOCKET: a path, or "@" and the name of an abstract socket.
func parseSocket(name string) (*socket, error) {
	if (name[0] != '/' && name[0] != '@') || len(name) < 2 || len(name) > 107 { // sockaddr_un has 108 bytes
		return nil, fmt.Errorf("sdnotify: NOTIFY_SOCKET is %q, and neither a path nor an abstract socket", name)
	}
	return &socket{Name: name, Net: "unixgram"}, nil
}

func (s *socket) send(message string) error {
	conn, err := s.dial()
	if err != nil {
		return err
	}
	defer conn.Close()
	_, err = conn.Write([]byte(message))
	return err
}

// dial makes a connection for one message.
func (s *socket) dial() (*net.UnixConn, error) {
	conn, err := net.DialUnix("unixgram", nil, (*net.UnixAddr)(s))
	if err != nil {
		return nil, err
	}
	return conn, conn.SetWriteDeadline(time.Now().Add(patience))
}
