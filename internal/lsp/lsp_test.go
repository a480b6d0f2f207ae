package lsp_test

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"maps"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
	"github.com/supgen/supgen/internal/generated"
	"github.com/supgen/supgen/internal/load"
	"github.com/supgen/supgen/internal/lsp"
	"github.com/supgen/supgen/internal/lsp/protocol"
)

var update = flag.Bool("update", false, "rewrite the answers in testdata")

// TestSessions plays the sessions in testdata, through the protocol. A session is a txtar file: files, the places in them marked by «1», then
// what the editor does, each with what comes back. A file with a mark is open in the editor; others are on the disk alone.
//
//	-- shop.sup --
//	service HTTP needs D«1»B
//	-- definition 1 --
//	shop.sup:4:10-4:12 "DB"
//
// What an editor can do is a step, below. go test ./internal/lsp -update writes the answers.
func TestSessions(t *testing.T) {
	names, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(names) == 0 {
		t.Fatal(err, len(names))
	}
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			session, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			if slices.ContainsFunc(session.Files, func(f txtar.File) bool { return strings.HasSuffix(f.Name, "go.mod") }) {
				offline(t)
			}
			e := newEditor(t)
			played := &txtar.Archive{Comment: session.Comment}
			for _, f := range session.Files {
				if strings.Contains(f.Name, ".") && !strings.Contains(f.Name, " ") {
					e.file(f.Name, string(f.Data))
				} else {
					f.Data = []byte(e.step(f.Name))
				}
				played.Files = append(played.Files, f)
			}
			got := txtar.Format(played)
			want, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			if *update {
				if err := os.WriteFile(name, got, 0o666); err != nil {
					t.Fatal(err)
				}
			} else if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(string(got), "\n")); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// offline has the go command find this module, and what it is built of, without a network.
func offline(t *testing.T) {
	if testing.Short() {
		t.Skip("runs the go command")
	}
	for name, value := range map[string]string{"GOFLAGS": "", "GOPROXY": "off", "GOSUMDB": "off", "GOWORK": "", "GOTOOLCHAIN": "local"} {
		t.Setenv(name, value)
	}
}

// outside is where Go itself is, in the URIs of its files.
var outside = regexp.MustCompile(`file://.*/src/(database|bytes)/`)

// An editor speaks with a server over pipes.
type editor struct {
	t      *testing.T
	dir    string
	conn   *protocol.Conn
	marks  map[string]mark
	texts  map[string]string // of the buffers
	opened []string

	offered map[string]json.RawMessage // the edits of the last actions, by title
	edited  map[string]string          // what the last edit makes of files

	mu        sync.Mutex
	published map[string][]protocol.Diagnostic // by file
	news      *sync.Cond
	versions  map[string]int32 // of what was published last
	sent      map[string]int32 // of the buffers
}

type mark struct {
	file string
	at   protocol.Position
}

func newEditor(t *testing.T) *editor {
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	e := &editor{t: t, dir: dir, marks: make(map[string]mark), texts: make(map[string]string), published: make(map[string][]protocol.Diagnostic), versions: make(map[string]int32), sent: make(map[string]int32)}
	e.news = sync.NewCond(&e.mu)
	toServer, fromClient := io.Pipe()
	toClient, fromServer := io.Pipe()
	served := make(chan error, 1)
	go func() {
		inOrder, err := lsp.Serve(context.Background(), toServer, fromServer, "test")
		if err == nil && !inOrder {
			err = fmt.Errorf("it ended without shutdown")
		}
		served <- err
		fromServer.Close()
	}()
	e.conn = protocol.NewConn(toClient, fromClient)
	go e.conn.Serve(context.Background(), e)
	var capabilities protocol.ClientCapabilities
	capabilities.Workspace.WorkspaceEdit.DocumentChanges = true
	capabilities.TextDocument.DocumentSymbol.HierarchicalDocumentSymbolSupport = true
	capabilities.TextDocument.Completion.CompletionItem.SnippetSupport = true
	e.ask("initialize", protocol.InitializeParams{WorkspaceFolders: []protocol.WorkspaceFolder{{URI: e.uri("")}}, Capabilities: capabilities})
	e.conn.Notify("initialized", struct{}{})
	t.Cleanup(func() {
		e.ask("shutdown", nil)
		e.conn.Notify("exit", nil)
		if err := <-served; err != nil {
			t.Error(err)
		}
		fromClient.Close()
	})
	return e
}

