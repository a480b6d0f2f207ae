package protocol_test

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/textproto"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/supgen/supgen/internal/lsp/protocol"
)

// A handler is a server whose methods are called like what they do.
type handler struct{ begun atomic.Int32 }

func (h *handler) Notify(method string, _ json.RawMessage) {
	if method == "panic" {
		panic("notified")
	}
}

func (h *handler) Prepare(method string, _ json.RawMessage) func(context.Context) (any, error) {
	if method == "panic at once" {
		panic("prepared")
	}
	return func(ctx context.Context) (any, error) {
		h.begun.Add(1)
		switch method {
		case "panic":
			panic("asked")
		case "wait":
			<-ctx.Done()
			return nil, ctx.Err()
		case "encode":
			return func() {}, nil
		}
		return method, nil
	}
}

// A client writes what it likes, and reads when it likes. It is used in a bubble, whose test ends when all goroutines of the server have.
type client struct {
	t      *testing.T
	out    *io.PipeWriter
	in     *io.PipeReader
	served error
}

func connect(t *testing.T, h protocol.Handler) *client {
	toServer, out := io.Pipe()
	in, fromServer := io.Pipe()
	c := &client{t: t, out: out, in: in}
	go func() {
		c.served = protocol.NewConn(toServer, fromServer).Serve(context.Background(), h)
		toServer.Close()
		fromServer.Close()
	}()
	return c
}

func (c *client) send(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	fmt.Fprintf(c.out, "Content-Length: %d\r\n\r\n%s", len(text), text)
}

// answers reads what the server says until it closes its end: "id result" or "id code", sorted.
func (c *client) answers() (answers []string) {
	for in := textproto.NewReader(bufio.NewReader(c.in)); ; {
		header, err := in.ReadMIMEHeader()
		if err != nil {
			slices.Sort(answers)
			return answers
		}
		size, err := strconv.Atoi(header.Get("Content-Length"))
		if err != nil {
			c.t.Fatal(err)
		}
		text := make([]byte, size)
		if _, err := io.ReadFull(in.R, text); err != nil {
			c.t.Fatal(err)
		}
		var m struct {
			ID, Result json.RawMessage
			Error      *protocol.Error
		}
		if err := json.Unmarshal(text, &m); err != nil {
			c.t.Fatalf("%v: %s", err, text)
		}
		answer := fmt.Sprintf("%s %s", m.ID, m.Result)
		if m.Error != nil {
			answer = fmt.Sprintf("%s %d", m.ID, m.Error.Code)
		}
		answers = append(answers, answer)
	}
}

