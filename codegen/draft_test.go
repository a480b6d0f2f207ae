package codegen_test

import (
	"go/scanner"
	"go/token"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/supgen/supgen/codegen"
	"github.com/supgen/supgen/dsl/tree"
)

// A large file is formatted in parts. They must add up to what gofmt makes of the whole, wherever they begin.
func TestParts(t *testing.T) {
	for name, src := range map[string]string{
		"children":    children(300),
		"one line":    "package x\n\nsupervisor Shop {\n" + workers(300) + "}\n",
		"supervisors": supervisors(200),
		"lines":       string(wide(200)),
		"names":       namesOfAllSizes(200),
	} {
		tree, diagnostics := checked([]byte(src))
		if tree == nil {
			t.Fatal(name, diagnostics)
		}
		code := codegen.Generate(tree, tree.Files[0])
		asGofmt(t, code)
		wantDraft(t, tree, code)
	}
}

// wantDraft wants the draft of a tree's only file to be its code.
func wantDraft(t *testing.T, tree *tree.Tree, code []byte) {
	t.Helper()
	if !codegen.NewDraft(tree, tree.Files[0]).Is(code) {
		t.Errorf("the draft is not this:\n%s", code)
	}
}

func workers(n int) string {
	var src strings.Builder
	for i := range n {
		src.WriteString("\tworker W" + strings.Repeat("x", i%60) + string(rune('A'+i%26)) + string(rune('A'+i/26)) + "\n")
	}
	return src.String()
}

// namesOfAllSizes is a tree whose table has rows of one line and of several, and keys that gofmt aligns, or not.
func namesOfAllSizes(n int) string {
	var src strings.Builder
	src.WriteString("package x\n\nsupervisor Shop {\n")
	for i, line := range strings.SplitAfter(strings.TrimSuffix(workers(n), "\n"), "\n") {
		src.WriteString(strings.TrimSuffix(line, "\n"))
		if i%7 == 3 {
			src.WriteString(" {\n\t\tshutdown 2s\n\t}")
		}
		src.WriteString("\n")
	}
	src.WriteString("}\n")
	return src.String()
}

var indent = regexp.MustCompile(`(?m)^\t+`)

// A draft is the golden code, whatever its white space; and nothing else.
func TestDraftIs(t *testing.T) {
	for _, name := range archives(t) {
		archive := read(t, name)
		tree := check(t, archive)
		code := make(map[string]string)
		for _, f := range golden(archive) {
			code[f.Name] = string(f.Data)
		}
		for _, file := range tree.Files {
			draft, text := codegen.NewDraft(tree, file), code[file.Name+".go"]
			same := map[string]string{
				"as it is":           text,
				"without indents":    indent.ReplaceAllString(text, ""),
				"with blanks":        indent.ReplaceAllString(text, "    "),
				"with empty lines":   strings.ReplaceAll(text, "\n", "\n\n"),
				"with carriages":     strings.ReplaceAll(text, "\n", "\r\n"),
				"without a last \\n": strings.TrimSuffix(text, "\n"),
			}
			for how, text := range same {
				if !draft.Is([]byte(text)) {
					t.Errorf("%s: it is not its code %s", file.Name, how)
				}
			}
			other := map[string]string{
				"nothing":                      "",
				"another name":                 strings.Replace(text, "runtime.Run", "runtime.Ran", 1),
				"a comment more":               strings.Replace(text, "type ", "// More.\ntype ", 1),
				"another comment":              strings.Replace(text, "// ", "//  ", 1),
				"a declaration more":           text + "\nfunc more() {}\n",
				"a comment at the end":         text + "// More.\n",
				"no last declaration":          text[:strings.LastIndex(strings.TrimSpace(text), "\n\n")+1],
				"a semicolon more":             text + ";",
				"a semicolon before a bracket": strings.Replace(text, "\n}", ";\n}", 1),
				"something else":               text + "\x00",
			}
			for what, text := range other {
				if text != code[file.Name+".go"] && draft.Is([]byte(text)) {
					t.Errorf("%s: it is %s", file.Name, what)
				}
			}
			wantEachToken(t, draft, text)
		}
	}
}

// wantEachToken takes out one token after the other, and the line ends that end statements. What is left is other code.
func wantEachToken(t *testing.T, draft *codegen.Draft, text string) {
	t.Helper()
	var s scanner.Scanner
	file := token.NewFileSet().AddFile("", -1, len(text))
	s.Init(file, []byte(text), nil, scanner.ScanComments)
	for {
		pos, tok, literal := s.Scan()
		at := file.Offset(pos)
		switch {
		case tok == token.EOF:
			return
		case literal == "":
			literal = tok.String()
		}
		after, found := strings.CutPrefix(text[at:], literal)
		if literal == "\n" {
			after = strings.TrimSpace(after)
			// Gofmt decides about a line end in front of a bracket, and a comment is followed by another one.
			found = found && !slices.ContainsFunc([]string{"}", ")", "//"}, func(s string) bool { return strings.HasPrefix(after, s) }) && after != ""
		}
		if !found {
			continue
		}
		without := text[:at] + " " + after
		if draft.Is([]byte(without)) {
			t.Errorf("without %q at %d it is the same", literal, at)
		}
	}
}
