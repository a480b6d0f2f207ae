package from_test

import (
	"fmt"
	"net"
	"net/http"
	"path/filepath"
	"testing"
)

// It follows a feed again when that breaks, and when a line of it makes the service panic; a feed that is removed is followed no more.
// What comes in while it stops is kept, but for before, in which the API and the saver stop at the same time.
func TestSuture(t *testing.T) {
	each(t, "suture", func(t *testing.T, binary string) {
		l, err := net.Listen("tcp", "localhost:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		accept := func() net.Conn {
			c, err := l.Accept()
			if err != nil {
				t.Fatal(err)
			}
			return c
		}
		feed := "/feeds/" + l.Addr().String()

		p := start(t, binary)
		if status, text := p.do("PUT", feed, ""); status != http.StatusOK {
			t.Fatalf("a feed was answered by %d %s", status, text)
		}
		c := accept()
		if status, _ := p.do("PUT", feed, ""); status != http.StatusConflict {
			t.Errorf("a second one of the same address was answered by %d", status)
		}
		fmt.Fprintln(c, "north 1")
		c.Close()
		c = accept()
		fmt.Fprintln(c, "panic")
		c = accept()
		if _, text := p.do("GET", "/sensors", ""); text != "north 1\n" {
			t.Errorf("it knows %q", text)
		}
		if status, text := p.do("DELETE", feed, ""); status != http.StatusOK {
			t.Errorf("the end of a feed was answered by %d %s", status, text)
		}
		if _, err := c.Read(make([]byte, 1)); err == nil {
			t.Error("the connection of a feed that was removed is not closed")
		}
		if status, _ := p.do("DELETE", feed, ""); status != http.StatusNotFound {
			t.Errorf("the end of a feed that is not followed was answered by %d", status)
		}
		p.do("PUT", feed, "")
		defer accept().Close() // it is connected when it stops
		p.stopWhileServing("/sensors", "south 2\n")
		switch text := p.file("hub.data"); {
		case text == "north 1\nsouth 2\n":
		case text == "north 1\n" && filepath.Base(binary) == "before": // all services of suture stop at once
		default:
			t.Errorf("it has kept %q", text)
		}
	})
}