func (e *editor) uri(name string) protocol.DocumentURI {
	return protocol.DocumentURI((&url.URL{Scheme: "file", Path: filepath.ToSlash(filepath.Join(e.dir, name))}).String())
}

// Notify takes what the server says unasked.
func (e *editor) Notify(method string, params json.RawMessage) {
	if method != "textDocument/publishDiagnostics" {
		e.t.Logf("%s: %s", method, params)
		return
	}
	var p protocol.PublishDiagnosticsParams
	if err := json.Unmarshal(params, &p); err != nil {
		e.t.Error(err)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	name := e.name(string(p.URI))
	e.published[name] = p.Diagnostics
	if p.Version != nil {
		e.versions[name] = *p.Version
	}
	e.news.Broadcast()
}

// Prepare answers what the server asks.
func (e *editor) Prepare(string, json.RawMessage) func(context.Context) (any, error) {
	return func(context.Context) (any, error) { return nil, nil }
}

func (e *editor) name(uri string) string {
	uri = outside.ReplaceAllString(uri, "file:///GOROOT/src/$1/")
	return strings.TrimPrefix(strings.TrimPrefix(uri, string(e.uri(""))), "/")
}

func (e *editor) ask(method string, params any) json.RawMessage {
	e.t.Helper()
	var result json.RawMessage
	if err := e.conn.Call(e.t.Context(), method, params, &result); err != nil {
		return json.RawMessage(fmt.Sprintf("%q", "refused: "+strings.ReplaceAll(err.Error(), e.dir, "")))
	}
	return result
}

var marked = regexp.MustCompile(`«(\w+)»`)

// file writes a file, and opens it if there are marks in it.
func (e *editor) file(name, text string) {
	var plain strings.Builder
	for rest := text; ; {
		m := marked.FindStringSubmatchIndex(rest)
		if m == nil {
			plain.WriteString(rest)
			break
		}
		plain.WriteString(rest[:m[0]])
		e.marks[rest[m[2]:m[3]]] = mark{name, positionAfter(plain.String())}
		rest = rest[m[1]:]
	}
	if strings.HasSuffix(name, "go.mod") {
		root, err := filepath.Abs("../..")
		if err != nil {
			e.t.Fatal(err)
		}
		fmt.Fprintf(&plain, "require github.com/supgen/supgen v0.0.0\n\nreplace github.com/supgen/supgen => %s\n", root)
		text = plain.String()
	}
	e.write(name, plain.String())
	if plain.String() != text {
		e.open(name)
	}
}

// write writes a file.
func (e *editor) write(name, text string) {
	path := filepath.Join(e.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		e.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		e.t.Fatal(err)
	}
}

// positionAfter is the place behind a text.
func positionAfter(text string) protocol.Position {
	return protocol.Position{Line: uint32(strings.Count(text, "\n")), Character: utf16Len(text[strings.LastIndexByte(text, '\n')+1:])}
}

// save makes the last edit, in the buffers and on the disk.
func (e *editor) save() {
	for name, text := range e.edited {
		if err := os.WriteFile(filepath.Join(e.dir, name), []byte(text), 0o666); err != nil {
			e.t.Fatal(err)
		}
		if was, open := e.texts[name]; open {
			end := protocol.NewText([]byte(was)).Position(len(was), protocol.UTF16)
			e.change(name, protocol.TextDocumentContentChangeEvent{Range: &protocol.Range{End: end}, Text: text})
		}
	}
}

// generate writes the generated code of a package.
func (e *editor) generate(dir string) {
	for file := range generated.Files(e.load(dir)) {
		if _, err := file.Write(); err != nil {
			e.t.Fatal(err)
		}
	}
}

// isGenerated holds the generated code of a package to what it should be.
func (e *editor) isGenerated(dir string) {
	for file := range generated.Files(e.load(dir)) {
		if diff, stale, err := file.Check(nil); err != nil || len(stale) > 0 {
			e.t.Errorf("%s: %v\n%s", file.Name, err, diff)
		}
	}
}

func (e *editor) load(dir string) *load.Package {
	p, err := load.Dir(filepath.Join(e.dir, dir))
	if err != nil || p.Tree == nil {
		e.t.Fatal(err, p.Diagnostics)
	}
	return p
}

// run runs a command in a directory of the session.
func (e *editor) run(dir string, command ...string) {
	e.t.Helper()
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Dir = filepath.Join(e.dir, dir)
	if out, err := cmd.CombinedOutput(); err != nil {
		e.t.Errorf("%s: %v\n%s", strings.Join(command, " "), err, out)
	}
}

func utf16Len(s string) (n uint32) {
	for _, r := range s {
		n++
		if r > 0xffff {
			n++
		}
	}
	return n
}

func (e *editor) open(name string) {
	text, err := os.ReadFile(filepath.Join(e.dir, name))
	if err != nil {
		e.t.Fatal(err)
	}
	e.opened, e.texts[name] = append(e.opened, name), string(text)
	e.mu.Lock()
	e.versions[name] = 0 // until what it is told now is published
	e.sent[name] = 1
	e.mu.Unlock()
	e.conn.Notify("textDocument/didOpen", protocol.DidOpenTextDocumentParams{TextDocument: protocol.TextDocumentItem{URI: e.uri(name), Version: 1, LanguageID: "sup", Text: string(text)}})
}

// step does what an editor does, and says what comes back.
func (e *editor) step(step string) string {
	e.t.Helper()
	words := strings.Fields(step)
	verb, args := words[0], words[1:]
	document := func(i int) map[string]any {
		if i >= len(args) {
			e.t.Fatalf("%q says no place", step)
		}
		if m, ok := e.marks[args[i]]; ok {
			return map[string]any{"textDocument": map[string]any{"uri": e.uri(m.file)}, "position": m.at}
		}
		return map[string]any{"textDocument": map[string]any{"uri": e.uri(args[i])}}
	}
	switch verb {
	case "open":
		e.open(args[0])
		return ""
	case "close":
		e.conn.Notify("textDocument/didClose", document(0))
		delete(e.texts, args[0])
		return ""
	case "type": // type 1 a text
		m := e.marks[args[0]]
		text, err := unquote(strings.TrimSpace(strings.SplitN(step, " ", 3)[2]))
		if err != nil {
			e.t.Fatal(err)
		}
		e.change(m.file, protocol.TextDocumentContentChangeEvent{Range: &protocol.Range{Start: m.at, End: m.at}, Text: text})
		return ""
	case "loaded": // waits until the Go code is loaded as it is now
		return e.print(e.ask("workspace/executeCommand", protocol.ExecuteCommandParams{Command: "supgen.reload"}))
	case "generate": // generate shop
		e.generate(args[0])
		return ""
	case "run": // run DIR go mod vendor
		e.run(args[0], args[1:]...)
		return ""
	case "renamed": // renamed 1 NAME: renames it on the disk, where the module has to compile then, and the code to be what is generated
		p := document(0)
		p["newName"] = args[1]
		answer := e.ask("textDocument/rename", p)
		said := e.edits(answer)
		if answer[0] != '{' {
			return said
		}
		e.save()
		e.run(filepath.Dir(e.marks[args[0]].file), "go", "vet", "work")
		e.isGenerated(filepath.Dir(e.marks[args[0]].file))
		return said
	case "remove", "link", "directory": // remove NAME, link NAME TARGET, directory NAME: on the disk, and the editor tells the server
		path := filepath.Join(e.dir, args[0])
		err := os.RemoveAll(path)
		switch verb {
		case "link":
			err = os.Symlink(args[1], path)
		case "directory":
			err = os.Mkdir(path, 0o777)
		}
		if err != nil {
			e.t.Fatal(err)
		}
		e.conn.Notify("workspace/didChangeWatchedFiles", map[string]any{"changes": []any{map[string]any{"uri": e.uri(args[0]), "type": 2}}})
		for name := range e.texts {
			if filepath.Dir(name) == filepath.Dir(args[0]) {
				e.change(name, protocol.TextDocumentContentChangeEvent{Range: &protocol.Range{}}) // nothing, which makes a version to wait for
			}
		}
		return ""
	case "set": // set {"goDefinition": true}
		e.conn.Notify("workspace/didChangeConfiguration", map[string]any{"settings": map[string]any{"supgen": json.RawMessage(strings.TrimPrefix(step, "set "))}})
		return ""
	case "show": // what the command shows
		place, err := json.Marshal(document(0))
		if err != nil {
			e.t.Fatal(err)
		}
		return e.print(e.ask("workspace/executeCommand", protocol.ExecuteCommandParams{Command: "supgen.declaration", Arguments: []json.RawMessage{place}}))
	case "diagnostics": // of all files
		return e.diagnostics()
	case "hover":
		var h protocol.Hover
		e.decode(e.ask("textDocument/hover", document(0)), &h)
		return h.Contents.Value + "\n"
	case "completion":
		var list protocol.CompletionList
		e.decode(e.ask("textDocument/completion", document(0)), &list)
		var b strings.Builder
		for _, item := range list.Items {
			fmt.Fprintf(&b, "%s  %s\n", item.Label, item.Detail)
		}
		return b.String()
	case "semanticTokens/full":
		var tokens protocol.SemanticTokens
		e.decode(e.ask("textDocument/"+verb, document(0)), &tokens)
		return e.tokens(args[0], tokens.Data)
	case "references":
		p := document(0)
		p["context"] = map[string]any{"includeDeclaration": true}
		return e.print(e.ask("textDocument/references", p))
	case "rename":
		p := document(0)
		p["newName"] = args[1]
		return e.edits(e.ask("textDocument/rename", p))
	case "format":
		p := document(0)
		p["options"] = map[string]any{}
		answer := e.ask("textDocument/formatting", p)
		if answer[0] == '"' {
			return e.print(answer)
		}
		return e.edits(json.RawMessage(fmt.Sprintf(`{"documentChanges":[{"textDocument":{"uri":%q},"edits":%s}]}`, e.uri(args[0]), answer)))
	case "actions": // actions 1, or actions 1 2 for a range
		p := document(0)
		start := e.marks[args[0]].at
		p["range"] = protocol.Range{Start: start, End: e.marks[args[len(args)-1]].at}
		p["context"] = map[string]any{"diagnostics": []any{}}
		delete(p, "position")
		var actions []struct {
			Title, Kind string
			IsPreferred bool
			Edit        json.RawMessage
			Command     json.RawMessage
		}
		e.decode(e.ask("textDocument/codeAction", p), &actions)
		var b strings.Builder
		e.offered = make(map[string]json.RawMessage)
		for _, a := range actions {
			fmt.Fprintf(&b, "%s: %s\n", a.Kind, a.Title)
			if len(a.Edit) > 0 {
				e.offered[a.Title] = a.Edit
				b.WriteString(e.edits(a.Edit))
			}
			if len(a.Command) > 0 {
				b.WriteString(e.print(a.Command))
			}
		}
		return b.String()
	case "act": // act 1 TITLE: takes the action of that title, on the disk; the module has to compile then, and the code to be what is generated
		e.step("actions " + args[0])
		title := strings.Join(args[1:], " ")
		edit, ok := e.offered[title]
		if !ok {
			e.t.Errorf("%q is not offered", title)
			return ""
		}
		said := e.edits(edit)
		e.save()
		e.run(filepath.Dir(e.marks[args[0]].file), "go", "vet", "work")
		e.isGenerated(filepath.Dir(e.marks[args[0]].file))
		return said
	case "symbols":
		return e.print(e.ask("textDocument/documentSymbol", document(0)))
	case "find":
		return e.print(e.ask("workspace/symbol", map[string]any{"query": strings.Join(args, " ")}))
	case "calls": // the hierarchy around a place: who waits for it, and for whom it waits
		var items []protocol.CallHierarchyItem
		e.decode(e.ask("textDocument/prepareCallHierarchy", document(0)), &items)
		if len(items) == 0 {
			return ""
		}
		p := protocol.CallHierarchyCallsParams{Item: items[0]}
		var in []protocol.CallHierarchyIncomingCall
		var out []protocol.CallHierarchyOutgoingCall
		e.decode(e.ask("callHierarchy/incomingCalls", p), &in)
		e.decode(e.ask("callHierarchy/outgoingCalls", p), &out)
		var b strings.Builder
		print := func(direction string, item protocol.CallHierarchyItem, at []protocol.Range) {
			fmt.Fprintf(&b, "%s %s %s, %s:%s:", direction, item.Detail, item.Name, e.name(string(item.URI)), rangeText(item.SelectionRange))
			for _, r := range at {
				b.WriteString(" " + rangeText(r))
			}
			b.WriteString("\n")
		}
		for _, c := range in {
			print("from", c.From, c.FromRanges)
		}
		for _, c := range out {
			print("to", c.To, c.FromRanges)
		}
		return b.String()
	case "signature": // signature 1: the forms of the statement; the part that the place is in is marked
		var help protocol.SignatureHelp
		e.decode(e.ask("textDocument/signatureHelp", document(0)), &help)
		var b strings.Builder
		for i, s := range help.Signatures {
			label := s.Label
			if i == help.ActiveSignature && help.ActiveParameter < len(s.Parameters) {
				label = strings.Replace(label, s.Parameters[help.ActiveParameter].Label, "«"+s.Parameters[help.ActiveParameter].Label+"»", 1)
			}
			b.WriteString(label + "\n")
		}
		return b.String()
	case "selection":
		p := document(0)
		p["positions"] = []any{p["position"]}
		return e.print(e.ask("textDocument/selectionRange", p))
	case "range": // range METHOD 1 2: a request about a range
		p := document(1)
		p["range"] = protocol.Range{Start: e.marks[args[1]].at, End: e.marks[args[2]].at}
		return e.print(e.ask("textDocument/"+args[0], p))
	}
	return e.print(e.ask("textDocument/"+verb, document(0))) // any other request about a place or a file
}

// tokens are the parts of a file that have a kind.
func (e *editor) tokens(name string, data []uint32) string {
	var b strings.Builder
	doc := protocol.NewText([]byte(e.texts[name]))
	var at protocol.Position
	for ; len(data) >= 5; data = data[5:] {
		if data[0] > 0 {
			at = protocol.Position{Line: at.Line + data[0]}
		}
		at.Character += data[1]
		from := doc.Offset(at, protocol.UTF16)
		to := doc.Offset(protocol.Position{Line: at.Line, Character: at.Character + data[2]}, protocol.UTF16)
		fmt.Fprintf(&b, "%d:%d %s: kind %d, modifiers %d\n", at.Line+1, at.Character+1, doc.Bytes[from:to], data[3], data[4])
	}
	return b.String()
}

func unquote(text string) (string, error) {
	var s string
	if !strings.HasPrefix(text, `"`) {
		return text, nil
	}
	err := json.Unmarshal([]byte(text), &s)
	return s, err
}

func (e *editor) decode(text json.RawMessage, v any) {
	e.t.Helper()
	if err := json.Unmarshal(text, v); err != nil {
		e.t.Fatalf("%v: %s", err, text)
	}
}

// change changes a buffer, here and there.
func (e *editor) change(name string, c protocol.TextDocumentContentChangeEvent) {
	e.texts[name] = applied(e.texts[name], c)
	e.mu.Lock()
	e.sent[name]++
	version := e.sent[name]
	e.mu.Unlock()
	e.conn.Notify("textDocument/didChange", map[string]any{
		"textDocument": map[string]any{"uri": e.uri(name), "version": version}, "contentChanges": []any{c},
	})
}

// applied is a text after a change.
func applied(text string, c protocol.TextDocumentContentChangeEvent) string {
	t := protocol.NewText([]byte(text))
	return text[:t.Offset(c.Range.Start, protocol.UTF16)] + c.Text + text[t.Offset(c.Range.End, protocol.UTF16):]
}

// diagnostics are those that the server published for the buffers as they are, and for other files.
func (e *editor) diagnostics() string {
	e.mu.Lock()
	defer e.mu.Unlock()
	for slices.ContainsFunc(e.opened, func(name string) bool {
		_, open := e.texts[name]
		return open && !strings.HasSuffix(name, ".go") && e.versions[name] != e.sent[name]
	}) {
		e.news.Wait()
	}
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(e.published)) {
		for _, d := range e.published[name] {
			kind := map[int]string{protocol.SeverityError: "error", protocol.SeverityWarning: "warning"}[d.Severity]
			fmt.Fprintf(&b, "%s:%s: %s: %s [%s]\n", name, rangeText(d.Range), kind, strings.ReplaceAll(strings.ReplaceAll(d.Message, "\n", "\n\t"), e.dir, ""), d.Code)
		}
	}
	return b.String()
}

