package runtime

import (
	"context"
	"errors"
	"log/slog"
	"os"
	stdruntime "runtime"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// A program is what generated code makes of a tree.
type program struct{ tree *Tree }

func (p program) Run(ctx context.Context) error { return p.tree.Run(ctx) }
func (p program) Tree() *Tree                   { return p.tree }

// A failing program adds an error of its own to what its tree returns.
type failing struct {
	program
	err error
}

func (p failing) Run(ctx context.Context) error { return errors.Join(p.program.Run(ctx), p.err) }

// dies is a child that is asked to stop, and does more than that.
func dies(err error) func(Launch) error {
	return func(l Launch) error {
		<-l.Context().Done()
		return err
	}
}

// docs/runtime.md, "How a program ends": which status, and what it says.
func TestMainStatus(t *testing.T) {
	batch := []Child{{Name: "Root", Role: Supervisor, Finish: Finish{Of: []ID{1}}}}
	service := Child{Name: "S", Role: Service, Start: until}
	work := Child{Name: "J", Role: Job, Start: func(l Launch) error {
		select {
		case <-l.Context().Done():
		case <-time.After(time.Minute):
		}
		return nil
	}}
	config := FatalConfig(errors.New("no password"))
	lost := Child{Name: "Log", Role: Service, Start: dies(errors.New("lost\na line"))}
	hangs := Child{Name: "H", Role: Service, Start: func(Launch) error { time.Sleep(time.Hour); return nil }}
	optional := func(c Child) Child { c.Optional = true; return c }
	below := func(id ID, c Child) Child { c.Parent = id; return c }
	term := func(p Program, signals chan os.Signal) { signals <- syscall.SIGTERM }
	ada := func(p Program, _ chan os.Signal) { p.Tree().Shutdown("ada", "deploy") }
	for name, c := range map[string]struct {
		table  []Child
		err    error // of the program's own
		do     func(Program, chan os.Signal)
		status int
		says   string
	}{
		"finished":            {append(batch, work, service), nil, nil, 0, "supgen: Root finished\n"},
		"by success":          {plain(Child{Name: "W", Role: Worker, Start: work.Start, On: Table{OutcomeSuccess: ActionShutdown}}), nil, nil, 0, "supgen: Root finished\n"},
		"stopped":             {plain(service, work), nil, term, 0, "supgen: Root stopped: shutdown by signal (SIGTERM)\n"},
		"stopped by ctrl-C":   {plain(service), nil, func(_ Program, signals chan os.Signal) { signals <- os.Interrupt }, 0, "supgen: Root stopped: shutdown by signal (SIGINT)\n"},
		"stopped by somebody": {plain(service), nil, ada, 0, "supgen: Root stopped: shutdown by ada (deploy)\n"},
		"stopped by somebody, and then by a signal": {plain(Child{Name: "S", Role: Service, Start: until}, lost), nil, func(p Program, signals chan os.Signal) {
			ada(p, signals)
			term(p, signals)
		}, 75, "supgen: Root stopped: shutdown by ada (deploy); did not stop cleanly: Root.Log (error: lost\n\ta line)\n"},
		"a batch": {append(batch, work, service), nil, term, 143, "supgen: Root stopped before it had finished: shutdown by signal (SIGTERM)\n"},
		"a batch, by ctrl-C": {append(batch, work), nil, func(_ Program, signals chan os.Signal) { signals <- os.Interrupt }, 130,
			"supgen: Root stopped before it had finished: shutdown by signal (SIGINT)\n"},
		"a batch, by somebody": {append(batch, work), nil, ada, 143, "supgen: Root stopped before it had finished: shutdown by ada (deploy)\n"},
		"a batch that a worker ends": {plain(Child{Name: "W", Role: Worker, Start: work.Start, On: Table{OutcomeSuccess: ActionShutdown}}), nil, term, 143,
			"supgen: Root stopped before it had finished: shutdown by signal (SIGTERM)\n"},
		"a service whose success is the end": {plain(Child{Name: "S", Role: Service, Start: until, On: Table{OutcomeSuccess: ActionShutdown}}), nil, term, 0,
			"supgen: Root stopped: shutdown by signal (SIGTERM)\n"},
		"sessions that may end the tree": {plain(service, Child{Name: "W", Role: Worker, Dynamic: true, Max: 1, Start: work.Start, On: Table{OutcomeSuccess: ActionShutdown}}), nil, term, 0,
			"supgen: Root stopped: shutdown by signal (SIGTERM)\n"},
		"a batch below": {plain(Child{Name: "B", Role: Supervisor, Finish: Finish{Of: []ID{2}}}, Child{Parent: 1, Name: "J", Role: Job, Start: until}), nil, term, 0,
			"supgen: Root stopped: shutdown by signal (SIGTERM)\n"},
		"a batch that stops uncleanly":                {append(batch, work, lost), nil, term, 75, "supgen: Root stopped before it had finished: shutdown by signal (SIGTERM); did not stop cleanly: Root.Log (error: lost\n\ta line)\n"},
		"a batch that finished uncleanly":             {append(batch, work, lost), nil, nil, 75, "supgen: Root finished; did not stop cleanly: Root.Log (error: lost\n\ta line)\n"},
		"a batch whose optional part stops uncleanly": {append(batch, work, optional(lost)), nil, nil, 0, "supgen: Root finished\n"},
		"a batch of which something below what is optional stops uncleanly": {append(batch, work, Child{Name: "O", Role: Supervisor, Optional: true},
			below(2, lost)), nil, nil, 0, "supgen: Root finished\n"},
		"an optional part that is stuck": {plain(optional(hangs)), nil, term, 75, "supgen: Root stopped: shutdown by signal (SIGTERM); did not stop: Root.H\n"},
		"a batch that failed": {append(batch, Child{Name: "J", Role: Job, Start: after(time.Minute, errors.New("the disk is full")), On: Table{OutcomeError: ActionEscalate}}), nil, nil, 70,
			"supgen: Root.J failed (error: the disk is full) [Root.J: error, escalate > Root: error, escalate]\n"},
		"stuck": {plain(hangs), nil, term, 75, "supgen: Root stopped: shutdown by signal (SIGTERM); did not stop: Root.H\n"},
		"unclean, with a FatalConfig": {plain(Child{Name: "S", Role: Service, Start: dies(config)}), nil, term, 75,
			"supgen: Root stopped: shutdown by signal (SIGTERM); did not stop cleanly: Root.S (fatal_config: no password)\n"},
		"gave up, and unclean": {plain(Child{Name: "S", Role: Service, Start: after(time.Minute, errors.New("gone")), On: Table{OutcomeError: ActionEscalate}}, lost), nil, nil, 70,
			"supgen: Root.S failed (error: gone) [Root.S: error, escalate > Root: error, escalate]; did not stop cleanly: Root.Log (error: lost\n\ta line)\n"},
		"gave up, and stuck": {plain(Child{Name: "S", Role: Service, Start: after(time.Minute, errors.New("gone")), On: Table{OutcomeError: ActionEscalate}}, hangs), nil, nil, 70,
			"supgen: Root.S failed (error: gone) [Root.S: error, escalate > Root: error, escalate]; did not stop: Root.H\n"},
		"a wrong configuration": {plain(Child{Name: "S", Role: Service, Start: after(0, config)}, hangs, lost), nil, nil, 78,
			"supgen: Root.S failed (fatal_config: no password) [Root.S: fatal_config, shutdown]; did not stop: Root.H; did not stop cleanly: Root.Log (error: lost\n\ta line)\n"},
		"a wrong configuration, below": {plain(Child{Name: "B", Role: Supervisor, On: Table{OutcomeError: ActionEscalate}},
			Child{Parent: 1, Name: "S", Role: Service, Start: after(0, config), On: Table{OutcomeFatalConfig: ActionEscalate}}), nil, nil, 78,
			"supgen: Root.B.S failed (fatal_config: no password) [Root.B.S: fatal_config, escalate > Root.B: error, escalate > Root: error, escalate]\n"},
		"an error of the program's own":              {plain(service), errors.New("no database"), term, 70, "no database\n"},
		"a wrong configuration of the program's own": {plain(service), config, term, 78, "no password\n"},
		"an error of the program's own, beside ours": {plain(lost), config, term, 75, "supgen: Root stopped: shutdown by signal (SIGTERM); did not stop cleanly: Root.Log (error: lost\n\ta line)\n\tno password\n"},
		"a signal when it has finished, and stops": {append(batch, work, Child{Name: "S", Role: Service, Start: late(3*time.Second, nil)}), nil,
			func(_ Program, signals chan os.Signal) { time.Sleep(time.Minute); signals <- syscall.SIGTERM }, 0, "supgen: Root finished\n"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := failing{program{New(c.table, WithLogger(slog.New(slog.DiscardHandler)))}, c.err}
				signals := make(chan os.Signal, 1)
				if c.do != nil {
					go func() {
						time.Sleep(time.Second)
						c.do(p, signals)
					}()
				}
				var says strings.Builder
				if status := mainStatus(p, nil, signals, &says); status != c.status {
					t.Errorf("the status is %d, not %d", status, c.status)
				}
				if says.String() != c.says {
					t.Errorf("it says\n%snot\n%s", says.String(), c.says)
				}
				time.Sleep(2 * time.Hour) // what is stuck returns
			})
		})
	}
}

