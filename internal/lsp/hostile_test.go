package lsp_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net/textproto"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/supgen/supgen/internal/lsp"
)

// A raw client sends what it likes. It is used in a bubble, whose test ends when all goroutines of the server have.
type raw struct {
	t       *testing.T
	out     *io.PipeWriter
	in      *io.PipeReader
	inOrder bool
	err     error
	ended   atomic.Bool
	heard   []string
}

func newRaw(t *testing.T) *raw {
	toServer, out := io.Pipe()
	in, fromServer := io.Pipe()
	c := &raw{t: t, out: out, in: in}
	go func() {
		c.inOrder, c.err = lsp.Serve(t.Context(), toServer, fromServer, "test")
		c.ended.Store(true)
		toServer.Close()
	}()
	t.Cleanup(func() {
		out.Close()
		in.Close()
	})
	return c
}

// send sends a message: a method, its parameters, and an id for a request.
func (c *raw) send(method, params string, id ...int) {
	text := fmt.Sprintf(`{"method":%q`, method)
	if params != "" {
		text += `,"params":` + params
	}
	if len(id) > 0 {
		text += fmt.Sprintf(`,"id":%d`, id[0])
	}
	text += "}"
	fmt.Fprintf(c.out, "Content-Length: %d\r\n\r\n%s", len(text), text)
}

// listen reads what the server says from now on: "1 ok", "1 -32600", "shop.sup version 3: 1", which is how many diagnostics there are.
func (c *raw) listen() {
	go func() {
		for in := textproto.NewReader(bufio.NewReader(c.in)); ; {
			header, err := in.ReadMIMEHeader()
			if err != nil {
				return
			}
			size, _ := strconv.Atoi(header.Get("Content-Length"))
			text := make([]byte, size)
			io.ReadFull(in.R, text)
			var m struct {
				Method string
				ID     json.RawMessage
				Error  *struct{ Code int }
				Params struct {
					URI         string
					Version     int
					Diagnostics []struct{ Message string }
				}
			}
			if err := json.Unmarshal(text, &m); err != nil {
				c.t.Errorf("%v: %s", err, text)
			}
			switch p := m.Params; {
			case m.Error != nil:
				c.heard = append(c.heard, fmt.Sprintf("%s %d", m.ID, m.Error.Code))
			case m.ID != nil:
				c.heard = append(c.heard, fmt.Sprintf("%s ok", m.ID))
			case m.Method == "textDocument/publishDiagnostics":
				c.heard = append(c.heard, fmt.Sprintf("%s version %d: %d", p.URI[strings.LastIndexByte(p.URI, '/')+1:], p.Version, len(p.Diagnostics)))
			}
		}
	}()
}

// hears has the server do what it was asked, and wants to hear something of it, in some order.
func (c *raw) hears(want ...string) {
	c.t.Helper()
	synctest.Wait()
	slices.Sort(c.heard)
	slices.Sort(want)
	if !slices.Equal(c.heard, want) {
		c.t.Errorf("the server says %q, want %q", c.heard, want)
	}
	c.heard = nil
}

func (c *raw) initialize() {
	c.listen()
	c.send("initialize", `{"capabilities":{}}`, 0)
	c.hears("0 ok")
}

func (c *raw) open(uri, text string, version int) {
	c.send("textDocument/didOpen", fmt.Sprintf(`{"textDocument":{"uri":%q,"version":%d,"text":%q}}`, uri, version, text))
}

func (c *raw) change(uri string, version int, changes string) {
	c.send("textDocument/didChange", fmt.Sprintf(`{"textDocument":{"uri":%q,"version":%d},"contentChanges":%s}`, uri, version, changes))
}

func bubble(t *testing.T, name string, f func(t *testing.T, c *raw)) {
	t.Run(name, func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) { f(t, newRaw(t)) })
	})
}

const (
	whole  = "package x\n\nsupervisor Root {\n\tworker A\n}\n"
	broken = "package x\n\nsupervisor Root {\n\twroker A\n}\n"
)

