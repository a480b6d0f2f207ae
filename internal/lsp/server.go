package lsp

import (
	"context"
	"encoding/json"
	"io"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/supgen/supgen/internal/load"
	"github.com/supgen/supgen/internal/lsp/protocol"
)

// patience is how long a client that leaves may take to read what it is sent.
const patience = time.Second

// Serve serves a client until it says that it is done. It reports whether the client did so in order, with "shutdown" before "exit".
func Serve(ctx context.Context, in io.Reader, out io.Writer, version string) (inOrder bool, err error) {
	stopped := ctx.Done()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	gone := make(chan struct{})
	exit := func() { // once: it ends the connection
		cancel()
		time.AfterFunc(patience, func() { close(gone) })
	}
	s := &server{
		ctx: ctx, others: make(map[string]*document), code: make(map[string]*goCode), loading: make(map[string]*loading),
		conn: protocol.NewConn(in, out), version: version, exit: exit, encoding: protocol.UTF16,
		documents: make(map[string]*document), analyses: make(map[string]*analysis), published: make(map[string]map[protocol.DocumentURI]bool), publishing: make(map[string]bool), scripts: make(map[string]int),
	}
	ended := make(chan error, 1)
	go func() {
		err := s.conn.Serve(ctx, s)
		s.publishers.Wait()
		ended <- err
	}()
	select {
	case err = <-ended:
	case <-gone:
	case <-stopped:
	}
	cancel()
	s.mu.Lock()
	defer s.mu.Unlock() // what is loaded after this is not published
	return s.phase == shutDown, err
}

type phase int

const (
	uninitialized phase = iota
	running
	shutDown
)

// A server serves one client.
type server struct {
	ctx     context.Context // of what goes on in the background
	conn    *protocol.Conn
	version string
	exit    func()

	mu         sync.Mutex // of what follows; nothing is written to the client under it
	phase      phase
	client     protocol.ClientCapabilities
	encoding   protocol.Encoding
	roots      []string
	documents  map[string]*document                     // open ones, by name
	analyses   map[string]*analysis                     // by directory, or by the name of a file that stands alone
	published  map[string]map[protocol.DocumentURI]bool // by the same: what was said of files, and whether they have diagnostics in the editor
	scripts    map[string]int                           // by the same: how often a script beside the trees was opened, changed or closed
	publishing map[string]bool                          // whether one publishes; it goes on until nothing has changed meanwhile
	publishers sync.WaitGroup

	settings settings
	others   map[string]*document // open ones, by name
	code     map[string]*goCode   // as analyses: the Go code around packages, as it was last loaded
	loading  map[string]*loading
}

// settings are what the user may choose, as initializationOptions and by workspace/didChangeConfiguration.
type settings struct {
	GoDefinition bool `json:"goDefinition"` // whether the definition of a name in a Go file may be in a .sup file
}

// configure takes up settings. Under the lock.
func (s *server) configure(text json.RawMessage) {
	var of struct{ Supgen json.RawMessage }
	if json.Unmarshal(text, &of) == nil && of.Supgen != nil {
		text = of.Supgen
	}
	json.Unmarshal(text, &s.settings) // what is not understood stays
}

// A document is the text in a buffer. It is not changed.
type document struct {
	uri     protocol.DocumentURI
	version int32
	text    *protocol.Text
}

// Prepare begins a request: what it returns finds what there is now.
func (s *server) Prepare(method string, params json.RawMessage) func(context.Context) (any, error) {
	fail := func(err error) func(context.Context) (any, error) {
		return func(context.Context) (any, error) { return nil, err }
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case method == "initialize" && s.phase == uninitialized:
		result, err := s.initialize(params)
		return func(context.Context) (any, error) { return result, err }
	case method == "initialize":
		return fail(protocol.Errorf(protocol.CodeInvalidRequest, "the server is initialized already"))
	case s.phase == uninitialized:
		return fail(protocol.Errorf(protocol.CodeNotInitialized, "the first request is not initialize"))
	case s.phase == shutDown:
		return fail(protocol.Errorf(protocol.CodeInvalidRequest, "the server is shut down"))
	case method == "shutdown":
		s.phase = shutDown
		return fail(nil)
	}
	ask, ok := requests[method]
	if !ok {
		return fail(protocol.Errorf(protocol.CodeMethodNotFound, "there is no method %q here", method))
	}
	q := &query{server: s, encoding: s.encoding, client: s.client, settings: s.settings, others: maps.Clone(s.others), roots: slices.Clone(s.roots)}
	for _, key := range slices.Sorted(maps.Keys(s.code)) {
		q.codes = append(q.codes, s.code[key])
	}
	do, err := ask(q, params)
	if err != nil {
		return fail(err)
	}
	return do
}

