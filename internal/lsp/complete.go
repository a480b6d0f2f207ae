package lsp

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/supgen/supgen/dsl/diag"
	"github.com/supgen/supgen/dsl/syntax"
	"github.com/supgen/supgen/dsl/tree"
	"github.com/supgen/supgen/internal/effective"
	"github.com/supgen/supgen/internal/lsp/protocol"
	"github.com/supgen/supgen/runtime/policy"
)

// completion is what may be written at a place: a statement where a line begins, else what goes on with the line.
func (q *query) completion(protocol.TextDocumentPositionParams) (any, error) {
	line := string(q.text.Bytes[lineBegin(q.text.Bytes, q.offset):q.offset])
	if inComment(line) {
		return nil, nil
	}
	begin := len(line) - len(wordBehind.FindString(line))
	c := &completion{query: q, replace: protocol.Range{Start: q.text.Position(q.offset-(len(line)-begin), q.encoding), End: q.text.Position(q.offset, q.encoding)}}
	words := strings.Fields(strings.NewReplacer(",", " , ", "(", " ( ", ")", " ) ").Replace(line[:begin]))
	switch {
	case len(words) == 0:
		c.statements()
	case words[len(words)-1] != "{": // behind which the line is at its end
		c.rest(words)
	}
	return protocol.CompletionList{Items: c.items}, nil
}

var wordBehind = regexp.MustCompile(`[\pL_][\pL\pN_.]*$|\d[\pL\pN_.]*$`)

// importPath is the path of an import, without its quotes.
var importPath = regexp.MustCompile(`"([^"]+)"`)

// A completion collects what there is to write.
type completion struct {
	*query
	replace protocol.Range // the word that is being written
	items   []protocol.CompletionItem
}

func (c *completion) add(kind int, label, detail, doc string) {
	item := protocol.CompletionItem{
		Label: label, Kind: kind, Detail: detail, SortText: fmt.Sprintf("%04d", len(c.items)), TextEdit: &protocol.TextEdit{Range: c.replace, NewText: label},
	}
	if doc != "" {
		item.Documentation = &protocol.MarkupContent{Kind: "markdown", Value: doc}
	}
	c.items = append(c.items, item)
}

// statements are those that may stand in the block around the place, or at the top.
func (c *completion) statements() {
	in := c.container()
	for _, p := range syntax.Productions {
		if !in.Has(p.Keyword) {
			continue
		}
		c.add(protocol.CompletionKeyword, p.Keyword, p.Form, "")
		if snippet := snippets[p.Keyword]; snippet != "" && c.client.TextDocument.Completion.CompletionItem.SnippetSupport {
			last := &c.items[len(c.items)-1]
			last.InsertTextFormat, last.TextEdit.NewText = 2, snippet
		}
	}
}

// snippets are how statements are begun that are longer than a word.
var snippets = map[string]string{
	"policy":     "policy ${1:name} {\n\t$0\n}",
	"supervisor": "supervisor ${1:Name} {\n\t$0\n}",
	"group":      "group ${1:Name} {\n\t$0\n}",
	"defaults":   "defaults {\n\t$0\n}",
	"service":    "service ${1:Name}$0",
	"worker":     "worker ${1:Name}$0",
	"job":        "job ${1:Name}$0",
	"sidecar":    "sidecar ${1:Name} of ${2:Primary}$0",
	"dynamic":    "dynamic ${1|worker,service,job|} ${2:Name}(${3:id string}) key ${4:id}$0",
	"backoff":    "backoff ${1:100ms}..${2:30s}$0",
	"limit":      "limit ${1:10} in ${2:10m}$0",
	"intensity":  "intensity ${1:30} in ${2:1m}$0",
	"throttle":   "throttle ${1:100} refill ${2:1s}$0",
	"shutdown":   "shutdown ${1:5s}$0",
	"provides":   "provides ${1:*Type}$0",
	"import":     "import \"${1:path}\"$0",
}

// container is the block around the place.
func (c *completion) container() syntax.Container {
	in := syntax.AtTop
	c.syntax().Body.Walk(func(s *syntax.Stmt) { // each before those in its block
		if s.Block == nil || !s.Range().Holds(c.place()) || c.offset <= s.Line().End.Offset {
			return
		}
		switch node := s.Node.(type) {
		case *syntax.PolicyDecl:
			in = syntax.InPolicy
		case *syntax.DefaultsDecl:
			in = syntax.InDefaults
		case *syntax.ChildDecl:
			in = syntax.ContainerOf(syntax.RoleOf(node.Role), syntax.Said(node.Dynamic), in == syntax.AtTop)
		}
	})
	return in
}

