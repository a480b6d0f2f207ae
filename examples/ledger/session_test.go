package main

import (
	"bytes"
	"encoding/xml"
	"flag"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "draw docs/session.svg and docs/ledger.svg")

const picture = "../../docs/session.svg"

// TestSession types what the first page shows, a store that goes away and comes back, and holds its picture to what is printed, but for
// the numbers; and the picture of the tree to the tree.
//
//	go test ./examples/ledger -run TestSession -update
func TestSession(t *testing.T) {
	if testing.Short() {
		t.Skip("builds two programs, and waits for an outage")
	}
	if runtime.GOOS == "windows" {
		t.Skip("there is no SIGTERM on Windows")
	}
	s := session{t: t, dir: t.TempDir(), store: freeAddr(t), ops: freeAddr(t)}
	s.build("ledger", ".")
	s.build("supgen", "github.com/supgen/supgen/cmd/supgen")

	store := s.start("ledger -serve localhost:7000 &", "the store: a process of its own", "ledger", "-serve", s.store)
	ledger := s.start("ledger &", "needs it, and declares no policy", "ledger", "-store", s.store, "-ops", s.ops)
	s.until("Ledger", `^[^}]*"lifecycle": "ready"`)
	s.enter("supgen ctl state", "", "ctl", "state")

	s.line("$ kill %1", "the store is gone")
	store.Process.Kill()
	store.Wait()
	s.until("Ledger.Store", `"attempt": [7-9]`)
	s.enter("supgen ctl why Ledger.Writer", "seconds later", "ctl", "why", "Ledger.Writer")

	s.start("ledger -serve localhost:7000 &", "it is back", "ledger", "-serve", s.store)
	s.until("Ledger", `^[^}]*"lifecycle": "ready"`) // the root is the first
	s.enter("supgen ctl state", "", "ctl", "state")

	s.line("$ kill %2", "")
	ledger.Process.Signal(syscall.SIGTERM)
	if err := ledger.Wait(); err != nil {
		t.Errorf("it ended with %v", err)
	}
	said := strings.Split(strings.TrimSpace(ledger.Stderr.(*bytes.Buffer).String()), "\n")
	s.lines = append(s.lines, said[len(said)-1])

	s.graph("../../docs/ledger.svg")
	drawn := s.draw()
	was, err := os.ReadFile(picture)
	if err != nil && !*update {
		t.Fatal(err)
	}
	numbers := regexp.MustCompile(`\d+(\.\d+)?`)
	alike := func(svg []byte) []string {
		text := regexp.MustCompile(`<[^>]*>`).ReplaceAllString(string(svg), "")
		return strings.Split(regexp.MustCompile(` +`).ReplaceAllString(numbers.ReplaceAllString(text, "0"), " "), "\n")
	}
	if diff := cmp.Diff(alike(was), alike(drawn)); diff == "" {
		return
	} else if !*update {
		t.Errorf("the picture shows what is not printed (-update draws it):\n%s", diff)
		return
	}
	if err := os.WriteFile(picture, drawn, 0o666); err != nil {
		t.Fatal(err)
	}
}

// A session is what a person types into a terminal, and what the programs answer.
type session struct {
	t          *testing.T
	dir        string
	store, ops string
	lines      []string
}

func (s *session) build(name, pkg string) {
	if out, err := exec.Command("go", "build", "-o", filepath.Join(s.dir, name), pkg).CombinedOutput(); err != nil {
		s.t.Fatalf("%v\n%s", err, out)
	}
}

// graph holds a picture to the tree.
func (s *session) graph(picture string) {
	drawn, err := s.command("supgen", "graph", "--format", "svg").Output()
	if err != nil {
		s.t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(picture, drawn, 0o666); err != nil {
			s.t.Fatal(err)
		}
	}
	if was, err := os.ReadFile(picture); err != nil || !bytes.Equal(was, drawn) {
		s.t.Errorf("%s is not the tree (-update draws it): %v", picture, err)
	}
}

func (s *session) line(text, comment string) {
	if comment != "" {
		text = fmt.Sprintf("%-36s # %s", text, comment)
	}
	s.lines = append(s.lines, text)
}

