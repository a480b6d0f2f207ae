package main

import (
	"bufio"
	"context"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestTutorial does what docs/tutorial.md says, in a module of its own, and compares what it shows.
//
//	```go main.go        a file: it is written
//	```diff main.go      a change of a file: it is made
//	```sh                commands: each has to end well, and its output is not shown
//	```console           commands, each behind "$ ", and their output
//	```log               lines that the program in the first terminal prints meanwhile: perhaps not all, in any order
//
// "./shop" runs as in a terminal of its own, with lines of its log below; "^C" interrupts it, and "echo $?" prints its status. While it runs, times
// and the like may differ from those of the page. With -update, a line of a log is replaced by one of the same level, message and path.
//
//	go test ./cmd/supgen -run TestTutorial -update
func TestTutorial(t *testing.T) {
	if testing.Short() || runtime.GOOS == "windows" {
		t.Skip("runs the go command, and a Unix shell")
	}
	if _, err := exec.LookPath("curl"); err != nil && os.Getenv("SUPGEN_CI") == "" {
		t.Skip(err)
	}
	root, err := filepath.Abs("../..")
	fatal(t, err)
	page := filepath.Join(root, "docs/tutorial.md")
	text, err := os.ReadFile(page)
	fatal(t, err)
	sums, err := os.ReadFile(filepath.Join(root, "go.sum"))
	fatal(t, err)
	t.Chdir(t.TempDir())
	writeFile(t, "go.sum", string(sums))
	writeFile(t, ".curlrc", "silent\nshow-error\n") // as on a terminal
	for name, value := range map[string]string{"GOPROXY": "off", "GOWORK": "off", "GOFLAGS": "", "GOTOOLCHAIN": "local", "NO_COLOR": "1", "CURL_HOME": "."} {
		t.Setenv(name, value)
	}
	r := &reader{T: t, ports: strings.NewReplacer(":8080", freePort(t), ":8081", freePort(t)),
		release: "go mod edit -require github.com/supgen/supgen@v0.0.0 -replace github.com/supgen/supgen=" + root}

	want := lines(string(text))
	var got []string
	for rest := want; len(rest) > 0; {
		line := rest[0]
		got, rest = append(got, line), rest[1:]
		if info, ok := strings.CutPrefix(line, "```"); ok {
			end := slices.Index(rest, "```")
			got = append(append(got, r.block(info, rest[:end])...), "```")
			rest = rest[end+1:]
		}
	}
	if r.typed < 30 {
		t.Errorf("only %d commands were typed", r.typed)
	}
	if *update {
		writeFile(t, page, strings.Join(got, "\n")+"\n")
	} else if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the tutorial shows something else (-update writes it):\n%s", diff)
	}
}

// A reader does what the page says.
type reader struct {
	*testing.T
	ports   *strings.Replacer // those of the page by free ones
	release string            // a command that has go.mod take this checkout for a release
	program *exec.Cmd         // in the first terminal, if it runs
	printed chan string       // lines of it
	log     []string          // those since the last commands that the page has not shown yet
	status  int               // of the last command, or of the program
	typed   int               // how many commands
}

// block does what a block of the page says, and is what it should show.
func (r *reader) block(info string, block []string) (shown []string) {
	switch kind, file, _ := strings.Cut(info, " "); {
	case kind == "diff":
		text, err := os.ReadFile(file)
		fatal(r.T, err)
		from, to := "", ""
		for _, line := range block {
			if line[0] != '+' {
				from += line[1:] + "\n"
			}
			if line[0] != '-' {
				to += line[1:] + "\n"
			}
		}
		if strings.Count(string(text), from) != 1 {
			r.Fatalf("%s does not have once\n%s", file, from)
		}
		writeFile(r.T, file, strings.Replace(string(text), from, to, 1))
	case file != "":
		writeFile(r.T, file, r.ports.Replace(strings.Join(block, "\n")+"\n"))
	case kind == "sh":
		for _, command := range block {
			if strings.HasPrefix(command, "go get ") {
				r.sh(r.release)
			}
			if out := r.sh(command); r.status != 0 {
				r.Fatalf("%s ended with status %d: %q", command, r.status, out)
			}
		}
	case kind == "log":
		return r.await(block)
	case kind == "console":
		for r.log = nil; len(r.printed) > 0; { // what is printed from now on follows from these commands
			<-r.printed
		}
		for i, line := range block {
			if command, ok := strings.CutPrefix(line, "$ "); ok || line == "^C" {
				below := block[i+1:]
				if end := slices.IndexFunc(below, func(s string) bool { return strings.HasPrefix(s, "$ ") }); end >= 0 {
					below = below[:end]
				}
				shown = append(append(shown, line), r.command(command, below)...)
			}
		}
		return shown
	}
	return block
}

