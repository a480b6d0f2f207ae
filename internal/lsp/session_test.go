package lsp_test

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/supgen/supgen/internal/generated"
	"github.com/supgen/supgen/internal/load"
	"github.com/supgen/supgen/internal/lsp"
	"github.com/supgen/supgen/internal/lsp/protocol"
	"github.com/supgen/supgen/internal/mutate"
)

var (
	sessionsFor = flag.Duration("sessions", time.Minute, "how long TestRandomSessions plays; two seconds with -short")
	sessionSeed = flag.Uint64("session", 0, "the one session that TestRandomSessions plays")
)

// TestRandomSessions plays what people do in an editor, in any order: typing, opening, closing, saving, renaming and asking, over the files of
// testdata/check. No request ends in a bug, the last diagnostics of each buffer are of its last version, and they are what validate says
// from scratch.
//
// A failure says the number of its session: go test ./internal/lsp -run Random -session=N plays it again. An hour of it is
//
//	go test ./internal/lsp -run Random -sessions=1h -timeout=0
func TestRandomSessions(t *testing.T) {
	names, err := filepath.Glob("../../testdata/check/*.sup")
	if err != nil || len(names) == 0 {
		t.Fatal(err, len(names))
	}
	var corpus []string
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		corpus = append(corpus, string(text))
	}
	last := time.Now().Add(*sessionsFor)
	if testing.Short() {
		last = time.Now().Add(2 * time.Second)
	}
	first := *sessionSeed
	if first == 0 {
		first = uint64(time.Now().UnixNano())
	}
	n := uint64(0)
	for ; n == 0 || *sessionSeed == 0 && time.Now().Before(last) && !t.Failed(); n++ {
		t.Run(fmt.Sprint(first+n), func(t *testing.T) { playSession(t, corpus, first+n) })
	}
	t.Logf("%d sessions", n)
}

// A player is an editor in which somebody types at random.
type player struct {
	*rand.Rand
	t         *testing.T
	corpus    []string
	conn      *protocol.Conn
	names     []string
	texts     map[string]string // of open buffers
	versions  map[string]int32  // the last of each, also of what is closed
	asked     sync.WaitGroup
	mu        sync.Mutex // of what follows
	news      *sync.Cond
	published map[string]protocol.PublishDiagnosticsParams
	over      bool
}

func (p *player) Notify(method string, params json.RawMessage) {
	var d protocol.PublishDiagnosticsParams
	if method != "textDocument/publishDiagnostics" {
		return
	}
	if err := json.Unmarshal(params, &d); err != nil {
		p.t.Error(err)
	}
	u, err := url.Parse(string(d.URI))
	if err != nil {
		p.t.Error(err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.published[u.Path] = d
	p.news.Broadcast()
}

func (p *player) Prepare(string, json.RawMessage) func(context.Context) (any, error) {
	return func(context.Context) (any, error) { return nil, nil }
}

func playSession(t *testing.T, corpus []string, seed uint64) {
	p := &player{
		Rand: rand.New(rand.NewPCG(seed, 0)), t: t, corpus: corpus,
		texts: make(map[string]string), versions: make(map[string]int32), published: make(map[string]protocol.PublishDiagnosticsParams),
	}
	p.news = sync.NewCond(&p.mu)
	top, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"a/x.sup", "a/y z.sup", "b/ä.sup", "_c.sup"} {
		name = filepath.Join(top, name)
		p.names = append(p.names, name)
		os.MkdirAll(filepath.Dir(name), 0o777)
		p.save(name, p.sample())
	}
	toServer, fromClient := io.Pipe()
	toClient, fromServer := io.Pipe()
	served := make(chan error, 1)
	go func() {
		_, err := lsp.Serve(t.Context(), toServer, fromServer, "test")
		served <- err
		fromServer.Close()
	}()
	p.conn = protocol.NewConn(toClient, fromClient)
	go p.conn.Serve(t.Context(), p)
	p.ask("initialize", map[string]any{"workspaceFolders": []any{map[string]any{"uri": uriOf(top)}}, "capabilities": map[string]any{"workspace": map[string]any{"workspaceEdit": map[string]any{"documentChanges": true}}}})
	for range 60 + p.IntN(200) {
		p.step()
	}
	p.settle()
	p.asked.Wait()
	p.ask("shutdown", nil)
	p.conn.Notify("exit", nil)
	if err := <-served; err != nil {
		t.Error(err)
	}
	fromClient.Close()
}

func uriOf(name string) string {
	return (&url.URL{Scheme: "file", Path: filepath.ToSlash(name)}).String()
}

func pick[E any](p *player, of []E) E { return of[p.IntN(len(of))] }

func (p *player) sample() string { return pick(p, p.corpus) }

func (p *player) save(name, text string) {
	if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
		p.t.Error(err)
	}
}

