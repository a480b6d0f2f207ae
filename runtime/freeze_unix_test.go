//go:build unix

package runtime

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

// docs/runtime.md, "Health": a frozen process is not a sick one. A process with forty heartbeats, whose children are dead
// after two seconds, is stopped for three: none of them is restarted, and the tree knows why it was so silent.
func TestStoppedProcess(t *testing.T) {
	if os.Getenv("SUPGEN_TEST_FREEZE") != "" {
		freezes()
		return
	}
	if testing.Short() {
		t.Skip("it takes some seconds")
	}
	watchdog(t, "the process that was stopped did not come back")
	c := exec.Command(os.Args[0], "-test.run=^TestStoppedProcess$")
	c.Env = append(os.Environ(), "SUPGEN_TEST_FREEZE=1")
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewReader(out)
	if line, err := lines.ReadString('\n'); line != "all beat\n" {
		t.Fatalf("it says %q: %v", line, err)
	}
	for _, signal := range []syscall.Signal{syscall.SIGSTOP, syscall.SIGCONT} {
		if err := c.Process.Signal(signal); err != nil {
			t.Fatal(err)
		}
		if signal == syscall.SIGSTOP {
			<-time.After(3 * time.Second)
		}
	}
	said, err := io.ReadAll(lines)
	if err != nil {
		t.Error(err)
	}
	if err := c.Wait(); err != nil {
		t.Errorf("%v: %s", err, said)
	}
	if !strings.HasPrefix(string(said), "frozen, and nobody failed\n") {
		t.Errorf("it says:\n%s", said)
	}
}

// freezes is the process that is stopped.
func freezes() {
	const children = 40
	beat := make(chan struct{}, children)
	table := []Child{{Name: "Root", Role: Supervisor}}
	for i := range children {
		table = append(table, Child{Name: fmt.Sprintf("C%d", i), Role: Service,
			Health: Health{Heartbeat: 200 * time.Millisecond, Stale: time.Second, Dead: 2 * time.Second},
			Start: func(l Launch) error {
				ticks := time.NewTicker(100 * time.Millisecond)
				defer ticks.Stop()
				for n := 0; ; n++ {
					l.Heart().Heartbeat()
					if n == 10 {
						beat <- struct{}{}
					}
					select {
					case <-ticks.C:
					case <-l.Context().Done():
						return nil
					}
				}
			}})
	}
	tree := New(table)
	ended := make(chan error, 1)
	done := make(chan string, 2)
	go func() {
		frozen := time.Duration(0)
		tree.read(context.Background(), 1, func(e Event) bool {
			switch e.Kind {
			case EventFrozen:
				if frozen == 0 {
					time.AfterFunc(3*time.Second, func() { tree.Shutdown("test", "nobody died") })
				}
				frozen += e.Frozen
			case EventFailed:
				done <- fmt.Sprintf("after a freeze of %s, %s failed: %s", frozen, e.Path, e.Failure.Message)
				return false
			}
			return true
		})
		done <- "frozen, and nobody failed"
	}()
	go func() { ended <- tree.Run(context.Background()) }()
	for range children {
		<-beat
	}
	fmt.Println("all beat")
	select {
	case said := <-done:
		fmt.Println(said)
	case <-time.After(15 * time.Second):
		fmt.Println("nobody saw the freeze")
	}
	tree.Shutdown("test", "it is over")
	if err := <-ended; err != nil {
		fmt.Println(err)
	}
}