// An asker decodes the parameters of a request, and finds what it is about; the server's lock is held.
type asker func(q *query, params json.RawMessage) (func(context.Context) (any, error), error)

// about makes an asker of a request about a place or a file. Of a file that is not ours, and of a place in one that is gone, the answer is null.
func about[P any](of func(P) (protocol.TextDocumentIdentifier, protocol.Position), answer func(*query, P) (any, error)) asker {
	return func(q *query, params json.RawMessage) (func(context.Context) (any, error), error) {
		p, err := decode[P](params)
		if err != nil {
			return nil, err
		}
		id, at := of(p)
		q.name = nameOf(id.URI)
		if q.analysis = q.server.analysisOf(q.name); q.analysis == nil {
			return func(context.Context) (any, error) { return nil, nil }, nil
		}
		q.code = q.server.code[q.analysis.key]
		return func(ctx context.Context) (any, error) {
			q.ctx = ctx
			if q.text = q.analysis.textOf(q.name); q.text == nil || ctx.Err() != nil {
				return nil, ctx.Err()
			}
			q.offset = q.text.Offset(at, q.encoding)
			return answer(q, p)
		}, nil
	}
}

// A query is one request.
type query struct {
	server   *server
	ctx      context.Context
	encoding protocol.Encoding
	client   protocol.ClientCapabilities
	settings settings
	others   map[string]*document
	codes    []*goCode
	roots    []string
	analysis *analysis
	code     *goCode // around the package; nil if none is loaded
	name     string  // of the file that it is about
	text     *protocol.Text
	offset   int // the place in it
}

func atPlace(p protocol.TextDocumentPositionParams) (protocol.TextDocumentIdentifier, protocol.Position) {
	return p.TextDocument, p.Position
}

var requests map[string]asker

func init() { // a variable's value cannot lead to itself
	requests = map[string]asker{
		"textDocument/diagnostic":           about(ofDiagnostic, (*query).diagnostic),
		"textDocument/hover":                about(atPlace, (*query).hover),
		"textDocument/definition":           inGo(about(atPlace, (*query).definition), atPlace, (*query).definitionInGo),
		"textDocument/declaration":          inGo(about(atPlace, (*query).declaration), atPlace, (*query).declarationInGo),
		"textDocument/implementation":       about(atPlace, (*query).implementation),
		"workspace/executeCommand":          executeCommand,
		"textDocument/references":           about(ofReferences, (*query).references),
		"textDocument/documentHighlight":    about(atPlace, (*query).highlight),
		"textDocument/documentSymbol":       about(ofSymbols, (*query).documentSymbol),
		"workspace/symbol":                  workspaceSymbol,
		"textDocument/formatting":           about(ofFormatting, (*query).formatting),
		"textDocument/codeAction":           inGo(about(ofCodeAction, (*query).codeAction), ofCodeAction, (*query).codeActionInGo),
		"textDocument/completion":           about(atPlace, (*query).completion),
		"textDocument/semanticTokens/full":  about(ofTokens, (*query).semanticTokens),
		"textDocument/semanticTokens/range": about(ofTokens, (*query).semanticTokens),
		"textDocument/inlayHint":            about(ofHints, (*query).inlayHint),
		"textDocument/codeLens":             inGo(about(ofLens, (*query).codeLens), ofLens, (*query).codeLensInGo),
		"textDocument/documentLink":         about(ofLinks, (*query).documentLink),
		"textDocument/foldingRange":         about(ofFolding, (*query).foldingRange),
		"textDocument/selectionRange":       about(ofSelection, (*query).selectionRange),
		"textDocument/prepareCallHierarchy": about(atPlace, (*query).prepareCallHierarchy),
		"callHierarchy/incomingCalls":       about(ofCalls, (*query).incomingCalls),
		"callHierarchy/outgoingCalls":       about(ofCalls, (*query).outgoingCalls),
		"textDocument/signatureHelp":        about(atPlace, (*query).signatureHelp),
		"textDocument/prepareRename":        about(atPlace, (*query).prepareRename),
		"textDocument/rename":               about(ofRename, (*query).rename),
	}
}