var typed = []string{
	"", "", "", "\n", "\r\n", "\r", "\t", " ", "}", "{", "\n}\n", "a", "é", "😀", "e\u0301", "\x00", "\ufeff", "\"", "//", "/*", "*/", "(", ")", ",", ".", "..", "needs ", "\tworker W\n", "supervisor S {\n",
	"policy p {\n", "limit 3 in 5m", "restart", "<<<<<<< a\n", "=======\n", ">>>>>>> b\n", "-", "#", "//supgen:ignore ", "import \"x.org/y\"\n", "1s", "package x\n",
}

func (p *player) step() {
	name := pick(p, p.names)
	id := map[string]any{"uri": uriOf(name)}
	text, open := p.texts[name]
	switch n := p.IntN(100); {
	case !open && n < 60:
		p.open(name)
	case n < 3:
		delete(p.texts, name)
		p.conn.Notify("textDocument/didClose", map[string]any{"textDocument": id})
	case n < 6 && open:
		p.save(name, text)
		p.conn.Notify("textDocument/didSave", map[string]any{"textDocument": id})
	case n < 9:
		if p.IntN(2) == 0 {
			os.Remove(name)
		} else {
			p.save(name, p.sample())
		}
		p.conn.Notify("workspace/didChangeWatchedFiles", map[string]any{"changes": []any{map[string]any{"uri": uriOf(name), "type": 2}}})
	case n < 12 && open:
		choices := make([]byte, 8)
		for i := range choices {
			choices[i] = byte(p.Uint32())
		}
		p.change(name, change{text: strings.ToValidUTF8(string(mutate.Text([]byte(p.sample()), choices)), "?")})
	case n < 70 && open:
		var changes []change
		for range 1 + p.IntN(3) {
			from := p.place(text)
			to := from
			if p.IntN(3) == 0 {
				to = p.place(text)
				from, to = min(from, to), max(from, to)
				for to-from > 40 || !boundary(text, to) {
					to--
				}
			}
			c := change{from: from, to: to, ranged: true, before: text, text: pick(p, typed)}
			if p.IntN(8) == 0 {
				lines := strings.SplitAfter(p.sample(), "\n")
				c.text = pick(p, lines)
			}
			text = text[:from] + c.text + text[to:]
			changes = append(changes, c)
		}
		p.change(name, changes...)
	case n < 72 && open:
		p.rename(name)
	default:
		p.request(name)
	}
}

// place is an offset between two characters that an editor can be at.
func (p *player) place(text string) int {
	at := p.IntN(len(text) + 1)
	for !boundary(text, at) {
		at--
	}
	return at
}

func boundary(text string, at int) bool {
	return at == 0 || at == len(text) || utf8.RuneStart(text[at]) && !(text[at-1] == '\r' && text[at] == '\n')
}

// A change puts a text in place of a part, or of all.
type change struct {
	from, to     int
	ranged       bool
	before, text string
}

func (p *player) open(name string) {
	text := p.sample()
	if saved, err := os.ReadFile(name); err == nil {
		text = string(saved)
	}
	p.texts[name] = text
	p.versions[name]++
	p.conn.Notify("textDocument/didOpen", map[string]any{"textDocument": map[string]any{"uri": uriOf(name), "version": p.versions[name], "text": text}})
}

func (p *player) change(name string, changes ...change) {
	events := []any{}
	for _, c := range changes {
		event := map[string]any{"text": c.text}
		p.texts[name] = c.text
		if c.ranged {
			event["range"] = protocol.NewText([]byte(c.before)).Range(c.from, c.to, protocol.UTF16)
			p.texts[name] = c.before[:c.from] + c.text + c.before[c.to:]
		}
		events = append(events, event)
	}
	p.versions[name]++
	p.conn.Notify("textDocument/didChange", map[string]any{"textDocument": map[string]any{"uri": uriOf(name), "version": p.versions[name]}, "contentChanges": events})
}

var methods = []string{
	"diagnostic", "hover", "definition", "declaration", "implementation", "references", "documentHighlight", "documentSymbol", "formatting", "codeAction", "completion", "signatureHelp", "prepareCallHierarchy", "semanticTokens/full",
	"semanticTokens/range", "inlayHint", "codeLens", "documentLink", "foldingRange", "selectionRange", "prepareRename", "rename",
}

func (p *player) params(name string) map[string]any {
	at := protocol.Position{Line: uint32(p.IntN(40)), Character: uint32(p.IntN(30))}
	if p.IntN(20) == 0 {
		at.Line = p.Uint32()
	}
	end := protocol.Position{Line: at.Line + uint32(p.IntN(3)), Character: uint32(p.IntN(10))}
	return map[string]any{
		"textDocument": map[string]any{"uri": uriOf(name)}, "position": at, "range": protocol.Range{Start: at, End: end}, "positions": []any{at, end},
		"newName": "Renamed", "context": map[string]any{"includeDeclaration": true}, "options": map[string]any{},
	}
}