// docs/runtime.md, "How a program ends": a second signal ends the process, with what still runs; but not within half a second.
func TestSecondSignal(t *testing.T) {
	for _, c := range []struct {
		after  time.Duration
		signal os.Signal
		status int
		says   string
	}{
		{0, syscall.SIGTERM, 0, "supgen: Root stopped: shutdown by signal (SIGTERM)\n"},
		{patience - 1, os.Interrupt, 0, "supgen: Root stopped: shutdown by signal (SIGTERM)\n"},
		{patience, syscall.SIGTERM, 143, "supgen: ended by a second signal, SIGTERM; still running: Root.Slow\n"},
		{2 * time.Second, os.Interrupt, 130, "supgen: ended by a second signal, SIGINT; still running: Root.Slow\n"},
	} {
		synctest.Test(t, func(t *testing.T) {
			p := program{New(plain(Child{Name: "Quick", Role: Service, Start: until}, Child{Name: "Slow", Role: Service, Start: late(3*time.Second, nil)}))}
			signals := make(chan os.Signal, 1)
			go func() {
				time.Sleep(time.Second)
				signals <- syscall.SIGTERM
				time.Sleep(c.after)
				signals <- c.signal
			}()
			var says strings.Builder
			if status := mainStatus(p, nil, signals, &says); status != c.status || says.String() != c.says {
				t.Errorf("%s later, %s: the status is %d, it says %s", c.after, c.signal, status, &says)
			}
			<-p.tree.Done()
		})
	}
}