// rangeText is a range, its lines and characters from 1.
func rangeText(r protocol.Range) string {
	if r.Start.Line == r.End.Line {
		return fmt.Sprintf("%d:%d-%d", r.Start.Line+1, r.Start.Character+1, r.End.Character+1)
	}
	return fmt.Sprintf("%d:%d-%d:%d", r.Start.Line+1, r.Start.Character+1, r.End.Line+1, r.End.Character+1)
}

// edits are what files become: the lines that change.
func (e *editor) edits(text json.RawMessage) string {
	e.edited = make(map[string]string)
	var w protocol.WorkspaceEdit
	if text[0] != '{' {
		return e.print(text)
	}
	e.decode(text, &w)
	var b strings.Builder
	for _, d := range w.DocumentChanges {
		name := e.name(string(d.TextDocument.URI))
		was, open := e.texts[name]
		if !open {
			text, err := os.ReadFile(filepath.Join(e.dir, name))
			if err != nil {
				e.t.Fatal(err)
			}
			was = string(text)
		}
		slices.SortFunc(d.Edits, func(a, b protocol.TextEdit) int { // the last first
			if a.Range.Start.Line != b.Range.Start.Line {
				return int(b.Range.Start.Line) - int(a.Range.Start.Line)
			}
			return int(b.Range.Start.Character) - int(a.Range.Start.Character)
		})
		now := was
		for _, edit := range d.Edits {
			now = applied(now, protocol.TextDocumentContentChangeEvent{Range: &edit.Range, Text: edit.NewText})
		}
		e.edited[name] = now
		fmt.Fprintf(&b, "%s\n", name)
		if strings.HasSuffix(name, load.GeneratedSuffix) {
			continue // all of it is generated
		}
		old, new := strings.Split(was, "\n"), strings.Split(now, "\n")
		from, behind := 0, 0
		for from < min(len(old), len(new)) && old[from] == new[from] {
			from++
		}
		for behind < min(len(old), len(new))-from && old[len(old)-1-behind] == new[len(new)-1-behind] {
			behind++
		}
		for _, line := range old[from : len(old)-behind] {
			fmt.Fprintf(&b, "- %s\n", line)
		}
		for _, line := range new[from : len(new)-behind] {
			fmt.Fprintf(&b, "+ %s\n", line)
		}
	}
	return b.String()
}