func (s *session) command(name string, args ...string) *exec.Cmd {
	c := exec.CommandContext(s.t.Context(), filepath.Join(s.dir, name), args...)
	c.Env = append(os.Environ(), "SUPGEN_ADDR="+s.ops, "NO_COLOR=1")
	return c
}

// start starts a program in the background. It listens by then, if it is the store.
func (s *session) start(typed, comment, name string, args ...string) *exec.Cmd {
	s.t.Helper()
	s.line("$ "+typed, comment)
	c := s.command(name, args...)
	c.Stderr = new(bytes.Buffer)
	if err := c.Start(); err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { c.Process.Kill(); c.Wait() })
	if args[0] == "-serve" {
		eventually(s.t, func() bool {
			conn, err := net.Dial("tcp", s.store)
			if err == nil {
				conn.Close()
			}
			return err == nil
		})
	}
	return c
}

// until asks for the state of a child until it matches a pattern.
func (s *session) until(child, pattern string) {
	s.t.Helper()
	like := regexp.MustCompile(pattern)
	eventually(s.t, func() bool {
		out, _ := s.command("supgen", "ctl", "state", child, "--format", "json").Output()
		_, children, _ := bytes.Cut(out, []byte(`"children"`))
		return like.Match(children)
	})
}

// enter types a command, and keeps what it answers, as it is with the ports of the first page.
func (s *session) enter(typed, comment string, args ...string) {
	s.t.Helper()
	s.line("$ "+typed, comment)
	out, err := s.command("supgen", args...).CombinedOutput()
	if err != nil {
		s.t.Errorf("%s: %v", typed, err)
	}
	answer := strings.ReplaceAll(strings.TrimRight(string(out), "\n"), s.store, "127.0.0.1:7000")
	s.lines = append(s.lines, strings.Split(answer, "\n")...)
}

func eventually(t *testing.T, ok func() bool) {
	t.Helper()
	for began := time.Now(); !ok(); time.Sleep(50 * time.Millisecond) {
		if time.Since(began) > time.Minute {
			t.Fatal("it does not come to that")
		}
	}
}

func freeAddr(t *testing.T) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// draw draws the terminal.
func (s *session) draw() []byte {
	const step, left, top, char = 19, 18, 46, 8.05
	columns := 0
	for _, line := range s.lines {
		columns = max(columns, len(line))
	}
	width, height := int(2*left+char*float64(columns)), top+step*len(s.lines)+8
	var b bytes.Buffer
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%[1]d" height="%[2]d" role="img" aria-label="A terminal: a store goes away and comes back">
<style>
rect { fill: #161b22 }
text { font: 13.4px ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; fill: #c9d1d9; white-space: pre }
.typed { fill: #ffffff; font-weight: 600 }
.comment { fill: #8b949e }
.good { fill: #56d364 }
.bad { fill: #ffa657 }
</style>
<rect width="%[1]d" height="%[2]d" rx="10"/>
<circle cx="24" cy="20" r="6" fill="#ff5f56"/><circle cx="44" cy="20" r="6" fill="#ffbd2e"/><circle cx="64" cy="20" r="6" fill="#27c93f"/>
`, width, height)
	for i, line := range s.lines {
		fmt.Fprintf(&b, "<text x=\"%d\" y=\"%d\" xml:space=\"preserve\">%s</text>\n", left, top+step*i, colour(line))
	}
	b.WriteString("</svg>\n")
	return b.Bytes()
}

var (
	good = regexp.MustCompile(`\b(ready|completed)\b`)
	bad  = regexp.MustCompile(`\b(restarting|external: .*)`)
)

// colour is a line as SVG.
func colour(line string) string {
	var b bytes.Buffer
	if xml.EscapeText(&b, []byte(line)) != nil {
		panic("a buffer takes everything")
	}
	text := b.String()
	if typed, comment, _ := strings.Cut(text, " # "); strings.HasPrefix(text, "$ ") {
		if comment != "" {
			comment = ` <tspan class="comment"># ` + comment + `</tspan>`
		}
		return `<tspan class="typed">` + typed + "</tspan>" + comment
	}
	text = bad.ReplaceAllString(text, `<tspan class="bad">$1</tspan>`)
	return good.ReplaceAllString(text, `<tspan class="good">$1</tspan>`)
}
