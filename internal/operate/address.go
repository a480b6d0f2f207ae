package operate

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/supgen/supgen/internal/encoding"
)

// Dial is a client of the API at an address: "http://host:port/base", "https://…", "host:port", "unix:PATH", or the path of a
// socket. It does not connect yet. The token, if there is one, is sent as "Authorization: Bearer"; over plain HTTP it is
// sent to the loopback alone.
func Dial(addr, token string) (*Client, error) {
	transport := &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           (&net.Dialer{Timeout: 5 * time.Second}).DialContext,
		TLSHandshakeTimeout:   5 * time.Second,
		ResponseHeaderTimeout: 30 * time.Second,
		IdleConnTimeout:       time.Minute,
		DisableCompression:    true,
		ForceAttemptHTTP2:     true,
	}
	c := &Client{addr: addr, token: token, most: maxAnswer, http: &http.Client{
		Transport:     transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
	if path, ok := socketPath(addr); ok {
		c.base = "http://localhost/"
		transport.Proxy = nil
		transport.DialContext = func(ctx context.Context, _, _ string) (net.Conn, error) {
			return (&net.Dialer{Timeout: 5 * time.Second}).DialContext(ctx, "unix", path)
		}
		return c, nil
	}
	base, err := parseURL(addr)
	if err != nil {
		return nil, err
	}
	if token != "" && base.Scheme == "http" && !isLoopback(base.Hostname()) {
		return nil, fmt.Errorf("a token is not sent to %s without TLS, where others can read it: use https, a tunnel (ssh -L), or a Unix socket", base.Host)
	}
	c.base = base.String()
	return c, nil
}

// socketPath is the path of the Unix socket that an address names, if it does.
func socketPath(addr string) (path string, ok bool) {
	if path, ok := strings.CutPrefix(addr, "unix:"); ok {
		return path, true
	}
	if strings.Contains(addr, "://") {
		return "", false
	}
	if filepath.IsAbs(addr) || strings.HasPrefix(addr, ".") || strings.HasSuffix(addr, ".sock") {
		return addr, true
	}
	info, err := os.Stat(addr)
	return addr, err == nil && info.Mode()&fs.ModeSocket != 0
}

// parseURL is the address that paths are added to.
func parseURL(addr string) (*url.URL, error) {
	text := addr
	if !strings.Contains(text, "://") {
		text = "http://" + text
	}
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Hostname() == "" || u.Scheme != "http" && u.Scheme != "https":
		return nil, fmt.Errorf(`%q is not an address: write "localhost:8081", "https://host/base" or the path of a Unix socket`, addr)
	case u.User != nil:
		return nil, errors.New("an address has no password, which everybody on this machine could read: set SUPGEN_TOKEN, or use --token-file")
	case u.RawQuery != "" || u.Fragment != "":
		return nil, fmt.Errorf("%q is an address with a query or a fragment, and needs none", addr)
	}
	u.Path = strings.TrimRight(u.Path, "/") + "/"
	u.RawPath = ""
	return u, nil
}

// isLoopback reports whether a host is this machine by its name or number.
func isLoopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.Unmap().IsLoopback()
}

// maxToken is how long a token may be, in bytes.
const maxToken = 16 << 10

// ReadToken is the token in a file, without a byte order mark and white space around it. It reports too whether other users can read that file.
func ReadToken(name string) (token string, exposed bool, err error) {
	f, err := os.Open(name)
	if err != nil {
		return "", false, err
	}
	defer f.Close()
	if info, err := f.Stat(); err == nil && runtime.GOOS != "windows" {
		exposed = info.Mode().IsRegular() && info.Mode().Perm()&0o044 != 0
	}
	text, err := io.ReadAll(io.LimitReader(f, maxToken+1))
	if err != nil {
		return "", exposed, err
	}
	if encoding.IsUTF16(text) {
		return "", exposed, fmt.Errorf("%s is UTF-16: save it as UTF-8", name)
	}
	token, err = CheckToken(strings.TrimPrefix(string(text), encoding.ByteOrderMark))
	if err != nil {
		err = fmt.Errorf("%s: %w", name, err)
	}
	return token, exposed, err
}

// CheckToken is a token without the white space around it, or an error if it cannot stand in a header.
func CheckToken(text string) (string, error) {
	token := strings.TrimSpace(text)
	switch {
	case token == "":
		return "", errors.New("the token is empty")
	case len(token) > maxToken:
		return "", fmt.Errorf("a token has at most %d bytes", maxToken)
	case strings.ContainsFunc(token, func(r rune) bool { return r <= ' ' || r >= 0x7f }):
		return "", errors.New("a token is one word of ASCII")
	}
	return token, nil
}
