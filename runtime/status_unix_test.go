//go:build unix

package runtime

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
	"testing"
	"time"
)

// programs are processes that a test ends: this test's own binary, run again with the name of one of them.
var programs = map[string]func(){
	// It stops when it is asked to.
	"service": func() {
		main(plain(Child{Name: "S", Role: Service, Start: up}))
	},
	// It stops when both signals have come.
	"patient": func() {
		both := make(chan os.Signal, 2)
		signal.Notify(both, syscall.SIGINT, syscall.SIGTERM)
		main(plain(Child{Name: "S", Role: Service, Shutdown: Shutdown{Unlimited: true}, Start: func(l Launch) error {
			fmt.Println("up")
			<-l.Context().Done()
			<-both
			<-both
			return nil
		}}))
	},
	// It does not stop.
	"stubborn": func() {
		main(plain(Child{Name: "S", Role: Service, Shutdown: Shutdown{Unlimited: true}, Start: stays}))
	},
	"batch": func() {
		main([]Child{{Name: "Batch", Role: Supervisor, Finish: Finish{Of: []ID{1}}}, {Name: "Load", Role: Job, Start: up}})
	},
	"done": func() {
		main([]Child{{Name: "Batch", Role: Supervisor, Finish: Finish{Of: []ID{1}}}, {Name: "Load", Role: Job, Start: func(Launch) error { return nil }}})
	},
	"failed": func() {
		main([]Child{{Name: "Batch", Role: Supervisor, Finish: Finish{Of: []ID{1}}}, {Name: "Load", Role: Job, Start: func(Launch) error { panic("no record") },
			On: Table{OutcomePanic: ActionEscalate}}})
	},
	"configured": func() {
		main(plain(Child{Name: "S", Role: Service, Start: func(Launch) error { return FatalConfig(errors.New("no password")) }}))
	},
	"stuck": func() {
		main(plain(Child{Name: "S", Role: Service, Shutdown: Shutdown{Drain: time.Millisecond, Abort: time.Millisecond}, Start: func(Launch) error {
			fmt.Println("up")
			select {}
		}}))
	},
	// It does not stop, and cannot say so.
	"mute": func() {
		signals := make(chan os.Signal, 1)
		signal.Notify(signals, syscall.SIGTERM)
		mainStatus(program{New(plain(Child{Name: "S", Role: Service, Shutdown: Shutdown{Unlimited: true}, Start: stays}))}, nil, signals, full{})
	},
	// It goes on when its tree has ended, and lets go of what it was asked by.
	"goes on": func() {
		MainStatus(program{New(plain(Child{Name: "S", Role: Service, Start: after(0, FatalConfig(errors.New("no password")))}), WithLogger(nil))})
		fmt.Println("up")
		select {}
	},
}

func main(table []Child) { Main(program{New(table, WithLogger(nil))}) }

// stays is a child that does not stop.
func stays(l Launch) error {
	fmt.Println("up")
	<-l.Context().Done()
	fmt.Println("asked")
	select {}
}

// A full pipe takes nothing.
type full struct{}

func (full) Write([]byte) (int, error) {
	fmt.Println("mute")
	select {}
}

// up is a child that says that it is up, and stops when it is asked to.
func up(l Launch) error {
	fmt.Println("up")
	return until(l)
}