// questions are commands that can be given again until the answer is what it should be: the state that a program shows is up to 200 ms old.
var questions = regexp.MustCompile(`supgen (top|ctl --addr \S+ (why|state|events)) |/readyz`)

// command types a command, and is what it should show.
func (r *reader) command(command string, below []string) []string {
	r.typed++
	before, shop := strings.CutSuffix(command, " && ./shop")
	switch {
	case shop:
		if out := r.sh(before); r.status != 0 {
			r.Fatal(out)
		}
		r.start()
		return r.await(below)
	case command == "^C":
		r.program.Process.Signal(os.Interrupt)
		return r.await(below)
	case command == "echo $?":
		if r.program != nil {
			for range r.printed { // until it has ended
			}
			r.program.Wait()
			r.status, r.program = r.program.ProcessState.ExitCode(), nil
		}
		return []string{strconv.Itoa(r.status)}
	}
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(100 * time.Millisecond) {
		switch out := lines(r.sh(command)); {
		case r.program == nil:
			return out
		case slices.EqualFunc(out, below, same):
			return below
		case !questions.MatchString(command) || time.Now().After(end):
			return out
		}
	}
}

func (r *reader) sh(command string) string {
	cmd := exec.Command("sh", "-c", r.ports.Replace(command))
	out, err := cmd.CombinedOutput()
	if cmd.ProcessState == nil {
		r.Fatal(err)
	}
	r.status = cmd.ProcessState.ExitCode()
	return string(out)
}

// start starts the program, for two minutes at the most.
func (r *reader) start() {
	ctx, cancel := context.WithTimeout(r.Context(), 2*time.Minute)
	r.Cleanup(cancel)
	r.program, r.printed = exec.CommandContext(ctx, "./shop"), make(chan string, 1000)
	stderr, err := r.program.StderrPipe()
	fatal(r.T, err)
	fatal(r.T, r.program.Start())
	go func(to chan<- string) {
		defer close(to)
		for s := bufio.NewScanner(stderr); s.Scan(); {
			to <- s.Text()
		}
	}(r.printed)
}

// await waits until the program has printed each of the lines, and is what it should show.
func (r *reader) await(want []string) (shown []string) {
	for _, line := range want {
		is := func(printed string) bool { return same(printed, line) || *update && about(printed) == about(line) }
		at := slices.IndexFunc(r.log, is)
		for ; at < 0; at = slices.IndexFunc(r.log, is) {
			printed, ok := <-r.printed
			if !ok {
				r.Fatalf("the program has ended, and did not print\n%s\nbut\n%s", line, strings.Join(r.log, "\n"))
			}
			r.log = append(r.log, printed)
		}
		if !same(r.log[at], line) {
			line = stack.ReplaceAllString(r.log[at], `stack="…"`)
		}
		shown, r.log = append(shown, line), slices.Delete(r.log, at, at+1)
	}
	return shown
}

var (
	stack  = regexp.MustCompile(`stack="[^"]*"`)
	varies = regexp.MustCompile(`stack="[^"]*"|\d{4}-\d\d-\d\dT[0-9:.]+Z|\d\d:\d\d:\d\d(\.\d+)?|\b(\d+(\.\d+)?(h|m|s|ms|µs))+\b|try \d+|uid:\d+|:\d{4,5}\b`)
)

// same is whether two lines differ in nothing but a time, a duration, a number of tries, a user, a port, a stack, and the spaces of columns.
func same(a, b string) bool {
	steady := func(line string) []string { return strings.Fields(varies.ReplaceAllString(line, "~")) }
	return slices.Equal(steady(a), steady(b))
}

// about is the level, message and path of a line of a log.
func about(line string) string {
	words := strings.Fields(line)
	return strings.Join(words[min(1, len(words)):min(4, len(words))], " ")
}

// lines are those of a text, without their ends.
func lines(text string) (lines []string) {
	for line := range strings.Lines(text) {
		lines = append(lines, strings.TrimSuffix(line, "\n"))
	}
	return lines
}

func freePort(t *testing.T) string {
	l, err := net.Listen("tcp", "localhost:0")
	fatal(t, err)
	defer l.Close()
	return ":" + strconv.Itoa(l.Addr().(*net.TCPAddr).Port)
}

func fatal(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
