package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// A yamlReader reads as much of YAML as the files of the repository are written in: mappings, sequences of
// mappings, and values on a line, plain or in double quotes.
type yamlReader struct {
	lines []yamlLine
}

type yamlLine struct {
	indent int
	text   string
	number int
}

// readYAML is a file as map[string]any, []any and string.
func readYAML(name string) (any, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	r := &yamlReader{}
	for i, line := range strings.Split(string(text), "\n") {
		body := strings.TrimLeft(line, " ")
		if strings.Contains(line, "\t") || strings.TrimRight(line, " ") != line {
			return nil, fmt.Errorf("%s:%d: a tab, or a blank at the end", name, i+1)
		}
		if body == "" || body[0] == '#' {
			continue
		}
		indent := len(line) - len(body)
		// "- name: x" is an item, and the first line of a mapping in it.
		if rest, ok := strings.CutPrefix(body, "- "); ok {
			r.lines = append(r.lines, yamlLine{indent, "-", i + 1})
			indent, body = indent+2, rest
		}
		r.lines = append(r.lines, yamlLine{indent, body, i + 1})
	}
	value, err := r.block()
	if err == nil && len(r.lines) > 0 {
		err = fmt.Errorf("%s:%d: not part of anything", name, r.lines[0].number)
	}
	return value, err
}

// block reads the lines that are indented like the first one.
func (r *yamlReader) block() (any, error) {
	indent, isList := r.lines[0].indent, r.lines[0].text == "-"
	list, mapping := []any{}, map[string]any{}
	for len(r.lines) > 0 && r.lines[0].indent == indent && (r.lines[0].text == "-") == isList {
		line := r.lines[0]
		r.lines = r.lines[1:]
		key, value, ok := strings.Cut(line.text+" ", ": ")
		if !isList && (!ok || mapping[key] != nil) {
			return nil, fmt.Errorf("line %d: no key, or one that is there already", line.number)
		}
		var below any = scalar(strings.TrimSpace(value))
		if len(r.lines) > 0 && r.lines[0].indent > indent {
			var err error
			if below, err = r.block(); err != nil {
				return nil, err
			}
		}
		if isList {
			list = append(list, below)
		} else {
			mapping[key] = below
		}
	}
	if isList {
		return list, nil
	}
	return mapping, nil
}

func scalar(text string) string {
	if unquoted, ok := strings.CutPrefix(text, `"`); ok {
		return strings.TrimSuffix(unquoted, `"`)
	}
	return text
}

var input = regexp.MustCompile(`\$\{\{ *inputs\.([a-z-]+)`)

// TestAction holds action.yml to what GitHub asks of a composite action, and to its own inputs.
func TestAction(t *testing.T) {
	value, err := readYAML("../../action.yml")
	if err != nil {
		t.Fatal(err)
	}
	action := value.(map[string]any)
	inputs := action["inputs"].(map[string]any)
	for name, input := range inputs {
		if input.(map[string]any)["description"] == nil {
			t.Errorf("input %q has no description", name)
		}
	}
	runs := action["runs"].(map[string]any)
	if action["name"] == nil || action["description"] == nil || runs["using"] != "composite" {
		t.Errorf("the action is %v", action)
	}
	used := map[string]bool{}
	for _, s := range runs["steps"].([]any) {
		step := s.(map[string]any)
		_, uses := step["uses"]
		script, isScript := step["run"].(string)
		if uses == isScript || isScript && step["shell"] != "bash" {
			t.Errorf("step %v neither uses an action nor runs a script with a shell", step)
		}
		if input.MatchString(script) {
			t.Errorf("%q pastes an input into a script", script)
		}
		for _, match := range input.FindAllStringSubmatch(fmt.Sprint(step), -1) {
			used[match[1]] = true
			if inputs[match[1]] == nil {
				t.Errorf("step %v uses input %q, which there is not", step, match[1])
			}
		}
	}
	for name := range inputs {
		if !used[name] {
			t.Errorf("nothing uses input %q", name)
		}
	}
}

