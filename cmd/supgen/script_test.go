package main

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/supgen/supgen/internal/encoding"
)

var update = flag.Bool("update", false, "write what the scripts compare with anew")

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"supgen": main})
}

// TestScript runs the scripts of testdata/script. Those that run the go command are skipped by -short.
func TestScript(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "../../testdata/script",
		RequireExplicitExec: true,
		UpdateScripts:       *update,
		Setup:               setup,
		Condition: func(name string) (bool, error) {
			if name == "root" {
				return os.Geteuid() == 0, nil // who can write everywhere
			}
			if try, ok := installed[name]; ok {
				return exec.Command(try[0], try[1:]...).Run() == nil || os.Getenv("SUPGEN_CI") != "", nil
			}
			return false, fmt.Errorf("there is no condition %q", name)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"status":     status,
			"fresh":      fresh,
			"interrupt":  interrupt,
			"insist":     insist,
			"watching":   watching,
			"fill":       fill,
			"append":     appendFile,
			"utf16":      asUTF16,
			"mark":       mark,
			"unescape":   unescape,
			"actionstep": actionStep,
			"hook":       hook,
			"recipe":     recipe,
			"blocks":     blocks,
			"grammar":    grammar,
			"program":    program,
			"terminal":   terminal,
			"press":      press,
			"resize":     resize,
			"screen":     screen,
		},
	})
}

// installed is what scripts ask for: a command that succeeds where it is. With SUPGEN_CI nothing is missing, and the script fails if it is.
var installed = map[string][]string{
	"vim":   {"vim", "-N", "-u", "NONE", "-es", "-c", "if has('eval') | qall! | endif", "-c", "cquit!"},
	"emacs": {"emacs", "--version"},
	"nvim":  {"nvim", "--version"},
	"eglot": {"emacs", "--batch", "-f", "package-initialize", "--eval", "(require 'eglot)"},
}

// setup lets scripts run the go command without a network, on what this test itself was built of.
func setup(env *testscript.Env) error {
	out, err := exec.Command("go", "env", "GOCACHE", "GOMODCACHE").Output()
	if err != nil {
		return err
	}
	dirs := strings.Fields(string(out))
	root, err := filepath.Abs("../..")
	if err != nil {
		return err
	}
	for name, value := range map[string]string{
		"GOCACHE": dirs[0], "GOMODCACHE": dirs[1], "SUPGEN": root,
		"GOFLAGS": "-mod=mod", "GOPROXY": "off", "GOSUMDB": "off", "GOWORK": "off", "GOTOOLCHAIN": "local",
		"GORACE": "atexit_sleep_ms=0", // or every command would wait for a second under the race detector
	} {
		env.Setenv(name, value)
	}
	return nil
}

// status runs a command that has to end with a status: status 2 supgen generate --nonsense.
func status(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: status N command [args...]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			ts.Check(err)
		}
		got = exit.ExitCode()
	}
	if got != want {
		ts.Fatalf("%s ended with status %d, not %d", args[1], got, want)
	}
}

// fresh makes the current directory a module whose supgen is the one under test: fresh runtime/kit/grpc has that module, too, with what
// it is built of here.
func fresh(ts *testscript.TestScript, neg bool, args []string) {
	if neg {
		ts.Fatalf("usage: fresh [module...]")
	}
	root := ts.Getenv("SUPGEN")
	sums, err := os.ReadFile(filepath.Join(root, "go.sum"))
	ts.Check(err)
	module := "module example.com/app\n\ngo 1.26\n\n" + requirement(root, "")
	for _, arg := range args {
		list := exec.Command("go", "list", "-deps", "-f", "{{with .Module}}{{if .Version}}{{if not .Replace}}require {{.Path}} {{.Version}}{{end}}{{end}}{{end}}")
		list.Dir = filepath.Join(root, arg)
		required, err := list.Output()
		ts.Check(err)
		more, err := os.ReadFile(filepath.Join(list.Dir, "go.sum"))
		ts.Check(err)
		module += requirement(root, "/"+arg) + string(required)
		sums = append(sums, more...)
	}
	ts.Check(os.WriteFile(ts.MkAbs("go.sum"), sums, 0o644))
	ts.Check(os.WriteFile(ts.MkAbs("go.mod"), []byte(module), 0o644))
}

// requirement is what a go.mod says of a module of ours.
func requirement(root, module string) string {
	return fmt.Sprintf("require github.com/supgen/supgen%s v0.0.0\n\nreplace github.com/supgen/supgen%[1]s => %[2]s%[1]s\n\n", module, root)
}

// interrupt runs a program until it has printed what matches, and interrupts it then. It has to end with a status: 0 if none is said.
func interrupt(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 || len(args) > 3 {
		ts.Fatalf("usage: interrupt program regexp [status]")
	}
	cmd := exec.Command(ts.MkAbs(args[0]))
	cmd.Dir = ts.MkAbs(".")
	cmd.Env = append(os.Environ(), "ADDR=localhost:0", "OPS=localhost:0")
	_, err := follow(ts, cmd, reaction{args[1], func() { ts.Check(cmd.Process.Signal(os.Interrupt)) }})
	if want := append(args, "0")[2]; strconv.Itoa(cmd.ProcessState.ExitCode()) != want {
		ts.Fatalf("%s did not end with status %s: %v", cmd.Path, want, err)
	}
}