// docs/runtime.md, "How a program ends", of real processes that get real signals.
func TestMainProcesses(t *testing.T) {
	if name := os.Getenv("SUPGEN_TEST_MAIN"); name != "" {
		programs[name]()
		return
	}
	term := func(c *child) { c.await("up"); c.signal(syscall.SIGTERM) }
	for _, c := range []struct {
		program string
		do      func(*child)
		status  int
		says    string // begins with
	}{
		{"service", term, 0, "supgen: Root stopped: shutdown by signal (SIGTERM)\n"},
		{"service", func(c *child) { c.await("up"); c.signal(syscall.SIGINT) }, 0, "supgen: Root stopped: shutdown by signal (SIGINT)\n"},
		{"patient", func(c *child) { // both come at once
			c.await("up")
			c.signal(syscall.SIGSTOP)
			c.signal(syscall.SIGTERM)
			c.signal(syscall.SIGINT)
			c.signal(syscall.SIGCONT)
		}, 0, "supgen: Root stopped: shutdown by signal (SIG"},
		{"stubborn", func(c *child) {
			term(c)
			c.await("asked")
			<-time.After(patience)
			c.signal(syscall.SIGTERM)
		}, 143, "supgen: ended by a second signal, SIGTERM; still running: Root.S\n"},
		{"stubborn", func(c *child) {
			term(c)
			c.await("asked")
			<-time.After(patience)
			c.signal(syscall.SIGINT)
		}, 130, "supgen: ended by a second signal, SIGINT; still running: Root.S\n"},
		{"batch", term, 143, "supgen: Batch stopped before it had finished: shutdown by signal (SIGTERM)\n"},
		{"batch", func(c *child) { c.await("up"); c.signal(syscall.SIGINT) }, 130, "supgen: Batch stopped before it had finished: shutdown by signal (SIGINT)\n"},
		{"batch", func(c *child) { c.await("up"); c.signal(syscall.SIGQUIT) }, 2, "SIGQUIT: quit\n"},
		{"done", nil, 0, "supgen: Batch finished\n"},
		{"failed", nil, 70, "supgen: Batch.Load failed (panic: no record) [Batch.Load: panic, escalate > Batch: error, escalate]\n\tBatch.Load, the panic:\n"},
		{"configured", nil, 78, "supgen: Root.S failed (fatal_config: no password) [Root.S: fatal_config, shutdown]\n"},
		{"stuck", term, 75, "supgen: Root stopped: shutdown by signal (SIGTERM); did not stop: Root.S\n\tRoot.S, where it is stuck:\n"},
		{"mute", func(c *child) {
			term(c)
			c.await("asked")
			<-time.After(patience)
			c.signal(syscall.SIGTERM)
			c.await("mute")
			c.signal(syscall.SIGTERM)
		}, -1, ""},
		{"goes on", term, -1, "supgen: Root.S failed"},
	} {
		t.Run(fmt.Sprintf("%s %d", c.program, c.status), func(t *testing.T) {
			p := start(t, c.program)
			if c.do != nil {
				c.do(p)
			}
			status, says := p.end()
			if status != c.status || !strings.HasPrefix(says, c.says) {
				t.Errorf("the status is %d, not %d; it says\n%snot\n%s", status, c.status, says, c.says)
			}
		})
	}
}

// A child is a process of this test.
type child struct {
	t      *testing.T
	cmd    *exec.Cmd
	lines  *bufio.Reader
	stderr strings.Builder
}

func start(t *testing.T, program string) *child {
	watchdog(t, "the process does not end")
	c := &child{t: t, cmd: exec.Command(os.Args[0], "-test.run=^TestMainProcesses$")}
	c.cmd.Env = append(os.Environ(), "SUPGEN_TEST_MAIN="+program)
	c.cmd.Stderr = &c.stderr
	out, err := c.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.cmd.Process.Kill() })
	c.lines = bufio.NewReader(out)
	return c
}

func (c *child) await(word string) {
	if line, err := c.lines.ReadString('\n'); line != word+"\n" {
		c.t.Fatalf("it says %q instead of %q: %v", line, word, err)
	}
}

func (c *child) signal(s syscall.Signal) {
	if err := c.cmd.Process.Signal(s); err != nil {
		c.t.Fatal(err)
	}
}

func (c *child) end() (status int, says string) {
	if _, err := io.Copy(io.Discard, c.lines); err != nil {
		c.t.Error(err)
	}
	_ = c.cmd.Wait()
	return c.cmd.ProcessState.ExitCode(), c.stderr.String()
}
