package main

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/testscript"
	"github.com/supgen/supgen/dsl/syntax"
)

// TestManual holds docs/supgen.md and docs/down.md to the command: blocks that name a file are written, and blocks of console
// are run and compared.
//
//	```sup shop.sup
//	```console
//
//	go test ./cmd/supgen -run TestManual -update
func TestManual(t *testing.T) {
	for page, least := range map[string]int{"supgen.md": 8, "down.md": 8} {
		name, err := filepath.Abs("../../docs/" + page)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(page, func(t *testing.T) { manual(t, name, least) })
	}
}

// manual is one page, with at least so many blocks of console.
func manual(t *testing.T, name string, least int) {
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	sums, err := os.ReadFile(filepath.Join(root, "go.sum"))
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	// A module of supgen's users, for what asks the go command.
	t.Setenv("GOFLAGS", "-mod=mod")
	t.Setenv("GOPROXY", "off")
	t.Setenv("GOWORK", "off")
	writeFile(t, "go.mod", fmt.Sprintf("module example.com/shop\n\ngo 1.26.0\n\nrequire github.com/supgen/supgen v0.0.0\n\nreplace github.com/supgen/supgen => %s\n", root))
	writeFile(t, "go.sum", string(sums))
	var got []string
	ran := 0
	for lines := strings.Split(string(text), "\n"); len(lines) > 0; {
		line := lines[0]
		got, lines = append(got, line), lines[1:]
		info, fence := strings.CutPrefix(line, "```")
		if !fence {
			continue
		}
		end := slices.Index(lines, "```")
		block := lines[:end]
		if _, file, ok := strings.Cut(info, " "); ok {
			writeFile(t, file, strings.Join(block, "\n")+"\n")
		}
		if info == "console" {
			block = session(t, block)
			ran++
		}
		got, lines = append(append(got, block...), "```"), lines[end+1:]
	}
	if ran < least {
		t.Errorf("only %d blocks were run", ran)
	}
	if *update {
		if err := os.WriteFile(name, []byte(strings.Join(got, "\n")), 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(strings.Split(string(text), "\n"), got); diff != "" {
		t.Errorf("the manual shows what supgen does not (-update writes it):\n%s", diff)
	}
}

// session runs the commands of a block, and is what a terminal would show of them.
func session(t *testing.T, block []string) (shown []string) {
	for _, line := range block {
		command, ok := strings.CutPrefix(line, "$ supgen ")
		if !ok {
			continue
		}
		var out bytes.Buffer
		status := run(words(command), &out, &out)
		shown = append(shown, line)
		if text := strings.TrimSuffix(out.String(), "\n"); text != "" {
			shown = append(shown, strings.Split(text, "\n")...)
		}
		if status != statusGood {
			shown = append(shown, fmt.Sprintf("(status %d)", status))
		}
	}
	if len(shown) == 0 {
		t.Error("a block of console runs nothing")
	}
	return shown
}

// recipe runs the commands of docs/supgen.md that write a file, as CI services do: recipe STATUS FILE.
func recipe(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: recipe status file")
	}
	for _, block := range strings.Split(ts.ReadFile(ts.Getenv("SUPGEN")+"/docs/supgen.md"), "\n```") {
		info, script, _ := strings.Cut(block, "\n")
		writes := (info == "yaml" || info == "sh") && strings.Contains(script, ">"+args[1])
		if info == "yaml" { // the steps
			if writes && !strings.Contains(script, "\ndefaults:\n  run:\n    shell: bash\n") {
				ts.Fatalf("the recipe for %s does not say bash: on Windows it runs in PowerShell", args[1])
			}
			var steps []string
			for _, line := range strings.Split(script, "\n") {
				if step, ok := strings.CutPrefix(line, "  - run: "); ok {
					steps = append(steps, step)
				}
			}
			script = strings.Join(steps, "\n")
		}
		if writes {
			status(ts, false, []string{args[0], "bash", "-e", "-o", "pipefail", "-c", script})
			return
		}
	}
	ts.Fatalf("no recipe writes %q", args[1])
}

// blocks writes the blocks of code that a document has in a language to files, one each, in their order: blocks editors.md lua a.lua b.lua.
func blocks(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 3 {
		ts.Fatalf("usage: blocks page language file...")
	}
	page, language, files := args[0], args[1], args[2:]
	found := strings.Split(ts.ReadFile(ts.Getenv("SUPGEN")+"/docs/"+page), "\n```"+language+"\n")[1:]
	if len(found) != len(files) {
		ts.Fatalf("%s has %d blocks of %s", page, len(found), language)
	}
	for i, block := range found {
		block, _, _ = strings.Cut(block, "```")
		ts.Check(os.WriteFile(ts.MkAbs(files[i]), []byte(block), 0o644))
	}
}

// grammar finds every word of the language's grammar in the files that colour it: grammar editors/vim/syntax/sup.vim.
func grammar(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: grammar file...")
	}
	root := ts.Getenv("SUPGEN")
	_, text, _ := strings.Cut(ts.ReadFile(root+"/docs/language.md"), "<!-- grammar -->")
	text, _, _ = strings.Cut(text, "<!-- end grammar -->")
	words := slices.Collect(maps.Keys(syntax.Containers))
	for _, m := range regexp.MustCompile(`"([a-z_]+)"`).FindAllStringSubmatch(text, -1) {
		words = append(words, m[1])
	}
	for _, file := range args {
		text := ts.ReadFile(filepath.Join(root, file))
		for _, word := range words {
			if !regexp.MustCompile(`\b` + word + `\b`).MatchString(text) {
				ts.Fatalf("%s does not have the word %s", file, word)
			}
		}
	}
}

// words are those of a command, some of them in quotes.
func words(command string) (words []string) {
	for i, part := range strings.Split(command, `"`) {
		if i%2 == 1 {
			words = append(words, part)
		} else {
			words = append(words, strings.Fields(part)...)
		}
	}
	return words
}

func writeFile(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
