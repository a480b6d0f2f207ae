//go:build unix

package httpsup

import (
	"cmp"
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
	if err := owned(filepath.Dir(dir)); err != nil {
		return nil, err
	}
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

// owned refuses a path that others can lead elsewhere: each directory and link on the way, also behind links, is of this user or
// root, and nobody else can rename what is in it.
func owned(path string) error {
	at, rest := "/", path // at has no link in it but as its last name
	for links := 0; ; {
		info, err := os.Lstat(at)
		if err != nil {
			return err
		}
		uid, mode := int(info.Sys().(*syscall.Stat_t).Uid), info.Mode()
		isLink := mode&fs.ModeSymlink != 0
		if uid != owner() && uid != 0 || !isLink && mode.Perm()&0o022 != 0 && mode&fs.ModeSticky == 0 {
			return fmt.Errorf("others can change %s, and put another directory in the place of %s", at, path)
		}
		if isLink {
			to, err := os.Readlink(at)
			if links++; err != nil || links > maxLinks {
				return cmp.Or(err, fmt.Errorf("%s: too many links", path))
			}
			at, rest = filepath.Dir(at), to+"/"+rest
			if filepath.IsAbs(to) {
				at = "/"
			}
		}
		name := ""
		for name == "" && rest != "" {
			name, rest, _ = strings.Cut(rest, "/")
		}
		if name == "" {
			return nil
		}
		at = filepath.Join(at, name)
	}
}

// maxLinks is how many links there may be on the way to a socket, as many as Linux follows.
const maxLinks = 40

// private refuses a directory that others can enter.
func private(dir string) error {
	info, err := os.Lstat(dir)
	if err != nil {
		return err
	}
	if !info.IsDir() || int(info.Sys().(*syscall.Stat_t).Uid) != owner() || info.Mode().Perm()&0o077 != 0 {
		return fmt.Errorf("%s has to be a directory of this user with mode 0700: others could reach the socket in it", dir)
	}
	return nil
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