// Whatever a client sends, the server answers, or says why it stops.
func TestHostileMessages(t *testing.T) {
	framed := func(texts ...string) string {
		var b strings.Builder
		for _, text := range texts {
			fmt.Fprintf(&b, "Content-Length: %d\r\n\r\n%s", len(text), text)
		}
		return b.String()
	}
	const last = `{"id":9,"method":"last"}`
	for _, test := range []struct {
		name, sent string
		want       []string
		err        string
	}{
		{"nothing", "", nil, ""},
		{"a request", framed(last), []string{`9 "last"`}, ""},
		{"other headers", "content-type: text\r\n content-length : 24\n\n" + last, []string{`9 "last"`}, ""},
		{"half a header", "Content-Le", []string{"null -32700"}, "the input ends within the headers of a message"},
		{"half a message", "Content-Length: 30\r\n\r\n" + last, []string{"null -32700"}, "the input ends after 24 of 30 bytes of a message"},
		{"no length", "\r\n" + last, []string{"null -32700"}, "a message has no Content-Length"},
		{"a length below zero", "Content-Length: -1\r\n\r\n", []string{"null -32700"}, `" -1" is not a length`},
		{"a length of a gigabyte", "Content-Length: 1073741824\r\n\r\n", []string{"null -32700"}, "a message of 1073741824 bytes is larger than 67108864"},
		{"a length beyond all", "Content-Length: 99999999999999999999\r\n\r\n", []string{"null -32700"}, `" 99999999999999999999" is not a length`},
		{"an endless header", strings.Repeat("X", 1<<20), []string{"null -32700"}, "the headers of a message are longer than 4096 bytes"},
		{"endless headers", strings.Repeat("X: y\r\n", 1<<16), []string{"null -32700"}, "the headers of a message are longer than 4096 bytes"},
		{"no header", "hello\r\n\r\n", []string{"null -32700"}, `"hello" is not a header`},
		{"no JSON", framed("{", "[]", "1", last), []string{`9 "last"`, "null -32700", "null -32700", "null -32700"}, ""},
		{"deep JSON", framed(`{"id":1,"method":"x","params":`+strings.Repeat("[", 1<<20), last), []string{`9 "last"`, "null -32700"}, ""},
		{"neither method nor id", framed("{}", "null", last), []string{`9 "last"`, "null -32600", "null -32600"}, ""},
		{"a method that is a number", framed(`{"id":1,"method":1}`, last), []string{`9 "last"`, "null -32700"}, ""},
		{"ids of all kinds", framed(`{"id":"a","method":"x"}`, `{"id":{},"method":"x"}`, `{"id":-1e99,"method":"x"}`, `{"id":null,"method":"x"}`), []string{`"a" "x"`, `-1e99 "x"`, `{} "x"`}, ""},
		{"answers to nothing", framed(`{"id":1,"result":1}`, `{"id":"a","error":{}}`, last), []string{`9 "last"`}, ""},
		{"one id twice", framed(`{"id":1,"method":"wait"}`, `{"id":1,"method":"wait"}`, `{"method":"$/cancelRequest","params":{"id":1}}`), []string{"1 -32600", "1 -32800"}, ""},
		{"cancels of nothing", framed(`{"method":"$/cancelRequest"}`, `{"method":"$/cancelRequest","params":[]}`, `{"method":"$/cancelRequest","params":{"id":7}}`, last), []string{`9 "last"`}, ""},
		{"panics", framed(`{"id":1,"method":"panic"}`, `{"id":2,"method":"panic at once"}`, `{"method":"panic"}`, last), []string{"1 -32603", "2 -32603", `9 "last"`}, ""},
		{"an answer that is not JSON", framed(`{"id":1,"method":"encode"}`, last), []string{"1 -32803", `9 "last"`}, ""},
		{"the end while a request runs", framed(`{"id":1,"method":"wait"}`), []string{"1 -32800"}, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := connect(t, &handler{})
				go func() {
					io.WriteString(c.out, test.sent)
					c.out.Close()
				}()
				if got := c.answers(); !slices.Equal(got, test.want) {
					t.Errorf("it answers %q, want %q", got, test.want)
				}
				synctest.Wait()
				if got := fmt.Sprint(c.served); got != cmp.Or(test.err, "<nil>") {
					t.Errorf("it ends with %s, want %s", got, test.err)
				}
			})
		})
	}
}

// A client may cancel all that it asks.
func TestCancelEverything(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := connect(t, &handler{})
		const n = 5000
		go func() {
			for id := range n {
				c.send(`{"id":%d,"method":"wait"}`, id)
				c.send(`{"method":"$/cancelRequest","params":{"id":%d}}`, id)
			}
			c.out.Close()
		}()
		answers := c.answers()
		for _, answer := range answers {
			if !strings.HasSuffix(answer, " -32800") {
				t.Errorf("it answers %s", answer)
			}
		}
		if len(answers) != n {
			t.Errorf("%d answers to %d requests", len(answers), n)
		}
	})
}

// Of a client that asks and does not read, nothing is read before it does: what waits for it is bounded.
func TestClientThatDoesNotRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := &handler{}
		c := connect(t, h)
		const n, most = 5000, 256
		go func() {
			for id := range n {
				c.send(`{"id":%d,"method":"at once"}`, id)
			}
			for range n {
				c.send(`{}`) // refused, which is an answer too
			}
			c.out.Close()
		}()
		synctest.Wait()
		if begun := h.begun.Load(); begun > most {
			t.Errorf("%d requests were begun, which is more than %d", begun, most)
		}
		if answers := c.answers(); len(answers) != 2*n {
			t.Errorf("%d answers to %d messages", len(answers), 2*n)
		}
	})
}

// FuzzMessage has messages of any text framed and read: what is well-formed is answered, and nothing but an error ends the reading.
func FuzzMessage(f *testing.F) {
	f.Add([]byte("Content-Length: 24\r\n\r\n{\"id\":9,\"method\":\"last\"}"))
	f.Add([]byte("Content-Length: 2\n\n{}Content-Length: 99999\r\n\r\n[]"))
	f.Add([]byte("content-length:38\r\nX: y\r\n\r\n{\"id\":{\"a\":[]},\"method\":\"panic\",\"a\":1}\r\n"))
	f.Add([]byte("Content-Length: 22\r\n\r\n{\"id\":1,\"result\":null}\x00"))
	f.Fuzz(func(t *testing.T, sent []byte) {
		c := &client{t: t}
		var out *io.PipeWriter
		c.in, out = io.Pipe()
		go func() {
			c.served = protocol.NewConn(bytes.NewReader(sent), out).Serve(context.Background(), &handler{})
			out.Close()
		}()
		c.answers()
	})
}