// insist runs a program until it has printed what matches, and interrupts it; when it has printed the second, which says that
// it does not stop, it is interrupted again. That has to end the process, with the status of an interrupt. What comes soon
// after the first is taken for the same, so it is sent some times.
func insist(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: insist program regexp regexp")
	}
	cmd := exec.Command(ts.MkAbs(args[0]))
	cmd.Env = append(os.Environ(), "ADDR=localhost:0", "OPS=localhost:0")
	stderr, err := cmd.StderrPipe()
	ts.Check(err)
	ts.Check(cmd.Start())
	defer cmd.Process.Kill()
	lines := bufio.NewScanner(stderr)
	for _, printed := range args[1:] {
		for lines.Scan() && !regexp.MustCompile(printed).MatchString(lines.Text()) {
			ts.Logf("%s", lines.Text())
		}
		ts.Check(cmd.Process.Signal(os.Interrupt))
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		io.Copy(io.Discard, stderr)
		cmd.Wait()
	}()
	for range 100 {
		select {
		case <-ended:
			if cmd.ProcessState.ExitCode() != 130 {
				ts.Fatalf("%s ended otherwise: %v", cmd.Path, cmd.ProcessState)
			}
			return
		case <-time.After(100 * time.Millisecond):
			cmd.Process.Signal(os.Interrupt)
		}
	}
	ts.Fatalf("%s still runs, interrupted often", cmd.Path)
}

// watching runs supgen generate --watch with arguments, between blanks. Whenever it has printed what matches the next regexp, the command behind
// that is run by the shell; behind the last one supgen is interrupted, and has to end well. What it printed is in the file "watched".
func watching(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args)%2 != 0 {
		ts.Fatalf("usage: watching arguments [regexp command]... regexp")
	}
	supgen, err := exec.LookPath("supgen")
	ts.Check(err)
	cmd := exec.Command(supgen, append([]string{"generate", "--watch"}, strings.Fields(args[0])...)...)
	cmd.Dir = ts.MkAbs(".")
	args = append(args[1:], "")
	var reactions []reaction
	for len(args) > 2 {
		change := exec.Command("sh", "-c", args[1])
		change.Dir = cmd.Dir
		reactions = append(reactions, reaction{args[0], func() { ts.Check(change.Run()) }})
		args = args[2:]
	}
	interrupt := reaction{args[0], func() { ts.Check(cmd.Process.Signal(os.Interrupt)) }}
	printed, err := follow(ts, cmd, append(reactions, interrupt)...)
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs("watched"), []byte(printed), 0o644))
}

// A reaction is what to do when a program has printed what matches.
type reaction struct {
	printed string
	act     func()
}

// follow runs a program and reacts to what it prints to standard error, one reaction after another. There has to be
// an occasion for each. It returns what was printed, and how the program ended.
func follow(ts *testscript.TestScript, cmd *exec.Cmd, reactions ...reaction) (string, error) {
	var printed strings.Builder
	stderr, err := cmd.StderrPipe()
	ts.Check(err)
	ts.Check(cmd.Start())
	for lines := bufio.NewScanner(stderr); lines.Scan(); {
		ts.Logf("%s", lines.Text())
		fmt.Fprintln(&printed, lines.Text())
		if len(reactions) > 0 && regexp.MustCompile(reactions[0].printed).MatchString(lines.Text()) {
			reactions[0].act()
			reactions = reactions[1:]
		}
	}
	_, err = io.Copy(io.Discard, stderr)
	ts.Check(err)
	err = cmd.Wait()
	if len(reactions) > 0 {
		ts.Fatalf("%s: reactions left: %d, its end: %v", cmd.Path, len(reactions), err)
	}
	return printed.String(), err
}

// fill writes a file of as many blanks as it is told.
func fill(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: fill file size")
	}
	size, err := strconv.Atoi(args[1])
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), bytes.Repeat([]byte(" "), size), 0o644))
}

// appendFile adds the content of a file to another.
func appendFile(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: append file from")
	}
	text := ts.ReadFile(args[0]) + ts.ReadFile(args[1])
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text), 0o644))
}

// asUTF16 writes a file that has the text of another in UTF-16, and begins with a byte order mark.
func asUTF16(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: utf16 file from")
	}
	var text []byte
	for _, unit := range utf16.Encode([]rune(encoding.ByteOrderMark + ts.ReadFile(args[1]))) {
		text = binary.LittleEndian.AppendUint16(text, unit)
	}
	ts.Check(os.MkdirAll(filepath.Dir(ts.MkAbs(args[0])), 0o755))
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), text, 0o644))
}

// mark puts a byte order mark before what a file has.
func mark(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: mark file")
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(encoding.ByteOrderMark+ts.ReadFile(args[0])), 0o644))
}

var escape = regexp.MustCompile(`\\(x[0-9a-f]{2}|r)`)

// unescape writes a file that has the text of another with the bytes for which escapes stand, such as \xe4 and \r.
func unescape(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: unescape file from")
	}
	text := escape.ReplaceAllStringFunc(ts.ReadFile(args[1]), func(escape string) string {
		char, err := strconv.Unquote(`"` + escape + `"`)
		ts.Check(err)
		return char
	})
	ts.Check(os.MkdirAll(filepath.Dir(ts.MkAbs(args[0])), 0o755))
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text), 0o644))
}
