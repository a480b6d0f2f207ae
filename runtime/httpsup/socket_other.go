//go:build !unix

package httpsup

import (
	"errors"
	"net"
	"os"
)

func owner() int { return os.Geteuid() }

func listenUnix(string) (net.Listener, error) {
	return nil, errors.New("a Unix socket cannot be kept from others on this system")
}