// request asks something, perhaps without patience.
func (p *player) request(name string) {
	method, params := "textDocument/"+pick(p, methods), any(p.params(name))
	if p.IntN(30) == 0 {
		method, params = "workspace/symbol", map[string]any{"query": pick(p, []string{"", "a", "S"})}
	}
	p.asked.Go(func() { p.ask(method, params) })
}

// ask asks, and has an answer or an error that is not a bug.
func (p *player) ask(method string, params any) (result json.RawMessage) {
	err := p.conn.Call(context.Background(), method, params, &result)
	if e, ok := errors.AsType[*protocol.Error](err); err != nil && (!ok || e.Code != protocol.CodeRequestFailed) {
		p.t.Errorf("%s: %v", method, err)
	}
	return result
}

// rename renames what is at some place in a buffer, and makes the edits of open buffers of the version that they are about.
func (p *player) rename(name string) {
	params := p.params(name)
	params["position"] = protocol.NewText([]byte(p.texts[name])).Position(p.place(p.texts[name]), protocol.UTF16)
	var edit protocol.WorkspaceEdit
	if json.Unmarshal(p.ask("textDocument/rename", params), &edit) != nil {
		return
	}
	for _, d := range edit.DocumentChanges {
		u, err := url.Parse(string(d.TextDocument.URI))
		if err != nil {
			p.t.Error(err)
		}
		text, open := p.texts[u.Path]
		if !open {
			continue
		}
		if d.TextDocument.Version == nil || *d.TextDocument.Version != p.versions[u.Path] {
			p.t.Errorf("rename edits another version of %s", u.Path)
			continue
		}
		doc := protocol.NewText([]byte(text))
		slices.SortFunc(d.Edits, func(a, b protocol.TextEdit) int {
			return doc.Offset(b.Range.Start, protocol.UTF16) - doc.Offset(a.Range.Start, protocol.UTF16)
		})
		var changes []change
		for _, e := range d.Edits { // the last first
			c := change{from: doc.Offset(e.Range.Start, protocol.UTF16), to: doc.Offset(e.Range.End, protocol.UTF16), ranged: true, before: text, text: e.NewText}
			text = text[:c.from] + c.text + text[c.to:]
			changes = append(changes, c)
		}
		p.change(u.Path, changes...)
	}
}

// settle opens all files, and waits until the editor shows what validate says of them from scratch.
func (p *player) settle() {
	for _, name := range p.names {
		if _, open := p.texts[name]; !open {
			p.open(name)
		} else {
			p.change(name, change{ranged: true, before: p.texts[name]}) // nothing, and another version
		}
	}
	want := make(map[string][]string)
	for _, name := range p.names {
		key := filepath.Dir(name)
		if load.StandsAlone(name) {
			key = name
		}
		texts := make(map[string][]byte)
		for other, text := range p.texts {
			if other == key || filepath.Dir(other) == key && !load.StandsAlone(other) {
				texts[other] = []byte(text)
			}
		}
		pkg, err := load.Edited(key, texts)
		if err == nil {
			err = generated.WarnOfOrphans(pkg, filepath.Clean)
		}
		if err != nil {
			p.t.Fatal(err)
		}
		want[name] = []string{fmt.Sprintf("version %d", p.versions[name])}
		for _, d := range pkg.Diagnostics {
			if d.Pos.File == name {
				want[name] = append(want[name], fmt.Sprintf("%d-%d %s: %s", d.Pos.Offset, d.End.Offset, d.Code, d.Message))
			}
		}
	}
	late := time.AfterFunc(20*time.Second, func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.over = true
		p.news.Broadcast()
	})
	defer late.Stop()
	p.mu.Lock()
	defer p.mu.Unlock()
	for {
		diff := cmp.Diff(want, p.shown())
		if diff == "" {
			return
		}
		if p.over {
			p.t.Errorf("validate has -, the editor +:\n%s", diff)
			return
		}
		p.news.Wait()
	}
}

// shown is what the editor shows now of each file. Under the lock.
func (p *player) shown() map[string][]string {
	shown := make(map[string][]string)
	for name, d := range p.published {
		version := "closed"
		if d.Version != nil {
			version = fmt.Sprintf("version %d", *d.Version)
		}
		shown[name] = []string{version}
		text := protocol.NewText([]byte(p.texts[name]))
		for _, d := range d.Diagnostics {
			if d.Source != "supgen" {
				continue
			}
			message, _, _ := strings.Cut(d.Message, "\n")
			shown[name] = append(shown[name], fmt.Sprintf("%d-%d %s: %s", text.Offset(d.Range.Start, protocol.UTF16), text.Offset(d.Range.End, protocol.UTF16), d.Code, message))
		}
	}
	return shown
}