// A client that does not keep to the protocol is told so, or does without; the server goes on.
func TestHostileClients(t *testing.T) {
	bubble(t, "a request before initialize", func(t *testing.T, c *raw) {
		c.listen()
		c.send("textDocument/hover", `{}`, 1)
		c.send("textDocument/didOpen", `{}`)
		c.send("initialize", ``, 2)
		c.send("initialize", `{"capabilities":{"general":{"positionEncodings":["klingon",""]}}}`, 3)
		c.send("initialize", `{}`, 4)
		c.hears("1 -32002", "2 -32602", "3 ok", "4 -32600")
	})
	bubble(t, "parameters that are missing or others", func(t *testing.T, c *raw) {
		c.initialize()
		for i, params := range []string{"", "null", "[]", "7", `{"textDocument":7}`, `{"position":{"line":"a"}}`} {
			for _, method := range []string{"initialized", "textDocument/didOpen", "textDocument/didChange", "textDocument/didClose", "textDocument/didSave", "workspace/didChangeWatchedFiles", "workspace/didChangeWorkspaceFolders", "no/such", "$/setTrace"} {
				c.send(method, params)
			}
			c.send("textDocument/hover", params, i)
		}
		synctest.Wait()
		c.heard = slices.DeleteFunc(c.heard, func(s string) bool { return strings.Contains(s, " version ") }) // of a file without a name
		c.hears("0 -32602", "1 ok", "2 -32602", "3 -32602", "4 -32602", "5 -32602")
	})
	bubble(t, "methods that there are not", func(t *testing.T, c *raw) {
		c.initialize()
		c.send("textDocument/no", `{}`, 2)
		c.send("textDocument/didOpen", `{}`, 3)
		c.hears("2 -32601", "3 -32601")
	})
	bubble(t, "open and closed twice", func(t *testing.T, c *raw) {
		uri := "file://" + t.TempDir() + "/a.sup"
		c.initialize()
		c.send("textDocument/didClose", `{"textDocument":{"uri":"`+uri+`"}}`)
		c.change(uri, 1, `[{"text":"not open"}]`)
		c.hears()
		c.open(uri, broken, 1)
		c.hears("a.sup version 1: 1")
		c.open(uri, whole, 1)
		c.hears("a.sup version 1: 0")
		c.open(uri, broken, 2)
		c.hears("a.sup version 2: 1")
		c.send("textDocument/didClose", `{"textDocument":{"uri":"`+uri+`"}}`)
		c.hears("a.sup version 0: 0")
		c.send("textDocument/didClose", `{"textDocument":{"uri":"`+uri+`"}}`)
		c.send("textDocument/hover", `{"textDocument":{"uri":"`+uri+`"},"position":{"line":3,"character":8}}`, 1)
		c.hears("1 ok")
	})
	bubble(t, "positions and versions that are lies", func(t *testing.T, c *raw) {
		uri := "file://" + t.TempDir() + "/a.sup"
		c.initialize()
		c.open(uri, whole, 7)
		c.hears("a.sup version 7: 0")
		c.change(uri, 3, `[{"range":{"start":{"line":99999999999,"character":-1},"end":{"line":-1,"character":-1e99}},"text":"x"}]`) // all of it
		c.hears("a.sup version 3: 1")
		c.change(uri, -3, fmt.Sprintf(`[{"range":{"start":{"line":7,"character":7},"end":{"line":0,"character":0}},"text":%q}]`, whole))
		c.hears("a.sup version -3: 0")
		for i, place := range []string{`{"line":-1,"character":-1}`, `{"line":3,"character":1e300}`, `{"line":4294967295,"character":4294967295}`} {
			for j, method := range []string{"hover", "definition", "completion", "references", "documentHighlight", "prepareRename", "selectionRange", "codeAction", "inlayHint"} {
				c.send("textDocument/"+method, fmt.Sprintf(`{"textDocument":{"uri":%q},"position":%s,"positions":[%s],"range":{"start":%s,"end":%s}}`, uri, place, place, place, place), 100*i+j)
			}
		}
		synctest.Wait()
		for _, heard := range c.heard {
			if !strings.HasSuffix(heard, " ok") {
				t.Error(heard)
			}
		}
	})
	bubble(t, "what are no files", func(t *testing.T, c *raw) {
		c.initialize()
		dir := "file://" + t.TempDir()
		for _, name := range []string{
			"untitled:Untitled-1", "a%20b%25.sup", "ä😀.sup", "", "sup", "%zz.sup", "%00.sup", "http://x.org/b.sup", "file:relative.sup", "file://elsewhere/c.sup", "c%3A/d.sup", "C:/d.sup", ".sup", "_e.sup",
		} {
			uri := name
			if !strings.Contains(strings.ReplaceAll(name, "C:", ""), ":") && name != "" {
				uri = dir + "/" + name
			}
			c.open(uri, broken, 1)
			synctest.Wait()
			if ours := name != "sup"; ours != (len(c.heard) == 1) || ours && !strings.Contains(c.heard[0], " version 1: ") {
				t.Errorf("%s: the server says %q", uri, c.heard)
			}
			c.send("textDocument/hover", fmt.Sprintf(`{"textDocument":{"uri":%q},"position":{"line":2,"character":2}}`, uri), 1)
			c.send("textDocument/didClose", fmt.Sprintf(`{"textDocument":{"uri":%q}}`, uri))
			synctest.Wait()
			c.heard = nil
		}
	})
	bubble(t, "files that vanish", func(t *testing.T, c *raw) {
		dir := filepath.Join(t.TempDir(), "x")
		uri := "file://" + dir + "/a.sup"
		c.initialize()
		if err := os.Mkdir(dir, 0o777); err != nil {
			t.Fatal(err)
		}
		c.open(uri, whole, 1)
		c.hears("a.sup version 1: 0")
		if err := os.Remove(dir); err != nil {
			t.Fatal(err)
		}
		c.change(uri, 2, `[{"text":"package x\n"}]`)
		c.hears("a.sup version 2: 1") // the directory cannot be read
		if err := os.WriteFile(dir, nil, 0o666); err != nil {
			t.Fatal(err)
		}
		c.change(uri, 3, `[{"text":"package x\n"}]`)
		c.send("textDocument/documentSymbol", `{"textDocument":{"uri":"`+uri+`"}}`, 1)
		c.hears("1 ok", "a.sup version 3: 1")
	})
	bubble(t, "a file that is too large", func(t *testing.T, c *raw) {
		uri := "file://" + t.TempDir() + "/a.sup"
		c.initialize()
		c.open(uri, whole+strings.Repeat("// large\n", 1<<19), 1)
		c.hears("a.sup version 1: 1")
	})
	bubble(t, "exit without shutdown", func(t *testing.T, c *raw) {
		c.initialize()
		c.send("exit", "")
		synctest.Wait()
		if !c.ended.Load() || c.inOrder || c.err != nil {
			t.Errorf("ended: %t, in order: %t, %v", c.ended.Load(), c.inOrder, c.err)
		}
	})
	bubble(t, "what comes after shutdown", func(t *testing.T, c *raw) {
		c.initialize()
		c.send("shutdown", "", 1)
		c.send("shutdown", "", 2)
		c.open("file:///a.sup", whole, 1)
		c.hears("1 ok", "2 -32600")
		c.send("exit", "")
		synctest.Wait()
		if !c.ended.Load() || !c.inOrder || c.err != nil {
			t.Errorf("ended: %t, in order: %t, %v", c.ended.Load(), c.inOrder, c.err)
		}
	})
}