// TestForms holds the forms for issues to what GitHub asks of them.
func TestForms(t *testing.T) {
	names, err := filepath.Glob("../../.github/ISSUE_TEMPLATE/*.yml")
	if err != nil || len(names) < 3 {
		t.Fatalf("the forms are %q (%v)", names, err)
	}
	for _, name := range names {
		value, err := readYAML(name)
		if err != nil {
			t.Fatal(err)
		}
		form := value.(map[string]any)
		if filepath.Base(name) == "config.yml" {
			continue
		}
		if form["name"] == nil || form["description"] == nil {
			t.Errorf("%s has no name or no description", name)
		}
		ids := map[any]bool{}
		for _, f := range form["body"].([]any) {
			field := f.(map[string]any)
			if ids[field["id"]] || field["id"] == nil || field["type"] != "input" && field["type"] != "textarea" || field["attributes"].(map[string]any)["label"] == nil {
				t.Errorf("%s: the field is %v", name, field)
			}
			ids[field["id"]] = true
		}
	}
}

// TestWorkflow holds the workflow to run .ci/run, and packages that are there.
func TestWorkflow(t *testing.T) {
	value, err := readYAML("../../.github/workflows/ci.yml")
	if err != nil {
		t.Fatal(err)
	}
	runs := 0
	for name, j := range value.(map[string]any)["jobs"].(map[string]any) {
		for _, s := range j.(map[string]any)["steps"].([]any) {
			step := s.(map[string]any)
			script, isScript := step["run"].(string)
			if _, uses := step["uses"]; uses == isScript {
				t.Errorf("job %s: step %v neither uses an action nor runs a script", name, step)
			}
			for _, word := range strings.Fields(script) {
				if dir, ok := strings.CutPrefix(strings.TrimSuffix(word, "/..."), "."); ok {
					if _, err := os.Stat("../../." + dir); err != nil {
						t.Errorf("job %s: %v", name, err)
					}
					runs++
				}
			}
		}
	}
	if runs < 3 {
		t.Errorf("the workflow runs only %d things of the repository", runs)
	}
}

// TestHooks holds .pre-commit-hooks.yaml to what pre-commit asks of hooks.
func TestHooks(t *testing.T) {
	value, err := readYAML("../../.pre-commit-hooks.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, h := range value.([]any) {
		hook := h.(map[string]any)
		ids = append(ids, hook["id"].(string))
		if hook["name"] == nil || hook["language"] != "golang" || !strings.HasPrefix(hook["entry"].(string), "supgen ") {
			t.Errorf("the hook is %v", hook)
		}
		files := regexp.MustCompile(hook["files"].(string))
		if !files.MatchString("a/shop.sup") || files.MatchString("a/shop.sup.md") || files.MatchString("a/shop.go") {
			t.Errorf("hook %v is for the wrong files", hook)
		}
	}
	if want := []string{"supgen-fmt", "supgen-validate", "supgen-generate"}; !slices.Equal(ids, want) {
		t.Errorf("the hooks are %q, not %q", ids, want)
	}
}

// actionStep runs the script of a step of action.yml by its name: actionstep STATUS NAME.
func actionStep(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: actionstep status name")
	}
	value, err := readYAML(ts.Getenv("SUPGEN") + "/action.yml")
	ts.Check(err)
	for _, s := range value.(map[string]any)["runs"].(map[string]any)["steps"].([]any) {
		if step := s.(map[string]any); step["name"] == args[1] {
			status(ts, false, []string{args[0], "bash", "-e", "-o", "pipefail", "-c", step["run"].(string)})
			return
		}
	}
	ts.Fatalf("there is no step %q", args[1])
}

// hook runs a hook of .pre-commit-hooks.yaml on files: hook STATUS ID FILE...
func hook(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: hook status id [file...]")
	}
	value, err := readYAML(ts.Getenv("SUPGEN") + "/.pre-commit-hooks.yaml")
	ts.Check(err)
	for _, h := range value.([]any) {
		if hook := h.(map[string]any); hook["id"] == args[1] {
			entry := strings.Fields(hook["entry"].(string))
			always, _ := hook["args"].(string)
			entry = append(entry, strings.Fields(strings.Trim(always, "[]"))...)
			status(ts, false, slices.Concat(args[:1], entry, args[2:]))
			return
		}
	}
	ts.Fatalf("there is no hook %q", args[1])
}
