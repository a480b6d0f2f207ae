//go:build !unix

package httpsup

import (
	"fmt"
	"net"
	"os"
	"runtime"
)

func owner() int { return os.Geteuid() }

func listenUnix(path string) (net.Listener, error) {
	return nil, fmt.Errorf(`unix:%s: a Unix socket cannot be kept from other users on %s; use Serve("localhost:8082", Authorise(f)) instead`, path, runtime.GOOS)
}