// A client may write all that it has to write before it reads: then it is told of the last state of each file, and of no more than the first before.
func TestClientThatWritesFirst(t *testing.T) {
	bubble(t, "many changes", func(t *testing.T, c *raw) {
		dir := "file://" + t.TempDir()
		c.send("initialize", `{"capabilities":{}}`, 1)
		for file := range 20 {
			uri := fmt.Sprintf("%s/%d/a%d.sup", dir, file, file)
			c.open(uri, broken, 1)
			for version := range 100 {
				c.change(uri, version+2, fmt.Sprintf(`[{"text":%q}]`, whole))
			}
		}
		c.send("shutdown", "", 2)
		c.listen()
		synctest.Wait()
		if n := len(c.heard); n > 2+3*20 {
			t.Errorf("the server says %d things: %q", n, c.heard)
		}
		for file := range 20 {
			if last := fmt.Sprintf("a%d.sup version 101: 1", file); !slices.Contains(c.heard, last) { // there is no such directory
				t.Errorf("it does not say %q: %q", last, c.heard)
			}
		}
	})
}

// A client that leaves without reading does not keep the server.
func TestClientThatNeverReads(t *testing.T) {
	bubble(t, "it asks and leaves", func(t *testing.T, c *raw) {
		c.send("initialize", `{"capabilities":{}}`, 1)
		for id := range 100 {
			c.open(fmt.Sprintf("file:///nowhere/%d/a.sup", id), whole, 1)
			c.send("workspace/symbol", `{"query":""}`, 2+id)
		}
		c.send("exit", "")
		synctest.Wait()
		if c.ended.Load() {
			t.Error("it did not wait for its answers to be read")
		}
		time.Sleep(time.Minute) // in the bubble
		synctest.Wait()
		if !c.ended.Load() {
			t.Error("it waits without end")
		}
	})
}