// rest goes on with a line, whose words are all before the one that is being written.
func (c *completion) rest(words []string) {
	last, names := words[len(words)-1], words[len(words)-1]
	for i := len(words) - 1; i > 0 && (names == "," || words[i-1] == ","); i-- {
		names = words[i-1] // of a list, what it began with
	}
	if i := slices.IndexFunc(words, func(w string) bool { return w == names }); names != last && i > 0 && !slices.Contains(listed, names) {
		names = words[i-1]
	}
	switch {
	case words[0] == "use":
		c.policies()
	case names == "needs", names == "wants", names == "after", names == "of" && words[0] == "sidecar", words[0] == "finish" && len(words) > 2:
		c.children(names, words)
	case words[0] == "provides", slices.Contains(words, "(") && !slices.Contains(words, ")"):
		c.types()
	case words[0] == "on" && len(words) == 1:
		for o := policy.OutcomeNone + 1; o <= policy.OutcomeIntensity; o++ {
			c.add(protocol.CompletionValue, o.String(), "", "")
		}
		c.add(protocol.CompletionValue, "failure", "every failure", "")
	case words[0] == "on" && (len(words) == 2 || last == "start"):
		if last != "start" {
			c.add(protocol.CompletionKeyword, "at start", "until the child was ready once", "")
		}
		for a := policy.ActionNone + 1; ; a++ {
			if strings.HasPrefix(a.String(), "invalid") {
				break
			}
			c.add(protocol.CompletionValue, a.String(), "", "")
		}
	case words[0] == "dynamic" && len(words) == 1:
		for _, role := range []policy.Role{policy.Worker, policy.Service, policy.Job} {
			c.add(protocol.CompletionKeyword, role.String(), "", "")
		}
	case slices.Contains(beforeDurations, last), last == "quarantine":
		for _, d := range durations {
			c.add(protocol.CompletionValue, d, "", "")
		}
	default:
		c.words(words)
	}
}

var (
	listed          = []string{"needs", "wants", "after", "of", "use", "tags", "when"}
	beforeDurations = []string{"in", "refill", "every", "timeout", "within", "heartbeat", "stale", "dead", "abort", "reset", "lame_duck", "shutdown", "backoff"}
	durations       = []string{"100ms", "500ms", "1s", "5s", "10s", "30s", "1m", "5m", "10m", "1h"}
	literal         = regexp.MustCompile(`\b[a-z_]{2,}\b`)
)

// words are those of the statement's form that are not there yet.
func (c *completion) words(words []string) {
	p, ok := syntax.ProductionOf(words[0])
	if !ok {
		return
	}
	seen := map[string]bool{"or": true, "and": true, "one": true, "line": true}
	for _, w := range words {
		seen[w] = true
	}
	for _, w := range literal.FindAllString(p.Form, -1) {
		if !seen[w] {
			seen[w] = true
			c.add(protocol.CompletionKeyword, w, p.Form, "")
		}
	}
}

func (c *completion) policies() {
	info := c.analysis.pkg().Info
	if info == nil {
		return
	}
	for _, d := range info.Definitions {
		if d.Kind == tree.PolicyDefinition {
			c.add(protocol.CompletionRef, d.Name, "policy", d.Doc)
		}
	}
}

// children are those that can be named from the place: of the supervisor around it and outwards, and their children by their path.
func (c *completion) children(keyword string, words []string) {
	info := c.analysis.pkg().Info
	if info == nil {
		return
	}
	at := diag.Pos{File: c.place().File, Offset: lineBegin(c.text.Bytes, c.offset)}
	for at.Offset < len(c.text.Bytes) && (c.text.Bytes[at.Offset] == ' ' || c.text.Bytes[at.Offset] == '\t') {
		at.Offset++
	}
	around := info.Around(at)
	self := around
	if around != nil && around.Whole.Pos.Offset == at.Offset && words[0] != "finish" {
		around = around.Parent // the declaration on this line
	}
	seen := make(map[string]bool)
	for scope := around; scope != nil; scope = scope.Parent {
		if scope.Child == nil || scope.Child.Role == policy.Group {
			continue
		}
		for _, child := range scope.Child.Members() {
			if seen[child.Name] || self != nil && child == self.Child || slices.Contains(words, child.Name) {
				continue
			}
			seen[child.Name] = true
			detail := effective.RoleOf(child)
			if child.Provides != "" {
				detail += ", provides " + child.Provides
			}
			c.add(protocol.CompletionRef, child.Name, detail, child.Doc)
			if child.Role == policy.Supervisor {
				for below := range child.All() {
					if path := strings.TrimPrefix(below.Path(), child.Path()); below != child && below.Role != policy.Group {
						c.add(protocol.CompletionRef, child.Name+path, effective.RoleOf(below), below.Doc)
					}
				}
			}
		}
	}
}

// types are how Go types begin: with what the file imports, or what Go has by itself.
func (c *completion) types() {
	if info := c.analysis.pkg().Info; info != nil {
		for _, d := range info.Definitions {
			if d.Kind == tree.ImportDefinition && d.Pos.File == c.analysis.fileOf(c.name) {
				c.add(protocol.CompletionModule, d.Name+".", c.source(d.Whole), "")
			}
		}
	}
	for _, t := range []string{"string", "int", "int64", "bool", "error", "any", "chan", "func", "map"} {
		c.add(protocol.CompletionClass, t, "", "")
	}
}

// lineBegin is where the line begins that an offset is on.
func lineBegin(text []byte, offset int) int {
	for offset > 0 && text[offset-1] != '\n' && text[offset-1] != '\r' {
		offset--
	}
	return offset
}

// inComment reports whether a line ends within a comment, or within a string.
func inComment(line string) bool {
	quoted := false
	for i := range len(line) {
		switch {
		case line[i] == '"':
			quoted = !quoted
		case !quoted && strings.HasPrefix(line[i:], "//"):
			return true
		}
	}
	return quoted
}