// What still runs, its cleanups included, and more than a line has room for; and what is known to be stuck.
func TestSecondSignalOfMany(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow := Child{Name: "Slow", Role: Service, Replicas: 12, Shutdown: Shutdown{Drain: time.Second, Abort: time.Second}, Start: late(time.Minute, nil)}
		long := Shutdown{Drain: 10 * time.Second, Abort: time.Second}
		closes := func(l Launch) error {
			l.Run().Cleanup(func(context.Context) error { time.Sleep(time.Minute); return nil })
			return until(l)
		}
		p := program{New(plain(slow, Child{Name: "Other", Role: Service, Shutdown: long, Start: late(time.Minute, nil)},
			Child{Name: "Closes", Role: Service, Shutdown: long, Start: closes}))}
		signals := make(chan os.Signal, 1)
		go func() {
			time.Sleep(time.Second)
			signals <- syscall.SIGTERM
			time.Sleep(5 * time.Second)
			signals <- syscall.SIGTERM
		}()
		var says strings.Builder
		mainStatus(p, nil, signals, &says)
		if want := "supgen: ended by a second signal, SIGTERM; still running: Root.Slow[0], Root.Slow[1], Root.Slow[2], Root.Slow[3], Root.Slow[4], " +
			"Root.Slow[5], Root.Slow[6], Root.Slow[7], Root.Slow[8], Root.Slow[9], and 4 more\n"; says.String() != want {
			t.Errorf("it says\n%snot\n%s", &says, want)
		}
		time.Sleep(2 * time.Minute)
	})
}

