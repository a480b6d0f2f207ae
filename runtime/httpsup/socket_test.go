//go:build unix

package httpsup

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/supgen/supgen/runtime"
)

// A socket is for its owner, whom the kernel names.
func TestUnix(t *testing.T) {
	path := filepath.Join(t.TempDir(), "run", "shop.sock")
	var who string
	end, err := Serve("unix:"+path, Authorise(func(r *http.Request, a Access) (string, error) { who = Peer(r); return peer(r, a) }))(newApp().Tree)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Transport: &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) { return net.Dial("unix", path) }}}
	defer client.CloseIdleConnections()
	if status, body := fetch(t, client, "http://shop.example/readyz?verbose"); status != 503 || !strings.HasPrefix(body, "idle\n") {
		t.Errorf("/readyz answers %d %q", status, body)
	}
	if want := fmt.Sprintf("uid:%d", os.Geteuid()); who != want {
		t.Errorf("it is %q who asks, not %q", who, want)
	}
	if status, body := fetch(t, client, "http://shop.example/state"); status != 200 {
		t.Errorf("/state answers %d %q", status, body)
	}
	for file, mode := range map[string]os.FileMode{filepath.Dir(path): 0o700, path: 0o600} {
		if info, err := os.Stat(file); err != nil || info.Mode().Perm() != mode {
			t.Errorf("%s has mode %v, not %v (%v)", file, info.Mode().Perm(), mode, err)
		}
	}
	if end, err := Serve("unix:" + path)(newApp().Tree); err == nil {
		end()
		t.Error("a socket was taken from what listens on it")
	}
	end()
	if _, err := os.Stat(path); err == nil {
		t.Error("the socket is still there")
	}
}

// Without a choice, all of the API is open on a socket, and commands are in the name of the user.
func TestUnixCommand(t *testing.T) {
	path := filepath.Join(t.TempDir(), "run", "shop.sock")
	tree := quiet()
	end, err := Serve("unix:" + path)(tree)
	if err != nil {
		t.Fatal(err)
	}
	defer end()
	ctx, stop := context.WithCancel(t.Context())
	ended := startRun(ctx, tree)
	if err := tree.AwaitReady(ctx); err != nil {
		t.Fatal(err)
	}
	conn, err := net.Dial("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	const body = `{"path":"Shop.HTTP","verb":"pause","why":"a test"}`
	fmt.Fprintf(conn, "POST /command HTTP/1.0\r\nHost: x\r\nSupgen-Command: 1\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
	if text, err := io.ReadAll(conn); err != nil || !strings.Contains(string(text), `"changed":true`) {
		t.Errorf("the answer is %q (%v)", text, err)
	}
	for e := range tree.EventsFrom(ctx, 1) {
		if e.Kind == runtime.EventCommand {
			if want := fmt.Sprintf("uid:%d", os.Geteuid()); e.Audit.Who != want {
				t.Errorf("it is in the name of %q", e.Audit.Who)
			}
			break
		}
	}
	stop()
	<-ended
}

// A socket that a dead process left is made anew; where others can do something about a socket, there is none.
func TestUnixPaths(t *testing.T) {
	top := t.TempDir()
	make := func(name string, mode os.FileMode) string {
		dir := filepath.Join(top, name)
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(dir, mode); err != nil {
			t.Fatal(err)
		}
		return dir
	}
	stale := filepath.Join(make("stale", 0o700), "s")
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: stale, Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	l.SetUnlinkOnClose(false)
	l.Close()
	file := filepath.Join(make("file", 0o700), "s")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	make("shared", 0o777)
	make("shared/private", 0o700)
	make("good", 0o755)
	make("good/private", 0o700)
	ln := func(to, name string) string {
		link := filepath.Join(top, name)
		if err := os.Symlink(to, link); err != nil {
			t.Fatal(err)
		}
		return link
	}
	for path, refused := range map[string]string{
		stale:                                   "",
		file:                                    "not a socket",
		filepath.Join(ln("stale", "link"), "s"): "mode 0700",
		filepath.Join(make("open", 0o755), "s"): "mode 0700",
		filepath.Join(make("writable", 0o770), "s"):                            "mode 0700",
		filepath.Join(top, "shared", "private", "s"):                           "others can change",
		filepath.Join(ln("shared", "toshared"), "private", "s"):                "others can change",
		filepath.Join(ln(filepath.Join(top, "shared"), "abs"), "private", "s"): "others can change",
		filepath.Join(ln("abs/../good", "through"), "private", "s"):            "others can change",
		filepath.Join(ln("//./good//", "nowhere"), "private", "s"):             "no such file",
		filepath.Join(ln("round", "round"), "private", "s"):                    "too many links",
		filepath.Join(ln("./good/../good", "togood"), "private", "s"):          "",
		filepath.Join(top, "not", "there", "s"):                                "no such file",
		"@supgen":                                                              "abstract",
		"":                                                                     "needs a path",
	} {
		l, err := listenUnix(path)
		if err == nil {
			l.Close()
		}
		if got := fmt.Sprint(err); refused == "" && err != nil || refused != "" && !strings.Contains(got, refused) {
			t.Errorf("a socket at %q is answered with %q, not %q", path, got, refused)
		}
	}
	if _, err := os.Stat(file); err != nil {
		t.Error("a file was removed that is not a socket")
	}
}

// A link is for its owner to lead elsewhere.
func TestUnixForeignLink(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can give away a link")
	}
	top := t.TempDir()
	link := filepath.Join(top, "link")
	if err := errors.Join(os.MkdirAll(filepath.Join(top, "good", "private"), 0o700), os.Symlink("good", link), os.Lchown(link, 65534, 65534)); err != nil {
		t.Fatal(err)
	}
	if l, err := listenUnix(filepath.Join(link, "private", "s")); err == nil {
		l.Close()
		t.Error("there is a socket behind another's link")
	} else if !strings.Contains(err.Error(), "others can change") {
		t.Error(err)
	}
}