func decode[P any](params json.RawMessage) (p P, err error) {
	if err := json.Unmarshal(params, &p); err != nil {
		return p, protocol.Errorf(protocol.CodeInvalidParams, "%v", err)
	}
	return p, nil
}

// initialize agrees with the client on what there is. Under the lock.
func (s *server) initialize(params json.RawMessage) (any, error) {
	p, err := decode[protocol.InitializeParams](params)
	if err != nil {
		return nil, err
	}
	s.phase, s.client = running, p.Capabilities
	s.configure(p.InitializationOptions)
	for _, e := range p.Capabilities.General.PositionEncodings {
		if e == protocol.UTF8 || e == protocol.UTF16 || e == protocol.UTF32 {
			s.encoding = e // the first is the one that the client likes best
			break
		}
	}
	for _, folder := range p.WorkspaceFolders {
		s.roots = append(s.roots, nameOf(folder.URI))
	}
	if len(p.WorkspaceFolders) == 0 && p.RootURI != "" {
		s.roots = append(s.roots, nameOf(p.RootURI))
	}
	c := protocol.ServerCapabilities{
		PositionEncoding: s.encoding,
		TextDocumentSync: protocol.TextDocumentSyncOptions{OpenClose: true, Change: 2, Save: true},
		HoverProvider:    true, DeclarationProvider: true, DefinitionProvider: true, ImplementationProvider: true, ReferencesProvider: true, DocumentHighlightProvider: true,
		DocumentSymbolProvider: true, WorkspaceSymbolProvider: true, DocumentFormattingProvider: true, FoldingRangeProvider: true, SelectionRangeProvider: true,
		CodeActionProvider:     protocol.CodeActionOptions{CodeActionKinds: []string{quickFix, fixAll}},
		RenameProvider:         protocol.RenameOptions{PrepareProvider: true},
		CompletionProvider:     protocol.CompletionOptions{TriggerCharacters: []string{" ", ".", ","}},
		SemanticTokensProvider: &protocol.SemanticTokensOptions{Legend: protocol.SemanticTokensLegend{TokenTypes: tokenTypes, TokenModifiers: tokenModifiers}, Full: true, Range: true},
		SignatureHelpProvider:  &protocol.SignatureHelpOptions{}, // when it is asked for: what begins by itself is completion
		CallHierarchyProvider:  true,
		InlayHintProvider:      true, CodeLensProvider: &protocol.CodeLensOptions{}, DocumentLinkProvider: &protocol.DocumentLinkOptions{},
		DiagnosticProvider: protocol.DiagnosticOptions{Identifier: source, InterFileDependencies: true},
	}
	c.ExecuteCommandProvider.Commands = []string{commandDeclaration, commandReload}
	c.Workspace.WorkspaceFolders.Supported, c.Workspace.WorkspaceFolders.ChangeNotifications = true, true
	return protocol.InitializeResult{Capabilities: c, ServerInfo: protocol.ServerInfo{Name: "supgen", Version: s.version}}, nil
}