// The stacks of panics and of what is stuck stand on standard error if no log has them; and what comes after the first line is
// indented.
func TestMainStacks(t *testing.T) {
	table := plain(
		Child{Name: "Boom", Role: Service, Start: func(Launch) error { time.Sleep(time.Minute); panic("boom") }, On: Table{OutcomePanic: ActionEscalate}},
		Child{Name: "Late", Role: Service, Start: func(l Launch) error { <-l.Context().Done(); panic("late") }},
		Child{Name: "Hangs", Role: Service, Replicas: 2, Start: func(Launch) error { time.Sleep(time.Hour); return nil }},
	)
	refuses := slog.New(broken{})
	for name, c := range map[string]struct {
		options []Option
		long    bool
	}{
		"no log":                   {nil, true},
		"a log":                    {[]Option{WithLogger(slog.New(slog.DiscardHandler))}, false},
		"a log that loses records": {[]Option{WithLogger(refuses)}, true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := program{New(table, c.options...)}
				var says strings.Builder
				if status := mainStatus(p, nil, make(chan os.Signal), &says); status != 70 {
					t.Errorf("the status is %d", status)
				}
				first, rest, _ := strings.Cut(strings.TrimSuffix(says.String(), "\n"), "\n")
				if want := "supgen: Root.Boom failed (panic: boom) [Root.Boom: panic, escalate > Root: error, escalate]; did not stop: Root.Hangs[0], Root.Hangs[1]; did not stop cleanly: Root.Late (panic: late)"; first != want {
					t.Errorf("it says\n%s\nnot\n%s", first, want)
				}
				if !c.long {
					if rest != "" {
						t.Errorf("it says what is in the log:\n%s", rest)
					}
					time.Sleep(2 * time.Hour)
					return
				}
				for line := range strings.SplitSeq(rest, "\n") {
					if !strings.HasPrefix(line, "\t") {
						t.Errorf("this line is not indented: %s", line)
					}
				}
				var heads []string
				for line := range strings.SplitSeq(rest, "\n") {
					if strings.HasPrefix(line, "\tRoot.") {
						heads = append(heads, line)
					}
				}
				if diff := cmp.Diff([]string{"\tRoot.Boom, the panic:", "\tRoot.Late, the panic:", "\tRoot.Hangs, where it is stuck:"}, heads); diff != "" {
					t.Errorf("stacks (-want +got):\n%s", diff)
				}
				if n := strings.Count(rest, "status_test.go:"); n != 3 {
					t.Errorf("%d stacks tell of this file, not 3:\n%s", n, rest)
				}
				time.Sleep(2 * time.Hour)
			})
		})
	}
}

// A tree that Main runs logs to slog.Default, unless its options say otherwise.
func TestMainLogs(t *testing.T) {
	defer slog.SetDefault(slog.Default())
	table := plain(Child{Name: "S", Role: Service, Start: func(Launch) error { return FatalConfig(errors.New("no password")) }})
	for name, c := range map[string]struct {
		options []Option
		logs    bool
	}{
		"no option":      {nil, true},
		"another option": {[]Option{WithSeed(1)}, true},
		"no log":         {[]Option{WithLogger(nil)}, false},
		"another log":    {[]Option{WithLogger(slog.New(slog.DiscardHandler))}, false},
	} {
		var log strings.Builder
		slog.SetDefault(slog.New(slog.NewTextHandler(&log, nil)))
		if status := MainStatus(program{New(table, c.options...)}); status != 78 {
			t.Errorf("%s: the status is %d", name, status)
		}
		if logs := strings.Contains(log.String(), `level=ERROR msg=failed path=Root.S generation=1 kind=fatal_config error="no password"`); logs != c.logs || !logs && log.Len() > 0 {
			t.Errorf("%s: it logs\n%s", name, &log)
		}
	}
}

// Of thousands of sessions that panic when they stop, some stacks are enough.
func TestMainStacksOfMany(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := program{New(plain(Child{Name: "C", Role: Service, Replicas: 12, Start: func(l Launch) error { <-l.Context().Done(); panic("late") }}))}
		time.AfterFunc(time.Second, func() { p.tree.Shutdown("ada", "a test") })
		var says strings.Builder
		if status := mainStatus(p, nil, make(chan os.Signal), &says); status != 75 || strings.Count(says.String(), "the panic:") != 10 {
			t.Errorf("the status is %d, it says\n%s", status, &says)
		}
	})
}

// A broken log handler panics.
type broken struct{ slog.Handler }

func (broken) Enabled(context.Context, slog.Level) bool { return true }

// A signal that came before Run launches nothing.
func TestSignalBeforeRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		cancel(sigterm)
		p := program{New([]Child{{Name: "Root", Role: Supervisor, Finish: Finish{Of: []ID{1}}}, {Name: "J", Role: Job, Start: func(Launch) error {
			t.Error("it was launched")
			return nil
		}}})}
		if status, why := p.tree.verdict(p.Run(ctx), sigterm); status != 143 || why != "supgen: Root stopped before it had finished: shutdown by signal (SIGTERM)" {
			t.Errorf("the status is %d: %s", status, why)
		}
	})
}