// print is an answer for people: ranges as numbers, with what stands there, and files by their names.
func (e *editor) print(text json.RawMessage) string {
	var v any
	e.decode(text, &v)
	var b strings.Builder
	e.printTo(&b, v, "")
	return strings.TrimLeft(b.String(), "\n")
}

func (e *editor) printTo(b *strings.Builder, v any, indent string) {
	switch v := v.(type) {
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			fmt.Fprintf(b, "\n%s%s:", indent, key)
			if r, ok := v[key].(map[string]any); ok && r["start"] != nil {
				fmt.Fprintf(b, " %s", e.printed(r, v))
				continue
			}
			e.printTo(b, v[key], indent+"  ")
		}
	case []any:
		for _, element := range v {
			fmt.Fprintf(b, "\n%s-", indent)
			e.printTo(b, element, indent+"  ")
		}
	case string:
		v = outside.ReplaceAllString(v, "file:///GOROOT/src/$1/")
		fmt.Fprintf(b, " %s", strings.ReplaceAll(strings.ReplaceAll(v, string(e.uri("")), ""), "\n", "\n"+indent+"  "))
	default:
		fmt.Fprintf(b, " %v", v)
	}
	if indent == "" {
		b.WriteString("\n")
	}
}

// printed is a range, with its text where it is known.
func (e *editor) printed(r map[string]any, of map[string]any) string {
	var at protocol.Range
	text, err := json.Marshal(r)
	if err != nil {
		e.t.Fatal(err)
	}
	e.decode(text, &at)
	said := rangeText(at)
	if uri, ok := of["uri"].(string); ok && at.Start.Line == at.End.Line {
		if buffer, ok := e.texts[e.name(uri)]; ok {
			t := protocol.NewText([]byte(buffer))
			said += fmt.Sprintf(" %q", buffer[t.Offset(at.Start, protocol.UTF16):t.Offset(at.End, protocol.UTF16)])
		}
	}
	return said
}