// Notify does what a notification says.
func (s *server) Notify(method string, params json.RawMessage) {
	if method == "exit" {
		s.exit()
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.phase != running {
		return
	}
	switch method {
	case "initialized":
		s.initialized()
	case "textDocument/didOpen":
		if p, err := decode[protocol.DidOpenTextDocumentParams](params); err == nil {
			s.open(p.TextDocument)
		}
	case "textDocument/didChange":
		if p, err := decode[protocol.DidChangeTextDocumentParams](params); err == nil {
			s.change(p)
		}
	case "textDocument/didClose":
		if p, err := decode[protocol.DidCloseTextDocumentParams](params); err == nil {
			name := nameOf(p.TextDocument.URI)
			if s.others[name] != nil {
				delete(s.others, name)
				if strings.HasSuffix(name, load.ScriptSuffix) {
					s.scriptChanged(name)
				} else {
					s.goClosed(name)
				}
			} else {
				delete(s.documents, name)
				s.changed(name)
			}
		}
	case "textDocument/didSave":
		if p, err := decode[protocol.DidSaveTextDocumentParams](params); err == nil {
			s.changed(nameOf(p.TextDocument.URI))
			s.goChanged(nameOf(p.TextDocument.URI))
		}
	case "workspace/didChangeWatchedFiles":
		if p, err := decode[protocol.DidChangeWatchedFilesParams](params); err == nil {
			for _, e := range p.Changes {
				s.changed(nameOf(e.URI))
				s.goChanged(nameOf(e.URI))
			}
		}
	case "workspace/didChangeConfiguration":
		if p, err := decode[protocol.DidChangeConfigurationParams](params); err == nil {
			s.configure(p.Settings)
		}
	case "workspace/didChangeWorkspaceFolders":
		if p, err := decode[protocol.DidChangeWorkspaceFoldersParams](params); err == nil {
			for _, folder := range p.Event.Removed {
				s.roots = slices.DeleteFunc(s.roots, func(root string) bool { return root == nameOf(folder.URI) })
			}
			for _, folder := range p.Event.Added {
				s.roots = append(s.roots, nameOf(folder.URI))
			}
		}
	}
}

// initialized asks for news of files that others change. Under the lock.
func (s *server) initialized() {
	if !s.client.Workspace.DidChangeWatchedFiles.DynamicRegistration {
		return
	}
	go s.conn.Call(context.Background(), "client/registerCapability", protocol.RegistrationParams{Registrations: []protocol.Registration{{
		ID: "files", Method: "workspace/didChangeWatchedFiles",
		RegisterOptions: map[string]any{"watchers": []protocol.FileSystemWatcher{{GlobPattern: "**/*.{sup,sim,go}"}, {GlobPattern: "**/go.{mod,work}"}}},
	}}}, nil)
}

// open keeps the text of a buffer. Under the lock.
func (s *server) open(d protocol.TextDocumentItem) {
	name := nameOf(d.URI)
	opened := &document{d.URI, d.Version, protocol.NewText([]byte(d.Text))}
	switch {
	case isSource(name):
		s.documents[name] = opened
		s.changed(name)
		s.loadGo(keyOf(name))
	case strings.HasSuffix(name, ".go"):
		s.others[name] = opened
		s.openGo(name)
	case strings.HasSuffix(name, load.ScriptSuffix):
		s.others[name] = opened
		s.scriptChanged(name)
	}
}

// change keeps what a buffer has become. What is about a file that is not open is passed over. Changes come in their order, whatever the
// client says of versions. Under the lock.
func (s *server) change(p protocol.DidChangeTextDocumentParams) {
	name := nameOf(p.TextDocument.URI)
	documents := s.documents
	if s.others[name] != nil {
		documents = s.others
	}
	d := documents[name]
	if d == nil {
		return
	}
	text := d.text
	for _, c := range p.ContentChanges {
		whole := []byte(c.Text)
		if c.Range != nil {
			from, to := text.Offset(c.Range.Start, s.encoding), text.Offset(c.Range.End, s.encoding)
			from, to = min(from, to), max(from, to)
			whole = slices.Concat(text.Bytes[:from], whole, text.Bytes[to:])
		}
		text = protocol.NewText(whole)
	}
	documents[name] = &document{d.uri, p.TextDocument.Version, text}
	if s.documents[name] != nil {
		s.changed(name)
	} else if strings.HasSuffix(name, load.ScriptSuffix) {
		s.scriptChanged(name)
	}
}

// scriptChanged publishes what there is to say of a script, with what there is of its trees. Under the lock.
func (s *server) scriptChanged(name string) {
	s.scripts[keyOf(name)]++
	s.publish(keyOf(name))
}

// changed forgets what was known of the package that a file belongs to, and publishes what there is to say now. Under the lock.
func (s *server) changed(name string) {
	if base := filepath.Base(name); base == "go.mod" || base == "go.work" {
		for key := range s.analyses {
			s.refresh(key)
		}
		return
	}
	if key := keyOf(name); s.analyses[key] != nil || s.documents[name] != nil || isSource(name) {
		s.refresh(key)
	}
}

// refresh makes the analysis of a package anew, and publishes. Under the lock.
func (s *server) refresh(key string) {
	delete(s.analyses, key)
	s.publish(key)
}

// isSource reports whether a file is one of ours.
func isSource(name string) bool { return strings.HasSuffix(name, load.Suffix) || !isFile(name) }
