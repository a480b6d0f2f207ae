package lsp

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/supgen/supgen/dsl/diag"
	"github.com/supgen/supgen/internal/load"
	"github.com/supgen/supgen/internal/lsp/protocol"
	"github.com/supgen/supgen/internal/simulation"
)

// Whose the diagnostics are: of "supgen validate", and of its flag --types.
const (
	source      = "supgen"
	sourceTypes = "supgen types"
)

// publish has the editor show what there is to say of a package, as long as one of its files is open. Under the lock. What changes
// meanwhile is published next: of many changes in a row, the last is what counts. One goroutine publishes for a package, so nothing
// overtakes anything, and a client that does not read keeps one waiting.
func (s *server) publish(key string) {
	if s.publishing[key] {
		return
	}
	s.publishing[key] = true
	s.publishers.Go(func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		scripts := 0
		for q := (*query)(nil); q == nil || s.analyses[key] != q.analysis || s.code[key] != q.code || s.scripts[key] != scripts; {
			q = &query{server: s, encoding: s.encoding, client: s.client, others: maps.Clone(s.others), analysis: s.analysisAt(key), code: s.code[key]}
			scripts = s.scripts[key]
			s.mu.Unlock()
			found := q.found()
			s.mu.Lock()
			if s.analyses[key] != q.analysis {
				continue
			}
			news := s.news(q, found)
			s.mu.Unlock()
			for _, p := range news {
				s.conn.Notify("textDocument/publishDiagnostics", p)
			}
			s.mu.Lock()
		}
		delete(s.publishing, key)
		if len(s.analyses[key].documents) == 0 { // what is closed is not kept
			delete(s.analyses, key)
		}
	})
}

// found is what there is to say of a package, by file: nothing, when it is closed.
func (q *query) found() (found map[string][]protocol.Diagnostic) {
	if len(q.analysis.documents) == 0 && len(q.scripts()) == 0 {
		return nil
	}
	err := func() (err error) {
		defer protocol.Guard(&err)
		found = q.diagnostics()
		return nil
	}()
	if err != nil {
		return q.failed(err)
	}
	return found
}

// news is what the editor is to show of a package, file by file, and empty lists for what it shows and is no more. Under the lock.
func (s *server) news(q *query, found map[string][]protocol.Diagnostic) (news []protocol.PublishDiagnosticsParams) {
	a := q.analysis
	was, shown := s.published[a.key], make(map[protocol.DocumentURI]bool)
	for _, name := range slices.Sorted(maps.Keys(found)) {
		d := q.buffer(name)
		if d == nil && len(found[name]) == 0 {
			continue
		}
		p := protocol.PublishDiagnosticsParams{URI: q.uri(name), Diagnostics: found[name]}
		if d != nil {
			p.Version = &d.version
		}
		news = append(news, p)
		shown[p.URI] = len(found[name]) > 0
	}
	var gone []protocol.PublishDiagnosticsParams
	for _, uri := range slices.Sorted(maps.Keys(was)) {
		if _, ok := shown[uri]; !ok && was[uri] {
			gone = append(gone, protocol.PublishDiagnosticsParams{URI: uri, Diagnostics: []protocol.Diagnostic{}})
		}
	}
	if s.published[a.key] = shown; len(shown) == 0 {
		delete(s.published, a.key)
	}
	return append(gone, news...)
}

// failed says in the open files of a package why there is nothing else to say.
func (q *query) failed(err error) map[string][]protocol.Diagnostic {
	found := make(map[string][]protocol.Diagnostic)
	for name := range q.analysis.documents {
		found[name] = []protocol.Diagnostic{{Severity: protocol.SeverityError, Source: source, Message: err.Error()}}
	}
	return found
}

// diagnostics are those of a package, by file; one about which there is nothing to say has an empty list.
func (q *query) diagnostics() map[string][]protocol.Diagnostic {
	p, err := q.analysis.whole()
	if err != nil {
		return q.failed(err) // the directory cannot be read
	}
	said := make(map[string][]protocol.Diagnostic)
	for file := range p.Text {
		said[q.analysis.nameOf(file)] = []protocol.Diagnostic{}
	}
	say := func(d diag.Diagnostic, source string) {
		name := q.analysis.nameOf(d.Pos.File)
		shown := q.diagnosticOf(d)
		shown.Source = source
		said[name] = append(said[name], shown)
	}
	for _, d := range p.Diagnostics {
		say(d, source)
	}
	if q.code != nil && q.code.of == q.analysis { // of the texts as they are now
		for _, d := range q.code.types {
			say(d, sourceTypes)
		}
		for _, g := range q.code.gone {
			say(g.diagnostic(), source)
		}
	}
	for _, name := range q.scripts() {
		said[name] = []protocol.Diagnostic{}
		if p.Tree != nil {
			for _, d := range simulation.NewScript(name, q.others[name].text.Bytes).Check(p.Tree) {
				say(d, source)
			}
		}
	}
	return said
}

// scripts are the open ones beside the trees of the package.
func (q *query) scripts() (names []string) {
	for name := range q.others {
		if strings.HasSuffix(name, load.ScriptSuffix) && keyOf(name) == q.analysis.key {
			names = append(names, name)
		}
	}
	return names
}

// diagnosticOf is a diagnostic as the editor has it.
func (q *query) diagnosticOf(d diag.Diagnostic) protocol.Diagnostic {
	p := protocol.Diagnostic{Range: q.rangeIn(q.analysis.nameOf(d.Pos.File), d.Range), Severity: protocol.SeverityError, Code: string(d.Code), Source: source, Message: d.Message}
	if d.Severity == diag.Warning {
		p.Severity = protocol.SeverityWarning
	}
	if d.Code != "" {
		p.CodeDescription = &protocol.CodeDescription{Href: "https://github.com/supgen/supgen/blob/main/docs/checks.md#" + string(d.Code)}
	}
	if d.Hint != "" {
		p.Message += "\n" + d.Hint
	}
	if strings.HasPrefix(string(d.Code), "unused-") || d.Code == diag.CodeNoEffect {
		p.Tags = []int{protocol.TagUnnecessary}
	}
	for _, n := range d.Notes {
		if q.client.TextDocument.PublishDiagnostics.RelatedInformation {
			p.RelatedInformation = append(p.RelatedInformation, protocol.DiagnosticRelatedInformation{Location: q.location(n.Range), Message: n.Message})
		} else {
			p.Message += "\n" + n.String()
		}
	}
	return p
}

func ofDiagnostic(p protocol.DocumentDiagnosticParams) (protocol.TextDocumentIdentifier, protocol.Position) {
	return p.TextDocument, protocol.Position{}
}

// diagnostic answers an editor that asks for the diagnostics of a file.
func (q *query) diagnostic(p protocol.DocumentDiagnosticParams) (any, error) {
	items := q.diagnostics()[q.name]
	text, err := json.Marshal(items)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(text)
	id := hex.EncodeToString(sum[:8])
	if id == p.PreviousResultID {
		return protocol.DocumentDiagnosticReport{Kind: "unchanged", ResultID: id}, nil
	}
	return protocol.DocumentDiagnosticReport{Kind: "full", ResultID: id, Items: items}, nil
}
