package lsp

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/supgen/supgen/dsl/diag"
	"github.com/supgen/supgen/internal/lsp/protocol"
)

// Whose the diagnostics are: of "supgen validate", and of its flag --types.
const (
	source      = "supgen"
	sourceTypes = "supgen types"
)

// publish has the editor show what there is to say of a package. Under the lock. What changes meanwhile is published next: of many
// changes in a row, the last is what counts.
func (s *server) publish(key string) {
	if s.publishing[key] {
		return
	}
	s.publishing[key] = true
	s.publishers.Go(func() {
		for {
			s.mu.Lock()
			a := s.analysisAt(key)
			q := &query{server: s, encoding: s.encoding, client: s.client, analysis: a, code: s.code[key]}
			s.mu.Unlock()
			said := q.diagnostics()
			s.mu.Lock()
			if s.analyses[key] != a {
				s.mu.Unlock()
				continue
			}
			s.publishing[key] = false
			was := s.published[key]
			now := make(map[string]bool)
			for name := range said {
				now[name] = len(said[name]) > 0
			}
			for name := range was {
				if _, ok := said[name]; !ok && was[name] {
					said[name] = []protocol.Diagnostic{}
				}
			}
			s.published[key] = now
			for _, name := range slices.Sorted(maps.Keys(said)) {
				if d := a.documents[name]; d != nil || len(said[name]) > 0 || was[name] {
					p := protocol.PublishDiagnosticsParams{URI: a.uri(name), Diagnostics: said[name]}
					if d != nil {
						p.Version = &d.version
					}
					s.conn.Notify("textDocument/publishDiagnostics", p) // under the lock: none overtakes another
				}
			}
			s.mu.Unlock()
			return
		}
	})
}

// diagnostics are those of a package, by file; one about which there is nothing to say has an empty list.
func (q *query) diagnostics() map[string][]protocol.Diagnostic {
	said := make(map[string][]protocol.Diagnostic)
	p, err := q.analysis.whole()
	if err != nil {
		for name := range q.analysis.documents { // the directory cannot be read
			said[name] = []protocol.Diagnostic{{Severity: protocol.SeverityError, Source: source, Message: err.Error()}}
		}
		return said
	}
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
	return said
}

// diagnosticOf is a diagnostic as the editor has it.
func (q *query) diagnosticOf(d diag.Diagnostic) protocol.Diagnostic {
	p := protocol.Diagnostic{Range: q.rangeOf(d.Range), Severity: protocol.SeverityError, Code: string(d.Code), Source: source, Message: d.Message}
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
