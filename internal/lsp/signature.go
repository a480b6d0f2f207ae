package lsp

import (
	"regexp"
	"slices"
	"strings"

	"github.com/supgen/supgen/dsl/syntax"
	"github.com/supgen/supgen/internal/lsp/protocol"
)

// signatureHelp shows how the statement that is being written goes on: its forms, and the part that the place is in.
func (q *query) signatureHelp(protocol.TextDocumentPositionParams) (any, error) {
	line := string(q.text.Bytes[lineBegin(q.text.Bytes, q.offset):q.offset])
	words := strings.Fields(line)
	if inComment(line) || len(words) < 2 && !strings.HasSuffix(line, " ") || len(words) == 0 {
		return nil, nil
	}
	p, ok := syntax.ProductionOf(words[0])
	if !ok {
		return nil, nil
	}
	said := words[1:] // in full
	if !strings.HasSuffix(line, " ") {
		said = said[:len(said)-1]
	}
	help := protocol.SignatureHelp{}
	most := -1
	for i, form := range strings.Split(strings.ReplaceAll(p.Form, ", or ", ", "), ", "+p.Keyword+" ") {
		if i > 0 {
			form = p.Keyword + " " + form
		}
		s := protocol.SignatureInformation{Label: form}
		parts := partsOf.FindAllString(strings.TrimPrefix(form, p.Keyword), -1)
		for _, part := range parts {
			s.Parameters = append(s.Parameters, protocol.ParameterInformation{Label: part})
		}
		if known, at := partOf(parts, said); known > most {
			most, help.ActiveSignature, help.ActiveParameter = known, len(help.Signatures), at
		}
		help.Signatures = append(help.Signatures, s)
	}
	return help, nil
}

// A part of a form is an option in brackets, a choice, a word with what follows it, or a placeholder.
var partsOf = regexp.MustCompile(`\[[^\]]*\]|[a-z_]+(?: \| [a-z_]+)+|[a-z_|]+(?: [A-Z]\S*)*|[A-Z]+\([^)]*\)|\S+`)

// partOf is how many of the words of a line are in the parts of a form, and the part that goes on behind them: that of the last of these
// words, or else the one behind as many placeholders as there are words.
func partOf(parts, words []string) (known, at int) {
	at = min(len(words), max(0, len(parts)-1))
	for _, word := range words {
		if strings.ToLower(word) != word {
			continue // a name, which may be that of a placeholder
		}
		if i := slices.IndexFunc(parts, func(part string) bool { return slices.Contains(strings.FieldsFunc(part, isPunctuation), word) }); i >= 0 {
			known, at = known+1, i
		}
	}
	return known, at
}

func isPunctuation(r rune) bool { return strings.ContainsRune(" []|(),", r) }
