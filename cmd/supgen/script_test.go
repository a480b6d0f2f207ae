package main

import (
	"bufio"
	"bytes"
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

	"github.com/rogpeppe/go-internal/testscript"
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
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"status":    status,
			"fresh":     fresh,
			"interrupt": interrupt,
			"fill":      fill,
		},
	})
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

// fresh makes the current directory a module whose supgen is the one under test.
func fresh(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 0 {
		ts.Fatalf("usage: fresh")
	}
	root := ts.Getenv("SUPGEN")
	sums, err := os.ReadFile(filepath.Join(root, "go.sum"))
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs("go.sum"), sums, 0o644))
	module := fmt.Sprintf(`module example.com/app

go 1.26

require github.com/supgen/supgen v0.0.0

replace github.com/supgen/supgen => %s
`, root)
	ts.Check(os.WriteFile(ts.MkAbs("go.mod"), []byte(module), 0o644))
}

// interrupt runs a program until it has printed what matches, and interrupts it then. It has to end well.
func interrupt(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: interrupt program regexp")
	}
	printed := regexp.MustCompile(args[1])
	cmd := exec.Command(ts.MkAbs(args[0]))
	cmd.Env = append(os.Environ(), "ADDR=localhost:0")
	stderr, err := cmd.StderrPipe()
	ts.Check(err)
	ts.Check(cmd.Start())
	interrupted := false
	for lines := bufio.NewScanner(stderr); lines.Scan(); {
		ts.Logf("%s", lines.Text())
		if !interrupted && printed.MatchString(lines.Text()) {
			interrupted = true
			ts.Check(cmd.Process.Signal(os.Interrupt))
		}
	}
	_, err = io.Copy(io.Discard, stderr)
	ts.Check(err)
	if err := cmd.Wait(); err != nil || !interrupted {
		ts.Fatalf("%s: interrupted: %t, its end: %v", args[0], interrupted, err)
	}
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