// A text has the places that an editor says, in each of the encodings, and back.
func TestText(t *testing.T) {
	text := "a\tb\r\né😀x\rlast"
	doc := protocol.NewText([]byte(text))
	if doc.Lines() != 3 {
		t.Errorf("%d lines", doc.Lines())
	}
	for _, e := range []protocol.Encoding{protocol.UTF8, protocol.UTF16, protocol.UTF32} {
		for offset := 0; offset <= len(text); offset++ {
			if offset < len(text) && !utf8.RuneStart(text[offset]) || offset > 0 && text[offset-1] == '\r' && offset < len(text) && text[offset] == '\n' {
				continue
			}
			if at := doc.Position(offset, e); doc.Offset(at, e) != offset {
				t.Errorf("%s: %d is %v, which is %d", e, offset, at, doc.Offset(at, e))
			}
		}
	}
	if at := doc.Position(strings.Index(text, "x"), protocol.UTF16); at != (protocol.Position{Line: 1, Character: 3}) {
		t.Errorf("x is at %v", at)
	}
	if !bytes.Equal(doc.Bytes, []byte(text)) {
		t.Error("the text is another")
	}
}

// Missing methods are inserted, with lines that end as those of the file do, and the rest of the file stays.
func TestWriteMissingAlone(t *testing.T) {
	offline(t)
	e := newEditor(t)
	e.file("go.mod", "module example.com/app\n\ngo 1.26.0\n\n")
	e.file("shop.sup", "package shop\n\nimport \"database/sql\"\n\nsupervisor Shop {\n\tservice D«2»B {\n\t\tprovides *sql.DB\n\t\tready explicit\n\t}\n\tworker Mail needs DB\n}\n")
	crlf := strings.NewReplacer("\n", "\r\n").Replace
	const before, between, behind = "\ufeff// Package shop sells.\npackage shop\n\n", "\n\nvar   os = 1\n\ntype app struct{}", "\n\n/* The\nend. */\nvar _   = NewShop(app{})\n"
	const stub = "\n\nfunc (a *app) DB(ctx context.Context, run ShopDBRun) error {\n\tpanic(\"DB is not written yet\")\n}" +
		"\n\nfunc (a *app) Mail(ctx context.Context, run ShopMailRun, db *sql.DB) error {\n\tpanic(\"Mail is not written yet\")\n}"
	e.file("shop.go", crlf(before+"import \"context\" // as ever"+strings.Replace(between, "app", "«1»app", 1)+behind))
	e.step("generate .")
	e.step("loaded")
	e.step("actions 1")
	for title, edit := range e.offered {
		e.edits(edit)
		if diff := cmp.Diff(crlf(before+"import (\n\t\"context\" // as ever\n\t\"database/sql\"\n)"+between+stub+behind), e.edited["shop.go"]); diff != "" {
			t.Errorf("%s: %s", title, diff)
		}
	}
	if len(e.offered) != 1 {
		t.Errorf("%d actions", len(e.offered))
	}
}
