//go:build unix

package httpsup

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

func owner() int { return os.Geteuid() }

// listenUnix listens on a socket that only this user can reach.
func listenUnix(path string) (net.Listener, error) {
	if path == "" || strings.ContainsAny(path[:1], "@\x00") {
		return nil, errors.New("a Unix socket needs a path: anybody could connect to an abstract one")
	}
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	dir := filepath.Dir(path)
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, err
	}
	if err := private(dir); err != nil {
		return nil, err
	}
	if err := removeStale(path); err != nil {
		return nil, err
	}
	l, err := net.Listen("unix", path)
	if err != nil {
		return nil, err
	}
	if err := os.Chmod(path, 0o600); err != nil {
		l.Close()
		return nil, err
	}
	return l, nil
}

// private refuses a directory that others can enter, or put another in the place of.
func private(dir string) error {
	for at := dir; ; at = filepath.Dir(at) {
		info, err := os.Lstat(at)
		if err != nil {
			return err
		}
		stat := info.Sys().(*syscall.Stat_t)
		mine, mode := int(stat.Uid) == owner(), info.Mode()
		switch {
		case at == dir && (!mode.IsDir() || !mine || mode.Perm()&0o077 != 0):
			return fmt.Errorf("%s has to be a directory of this user with mode 0700: others could reach the socket in it", dir)
		case at != dir && mode.IsDir() && (!mine && stat.Uid != 0 || mode.Perm()&0o022 != 0 && mode&fs.ModeSticky == 0):
			return fmt.Errorf("others can write to %s, and put another directory in the place of %s", at, dir)
		}
		if at == filepath.Dir(at) {
			return nil
		}
	}
}

// removeStale removes a socket that nothing listens on, and nothing else.
func removeStale(path string) error {
	info, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case info.Mode()&fs.ModeSocket == 0:
		return fmt.Errorf("%s is there, and is not a socket", path)
	}
	conn, err := net.DialTimeout("unix", path, time.Second)
	if err == nil {
		conn.Close()
		return fmt.Errorf("something listens on %s", path)
	}
	if !errors.Is(err, syscall.ECONNREFUSED) {
		return err
	}
	return os.Remove(path)
}