// Companions begin before the tree and end after it, in the opposite order; if one cannot, nothing is run.
func TestCompanions(t *testing.T) {
	for name, test := range map[string]struct {
		fails  string
		status int
		want   []string
		says   string
	}{
		"all begin":     {"", 0, []string{"begin A", "begin B", "run", "end B", "end A"}, "supgen: Root finished\n"},
		"one does not":  {"B", 69, []string{"begin A", "begin B", "end A"}, "supgen: address in use; nothing was run\n"},
		"the first one": {"A", 69, []string{"begin A"}, "supgen: address in use; nothing was run\n"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var got notes
				tree := New([]Child{
					{Name: "Root", Role: Supervisor, Finish: Finish{Of: []ID{1}}},
					{Name: "J", Role: Job, Start: func(Launch) error { got.tell("run"); return nil }},
				})
				companion := func(name string) Companion {
					return func(with *Tree) (func(), error) {
						if got.tell("begin %s", name); with != tree {
							t.Error("it is given another tree")
						}
						if name == test.fails {
							return nil, errors.New("address in use")
						}
						return func() { got.tell("end %s", name) }, nil
					}
				}
				var says strings.Builder
				if status := mainStatus(program{tree}, []Companion{companion("A"), companion("B")}, nil, &says); status != test.status {
					t.Errorf("the status is %d, not %d", status, test.status)
				}
				if diff := cmp.Diff(test.want, got.take()); diff != "" {
					t.Errorf("what happened (-want +got)\n%s", diff)
				}
				if says.String() != test.says {
					t.Errorf("it says %q, not %q", says.String(), test.says)
				}
			})
		})
	}
}

// A companion that hangs keeps no signal from ending the program: while it begins, nothing was run; while it ends, what became of the
// tree was said, and the others end. Nor does one that panics, or that has no end.
func TestCompanionHangs(t *testing.T) {
	const finished = "supgen: Root finished\n"
	hangs := func() { time.Sleep(time.Hour) }
	for name, test := range map[string]struct {
		begin, end func()
		signals    []time.Duration // after which one comes
		status     int
		says       string
		took       time.Duration
		others     bool // end
	}{
		"its begin":                  {hangs, nil, []time.Duration{time.Second}, 143, "supgen: ended by SIGTERM while companion 2 of 2 (runtime.TestCompanionHangs) began; nothing was run\n", time.Second, false},
		"its end":                    {nil, hangs, nil, 0, finished + "supgen: companion 2 of 2 (runtime.TestCompanionHangs) has not ended in 2s\n", 2 * time.Second, true},
		"its end, and a signal":      {nil, hangs, []time.Duration{time.Second}, 0, finished, time.Second, false},
		"its end panics":             {nil, func() { panic("boom") }, nil, 0, finished + "supgen: companion 2 of 2 (runtime.TestCompanionHangs) panicked as it ended: boom\n\tgoroutine", 0, true},
		"its end ends the goroutine": {nil, stdruntime.Goexit, nil, 0, finished, 0, true},
		"it has no end":              {nil, nil, nil, 0, finished, 0, true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				tree := New([]Child{
					{Name: "Root", Role: Supervisor, Finish: Finish{Of: []ID{1}}},
					{Name: "J", Role: Job, Start: func(Launch) error { return nil }},
				})
				var others atomic.Bool
				first := func(*Tree) (func(), error) { return func() { others.Store(true) }, nil }
				second := func(*Tree) (func(), error) {
					if test.begin != nil {
						test.begin()
					}
					return test.end, nil
				}
				signals := make(chan os.Signal, 1)
				for _, after := range test.signals {
					time.AfterFunc(after, func() { signals <- syscall.SIGTERM })
				}
				began := time.Now()
				var says strings.Builder
				if status := mainStatus(program{tree}, []Companion{first, second}, signals, &says); status != test.status || !strings.HasPrefix(says.String(), test.says) {
					t.Errorf("the status is %d, it says %s", status, &says)
				}
				if took := time.Since(began); took != test.took || others.Load() != test.others {
					t.Errorf("it took %s; the other one has ended: %t", took, others.Load())
				}
				time.Sleep(2 * time.Hour) // what hangs returns
			})
		})
	}
}

// A second signal while a companion ends does not wait for it; within half a second of the first, it is the same.
func TestSecondSignalAtEnd(t *testing.T) {
	for after, took := range map[time.Duration]time.Duration{patience - 1: endTime, patience: patience} {
		synctest.Test(t, func(t *testing.T) {
			hangs := func(*Tree) (func(), error) { return func() { time.Sleep(time.Hour) }, nil }
			signals := make(chan os.Signal, 1)
			began := time.Now()
			go func() {
				synctest.Wait()
				signals <- syscall.SIGTERM
				time.Sleep(after)
				signals <- syscall.SIGTERM
			}()
			var says strings.Builder
			status := mainStatus(program{New(plain(Child{Name: "S", Role: Service, Start: until}))}, []Companion{hangs}, signals, &says)
			if status != 0 || !strings.HasPrefix(says.String(), "supgen: Root stopped: shutdown by signal (SIGTERM)\n") || time.Since(began) != took {
				t.Errorf("%s later: the status is %d after %s, it says %s", after, status, time.Since(began), &says)
			}
			time.Sleep(2 * time.Hour)
		})
	}
}
